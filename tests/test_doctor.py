"""`cco doctor`: one line for each thing that is well, wrong or could not be looked at."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.doctor import WITHOUT, Finding, examine
from bot.readiness.ballot_store import BallotStore
from bot.readiness.store import RoundStore
from bot.resources import MANIFEST
from bot.scheduler.actions import Action
from bot.scheduler.store import ScheduleStore
from bot.settings import FIXES
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.workspace.records import Json
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside
from tests.readiness.examples import DEADLINE, NOON, OURS, a_round, people

DECADE = timedelta(days=3650)
ORDER = ["settings", "token", "scopes", "Socket Mode", "database", "migrations", "later", "votes", "knowledge"]


def manifest() -> Json:
    whole: Json = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return whole


@pytest.fixture(scope="module")
def server(aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(manifest(), rate_limits=False)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def environment(
    server: WorkspaceServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cache: Path
) -> pytest.MonkeyPatch:
    """Everything set as it should be."""
    for name in (*FIXES, "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_BOT_TOKEN", server.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", server.app_token)
    monkeypatch.setenv("SLACK_API_URL", server.api_url)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'cco.db'}")
    monkeypatch.setenv("CCO_CACHE_DIR", str(cache))
    return monkeypatch


@pytest.fixture
def database(environment: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database that is set, with the newest schema."""
    del environment
    with closing(Database(os.environ["DATABASE_URL"])) as opened:
        migrate(opened)
        yield opened


def found(name: str) -> list[Finding]:
    """The findings up to and with the first of this name; what comes later is not looked at."""
    findings = []
    for finding in examine():
        findings.append(finding)
        if finding.name == name:
            return findings
    raise AssertionError(f"nothing about {name}: {findings}")


def the(name: str) -> Finding:
    return found(name)[-1]


# All well


@pytest.mark.usefixtures("database")
def test_all_well_is_said_a_line_each() -> None:
    findings = list(examine())
    assert [finding.name for finding in findings] == ORDER
    assert all(finding.ok and not finding.skipped for finding in findings)
    assert "60 cards" in findings[-1].text


@pytest.mark.usefixtures("database")
def test_the_command_prints_the_lines_and_ends_well() -> None:
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 0
    assert [line[:5] for line in result.output.splitlines()] == ["ok   "] * len(ORDER)


def test_a_finding_is_one_line() -> None:
    assert str(Finding(True, "token", "fine")) == "ok   token: fine"
    assert str(Finding(False, "token", "two\nlines")) == "FAIL token: two lines"
    assert str(Finding(True, "token", "not checked", skipped=True)) == "skip token: not checked"


@pytest.mark.usefixtures("environment")
def test_findings_come_as_they_are_made(server: WorkspaceServer) -> None:
    before = len(server.workspace.calls)
    next(examine())
    assert len(server.workspace.calls) == before


# Settings and tokens


