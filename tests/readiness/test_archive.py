"""A round on its way out, on both engines: what its close published is in the files, and nothing else."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.readiness.archive import Archive
from bot.readiness.ballot_store import BallotStore
from bot.readiness.ballots import Outcome
from bot.readiness.checks import Answer
from bot.readiness.consensus import Overlap
from bot.readiness.export import COLUMNS
from bot.readiness.report import BoardPage, Guidance
from bot.readiness.rounds import Result, Round
from bot.readiness.store import RoundStore
from bot.readiness.tally import Tally
from bot.resources import TEMPLATES
from tests.readiness.examples import (
    CHECK,
    DEADLINE,
    MINUTE,
    NO,
    NOON,
    OURS,
    THEIRS,
    YES,
    a_closed_round,
    a_round,
    people,
)

WEEK = timedelta(weeks=1)
SIX = people(*range(6))
BERLIN = ZoneInfo("Europe/Berlin")
GUIDANCE = {"card-1": Guidance("A card", "Do **this**.")}
COUNTS = COLUMNS[3:11]  # what there is of a tally, its class left out


@pytest.fixture
def archive(rounds: RoundStore, ballots: BallotStore) -> Archive:
    return Archive(rounds, ballots, BoardPage(TEMPLATES), GUIDANCE, lambda: DEADLINE + MINUTE)


@pytest.fixture
def held(rounds: RoundStore, ballots: BallotStore) -> Hold:
    return Hold(rounds, ballots)


class Hold:
    """Holds rounds: six are asked, and as many vote as there are answers."""

    def __init__(self, rounds: RoundStore, ballots: BallotStore) -> None:
        self._rounds = rounds
        self._ballots = ballots

    def open(self, *answers: Answer, round_id: str = "r1", **fields: Any) -> Round:
        new = a_round(round_id, **fields)
        assert self._rounds.add(OURS, new, SIX)
        for user_id, answer in zip(SIX, answers, strict=False):
            votes = {"direction": answer, "metrics": YES}
            assert self._ballots.cast(OURS, new.id, user_id, votes, mark=1, now=new.opened_at) is Outcome.SAVED
        return self.now(round_id)

    def closed(self, *answers: Answer, round_id: str = "r1", **fields: Any) -> Round:
        deadline = self.open(*answers, round_id=round_id, **fields).deadline
        assert self._ballots.close(OURS, round_id, deadline)
        return self.now(round_id)

    def cancelled(self, *answers: Answer, **fields: Any) -> Round:
        assert self._ballots.cancel(OURS, self.open(*answers, **fields).id, NOON + MINUTE)
        return self.now("r1")

    def week_before(self, *answers: Answer, **fields: Any) -> Round:
        return self.closed(*answers, round_id="r0", opened_at=NOON - WEEK, deadline=DEADLINE - WEEK, **fields)

    def now(self, round_id: str) -> Round:
        found = self._rounds.get(OURS, round_id)
        assert found
        return found


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def head(content: bytes) -> dict[str, str]:
    return {row[0]: row[1] for row in lines(content)}


def table(content: bytes) -> list[dict[str, str]]:
    rows = lines(content)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[rows.index(list(COLUMNS)) + 1 :]]


def counted(content: bytes) -> list[str]:
    """Whatever the CSV has of tallies."""
    return [row[name] for row in table(content) for name in COUNTS if row[name] and name != "Class"]


def on_the_page(content: bytes) -> list[str]:
    """The numbers in the page's table of answers."""
    return re.findall(r'<td class="number">(\d+)', content.decode())


# What was published


def test_a_closed_round_leaves_with_what_its_close_published(archive: Archive, held: Hold) -> None:
    of = held.closed(YES, YES, YES, YES, NO, NO)
    direction, metrics = table(archive.csv(OURS, of, BERLIN))
    assert [direction[name] for name in ("Yes", "No", "Share of Yes", "Class")] == ["4", "2", "0.6667", "split"]
    assert [metrics[name] for name in ("Yes", "No", "Class")] == ["6", "0", "agreed strong"]
    assert on_the_page(archive.page(OURS, of, BERLIN)) == ["4", "2", "0", "0", "66", "6", "0", "0", "0", "100"]


def test_a_spreadsheet_sees_that_it_is_utf_8(archive: Archive, held: Hold) -> None:
    content = archive.csv(OURS, held.closed(title="Größe – läuft’s?"), BERLIN)
    assert content.startswith(b"\xef\xbb\xbfRound,")
    assert content.count(b"\xef\xbb\xbf") == 1
    assert head(content)["Round"] == "Größe – läuft’s?"


def test_both_write_times_in_the_zone_asked_for(archive: Archive, held: Hold) -> None:
    of = held.closed()
    assert head(archive.csv(OURS, of, BERLIN))["Deadline"] == "Thursday 26 November 2026, 13:00 (Europe/Berlin)"
    page = archive.page(OURS, of, BERLIN).decode()
    assert "Made Thursday 26 November 2026, 13:01 (Europe/Berlin)" in page


def test_the_page_has_the_guidance_and_the_place(archive: Archive, held: Hold) -> None:
    of = held.closed(NO, NO, NO, NO, NO)
    page = archive.page(OURS, of, BERLIN, "#leadership").decode()
    assert "<p>Do <strong>this</strong>.</p>" in page
    assert "Do we need one? · #leadership" in page
    assert " · #" not in archive.page(OURS, of, BERLIN).decode()


