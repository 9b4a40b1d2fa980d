"""Typed settings from the environment and `.env`. All problems are reported at once, each with its fix."""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import CcoError

SLACK_API = "https://slack.com/api/"
TOKENS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")

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


class Settings(BaseSettings):
    """Everything that can be set. Field names are the environment variables in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True, frozen=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API
    database_url: SecretStr = SecretStr("sqlite:///cco-advisor.db")  # may hold a password
    cco_knowledge_dir: Annotated[tuple[Path, ...], NoDecode] = ()
    cco_cache_dir: Path = Field(default_factory=default_cache)
    cco_help_contact: str = Field(default="", max_length=200)
    cco_retention_days: int = Field(default=90, ge=1, le=3650)
    cco_log_level: str = "INFO"

    @field_validator("cco_knowledge_dir", mode="before")
    @classmethod
    def split_folders(cls, value: Any) -> Any:
        """Several folders in one variable, as in PATH."""
        if isinstance(value, str):
            return tuple(Path(part).expanduser() for part in value.split(os.pathsep) if part.strip())
        return value

    @field_validator("cco_knowledge_dir")
    @classmethod
    def folders_exist(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        missing = [str(folder) for folder in value if not folder.is_dir()]
        if missing:
            raise ValueError(f"there is no folder {', '.join(missing)}")
        return value

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def token_kind(cls, value: SecretStr | None, info: Any) -> SecretStr | None:
        prefix = "xoxb-" if info.field_name == "slack_bot_token" else "xapp-"
        if value is not None and not value.get_secret_value().startswith(prefix):
            raise ValueError(f"it does not start with {prefix}")
        return value

    @field_validator("slack_api_url")
    @classmethod
    def api_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("it is not an http address")
        return value.rstrip("/") + "/"  # slack_sdk joins method names by plain concatenation

    @field_validator("database_url")
    @classmethod
    def known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(("sqlite://", "postgres://", "postgresql")):
            raise ValueError("it is neither SQLite nor PostgreSQL")
        return value

    @field_validator("cco_log_level")
    @classmethod
    def known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("there is no such level")
        return value.upper()


def load_settings(*, slack: bool = False, **given: Any) -> Settings:
    """Read the settings. With `slack`, both tokens are required.

    Raises SettingsError with every problem found; no value is ever repeated in it, since it may be a secret.
    """
    settings, wrong = readable_settings(**given)
    problems = [_sentence(name, problem) for name, problem in wrong.items()]
    if slack:
        missing = [name for name in TOKENS if name not in wrong and getattr(settings, name.lower()) is None]
        problems += [_sentence(name, "it is missing") for name in missing]
    if problems:
        raise SettingsError(problems)
    return settings


def readable_settings(**given: Any) -> tuple[Settings, dict[str, str]]:
    """What can be read, with the default in place of what can't; and what is wrong, by variable."""
    try:
        return Settings(**given), {}
    except ValidationError as error:
        wrong = {str(item["loc"][0]): item["msg"] for item in error.errors()}
    defaults = {name: Settings.model_fields[name].get_default(call_default_factory=True) for name in wrong}
    return Settings(**given | defaults), {name.upper(): message for name, message in wrong.items()}


def _sentence(name: str, problem: str) -> str:
    reason = problem.removeprefix("Value error, ")
    return f"{name}: {reason[0].lower() + reason[1:]}; {FIXES[name]}."
