"""Gathering folders: a company's cards over ours, and what is broken left out and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers.cards import Library, Source
from bot.answers.library import content_hash, read_library
from bot.errors import Refusal
from tests.answers.conftest import Write
from tests.answers.examples import SOURCES, card_text, folder


def told(library: Library) -> list[str]:
    """The problems without their folders."""
    return [f"{Path(problem.path).name}:{problem.line}: {problem.text}" for problem in library.problems]


def test_a_card_comes_with_the_sources_it_names(write: Write) -> None:
    card = read_library(write("ours", folder())).cards["parking"]
    assert card.sources == (Source("paper", "A paper", "https://example.com/paper"),)


def test_cards_are_in_order_of_their_ids(write: Write) -> None:
    library = read_library(write("ours", folder(zebra=card_text("ape"), ant=card_text("zoo"))))
    assert list(library.cards) == ["ape", "parking", "zoo"]


def test_our_folder_without_a_card_is_refused(write: Write) -> None:
    ours = write("ours", {"cards/parking.md": "nothing"})
    with pytest.raises(Refusal, match=r"There are no cards in .*ours"):
        read_library(ours)


def test_a_company_card_with_the_same_id_wins(write: Write) -> None:
    company = write("company", {"other-name.md": card_text(title="Parking with us"), "sources.yaml": SOURCES})
    library = read_library(write("ours", folder()), [company])
    assert [card.title for card in library.cards.values()] == ["Parking with us"]
    assert library.problems == ()


def test_the_last_company_folder_wins(write: Write) -> None:
    first = write("first", {"a.md": card_text(title="First")})
    second = write("second", {"a.md": card_text(title="Second")})
    assert read_library(write("ours", folder()), [first, second]).cards["parking"].title == "Second"


def test_a_company_card_may_use_our_sources(write: Write) -> None:
    library = read_library(write("ours", folder()), [write("company", {"bikes.md": card_text("bikes")})])
    assert library.cards["bikes"].sources[0].title == "A paper"


def test_a_readme_in_a_company_folder_is_no_card(write: Write) -> None:
    library = read_library(write("ours", folder()), [write("company", {"Readme.md": "How we write cards."})])
    assert library.problems == ()


EXTENSION = """---
extends: parking
asks: ["Where may I park?", "Whom do I ask for a place?"]
related: [bikes]
---
- Ask Kim for a place.

