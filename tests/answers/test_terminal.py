"""The commands that ask in a terminal: readable for people, a line of JSON each for machines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner, Result

from bot.answers.advisor import LISTED, Advisor
from bot.answers.gaps import Cluster, Verdict
from bot.answers.terminal import as_json, show_gaps
from bot.cli import main
from tests.answers.conftest import Write
from tests.answers.examples import card_text

Run = Callable[..., Result]

SETTINGS = {"COLUMNS": "300", "CCO_KNOWLEDGE_DIR": "", "CCO_CACHE_DIR": ""}


@pytest.fixture
def run(cache: Path, advisor: Advisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a folder without settings of its own, with the index that is ready."""
    del advisor  # its index is what makes the command quick
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str, typed: str | bytes = "", **settings: str) -> Result:
        variables = {**SETTINGS, "CCO_CACHE_DIR": str(cache), **settings}
        return CliRunner().invoke(main, words, input=typed, env=variables, catch_exceptions=False)

    return invoke


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_answer_shows_the_card_its_source_and_what_to_ask_next(run: Run, advisor: Advisor) -> None:
    card = advisor.index.cards["reporting-line"]
    shown = flat(run("ask", "Where", "should", "the", "CCO", "report?").output)
    assert card.title in shown
    assert flat(card.short) in shown
    assert f"Our summary of “{card.sources[0].title}”" in shown
    assert f"Ask next: {advisor.index.cards[card.related[0]].question}" in shown


def test_an_answer_is_plain_text_where_nobody_sees_colours(run: Run) -> None:
    output = run("ask", "Where should the CCO report?").output
    assert "\x1b" not in output
    assert "**" not in output


def test_a_topic_outside_is_said_to_be_not_covered(run: Run, advisor: Advisor) -> None:
    shown = flat(run("ask", "How much should we pay our first CCO?").output)
    assert "The guidance doesn't cover what a CCO earns. The nearest it has:" in shown
    assert advisor.index.cards["year-one-credit-agreement"].question in shown


def test_a_topic_with_its_own_reply_gets_it(run: Run, advisor: Advisor) -> None:
    boundary = advisor.ask("hello").boundary
    assert boundary
    assert flat(run("ask", "hello").output) == flat(boundary.reply)


def test_a_text_without_a_question_gets_starters(run: Run, advisor: Advisor) -> None:
    shown = flat(run("ask", "???").output)
    assert shown.startswith("I couldn't make out a question in that.")
    assert advisor.starters[0].question in shown


def test_without_a_question_it_is_asked_for(run: Run) -> None:
    assert "Your question? " in run("ask", typed="Where should the CCO report?\n").output


def test_each_line_of_input_gets_a_line_of_json(run: Run) -> None:
    result = run("ask", "--json", typed="Where should the CCO report?\n\nweather tomorrow\r\n")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [line["question"] for line in lines] == ["Where should the CCO report?", "", "weather tomorrow"]
    assert [line["outcome"] for line in lines] == ["answer", "not_covered", "not_covered"]


def test_a_line_of_json_names_the_cards_best_first(run: Run, advisor: Advisor) -> None:
    line = json.loads(run("ask", "--json", typed="customer metrics for the board").output)
    assert set(line) == {"question", "outcome", "cards"}
    assert len(line["cards"]) == LISTED
    assert [card["score"] for card in line["cards"]] == sorted((card["score"] for card in line["cards"]), reverse=True)
    assert all(card["title"] == advisor.index.cards[card["id"]].title for card in line["cards"])


@pytest.mark.parametrize("question", ["How much should we pay our first CCO?", "and the cons?", "why?"])
def test_cards_are_named_when_it_is_not_covered_too(advisor: Advisor, question: str) -> None:
    line = json.loads(as_json(question, advisor))
    assert line["outcome"] == "not_covered"
    assert line["cards"]


def test_no_input_gives_no_output(run: Run) -> None:
    assert run("ask", "--json").output == ""


def test_input_that_is_no_text_stops_nothing(run: Run) -> None:
    result = run("ask", "--json", typed=b"\xff\xfe\nWhere should the CCO report?\n")
    assert [json.loads(line)["outcome"] for line in result.output.splitlines()] == ["not_covered", "answer"]


