"""What leaves the bot: all that was published, nothing that was not, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.checks import Check, Statement
from bot.readiness.consensus import Consensus, Direction, Movement, Overlap
from bot.readiness.disclosure import Withheld
from bot.readiness.export import COLUMNS, Earlier, lines_of, neutral, percent, round_csv, turnout
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally
from tests.readiness.examples import CHECK, DEADLINE, NOON, UNHURRIED, a_round

RESULTS = (Result("direction", Tally(6, 2, 2, 1)), Result("metrics", Tally(9, 1, 0, 1)))
HEAD = 9  # rows before the columns, without an earlier round
STEADY = Overlap(12, 11, 11)
NASTY = st.text(st.sampled_from("=+-@＝＋－＠;|,'\"\t\r\n\0\x0b\u2028 a1"), max_size=12)
TEXTS = st.text(max_size=20) | NASTY
COUNTS = st.integers(0, 9)
TALLIES = st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS)
FORMULAS = tuple("=+-@＝＋－＠\t\r")


def closed(**fields: Any) -> Round:
    return a_round(**{"closed_at": DEADLINE, "asked": 14, "voters": 11, **fields})


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def table(text: str) -> list[dict[str, str]]:
    """The rows under the columns."""
    rows = read(text)
    start = rows.index(list(COLUMNS))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[start + 1 :]]


def before(*results: Result, **fields: Any) -> Earlier:
    week = timedelta(weeks=1)
    last = closed(round_id="r0", **{"opened_at": NOON - week, "closed_at": DEADLINE - week, **fields})
    return Earlier(last, results, STEADY)


# Lines


def test_a_statement_has_its_tally_and_class() -> None:
    first, second = lines_of(closed(), RESULTS)
    assert (first.number, first.tally, first.consensus) == (1, Tally(6, 2, 2, 1), Consensus.SPLIT)
    assert (second.number, second.tally, second.consensus) == (2, Tally(9, 1, 0, 1), Consensus.STRONG)
    assert first.withheld == second.withheld == ""


@pytest.mark.parametrize(
    ("of", "result", "reason"),
    [
        (closed(), Result("direction", None, Withheld.TOO_FEW), "Fewer than 5 people"),
        (closed(), Result("direction", None, Withheld.TOO_CLOSE), "Beside an earlier result"),
        (closed(), Result("direction", Tally(yes=4)), "Fewer than 5 people"),
        (closed(), Result("direction", Tally(yes=9), Withheld.TOO_CLOSE), "Beside an earlier result"),
        (closed(), Result("another", Tally(yes=9)), "no result"),
        (closed(cancelled=True), Result("direction", Tally(yes=9)), "cancelled"),
        (a_round(), Result("direction", Tally(yes=9)), "at the close"),
        (a_round(anonymous=False), Result("direction", Tally(yes=9)), "at the close"),
    ],
)
def test_what_may_not_be_shown_has_a_reason_and_no_tally(of: Round, result: Result, reason: str) -> None:
    line = lines_of(of, [result])[0]
    assert line.tally is None
    assert reason in line.withheld


def test_a_group_below_the_smallest_is_too_few_and_one_beside_another_of_no_class() -> None:
    few, close = lines_of(
        closed(), [Result("direction", None, Withheld.TOO_FEW), Result("metrics", None, Withheld.TOO_CLOSE)]
    )
    assert few.consensus is Consensus.TOO_FEW
    assert close.consensus is None


def test_a_named_round_is_shown_however_few_voted_and_live_if_it_is_live() -> None:
    assert lines_of(closed(anonymous=False), [Result("direction", Tally(yes=1))])[0].tally == Tally(yes=1)
    assert lines_of(a_round(anonymous=False, live=True), RESULTS)[0].tally == Tally(6, 2, 2, 1)


def test_movement_is_told_since_the_round_before() -> None:
    line = lines_of(closed(), RESULTS, before(Result("direction", Tally(4, 6, 0, 1))))[0]
    assert line.moved == Movement(Direction.UP, Fraction(1, 5))


@pytest.mark.parametrize(
    "earlier",
    [
        None,
        before(),
        before(Result("direction", None, Withheld.TOO_FEW)),
        before(Result("direction", Tally(yes=4, no=6)), cancelled=True),
        before(Result("direction", Tally(yes=4, no=6)), smallest_group=12),
        before(Result("direction", Tally(yes=4, no=6)), smallest_group=12, anonymous=False),
        before(Result("direction", Tally(yes=4, no=6)), check=replace(CHECK, statements=CHECK.statements[1:])),
        before(
            Result("direction", Tally(yes=4, no=6)),
            check=replace(CHECK, statements=(replace(CHECK.statements[0], text="Somebody else knows it."),)),
        ),
        replace(before(Result("direction", Tally(yes=4, no=6))), overlap=Overlap(30, 11, 11)),
    ],
)
def test_there_is_no_movement_where_nothing_compares(earlier: Earlier | None) -> None:
    assert lines_of(closed(), RESULTS, earlier)[0].moved == Movement(Direction.UNCLEAR)


# CSV


def test_the_head_says_round_check_turnout_and_deadline() -> None:
    head = {row[0]: row[1] for row in read(round_csv(closed(), RESULTS, zone=ZoneInfo("Europe/Berlin")))[:HEAD]}
    assert head["Round"] == "How far are we?"
    assert head["Check"] == "Do we need one?"
    assert head["Turnout"] == "11 of 14"
    assert head["Deadline"] == "Thursday 26 November 2026, 13:00 (Europe/Berlin)"
    assert head["Agreed strong from"].startswith("75 % Yes")


def test_there_is_one_row_a_statement() -> None:
    first, second = table(round_csv(closed(), RESULTS, before(Result("direction", Tally(8, 2, 0, 1)))))
    assert list(first.values()) == [
        *("1", "Direction", "We know it.", "6", "2", "2", "1", "0.6000", "split", "down", "20.0", "")
    ]
    assert (second["Statement"], second["Class"], second["Movement"]) == ("Metrics", "agreed strong", "")


def test_what_is_withheld_is_empty_but_for_the_reason() -> None:
    row = table(round_csv(closed(), [Result("direction", Tally(1, 2, 0, 1))]))[0]
    told = {name: value for name, value in row.items() if value}
    assert told.pop("Not shown because") == "Fewer than 5 people answered."
    assert told == {"Number": "1", "Statement": "Direction", "Text": "We know it.", "Class": "too few answers"}


def test_a_statement_that_is_nobodys_area_has_no_share() -> None:
    row = table(round_csv(closed(), [Result("direction", Tally(not_my_area=7))]))[0]
    assert (row["Not my area"], row["Share of Yes"], row["Class"]) == ("7", "", "too few answers")


@UNHURRIED
@given(st.lists(TALLIES, min_size=2, max_size=2), st.integers(3, 9))
def test_no_count_of_a_group_below_the_smallest_is_in_it(tallies: list[Tally], smallest: int) -> None:
    names = ("direction", "metrics")
    results = [Result(name, tally) for name, tally in zip(names, tallies, strict=True)]
    rows = table(round_csv(closed(smallest_group=smallest), results))
    for row, tally in zip(rows, tallies, strict=True):
        assert (row["Yes"] == "") == (tally.respondents < smallest)
        assert bool(row["Not shown because"]) == (tally.respondents < smallest)


@UNHURRIED
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_cell_is_a_formula_whatever_people_typed(title: str, check: str, name: str, text: str) -> None:
    """However the spreadsheet splits it: at commas, or, in much of Europe, at semicolons."""
    asked = Check("c", check, "", "", (Statement("direction", name, text, ""),))
    written = round_csv(closed(title=title, check=asked), RESULTS[:1])
    for delimiter in ",;|\t":
        cells = [cell for row in read(written, delimiter) for cell in row]
        assert not [cell for cell in cells if cell.lstrip(' "')[:1] in FORMULAS]


@UNHURRIED
@given(TEXTS, TEXTS)
def test_it_is_as_rfc_4180_has_it(title: str, text: str) -> None:
    asked = Check("c", "Check", "", "", (Statement("direction", "Name", text, ""),))
    written = round_csv(closed(title=title, check=asked), RESULTS[:1])
    assert written.endswith("\r\n")
    assert "\n" not in written.replace("\r\n", "")
    assert {len(row) for row in read(written)} == {len(COLUMNS)}
    assert len(read(written)) == written.count("\r\n")


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-1", "'-1"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'=1"),
        ("\rX", "X"),
        ('a;"=1"', 'a;\'"=1"'),
        ("Plain – text, 1+1=2; all right", "Plain – text, 1+1=2; all right"),
        ("two\r\nlines", "two lines"),
    ],
)
def test_formulas_are_neutralised_and_the_rest_left_as_it_is(typed: str, cell: str) -> None:
    assert neutral(typed) == cell


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Fraction(0), "0"),
        (Fraction(1), "100"),
        (Fraction(3, 4), "75"),
        (Fraction(1, 3), "33.3"),
        (Fraction(38, 51), "74.5"),
        (Fraction(7499, 10000), "74.99"),
        (Fraction(1, 40), "2.5"),
    ],
)
def test_a_share_just_below_a_threshold_does_not_look_like_it(share: Fraction, words: str) -> None:
    assert percent(share) == words


def test_turnout_is_told_once_it_is_known() -> None:
    assert turnout(closed()) == "11 of 14"
    assert turnout(a_round(asked=14)) == "14 asked, still open"
    assert turnout(a_round(asked=14, closed_at=NOON, cancelled=True)) == "14 asked"
