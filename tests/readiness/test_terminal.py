"""The commands for rounds, over a database on either engine: listed, exported and drawn."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.checks import Answer, Check, Statement
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from tests.readiness.examples import CHECK, DEADLINE, NO, NOON, OURS, THEIRS, YES, a_round, people

Run = Callable[..., Result]
Hold = Callable[..., Round]

WEEK = timedelta(weeks=1)
SIX = people(*range(6))
FORMULA = '=HYPERLINK("https://evil.example","Ours")'


@pytest.fixture
def run(database_url: str, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a folder of its own, over the database of the test."""
    monkeypatch.chdir(tmp_path)
    settings = {"DATABASE_URL": database_url, "CCO_KNOWLEDGE_DIR": "", "CCO_CACHE_DIR": str(cache)}

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, words, env=settings, catch_exceptions=False)

    return invoke


@pytest.fixture
def hold(rounds: RoundStore, ballots: BallotStore) -> Hold:
    """Holds a round of six, in which as many vote as there are answers, and closes it unless it is to stay open."""

    def held(
        name: str,
        *answers: Answer,
        key: WorkspaceKey = OURS,
        before: timedelta = 0 * WEEK,
        over: bool = True,
        **more: Any,
    ) -> Round:
        new = a_round(name, opened_at=NOON - before, deadline=DEADLINE - before, **more)
        assert rounds.add(key, new, SIX)
        for user_id, answer in zip(SIX, answers, strict=False):
            ballots.cast(key, name, user_id, {"direction": answer}, mark=1, now=new.opened_at)
        if over:
            ballots.close(key, name, new.deadline)
        return new

    return held


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def statement(content: bytes) -> list[str]:
    """What the CSV says of the first statement."""
    return next(row for row in table(content) if row[0] == "1")


# cco rounds


def test_rounds_are_listed_the_newest_first_whatever_workspace_they_are_of(
    run: Run, hold: Hold, ballots: BallotStore
) -> None:
    hold("aaa", YES, NO, before=2 * WEEK, channel_id="C22", title="First")
    hold("bb", before=WEEK, key=THEIRS, over=False)
    ballots.cancel(THEIRS, "bb", NOON - WEEK)
    hold("c", YES, over=False, title="")
    assert run("rounds").output.splitlines() == [
        "c    open until 2026-11-26 12:00 UTC  C1   1 of 6   Do we need one?",
        "bb   cancelled 2026-11-16 12:00 UTC   C1   6 asked  How far are we?",
        "aaa  closed 2026-11-12 12:00 UTC      C22  2 of 6   First",
    ]


def test_rounds_are_listed_as_json(run: Run, hold: Hold) -> None:
    hold("r1", YES, NO, YES)
    [found] = json.loads(run("rounds", "--json").output)
    assert found == {
        "id": "r1",
        "state": "closed",
        "enterprise_id": "",
        "team_id": "T1",
        "channel_id": "C1",
        "check": "readiness",
        "title": "How far are we?",
        "anonymous": True,
        "opened_at": "2026-11-23T12:00:00+00:00",
        "deadline": "2026-11-26T12:00:00+00:00",
        "closed_at": "2026-11-26T12:00:00+00:00",
        "asked": 6,
        "voted": 3,
    }


@pytest.mark.usefixtures("database")
def test_no_round_is_said_to_be_none(run: Run) -> None:
    assert run("rounds").output == "There is no round yet.\n"
    assert json.loads(run("rounds", "--json").output) == []


@pytest.mark.parametrize("command", [["rounds"], ["rounds", "--json"]])
def test_a_title_commands_no_terminal(run: Run, hold: Hold, command: list[str]) -> None:
    hold("r1", title="\x1b[2Jgone\r\nr2  closed\x9b31m\u202e")
    output = run(*command).output
    assert not [char for char in output if not char.isprintable() and char != "\n"]
    assert "gone r2 closed" in output or "gone\\r\\nr2" in output


# Which round


def test_the_beginning_of_an_id_will_do(run: Run, hold: Hold) -> None:
    hold("4f2a", title="This one")
    hold("77bc", before=WEEK)
    assert "This one" in run("export", "round", "4f").output


def test_a_whole_id_is_taken_also_when_another_begins_so(run: Run, hold: Hold) -> None:
    hold("r1", title="This one")
    hold("r12", before=WEEK)
    assert "This one" in run("export", "round", "r1").output


@pytest.mark.parametrize("given", ["r2", "", "%", "*"])
@pytest.mark.parametrize("command", [["export", "round"], ["report", "-o", "-"]])
def test_a_round_that_is_not_there_is_one_sentence(run: Run, hold: Hold, command: list[str], given: str) -> None:
    hold("r1")
    result = run(*command, given)
    assert result.exit_code == 1
    assert result.output == f"Error: There is no round “{given}”; `cco rounds` lists them all.\n"


def test_an_id_of_several_is_one_sentence(run: Run, hold: Hold) -> None:
    hold("r11")
    hold("r12", before=WEEK)
    result = run("export", "round", "r1")
    assert result.exit_code == 1
    assert result.output == "Error: Several rounds begin with “r1”; give the whole id, as `cco rounds` lists it.\n"


# cco export round


def test_an_export_is_the_bytes_that_a_spreadsheet_wants(run: Run, hold: Hold) -> None:
    hold("r1", YES, YES, YES, YES, NO, NO, title="Läuft’s?")
    content = run("export", "round", "r1", "--csv").stdout_bytes
    assert content.startswith("\ufeffRound,Läuft’s?,r1,".encode())
    assert content.endswith(b"\r\n")
    assert b"\r\r" not in content
    assert statement(content)[3:7] == ["4", "2", "0", "0"]


