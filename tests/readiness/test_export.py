"""What leaves the bot: all that was published, nothing that was not, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.checks import Check, Statement
from bot.readiness.export import COLUMNS, neutral, round_csv
from bot.readiness.rounds import Result
from bot.readiness.tally import Tally
from tests.readiness.examples import RESULTS, UNHURRIED, a_closed_round, a_round_before

HEAD = 9  # rows before the columns, without an earlier round
NASTY = st.text(st.sampled_from("=+-@＝＋－＠;|,'\"\t\r\n\0\x0b\u2028 a1"), max_size=12)
TEXTS = st.text(max_size=20) | NASTY
COUNTS = st.integers(0, 9)
TALLIES = st.builds(Tally, COUNTS, COUNTS, COUNTS, COUNTS)
FORMULAS = tuple("=+-@＝＋－＠\t\r")


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def table(text: str) -> list[dict[str, str]]:
    """The rows under the columns."""
    rows = read(text)
    start = rows.index(list(COLUMNS))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[start + 1 :]]


def test_the_head_says_round_check_turnout_and_deadline() -> None:
    head = {row[0]: row[1] for row in read(round_csv(a_closed_round(), RESULTS, zone=ZoneInfo("Europe/Berlin")))[:HEAD]}
    assert head["Round"] == "How far are we?"
    assert head["Check"] == "Do we need one?"
    assert head["Turnout"] == "11 of 14"
    assert head["Deadline"] == "Thursday 26 November 2026, 13:00 (Europe/Berlin)"
    assert head["Agreed strong from"].startswith("75 % Yes")


def test_there_is_one_row_a_statement() -> None:
    first, second = table(round_csv(a_closed_round(), RESULTS, a_round_before(Result("direction", Tally(8, 2, 0, 1)))))
    assert list(first.values()) == [
        *("1", "Direction", "We know it.", "6", "2", "2", "1", "0.6000", "split", "down", "20.0", "")
    ]
    assert (second["Statement"], second["Class"], second["Movement"]) == ("Metrics", "agreed strong", "")


def test_what_is_withheld_is_empty_but_for_the_reason() -> None:
    row = table(round_csv(a_closed_round(), [Result("direction", Tally(1, 2, 0, 1))]))[0]
    told = {name: value for name, value in row.items() if value}
    assert told.pop("Not shown because") == "Fewer than 5 people answered."
    assert told == {"Number": "1", "Statement": "Direction", "Text": "We know it.", "Class": "too few answers"}


def test_a_statement_that_is_nobodys_area_has_no_share() -> None:
    row = table(round_csv(a_closed_round(), [Result("direction", Tally(not_my_area=7))]))[0]
    assert (row["Not my area"], row["Share of Yes"], row["Class"]) == ("7", "", "too few answers")


@UNHURRIED
@given(st.lists(TALLIES, min_size=2, max_size=2), st.integers(3, 9))
def test_no_count_of_a_group_below_the_smallest_is_in_it(tallies: list[Tally], smallest: int) -> None:
    names = ("direction", "metrics")
    results = [Result(name, tally) for name, tally in zip(names, tallies, strict=True)]
    rows = table(round_csv(a_closed_round(smallest_group=smallest), results))
    for row, tally in zip(rows, tallies, strict=True):
        assert (row["Yes"] == "") == (tally.respondents < smallest)
        assert bool(row["Not shown because"]) == (tally.respondents < smallest)


@UNHURRIED
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_cell_is_a_formula_whatever_people_typed(title: str, check: str, name: str, text: str) -> None:
    """However the spreadsheet splits it: at commas, or, in much of Europe, at semicolons."""
    asked = Check("c", check, "", "", (Statement("direction", name, text, ""),))
    written = round_csv(a_closed_round(title=title, check=asked), RESULTS[:1])
    for delimiter in ",;|\t":
        cells = [cell for row in read(written, delimiter) for cell in row]
        assert not [cell for cell in cells if cell.lstrip(' "')[:1] in FORMULAS]


@UNHURRIED
@given(TEXTS, TEXTS)
def test_it_is_as_rfc_4180_has_it(title: str, text: str) -> None:
    asked = Check("c", "Check", "", "", (Statement("direction", "Name", text, ""),))
    written = round_csv(a_closed_round(title=title, check=asked), RESULTS[:1])
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