@pytest.mark.usefixtures("database")
def test_missing_tokens_are_told_and_the_rest_is_examined(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("SLACK_BOT_TOKEN")
    environment.delenv("SLACK_APP_TOKEN")
    findings = list(examine())
    assert [str(finding)[:13] for finding in findings[:2]] == ["FAIL settings"] * 2
    assert [finding.name for finding in findings if finding.skipped] == ["token", "scopes", "Socket Mode"]
    assert [finding.name for finding in findings if finding.ok and not finding.skipped] == ORDER[4:]


def test_the_command_ends_with_1_when_something_is_wrong(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CCO_RETENTION_DAYS", "soon")
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert result.output.startswith("FAIL settings: CCO_RETENTION_DAYS: ")
    assert len(result.output.splitlines()) == len(ORDER)


def test_a_wrong_bot_token_is_told_with_its_fix(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    token, scopes = found("scopes")[-2:]
    assert not token.ok
    assert "invalid_auth" in token.text
    assert FIXES["SLACK_BOT_TOKEN"] in token.text
    assert scopes.skipped


def test_a_wrong_app_token_is_told_with_its_fix(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_APP_TOKEN", "xapp-wrong")
    finding = the("Socket Mode")
    assert not finding.ok
    assert "invalid_auth" in finding.text
    assert FIXES["SLACK_APP_TOKEN"] in finding.text
    assert the("token").ok


@pytest.mark.usefixtures("environment")
def test_the_token_names_its_bot_and_its_workspace() -> None:
    assert the("token").text == "@cco in the workspace Local workspace"


def test_no_line_shows_a_token(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_BOT_TOKEN", "xoxb-s3cret")
    environment.setenv("SLACK_APP_TOKEN", "wrong-s3cret")
    environment.setenv("DATABASE_URL", "postgres://user:s3cret@127.0.0.1:1/cco")
    assert "s3cret" not in " ".join(map(str, found("migrations")))


# Slack itself


@pytest.fixture
def another(environment: pytest.MonkeyPatch, aside: Aside) -> Iterator[Callable[..., WorkspaceServer]]:
    """Starts a workspace of the test's own and points the settings there."""
    started = []

    def start(described: Json, **options: Any) -> WorkspaceServer:
        running = WorkspaceServer(described, rate_limits=False, **options)
        running.start()
        started.append(running)
        environment.setenv("SLACK_BOT_TOKEN", running.bot_token)
        environment.setenv("SLACK_APP_TOKEN", running.app_token)
        environment.setenv("SLACK_API_URL", running.api_url)
        return running

    yield start
    for running in started:
        aside(running.stop)


def test_missing_scopes_are_named_with_what_to_do(another: Callable[[Json], WorkspaceServer]) -> None:
    another({"oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}}})
    finding = the("scopes")
    assert not finding.ok
    assert finding.text.startswith("app_mentions:read, channels:read, groups:read, im:history, users:read not granted")
    assert "reinstall the app" in finding.text


def test_scopes_that_were_declined_are_told_with_what_becomes_of_their_work(
    another: Callable[..., WorkspaceServer],
) -> None:
    another(manifest(), optional_scopes=False)
    finding = the("scopes")
    assert finding.ok
    granted, *declined = finding.text.split("; ")
    assert granted == "app_mentions:read, channels:read, chat:write, commands, groups:read, im:history, users:read"
    assert "without files:write: files by `cco export` alone" in declined
    assert [text.split()[1].rstrip(":") for text in declined] == sorted(WITHOUT)


def test_what_becomes_of_it_is_known_of_every_scope_that_can_be_declined() -> None:
    assert sorted(WITHOUT) == sorted(manifest()["oauth_config"]["scopes"]["bot_optional"])


@pytest.mark.usefixtures("environment")
def test_scopes_that_are_all_granted_are_listed() -> None:
    assert the("scopes").text == ", ".join(sorted(manifest()["oauth_config"]["scopes"]["bot"]))


def test_a_server_that_does_not_tell_the_scopes_is_no_fault(another: Callable[[Json], WorkspaceServer]) -> None:
    another({})
    finding = the("scopes")
    assert (finding.ok, finding.skipped) == (True, True)


def test_a_revoked_token_is_told(another: Callable[[Json], WorkspaceServer]) -> None:
    another(manifest()).workspace.revoke_token()
    assert "token_revoked" in the("token").text
    assert the("Socket Mode").ok  # by the app-level token, which is another one


def test_a_slack_that_cannot_be_reached_is_told(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    findings = {finding.name: finding for finding in found("database")}
    for name in ("token", "Socket Mode"):
        assert not findings[name].ok
        assert "check the network" in findings[name].text
    assert findings["database"].ok


def test_a_wrong_slack_address_is_not_called(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_API_URL", "slack.example")
    assert [finding.name for finding in found("database") if finding.skipped] == ["token", "scopes", "Socket Mode"]


# Database


def test_the_database_is_named_without_its_password(environment: pytest.MonkeyPatch, cluster_url: str) -> None:
    environment.setenv("DATABASE_URL", cluster_url.replace("postgres@", "postgres:s3cret@"))
    finding = the("database")
    assert finding.ok
    assert finding.text.startswith("postgresql")
    assert "s3cret" not in finding.text


def test_a_database_that_cannot_be_reached_is_told(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
    database, migrations = found("migrations")[-2:]
    assert not database.ok
    assert "Check DATABASE_URL" in database.text
    assert migrations.skipped


def test_a_server_that_is_not_there_is_told(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "postgres://user:s3cret@127.0.0.1:1/cco")
    assert not the("database").ok


def test_a_wrong_database_address_is_not_replaced_by_the_default(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("DATABASE_URL", "mysql://host/cco")
    assert [finding.name for finding in found("migrations") if finding.skipped] == ["database", "migrations"]
    assert not (tmp_path / "cco-advisor.db").exists()


@pytest.mark.usefixtures("environment")
def test_an_empty_database_is_told_what_to_run() -> None:
    assert "cco db upgrade" in the("migrations").text


@pytest.mark.usefixtures("environment")
def test_a_migrated_database_is_up_to_date() -> None:
    database = Database(os.environ["DATABASE_URL"])
    migrate(database)
    database.close()
    assert the("migrations").text == "up to date"


def test_a_database_in_memory_is_told_with_what_to_give(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("DATABASE_URL", "sqlite://")
    database, migrations = found("migrations")[-2:]
    assert not database.ok
    assert "give a file" in database.text
    assert migrations.skipped


@pytest.mark.usefixtures("environment")
def test_a_database_of_a_newer_version_is_told() -> None:
    database = Database(os.environ["DATABASE_URL"])
    migrate(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    finding = the("migrations")
    assert not finding.ok
    assert "9999" in finding.text
    assert "a newer one wrote it" in finding.text


# What was to happen later


def give_up(database: Database, *subjects: str) -> None:
    """Plan the closing of these rounds, try once, and give up, one after the other."""
    store = ScheduleStore(database)
    for number, subject in enumerate(subjects):
        now = NOON + timedelta(minutes=number)
        store.plan(OURS, Action("close_round", subject, now))
        for key, due in store.claim({"close_round": timedelta(minutes=5)}, now, 1):
            store.give_up(key, due, now)


def test_what_was_given_up_is_counted_and_the_newest_named(database: Database) -> None:
    give_up(database, "r1", "r2", "r3", "r4")
    finding = the("later")
    assert not finding.ok
    assert finding.text.startswith(
        "given up after too many tries: 4, the newest close_round r4 (2026-11-23 12:03 UTC), "
        "close_round r3 (2026-11-23 12:02 UTC), close_round r2 (2026-11-23 12:01 UTC). "
    )
    assert "by hand in Slack" in finding.text


def test_what_is_only_planned_is_no_fault(database: Database) -> None:
    ScheduleStore(database).plan(OURS, Action("close_round", "r1", NOON))
    assert str(the("later")) == "ok   later: nothing that was due was given up"


def test_votes_that_a_close_could_not_erase_are_told(database: Database, tmp_path: Path) -> None:
    RoundStore(database).add(OURS, a_round(opened_at=NOON - DECADE, deadline=DEADLINE - DECADE), people(1))
    with closing(connect(tmp_path / "cco.db", isolation_level=None)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM ballots").fetchall()
        BallotStore(database).close(OURS, "r1", DEADLINE - DECADE)
    finding = the("votes")
    assert not finding.ok
    assert finding.text.startswith("of 1 closed round the files")
    BallotStore(database).erase(NOON)
    assert the("votes").ok


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("name", ["later", "votes"])
def test_without_the_newest_schema_they_are_not_looked_at(name: str) -> None:
    assert the(name).skipped


@pytest.mark.parametrize("address", ["mysql://host/cco", "sqlite://", "postgres://user:s3cret@127.0.0.1:1/cco"])
def test_without_a_database_they_are_not_looked_at(environment: pytest.MonkeyPatch, address: str) -> None:
    environment.setenv("DATABASE_URL", address)
    assert [finding.name for finding in found("votes") if finding.skipped][-3:] == ["migrations", "later", "votes"]


# Knowledge and traps


def test_problems_in_a_companys_cards_are_counted(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cards = tmp_path / "ours" / "cards"
    cards.mkdir(parents=True)
    (cards / "broken.md").write_text("---\nid: [\n---\n", encoding="utf-8")
    environment.setenv("CCO_KNOWLEDGE_DIR", str(cards.parent))
    finding = the("knowledge")
    assert not finding.ok
    assert finding.text.startswith("60 cards, 1 problem skipped")
    assert "cco knowledge check" in finding.text


def test_a_cache_that_cannot_be_written_is_told(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    environment.setenv("CCO_CACHE_DIR", str(tmp_path / "file" / "below"))
    finding = the("knowledge")
    assert not finding.ok
    assert "CCO_CACHE_DIR" in finding.text


def test_oauth_variables_are_called_harmless(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_CLIENT_ID", "1.2")
    environment.setenv("SLACK_CLIENT_SECRET", "s3cret")
    finding = the("environment")
    assert finding.ok
    assert "harmless" in finding.text
    assert "s3cret" not in finding.text
