"""The commands for series, over a database on either engine: listed and exported."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from icalendar import Calendar

from bot.accountability.sessions.series_store import SeriesStore
from bot.cli import main
from bot.clock import system_clock
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS, THEIRS
from tests.accountability.series.examples import a_plan

Run = Callable[..., Result]

DAY = timedelta(days=1)
PLAN = a_plan()


@pytest.fixture
def run(database_url: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a folder of its own, over the database of the test."""
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": database_url, "CCO_KNOWLEDGE_DIR": "", "CCO_CACHE_DIR": str(cache)}

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=settings, catch_exceptions=False)

    return invoke


@pytest.fixture
def store(database: Database) -> SeriesStore:
    made = SeriesStore(database)
    for key, name, words, later in ((OURS, "aa1", "Customer\n hour \x1b[31m", 0), (THEIRS, "ab2", "Review", 1)):
        of = replace(PLAN.series, id=name, name=words, made_at=PLAN.series.made_at + later * DAY)
        assert made.add(key, of, replace(PLAN.times, id=name))
    made.end(THEIRS, "ab2", system_clock())
    return made


def test_series_are_listed_the_newest_first_whatever_workspace_they_are_of(run: Run, store: SeriesStore) -> None:
    del store
    first, second = run("sessions").output.splitlines()
    assert first.startswith("ab2  ended ")
    assert second.startswith("aa1  next ")
    assert " 10:00 Europe/Berlin  C1" in second
    assert second.endswith("Customer hour [31m")


def test_as_json_they_have_all_that_is_known_of_them(run: Run, store: SeriesStore) -> None:
    del store
    ended, running = json.loads(run("sessions", "--json").output)
    assert (ended["id"], ended["next"], bool(ended["ended_at"])) == ("ab2", None, True)
    assert (running["team_id"], running["sponsor_agreed"]) == (OURS.team_id, False)
    assert running["rhythm"] == ["Every week on Tuesday at 10:00 (Europe/Berlin), 45 minutes"]


def test_where_there_is_none_it_says_so(run: Run, database: Database) -> None:
    del database
    assert run("sessions").output == "There is no series yet.\n"
    assert json.loads(run("sessions", "--json").output) == []


def test_the_calendar_is_printed_or_written(run: Run, store: SeriesStore, tmp_path: Path) -> None:
    del store
    printed = run("export", "session", "aa", "--ics")
    calendar = Calendar.from_ical(printed.output)
    assert [str(event["uid"]) for event in calendar.walk("VEVENT")] == ["aa1@cco-advisor"]
    assert run("export", "session", "aa1", "--ics", "-o", "sessions.ics").output == "Written to sessions.ics\n"
    assert (tmp_path / "sessions.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")


@pytest.mark.parametrize(
    ("given", "words"), [("zz", "There is no series “zz”"), ("a", "Several series begin with “a”")]
)
def test_an_id_that_names_none_or_several_is_refused(run: Run, store: SeriesStore, given: str, words: str) -> None:
    del store
    refused = run("export", "session", given, "--ics")
    assert refused.exit_code == 1
    assert words in refused.output