def test_names_of_voters_are_in_neither(archive: Archive, held: Hold) -> None:
    of = held.closed(YES, YES, NO, anonymous=False)
    for content in (archive.csv(OURS, of, BERLIN), archive.page(OURS, of, BERLIN)):
        assert not [user_id for user_id in SIX if user_id.encode() in content]
    assert counted(archive.csv(OURS, of, BERLIN))[:2] == ["2", "1"]


def test_another_workspace_finds_nothing_of_it(archive: Archive, held: Hold) -> None:
    of = held.closed(YES, YES, YES, YES, NO, NO)
    assert counted(archive.csv(THEIRS, of, BERLIN)) == []
    assert on_the_page(archive.page(THEIRS, of, BERLIN)) == []


# What may not be told


def test_a_group_below_the_smallest_leaves_the_reason(archive: Archive, held: Hold) -> None:
    of = held.closed(YES, YES, YES, NO)
    content, page = archive.csv(OURS, of, BERLIN), archive.page(OURS, of, BERLIN)
    assert {row["Not shown because"] for row in table(content)} == {"Fewer than 5 people answered."}
    assert counted(content) == on_the_page(page) == []
    assert page.count(b"Fewer than 5 people answered.") == 2


def test_what_would_single_somebody_out_beside_the_round_before_leaves_the_reason(archive: Archive, held: Hold) -> None:
    held.week_before(YES, YES, YES, YES, NO)
    of = held.closed(YES, YES, YES, YES, NO, NO)
    content, page = archive.csv(OURS, of, BERLIN), archive.page(OURS, of, BERLIN)
    assert {"would single out" in row["Not shown because"] for row in table(content)} == {True}
    assert counted(content) == on_the_page(page) == []


def test_an_open_round_says_that_it_is_and_no_more(archive: Archive, held: Hold) -> None:
    of = held.open(YES, YES, YES, YES, NO, NO)
    content, page = archive.csv(OURS, of, BERLIN), archive.page(OURS, of, BERLIN)
    assert head(content)["Closed"] == "still open"
    assert {row["Not shown because"] for row in table(content)} == {"Results are shown at the close."}
    assert b"Results are shown at the close." in page
    assert counted(content) == on_the_page(page) == []


def test_a_round_that_was_read_while_open_stays_silent_after_its_close(
    archive: Archive, held: Hold, ballots: BallotStore
) -> None:
    of = held.open(YES, YES, YES, YES, NO, NO)
    ballots.close(OURS, of.id, of.deadline)
    assert counted(archive.csv(OURS, of, BERLIN)) == on_the_page(archive.page(OURS, of, BERLIN)) == []


def test_an_open_round_that_shows_its_results_shows_them_here_too(archive: Archive, held: Hold) -> None:
    of = held.open(YES, NO, NO, anonymous=False, live=True)
    content = archive.csv(OURS, of, BERLIN)
    assert head(content)["Closed"] == "still open"
    assert [table(content)[0][name] for name in ("Yes", "No")] == ["1", "2"]


def test_a_cancelled_round_leaves_the_reason(archive: Archive, held: Hold) -> None:
    of = held.cancelled(YES, YES, YES, YES, NO, NO)
    content, page = archive.csv(OURS, of, BERLIN), archive.page(OURS, of, BERLIN)
    assert {row["Not shown because"] for row in table(content)} == {"The round was cancelled."}
    assert b"(cancelled)" in page
    assert counted(content) == on_the_page(page) == []


# The round before


def test_a_round_is_compared_with_the_one_before(archive: Archive, held: Hold) -> None:
    before = held.week_before(YES, YES, YES, YES, YES, NO)
    of = held.closed(YES, YES, YES, YES, NO, NO)
    found = archive.earlier(OURS, of)
    assert found
    assert found.round == before
    assert found.results == (Result("direction", Tally(5, 1)), Result("metrics", Tally(6)))
    assert found.overlap == Overlap(6, 6, 6)


def test_how_statements_moved_is_in_both(archive: Archive, held: Hold) -> None:
    held.week_before(YES, YES, YES, YES, YES, NO)
    of = held.closed(YES, YES, YES, YES, NO, NO)
    content = archive.csv(OURS, of, BERLIN)
    assert head(content)["Also voted last time"] == "6 of 6"
    assert [(row["Movement"], row["Points moved"]) for row in table(content)] == [("down", "16.7"), ("same", "0.0")]
    assert "6 of 6 also voted last time." in archive.page(OURS, of, BERLIN).decode()


def test_the_first_round_has_none_before(archive: Archive, held: Hold) -> None:
    assert archive.earlier(OURS, held.closed(YES)) is None


def test_a_round_without_a_result_is_compared_with_nothing(archive: Archive, held: Hold) -> None:
    held.week_before(YES, YES, YES, YES, YES)
    assert archive.earlier(OURS, held.open(YES)) is None
    assert b"last time" not in archive.page(OURS, held.now("r1"), BERLIN)
    assert archive.earlier(OURS, replace(held.now("r1"), closed_at=DEADLINE, cancelled=True)) is None


# The name of a file


def test_a_file_is_named_after_its_check_its_day_and_its_round(archive: Archive) -> None:
    assert archive.file_name(a_round("4f2a"), "csv") == "readiness-2026-11-23-4f2a.csv"


@pytest.mark.parametrize("odd", ["../../etc/passwd", "a\nb", "C:\\x", '"; rm -rf', "..", "", "Größe", "\u202egnp"])
def test_a_file_name_is_safe_whatever_a_check_is_called(archive: Archive, odd: str) -> None:
    name = archive.file_name(a_closed_round(round_id=odd or "r1", check=replace(CHECK, id=odd)), "html")
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*\.html", name)
