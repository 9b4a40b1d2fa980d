"""The lint finds everything that is wrong, at once, each with its file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from bot.answers.advisor import Advisor
from bot.answers.cards import Problem
from bot.answers.lint import ASKS_NEEDED, MANNERS, VOICES, check
from bot.resources import KNOWLEDGE
from tests.answers.conftest import Write
from tests.answers.examples import SOURCES, card_text

TODAY = date(2026, 2, 1)


def asks(topic: str = "") -> str:
    """Twenty-five asks of made-up words, all different, every voice under every manner, as a block of YAML."""
    letters = Random(f"asks about {topic}")
    lines = ["asks:"]
    for manner in MANNERS:
        lines.append(f"  # {manner}")
        for voice in VOICES:
            words = ("".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(6))
            lines.append(f"  - {' '.join(words)}  # {voice}")
    lines[2] = f"  - Where does the {topic}car go?  # ceo"
    return "\n".join(lines)


def good(card_id: str = "parking", related: str = "[garage, bicycles]", topic: str = "", **fields: str) -> str:
    """A card in which nothing is wrong, provided the cards it relates to exist."""
    body = "- Behind the house.\n\n## Watch out\n- The gate closes at eight.\n"
    text = card_text(card_id, body, related=related, origin="seed", asks="", **fields)
    return text.replace("sources: [paper]", f"sources: [paper]\n{asks(topic)}", 1)


@pytest.fixture
def cards() -> dict[str, str | bytes]:
    return {
        "sources.yaml": SOURCES,
        "cards/parking.md": good(),
        "cards/garage.md": good("garage", "[parking, bicycles]", "g"),
        "cards/bicycles.md": good("bicycles", "[parking, garage]", "b"),
    }


def found(folder: Path, *company: Path) -> list[Problem]:
    return check(folder, company, today=TODAY)


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_shipped_knowledge_is_in_order() -> None:
    assert check(KNOWLEDGE, today=date(2026, 11, 21)) == []


def test_knowledge_without_faults_has_no_problems(write: Write, cards: dict[str, str | bytes]) -> None:
    assert found(write("ours", cards)) == []


def test_all_problems_of_all_files_are_found_at_once(write: Write, cards: dict[str, str | bytes]) -> None:
    cards["cards/parking.md"] = good().replace("owner", "ownr") + "\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    cards["cards/garage.md"] = good("garage", "[parking, nowhere]", "g")
    folder = write("ours", cards)
    assert {Path(problem.path).name for problem in found(folder)} == {"parking.md", "garage.md", "bicycles.md"}


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("related: [garage, bicycles]", "related: [garage, nowhere]", "related:", "no other card “nowhere”"),
        ("related: [garage, bicycles]", "related: [garage]", "related:", "two or three related"),
        ("sources: [paper]", "sources: [paper, leaflet]", "sources:", "no source “leaflet”"),
        ("reviewed: 2026-01-31", "reviewed: 2024-01-31", "reviewed:", "due for review since"),
        ("reviewed: 2026-01-31", "reviewed: 2027-01-31", "reviewed:", "future"),
        ("  - Where does the car go?  # ceo", "  - The car  # ceo", "The car", "stands on buttons"),
        ("  - Where does the car go?  # ceo", "  - Where does the car go?", "Where does the car", "whose voice"),
        ("  # plain", "  # plane", "asks:", "under “# plain” nobody asks"),
        ("## Watch out\n", "## Pros\n", "---", "no section “Watch out”"),
        ("- Behind the house.", "- " + "Behind " * 80, "---", "split it"),
    ],
)
def test_a_fault_is_told_with_its_line(
    write: Write, cards: dict[str, str | bytes], old: str, new: str, at: str, says: str
) -> None:
    assert old in good()
    cards["cards/parking.md"] = good().replace(old, new)
    folder = write("ours", cards)
    problem = next(problem for problem in found(folder) if says in problem.text)
    assert (Path(problem.path).name, problem.line) == ("parking.md", line_of(folder, "cards/parking.md", at))


def test_too_few_asks_are_told(write: Write, cards: dict[str, str | bytes]) -> None:
    cards["cards/parking.md"] = card_text(related="[garage, bicycles]", origin="seed")
    problems = found(write("ours", cards))
    assert any(f"write at least {ASKS_NEEDED}" in problem.text for problem in problems)


def test_two_asks_that_say_the_same_are_told_at_the_second(write: Write, cards: dict[str, str | bytes]) -> None:
    second = "  - where does the car go??  # hr\n"
    cards["cards/parking.md"] = good().replace("  # paraphrase\n", second + "  # paraphrase\n")
    folder = write("ours", cards)
    (problem,) = [problem for problem in found(folder) if "says the same" in problem.text]
    assert problem.line == line_of(folder, "cards/parking.md", "where does the car go??")


def test_asks_built_on_one_template_are_told(write: Write, cards: dict[str, str | bytes]) -> None:
    rows = "".join(
        f"  - Please tell me about the {word} and its colour  # hr\n" for word in ("lamp", "roof", "sky", "pit")
    )
    cards["cards/parking.md"] = good().replace("  # paraphrase\n", rows + "  # paraphrase\n")
    problems = found(write("ours", cards))
    assert any("begin “please tell me about the”" in problem.text for problem in problems)


def test_an_ask_that_points_at_two_cards_is_told(write: Write, cards: dict[str, str | bytes]) -> None:
    cards["cards/garage.md"] = good("garage", "[parking, bicycles]", "g").replace("gcar", "car")
    (problem,) = found(write("ours", cards))
    assert "points at" in problem.text


def test_a_boundary_a_check_and_the_vocabulary_may_only_point_to_what_exists(
    write: Write, cards: dict[str, str | bytes]
) -> None:
    cards["boundaries.yaml"] = "- id: pay\n  topic: pay\n  nearest: [nowhere]\n  asks: [how much]\n"
    cards["vocabulary.yaml"] = "car: [motor]\nbicycle: [motor]\n"
    cards["checks/one.yaml"] = (
        "id: one\ntitle: One\nintro: Try.\nsource: leaflet\n"
        "statements:\n  - {id: a, title: A, text: It is so., card: nowhere}\n"
    )
    texts = [problem.text for problem in found(write("ours", cards))]
    assert len(texts) == 4
    assert any("to point to" in text for text in texts)
    assert any("for this statement" in text for text in texts)
    assert any("no source “leaflet”" in text for text in texts)
    assert any("means “car” already" in text for text in texts)


def test_company_cards_need_neither_voices_nor_watch_outs(write: Write, cards: dict[str, str | bytes]) -> None:
    company = good("canteen", "[parking]", "c").replace("origin: seed\n", "").replace("  # ceo", "")
    company = company.replace("## Watch out\n- The gate closes at eight.\n", "")
    assert found(write("ours", cards), write("theirs", {"canteen.md": company})) == []


def test_a_golden_question_that_its_card_lost_is_told(advisor: Advisor, tmp_path: Path) -> None:
    rows = ["id,kind,question,accept", "1,direct,Where should the CCO report?,reporting-line"]
    (tmp_path / "set.csv").write_text("\n".join([*rows, "2,direct,air cover,officer-status"]))
    problems = check(KNOWLEDGE, today=date(2026, 11, 21), golden=(tmp_path / "set.csv", advisor))
    assert [(problem.line, "lost officer-status" in problem.text) for problem in problems] == [(3, True)]


def test_a_known_miss_is_no_problem(advisor: Advisor, tmp_path: Path) -> None:
    (tmp_path / "set.csv").write_text("id,kind,question,accept\n2,direct,air cover,officer-status\n")
    (tmp_path / "set_misses.txt").write_text("2  # only an example\n")
    assert check(KNOWLEDGE, today=date(2026, 11, 21), golden=(tmp_path / "set.csv", advisor)) == []