@pytest.fixture
def asking(cache: Path, advisor: Advisor, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A real `cco ask --json` that reads from a pipe; ended after a minute, come what may."""
    del advisor
    process = subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", "ask", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={"CCO_CACHE_DIR": str(cache), "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    limit = Timer(60, process.kill)
    limit.start()
    with process:
        yield process
        limit.cancel()
        process.kill()


def test_each_answer_comes_before_the_next_question_is_asked(asking: subprocess.Popen[str]) -> None:
    assert asking.stdin
    assert asking.stdout
    for question in ("Where should the CCO report?", "Was ist ein CCO – für uns?"):
        asking.stdin.write(question + "\n")
        asking.stdin.flush()
        assert json.loads(asking.stdout.readline())["question"] == question
    asking.stdin.close()
    assert asking.wait(60) == 0


def test_a_company_s_broken_card_is_told_and_the_question_answered(run: Run, write: Write, tmp_path: Path) -> None:
    company = write("company", {"bad.md": "no front matter", "parking.md": card_text(sources="[do-you-need-a-cco]")})
    result = run("ask", "Where may I park?", CCO_KNOWLEDGE_DIR=str(company), CCO_CACHE_DIR=str(tmp_path / "cache"))
    assert "skipped: " in result.stderr
    assert "bad.md:1: a card starts with its front matter" in result.stderr
    assert "Anybody may park behind the house." in result.stdout


def test_an_evaluation_is_printed_as_json(run: Run, tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text(
        "id,kind,question,accept\n"
        "1,direct,Where should the CCO report?,reporting-line\n"
        "2,offtopic,weather tomorrow,none\n"
    )
    figures = json.loads(run("knowledge", "eval", "set.csv", "--json").output)
    assert figures["top1"]["hits"] == 1
    assert figures["not_covered_without_confident_answer"]["hits"] == 1


def test_an_evaluation_reads_with_intervals(run: Run, tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text("id,kind,question,accept\n1,direct,Where should the CCO report?,reporting-line\n")
    output = run("knowledge", "eval", "set.csv").output
    assert "1.000 [0.207, 1.000] (1 of 1)" in output
    assert "right and confident" in output


def test_a_set_without_its_columns_ends_with_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text("id,question\n")
    result = run("knowledge", "eval", "set.csv")
    assert result.exit_code == 1
    assert result.output == "Error: set.csv lacks the columns accept, kind; its first line should name them.\n"


def test_gaps_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    show_gaps([Cluster(("Gehälter?", "pay?"), {"not_covered": 2}, ("parking",))], [], as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "gaps": [{"questions": ["Gehälter?", "pay?"], "reasons": {"not_covered": 2}, "cards": ["parking"]}],
        "feedback": [],
    }


def test_what_did_not_help_is_told_by_card_with_the_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    verdicts = [
        Verdict("parking", helpful=True, reason=None, comment=None),
        Verdict("parking", helpful=False, reason="incomplete", comment="Which gate?"),
        Verdict("bikes", helpful=True, reason=None, comment=None),
    ]
    show_gaps([], verdicts, as_json=False)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == ["parking: did not help 1 ×, helped 1 ×", "incomplete: Which gate?"]


def test_gaps_read_with_how_many_asked_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    clusters = [Cluster(("[red]pay?", "wages?"), {"not_covered": 1, "thumbed_down": 1}, ("parking",))]
    show_gaps(clusters, [], as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines] == [
        "2 × [red]pay?",
        "1 not covered, 1 thumbed down; given: parking",
        "wages?",
    ]


def test_no_gaps_are_said_to_be_none(run: Run, tmp_path: Path) -> None:
    output = run("knowledge", "gaps", DATABASE_URL=f"sqlite:///{tmp_path / 'cco.db'}").output
    assert output == "Nothing is kept: every question was answered, or nobody asked yet.\n"


def test_the_answer_says_when_it_was_compared_with_its_source(run: Run, advisor: Advisor) -> None:
    reviewed = advisor.index.cards["reporting-line"].reviewed
    assert f"compared with its source on {reviewed.day} {reviewed:%b %Y}" in flat(
        run("ask", "Where should the CCO report?").output
    )
    assert reviewed <= datetime.now(UTC).date()
