"""`cco doctor`: looks at everything the bot needs and says, a line each, what is well and how to mend the rest."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.answers.advisor import open_advisor
from bot.answers.library import read_library
from bot.clock import system_clock
from bot.errors import CcoError, Refusal, Unavailable
from bot.readiness.store import RoundStore
from bot.resources import KNOWLEDGE, MANIFEST, TEMPLATES
from bot.scheduler.actions import Failure
from bot.scheduler.store import ScheduleStore
from bot.settings import FIXES, Settings, SettingsError, load_settings, readable_settings
from bot.slack.gateway import Gateway, SlackRefused, TokenDead, try_socket_mode
from bot.slack.render import Renderer
from bot.storage.database import Database
from bot.storage.migrate import pending

OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
REACH = "check the network and SLACK_API_URL"
WITHOUT = {  # what becomes of the work of a scope that may be declined
    "files:write": "files by `cco export` alone",
    "im:write": "a reminder may come twice when Slack did not answer",
    "channels:history": "in a public channel a message may come twice when Slack did not answer",
    "groups:history": "in a private channel a message may come twice when Slack did not answer",
}
NAMED = 3  # of what was given up
ERASED_WITHIN = timedelta(days=1)  # a close erases at once, unless something keeps it from that


@dataclass(frozen=True)
class Finding:
    """What one check found. A skipped check is not a fault of its own: the one it waited for is told as well."""

    ok: bool
    name: str
    text: str
    skipped: bool = False

    def __str__(self) -> str:
        mark = "skip" if self.skipped else "ok  " if self.ok else "FAIL"
        return f"{mark} {self.name}: {' '.join(self.text.split())}"


def examine() -> Iterator[Finding]:
    """Every check in turn, as soon as it is done. One that fails does not keep the others from running."""
    yield from _settings()
    settings, wrong = readable_settings()
    yield from _slack(settings, wrong)
    yield from _socket_mode(settings, wrong)
    yield from _database(settings, wrong)
    yield from _knowledge(settings)
    yield from _traps()


def _settings() -> Iterator[Finding]:
    try:
        load_settings(slack=True)
    except SettingsError as error:
        for problem in error.problems:
            yield _fault("settings", problem)
    else:
        yield _well("settings", "complete")


def _slack(settings: Settings, wrong: dict[str, str]) -> Iterator[Finding]:
    token = settings.slack_bot_token
    if token is None or "SLACK_API_URL" in wrong:
        yield _skip("token", "SLACK_API_URL is wrong" if token else "SLACK_BOT_TOKEN is missing or wrong")
        yield _skip("scopes", "the token could not be tried")
        return
    gateway = Gateway.connect(token.get_secret_value(), settings.slack_api_url, Renderer(TEMPLATES))
    try:
        identity = gateway.identity()
    except Unavailable as error:
        yield _fault("token", _refusal(error, "SLACK_BOT_TOKEN"))
        yield _skip("scopes", "the token could not be tried")
        return
    yield _well("token", f"@{identity.get('user')} in the workspace {identity.get('team')}")
    yield _scopes(identity)


def _scopes(identity: dict[str, Any]) -> Finding:
    scopes = json.loads(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]
    wanted, granted = set(scopes["bot"]), set(identity["scopes"])
    if not granted:
        return _skip("scopes", "this server does not say which scopes were granted")
    if missing := sorted(wanted - granted - set(scopes["bot_optional"])):
        return _fault(
            "scopes",
            f"{', '.join(missing)} not granted; add what is missing under OAuth & Permissions and reinstall the app.",
        )
    declined = [f"without {scope}: {WITHOUT[scope]}" for scope in sorted(wanted - granted)]
    return _well("scopes", "; ".join([", ".join(sorted(wanted & granted)), *declined]))


def _socket_mode(settings: Settings, wrong: dict[str, str]) -> Iterator[Finding]:
    token = settings.slack_app_token
    if token is None or "SLACK_API_URL" in wrong:
        yield _skip("Socket Mode", "SLACK_API_URL is wrong" if token else "SLACK_APP_TOKEN is missing or wrong")
        return
    try:
        try_socket_mode(token.get_secret_value(), settings.slack_api_url)
    except Unavailable as error:
        yield _fault("Socket Mode", _refusal(error, "SLACK_APP_TOKEN"))
    else:
        yield _well("Socket Mode", "a connection is offered")


def _refusal(error: Unavailable, variable: str) -> str:
    if isinstance(error, TokenDead):
        return f"Slack does not accept it ({error.code}); {FIXES[variable]}."
    if isinstance(error, SlackRefused):
        return f"Slack refused ({error.code}); {FIXES[variable]}, and {REACH}."
    return f"Slack can't be reached ({error}); {REACH}."


def _database(settings: Settings, wrong: dict[str, str]) -> Iterator[Finding]:
    if "DATABASE_URL" in wrong:
        yield _skip("database", "DATABASE_URL is wrong")
        yield from _unseen("there is no database to look at")
        return
    try:
        with _opened(settings) as database:
            with database.write():  # a database that can only be read is of no use
                pass
            yield _well("database", database.name)
            yield _migrations(database)
            yield from _kept(database)
    except Refusal as error:
        yield _fault("database", str(error))
        yield from _unseen("there is no database to look at")
    except Unavailable as error:
        yield _fault("database", f"{error} Check DATABASE_URL, and that the server runs or the folder is writable.")
        yield from _unseen("the database can't be reached")


def _unseen(why: str) -> Iterator[Finding]:
    return (_skip(name, why) for name in ("migrations", "later", "votes"))


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_url.get_secret_value())
    try:
        yield database
    finally:
        database.close()


def _migrations(database: Database) -> Finding:
    try:
        behind = pending(database)
    except Refusal as error:
        return _fault("migrations", str(error))
    except Exception as error:  # a database of something else
        return _fault("migrations", f"can't be read ({error}); is this database the bot's own?")
    if behind:
        return _well("migrations", "some are to be applied; `cco run` does it at its start, `cco db upgrade` now.")
    return _well("migrations", "up to date")


def _kept(database: Database) -> Iterator[Finding]:
    """What was to happen later and did not."""
    try:
        behind = pending(database)
    except Exception:  # was told as a finding on the migrations
        behind = True
    if behind:
        yield _skip("later", "the schema is not up to date")
        yield _skip("votes", "the schema is not up to date")
        return
    yield _later([failure for _, failure in ScheduleStore(database).failures()])
    yield _votes(RoundStore(database).unerased(system_clock() - ERASED_WITHIN))


def _later(failures: list[Failure]) -> Finding:
    if not failures:
        return _well("later", "nothing that was due was given up")
    newest = [f"{one.action} ({one.failed_at:%Y-%m-%d %H:%M} UTC)" for one in failures[: -NAMED - 1 : -1]]
    return _fault(
        "later",
        f"given up after too many tries: {len(failures)}, the newest {', '.join(newest)}. The log of that time says "
        "why; mend that, then do by hand in Slack what they were to do.",
    )


def _votes(left: int) -> Finding:
    if not left:
        return _well("votes", "those of closed rounds are erased")
    return _fault(
        "votes",
        f"of {left} closed round{'s' * (left != 1)} the files of the database still hold remains; end what else reads "
        "the database for long, then restart `cco run`, which erases them.",
    )


def _knowledge(settings: Settings) -> Iterator[Finding]:
    try:
        advisor, _ = open_advisor(KNOWLEDGE, settings.cco_knowledge_dir, settings.cco_cache_dir)
        problems = read_library(KNOWLEDGE, settings.cco_knowledge_dir).problems
    except (CcoError, OSError) as error:
        yield _fault("knowledge", f"{error}; check CCO_KNOWLEDGE_DIR and that CCO_CACHE_DIR is writable.")
        return
    cards = f"{len(advisor.index.cards)} cards"
    if problems:
        yield _fault(
            "knowledge",
            f"{cards}, {len(problems)} problem{'s' * (len(problems) != 1)} skipped; `cco knowledge check` names them.",
        )
    else:
        yield _well("knowledge", cards)


def _traps() -> Iterator[Finding]:
    if all(os.environ.get(name) for name in OAUTH):
        yield _well(
            "environment",
            f"{' and '.join(OAUTH)} are set, which other Bolt apps take as a wish for OAuth; harmless here, not used.",
        )


def _well(name: str, text: str) -> Finding:
    return Finding(True, name, text)


def _fault(name: str, text: str) -> Finding:
    return Finding(False, name, text)


def _skip(name: str, why: str) -> Finding:
    return Finding(True, name, f"not checked, because {why}", skipped=True)