def test_an_export_into_a_file_says_so_and_is_the_same(run: Run, hold: Hold, tmp_path: Path) -> None:
    hold("r1", YES, NO)
    (tmp_path / "round.csv").write_text("an older one, and longer" * 1000)
    assert run("export", "round", "r1", "--csv", "-o", "round.csv").output == "Written to round.csv\n"
    assert (tmp_path / "round.csv").read_bytes() == run("export", "round", "r1").stdout_bytes


def test_a_file_that_cannot_be_written_is_one_sentence(run: Run, hold: Hold) -> None:
    hold("r1")
    result = run("export", "round", "r1", "-o", "no/folder/round.csv")
    assert result.exit_code == 1
    assert (
        result.output == "Error: no/folder/round.csv can't be written (No such file or directory); give another file.\n"
    )


def test_times_are_those_of_the_zone(run: Run, hold: Hold) -> None:
    hold("r1")
    assert "Thursday 26 November 2026, 12:00 (UTC)" in run("export", "round", "r1").output
    assert (
        "Thursday 26 November 2026, 13:00 (Europe/Berlin)"
        in run("export", "round", "r1", "--zone", "Europe/Berlin").output
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "/etc/passwd", "../UTC", "Europe", "\0"])
@pytest.mark.parametrize("command", [["export", "round", "r1"], ["report", "r1", "-o", "page.html"]])
def test_a_zone_that_does_not_exist_is_one_sentence(run: Run, command: list[str], zone: str, tmp_path: Path) -> None:
    result = run(*command, "--zone", zone)
    assert result.exit_code == 1
    assert result.output == f"Error: There is no time zone “{zone}”; give one such as Europe/Berlin.\n"
    assert not (tmp_path / "page.html").exists()


def test_a_company_s_formulas_are_text_in_a_spreadsheet(run: Run, hold: Hold) -> None:
    ours = Check("acme-own", FORMULA, "+1", "@", (Statement("direction", "-2+3", "\t=1", ""),))
    hold("r1", YES, title=FORMULA, check=ours)
    rows = table(run("export", "round", "r1").stdout_bytes)
    assert not [cell for row in rows for cell in row if cell.lstrip()[:1] in tuple("=+-@")]
    assert rows[0][1] == f"'{FORMULA}"


def test_an_anonymous_round_below_the_smallest_group_tells_no_count(run: Run, hold: Hold) -> None:
    hold("r1", YES, YES, YES, NO)
    row = statement(run("export", "round", "r1").stdout_bytes)
    assert row[3:8] == [""] * 5
    assert row[-1] == "Fewer than 5 people answered."


def test_a_named_round_tells_counts_and_no_names(run: Run, hold: Hold) -> None:
    hold("r1", YES, NO, anonymous=False)
    result = run("export", "round", "r1")
    assert statement(result.stdout_bytes)[3:7] == ["1", "1", "0", "0"]
    assert not re.search(r"U\d{4}", result.output)


def test_an_earlier_round_is_compared_with(run: Run, hold: Hold) -> None:
    hold("r0", YES, YES, YES, YES, YES, NO, before=WEEK)
    hold("r1", YES, YES, YES, YES, NO, NO)
    result = run("export", "round", "r1")
    assert "Also voted last time,6 of 6," in result.output
    assert statement(result.stdout_bytes)[9:11] == ["down", "16.7"]


# cco report


def test_a_report_is_a_page_with_the_guidance_of_the_cards(run: Run, hold: Hold, tmp_path: Path) -> None:
    asked = Check(
        "readiness", "Ready?", "", "", (Statement("direction", "Direction", "Text", "statement-01-direction"),)
    )
    hold("r1", NO, NO, NO, NO, NO, check=asked)
    result = run("report", "r1", "-o", "page.html", "--zone", "Europe/Berlin")
    assert result.output == "Written to page.html\n"
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!doctype html>")
    assert "What the guidance says" in page
    assert "13:00 (Europe/Berlin)" in page


def test_a_report_can_be_printed(run: Run, hold: Hold, tmp_path: Path) -> None:
    hold("r1", title="Größe")
    result = run("report", "r1", "-o", "-")
    assert "<h1>Größe</h1>".encode() in result.stdout_bytes
    assert list(tmp_path.glob("*.html")) == []


def test_a_report_of_an_anonymous_round_below_the_smallest_group_tells_the_reason(run: Run, hold: Hold) -> None:
    hold("r1", YES, YES, NO)
    page = run("report", "r1", "-o", "-").output
    assert page.count("Fewer than 5 people answered.") == len(CHECK.statements)
    assert '<td class="number">' not in page


def test_a_report_of_an_open_round_says_that_it_is(run: Run, hold: Hold) -> None:
    hold("r1", YES, over=False)
    page = run("report", "r1", "-o", "-").output
    assert "<dd>still open</dd>" in page
    assert "Results are shown at the close." in page


def test_what_people_typed_is_text_on_the_page(run: Run, hold: Hold) -> None:
    hold("r1", title="<script>alert(1)</script>")
    assert "<script" not in run("report", "r1", "-o", "-").output


def test_a_report_wants_to_know_where_it_goes(run: Run) -> None:
    result = run("report", "r1")
    assert result.exit_code == 2
    assert "Missing option '-o'" in result.output
