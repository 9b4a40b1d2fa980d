"""What is due, as whoever runs the bot reads it, on both engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.clock import system_clock
from bot.scheduler.listing import agenda, as_lines
from bot.scheduler.store import ScheduleStore
from bot.storage.database import Database
from tests.scheduler.examples import CLOSE, DAY, HOUR, LEASE, NOON, OURS, THEIRS, plan

SECOND = timedelta(seconds=1)
LEASES = {"close": LEASE}

Run = Callable[..., Result]


@pytest.fixture
def store(database: Database) -> ScheduleStore:
    """One given up, one overdue, one being done, one put off, one to come."""
    store = ScheduleStore(database)
    for subject, happens in (("gone", "give_up"), ("later", "put_off"), ("busy", "")):
        plan(database, replace(CLOSE, subject=subject))
        ((key, due),) = store.claim(LEASES, NOON, 9)
        if happens == "give_up":
            store.give_up(key, due, NOON + SECOND, "Slack is away. " * 100)
        elif happens == "put_off":
            store.put_off(key, due, NOON + HOUR)
    plan(database, replace(CLOSE, subject="old", due_at=NOON - DAY), key=THEIRS)
    plan(database, replace(CLOSE, subject="new", due_at=NOON + DAY), key=OURS)
    return store


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, words, env={"DATABASE_URL": database_url}, catch_exceptions=False)

    return invoke


def test_each_is_listed_with_how_it_stands(store: ScheduleStore) -> None:
    found = agenda(store, NOON + SECOND, 9)
    stands = {one.action.subject: (one.state, one.tries) for one in found.listed}
    assert stands == {
        "gone": ("given up", 1),
        "old": ("overdue", 0),
        "busy": ("being done", 1),
        "later": ("put off", 1),
        "new": ("to come", 0),
    }
    assert found.overdue == 1
    assert [one.action.subject for one in found.listed][:2] == ["gone", "old"]


def test_a_lease_that_has_ended_is_overdue_and_no_more_are_listed_than_wanted(store: ScheduleStore) -> None:
    found = agenda(store, NOON + LEASE + SECOND, 2)
    assert [(one.action.subject, one.state) for one in found.listed] == [
        ("gone", "given up"),
        ("old", "overdue"),
        ("busy", "overdue"),
    ]
    assert found.overdue == 2


def test_the_table_has_a_line_each_under_how_many_there_are(store: ScheduleStore) -> None:
    head, columns, first, *_ = as_lines(agenda(store, NOON + SECOND, 9))
    assert head == "1 overdue, 1 being done, 1 given up"
    assert columns.split()[:3] == ["STATE", "WHAT", "ABOUT"]
    assert first.split()[:4] == ["given", "up", "close", "gone"]
    assert "Slack is away" in first


@pytest.mark.usefixtures("store")
def test_the_command_prints_it_as_a_table_or_as_json(run: Run) -> None:
    assert "overdue, 0 being done, 1 given up" in run("due").output
    found = json.loads(run("due", "--json", "--limit", "1").output)
    assert [one["subject"] for one in found["listed"]] == ["gone", "old"]
    assert found["overdue"] >= 1
    assert found["now"] <= system_clock().isoformat()


def test_where_nothing_is_planned_there_is_no_table(run: Run) -> None:
    assert run("due").output == "0 overdue, 0 being done, 0 given up\n"
