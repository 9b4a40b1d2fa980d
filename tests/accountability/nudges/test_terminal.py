"""`cco upcoming`, over a database on either engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.nudges.people import Settings, ZoneSeen
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.nudges.terminal import as_json, as_lines, foreseen
from bot.cli import main
from bot.storage.database import Database
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    BERLIN,
    DAY,
    MONDAY,
    OURS,
    THEIRS,
    a_commitment,
    made,
    on,
)

CHRISTMAS = on(date(2026, 12, 24), 17)


@pytest.fixture
def stores(database: Database) -> tuple[CommitmentStore, PeopleStore]:
    commitments, people = CommitmentStore(database), PeopleStore(database)
    for key, of in ((OURS, a_commitment("c1", due=CHRISTMAS)), (THEIRS, a_commitment("c2"))):
        commitments.add(key, of, made(of))
    people.note_zone(OURS, ANA, ZoneSeen("Europe/Berlin", MONDAY))
    return commitments, people


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, words, env={"DATABASE_URL": database_url}, catch_exceptions=False)

    return invoke


def test_each_workspace_is_told_in_their_zone_with_ids_instead_of_words(
    stores: tuple[CommitmentStore, PeopleStore],
) -> None:
    ours, theirs = foreseen(*stores, ANA, MONDAY, "DE")
    lines = list(as_lines(ours))
    assert lines[0] == "Times in Europe/Berlin (as Slack told)"
    assert lines[1] == "Mon 2026-12-21 09:00  c1 (ahead)"
    assert lines[3].startswith("Mon 2026-12-28 09:00  c1 (next_day)  later because of Christmas Day")
    assert next(as_lines(theirs)) == "Times in UTC (not known)"
    assert "math" not in as_json([ours, theirs])


def test_what_is_known_or_given_of_their_zone_counts(stores: tuple[CommitmentStore, PeopleStore]) -> None:
    stores[1].save_settings(THEIRS, ANA, Settings("Asia/Tokyo", muted=True))
    _, theirs = foreseen(*stores, ANA, MONDAY)
    assert list(as_lines(theirs)) == [
        "Times in Asia/Tokyo (as they chose)",
        "Nothing is planned: they want quiet, or nothing was answered",
    ]
    ours, _ = foreseen(*stores, ANA, MONDAY, zone=BERLIN)
    assert ours.zone_from == "as given"


def test_as_json_each_message_has_its_time_here_and_there(stores: tuple[CommitmentStore, PeopleStore]) -> None:
    first, *_ = json.loads(as_json(foreseen(*stores, ANA, MONDAY)))
    assert (first["at"], first["local"]) == ("2026-12-21T08:00:00+00:00", "2026-12-21T09:00:00+01:00")
    assert first["about"] == [{"commitment": "c1", "occasion": "ahead", "due": "2026-12-24T16:00:00+00:00"}]
    assert not first["has_holiday"]


def test_days_that_had_a_message_are_left_out(stores: tuple[CommitmentStore, PeopleStore]) -> None:
    commitments, people = stores
    people.begin_message(OURS, ANA, date(2026, 12, 21), 0, [], CHRISTMAS - 3 * DAY)
    ours, *_ = foreseen(commitments, people, ANA, on(date(2026, 12, 20), 9))
    assert list(as_lines(ours))[1].startswith("Tue 2026-12-22")


@pytest.mark.usefixtures("stores")
def test_the_command_takes_a_slack_id_and_refuses_no_zone(run: Callable[..., Result]) -> None:
    assert "Times in Europe/Berlin" in run("upcoming", ANA).output
    assert run("upcoming", BEN).output == f"{BEN} has no open commitments.\n"
    assert json.loads(run("upcoming", BEN, "--json").output) == []
    assert "Times in Asia/Tokyo (as given)" in run("upcoming", ANA, "--zone", "tokyo").output
    refused = run("upcoming", ANA, "--zone", "Mars/Olympus")
    assert refused.exit_code == 1
    assert "There is no time zone “Mars/Olympus”" in refused.output