## Watch out
- The gate shuts at eight.
"""


def test_an_extension_adds_to_one_of_our_cards(write: Write) -> None:
    company = write("company", {"more.md": EXTENSION, "bikes.md": card_text("bikes")})
    ours = read_library(write("ours", folder())).cards["parking"]
    card = read_library(write("ours", folder()), [company]).cards["parking"]
    assert card.asks == ("Where may I park?", "Is there a garage?", "Whom do I ask for a place?")
    assert card.related == ("bikes",)
    assert [(part.heading, [item.text for item in part.items]) for part in card.sections] == [
        ("", ["**Start small:** one team first.", "Ask Kim for a place."]),
        ("Watch out", ["The gate shuts at eight."]),
    ]
    assert (card.title, card.short) == (ours.title, ours.short)
    assert card.digest != ours.digest


def test_an_extension_also_adds_to_a_company_card_read_after_it(write: Write) -> None:
    first = write("first", {"more.md": EXTENSION})
    second = write("second", {"parking.md": card_text(title="Ours now")})
    card = read_library(write("ours", folder()), [first, second]).cards["parking"]
    assert (card.title, len(card.asks)) == ("Ours now", 3)


def test_an_extension_of_no_card_is_told_with_its_line(write: Write) -> None:
    company = write("company", {"more.md": EXTENSION.replace("parking", "flying")})
    library = read_library(write("ours", folder()), [company])
    assert told(library) == ["more.md:2: there is no card “flying” to extend"]


BROKEN: list[str | bytes] = [
    "no front matter",
    b"\xff\xfe\x00\x01",
    b"",
    card_text("bikes", reviewed="2026-02-30"),
    card_text("bikes", asks="&again [*again]"),
    card_text("bikes", title="[unclosed"),
    card_text("bikes", title="\x00"),
    card_text("bikes", body="| a |\n|---|\n| 1 |\n"),
    "---\n- a list\n---\n",
    "---\n5: a number\n---\n",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_company_card_is_told_and_skipped_and_ours_works(write: Write, broken: str | bytes) -> None:
    company = write("company", {"bad.md": broken, "good.md": card_text("bikes")})
    library = read_library(write("ours", folder()), [company])
    assert list(library.cards) == ["bikes", "parking"]
    assert library.problems
    assert {Path(problem.path).name for problem in library.problems} == {"bad.md"}


def test_a_broken_company_card_leaves_ours_of_the_same_id(write: Write) -> None:
    library = read_library(write("ours", folder()), [write("company", {"parking.md": card_text(short="")})])
    assert library.cards["parking"].short == "Anybody may park behind the house."
    assert told(library) == ["parking.md:1: the field “short” is missing; add it"]


def test_a_folder_named_like_a_card_is_told_and_skipped(write: Write) -> None:
    company = write("company", {"bad.md/inside.txt": "x"})
    library = read_library(write("ours", folder()), [company])
    assert list(library.cards) == ["parking"]
    assert [text.partition(":1: ")[2][:24] for text in told(library)] == ["this file can't be read:"]


def test_two_cards_of_a_folder_with_one_id_are_told(write: Write) -> None:
    library = read_library(write("ours", folder(twin=card_text(asks="[Where may I park?]"))))
    assert told(library)[0].startswith("twin.md:2: ")
    assert told(library)[0].endswith("parking.md has the id parking already")


def test_a_source_that_is_not_listed_is_told_with_its_line(write: Write) -> None:
    library = read_library(write("ours", folder(bikes=card_text("bikes", sources="[paper, book]"))))
    assert told(library) == ["bikes.md:6: there is no source “book” in sources.yaml"]


def test_a_broken_source_leaves_the_others(write: Write) -> None:
    ours = write("ours", {**folder(), "sources.yaml": f"a: {{titel: A}}\nb: {{title: [B]}}\n{SOURCES}"})
    library = read_library(ours)
    assert list(library.sources) == ["paper"]
    assert {text.partition(": ")[0] for text in told(library)} == {"sources.yaml:1", "sources.yaml:2"}


def test_a_broken_boundary_leaves_the_others(write: Write) -> None:
    entries = "- {id: pay, topic: pay, asks: [wages]}\n- {id: PAY}\n- {id: law, topic: law, asks: [courts]}\n"
    library = read_library(write("ours", {**folder(), "boundaries.yaml": entries}))
    assert [boundary.id for boundary in library.boundaries] == ["pay", "law"]
    assert {text.partition(": ")[0] for text in told(library)} == {"boundaries.yaml:2"}


def test_a_broken_vocabulary_entry_leaves_the_others(write: Write) -> None:
    entries = "car: [auto]\nbus: coach\nbike: [cycle]\n"
    library = read_library(write("ours", {**folder(), "vocabulary.yaml": entries}))
    assert library.vocabulary == {"car": ("auto",), "bike": ("cycle",)}
    assert told(library) == ["vocabulary.yaml:2: bus: list the phrases that mean it"]


def test_a_company_adds_to_the_vocabulary(write: Write) -> None:
    ours = write("ours", {**folder(), "vocabulary.yaml": "car: [auto]\n"})
    library = read_library(ours, [write("company", {"vocabulary.yaml": "car: [wheels]\n"})])
    assert library.vocabulary == {"car": ("auto", "wheels")}


def test_a_company_replaces_a_boundary_by_its_id(write: Write) -> None:
    ours = write("ours", {**folder(), "boundaries.yaml": "- {id: pay, topic: pay, asks: [wages]}\n"})
    company = write("company", {"boundaries.yaml": "- {id: pay, topic: our pay, asks: [wages], reply: Ask Kim.}\n"})
    assert [(item.topic, item.reply) for item in read_library(ours, [company]).boundaries] == [("our pay", "Ask Kim.")]


CHECK = """id: places
title: Places
intro: Look around.
source: paper
statements:
  - {id: enough, title: Enough, text: There are enough places., card: parking}
