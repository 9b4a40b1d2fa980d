"""The environment variables, what to do about each, and the two that say where the knowledge is.

Those two are read here without pydantic: its import would take most of the time of a `cco ask`.
"""

import os
import tempfile
from pathlib import Path

from bot.errors import CcoError

# What to do about each variable, said whenever it is missing or wrong.
FIXES = {
    "SLACK_BOT_TOKEN": "copy the bot token (it starts with xoxb-) from your Slack app's page, OAuth & Permissions",
    "SLACK_APP_TOKEN": "create an app-level token (it starts with xapp-) with the scope connections:write "
    "under Basic Information",
    "SLACK_API_URL": "give the address of a Slack-compatible server, such as https://slack.com/api/",
    "DATABASE_URL": "give sqlite:///some-file.db or postgres://user:password@host:5432/name",
    "CCO_KNOWLEDGE_DIR": "name existing folders, separated by " + repr(os.pathsep),
    "CCO_CACHE_DIR": "name a folder that this program may write to",
    "CCO_HELP_CONTACT": "name a channel, a person or an address in at most 200 characters",
    "CCO_RETENTION_DAYS": "give a whole number of days from 1 to 3650",
    "CCO_CHECK_STARTERS": "give everybody, admins, or people's Slack ids with commas between (U012AB3CD,U045EF6GH)",
    "CCO_ADMINS": "give people's Slack ids with commas between (U012AB3CD,U045EF6GH)",
    "CCO_COUNTRY": "give the two letters of a country, such as DE or US, or leave it out",
    "CCO_PUBLIC_URL": "give the https address under which this program is reached from outside, such as "
    "https://cco.example.com",
    "CCO_PORT": "give a whole number from 1 to 65535",
    "CCO_AIR_COVER_DAYS": "give a whole number of days from 3 to 90",
    "CCO_LOG_LEVEL": "use DEBUG, INFO, WARNING or ERROR",
}


class SettingsError(CcoError):
    """Settings are missing or wrong. `problems` has a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def default_cache() -> Path:
    """The user's cache folder, or a temporary one where there is no home (a bare container)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if base.startswith("~") or not os.access(Path(base).parent, os.W_OK):
        base = tempfile.gettempdir()
    return Path(base) / "cco-advisor"


def sentence(name: str, problem: str) -> str:
    """What is wrong with a variable, and the fix."""
    reason = problem.removeprefix("Value error, ")
    return f"{name}: {reason[0].lower() + reason[1:]}; {FIXES[name]}."


def unwritable_cache(error: OSError) -> SettingsError:
    return SettingsError([sentence("CCO_CACHE_DIR", f"the search index can't be written there ({error})")])


def company_folders(value: str) -> tuple[Path, ...]:
    """Several folders in one variable, as in PATH. Raises ValueError when one does not exist."""
    folders = tuple(Path(part).expanduser() for part in value.split(os.pathsep) if part.strip())
    if missing := [str(folder) for folder in folders if not folder.is_dir()]:
        raise ValueError(f"there is no folder {', '.join(missing)}")
    return folders


def knowledge_places() -> tuple[tuple[Path, ...], Path]:
    """The company's folders and the cache, from the environment and `.env`. Raises SettingsError."""
    from dotenv import dotenv_values

    found = {**dotenv_values(".env"), **os.environ}
    cache = found.get("CCO_CACHE_DIR")
    try:
        folders = company_folders(found.get("CCO_KNOWLEDGE_DIR") or "")
    except ValueError as error:
        raise SettingsError([sentence("CCO_KNOWLEDGE_DIR", str(error))]) from error
    return folders, Path(cache) if cache else default_cache()