"""


def test_a_check_is_read_with_its_statements(write: Write) -> None:
    library = read_library(write("ours", {**folder(), "checks/places.yaml": CHECK}))
    assert [(check.id, [item.card for item in check.statements]) for check in library.checks] == [
        ("places", ["parking"])
    ]


def test_a_broken_check_is_told_and_skipped(write: Write) -> None:
    files = {**folder(), "checks/places.yaml": CHECK, "checks/bad.yaml": CHECK.replace("source: paper\n", "")}
    library = read_library(write("ours", files))
    assert [check.id for check in library.checks] == ["places"]
    assert told(library) == ["bad.yaml:1: the field “source” is missing; add it"]


def test_a_check_has_the_usual_answers_and_thresholds_unless_it_names_its_own(write: Write) -> None:
    own = 'answers: ["Yes", "No"]\nagreed_from: 0.6\nmissing_to: 0.4\n'
    checks = {"checks/a.yaml": CHECK, "checks/b.yaml": CHECK.replace("id: places\n", "id: own\n") + own}
    usual, named = read_library(write("ours", {**folder(), **checks})).checks
    assert (usual.answers, usual.agreed_from, usual.missing_to) == (
        ("Yes", "No", "Not sure", "Not my area"),
        0.75,
        0.25,
    )
    assert (named.answers, named.agreed_from, named.missing_to) == (("Yes", "No"), 0.6, 0.4)


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('answers: ["Yes", "Not sure"]\n', "bad.yaml:7: answers: offer Yes and No, and nothing twice"),
        ('answers: ["Yes", "No", "Yes"]\n', "bad.yaml:7: answers: offer Yes and No, and nothing twice"),
        ("answers: [Yes, No]\n", "bad.yaml:7: answers.0: put quotes around True, or YAML reads it as something else"),
        ('answers: ["Yes", "No", "Perhaps"]\n', "bad.yaml:7: answers.2: input should be 'Yes', 'No', 'Not sure' or"),
        (
            "  - {id: enough, title: Again, text: The same., card: parking}\n",
            "bad.yaml:5: statements: two statements have the same id; votes would be counted together",
        ),
    ],
)
def test_a_check_that_could_not_be_counted_is_told_and_skipped(write: Write, more: str, problem: str) -> None:
    library = read_library(write("ours", {**folder(), "checks/bad.yaml": CHECK + more}))
    assert library.checks == ()
    assert told(library)[0].startswith(problem)


def test_the_content_hash_is_the_same_for_the_same_content_anywhere(write: Write) -> None:
    assert content_hash([write("here", folder())]) == content_hash([write("there", folder())])


@pytest.mark.parametrize(
    "changed",
    [
        {"cards/parking.md": card_text(short="Nobody may.")},
        {"cards/bikes.md": card_text("bikes")},
        {"sources.yaml": SOURCES.replace("A paper", "The paper")},
        {"vocabulary.yaml": "car: [auto]\n"},
        {"checks/places.yaml": CHECK},
    ],
)
def test_the_content_hash_changes_with_any_knowledge_file(write: Write, changed: dict[str, str | bytes]) -> None:
    before = content_hash([write("ours", folder())])
    assert content_hash([write("ours", changed)]) != before


def test_the_content_hash_changes_with_a_card_s_file_name(write: Write) -> None:
    other = {"sources.yaml": SOURCES, "cards/other.md": card_text()}
    assert content_hash([write("here", folder())]) != content_hash([write("there", other)])


def test_files_that_hold_no_knowledge_leave_the_content_hash(write: Write) -> None:
    before = content_hash([write("ours", folder())])
    assert content_hash([write("ours", {"README.md": "Hello", "notes.txt": "Hello"})]) == before
