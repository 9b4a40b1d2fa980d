"""The knowledge that ships with the bot is whole."""

from __future__ import annotations

import pytest

from bot.answers.cards import Library
from bot.resources import KNOWLEDGE

BUTTON = 75  # characters that fit on a button
CARDS = [
    "acceptance-role-clarity",
    "accountability-sessions",
    "bandwidth-and-desire",
    "bridging-skills",
    "cco-job-description",
    "cco-success",
    "ceo-commitment-check",
    "ceo-eight-actions",
    "ceo-personal-ownership",
    "choose-a-structure",
    "conditions-to-weigh",
    "consensus-first",
    "corporate-patience",
    "counter-views",
    "customer-leader-aptitudes",
    "customer-math",
    "dedicated-vs-dispersed",
    "diagnose-the-cause",
    "eleven-statements",
    "execution-chasm",
    "failure-modes",
    "first-month",
    "first-quarter",
    "five-competencies",
    "five-year-journey",
    "four-structures",
    "guerrilla-metrics",
    "hiring-a-cco",
    "lead-from-marketing",
    "lead-from-service",
    "need-cco-decision",
    "officer-status",
    "option-1-staff-dedicated",
    "option-2-staff-dispersed",
    "option-3-checkpoint",
    "option-3-line-dedicated",
    "option-4-line-dispersed",
    "own-a-function",
    "political-air-cover",
    "power-play-warning",
    "read-the-answers",
    "reality-check",
    "reporting-line",
    "split-the-work",
    "statement-01-direction",
    "statement-02-alignment",
    "statement-03-road-map",
    "statement-04-metrics",
    "statement-05-roles",
    "statement-06-participation",
    "statement-07-resources",
    "statement-08-working-together",
    "statement-09-attainable",
    "statement-10-marketing-results",
    "statement-11-recognition",
    "straw-man-roadmap",
    "tom-sawyer-formula",
    "well-oiled-conditions",
    "year-one-credit-agreement",
    "year-one-eight-steps",
]


def test_exactly_these_cards_ship(shipped: Library) -> None:
    assert list(shipped.cards) == CARDS
    assert len(CARDS) == 60


def test_nothing_is_wrong_with_it(shipped: Library) -> None:
    assert [str(problem) for problem in shipped.problems] == []


def test_every_card_is_in_the_file_of_its_name() -> None:
    assert sorted(path.stem for path in (KNOWLEDGE / "cards").iterdir()) == CARDS


@pytest.mark.parametrize(
    ("check", "count"), [("readiness", 11), ("reality-check", 3), ("well-oiled", 7), ("ownership", 3)]
)
def test_a_check_has_its_statements(shipped: Library, check: str, count: int) -> None:
    statements = {found.id: found.statements for found in shipped.checks}[check]
    assert len(statements) == count
    assert len({statement.id for statement in statements}) == count


def test_no_other_check_ships(shipped: Library) -> None:
    assert len(shipped.checks) == 4


def test_every_statement_leads_to_a_card(shipped: Library) -> None:
    cards = {statement.card for check in shipped.checks for statement in check.statements}
    assert cards - set(shipped.cards) == set()


def test_every_statement_of_the_readiness_check_has_a_card_of_its_own(shipped: Library) -> None:
    statements = next(check.statements for check in shipped.checks if check.id == "readiness")
    assert [item.card for item in statements] == [name for name in CARDS if name.startswith("statement-")]


def test_every_related_card_exists(shipped: Library) -> None:
    lost = {card.id: set(card.related) - set(shipped.cards) for card in shipped.cards.values()}
    assert {name: ids for name, ids in lost.items() if ids} == {}


def test_no_card_is_related_to_itself(shipped: Library) -> None:
    assert [card.id for card in shipped.cards.values() if card.id in card.related] == []


def test_every_card_names_a_source(shipped: Library) -> None:
    assert [card.id for card in shipped.cards.values() if not card.sources] == []


def test_every_check_names_a_source_that_exists(shipped: Library) -> None:
    assert {check.source for check in shipped.checks} - set(shipped.sources) == set()


def test_every_card_that_a_boundary_names_exists(shipped: Library) -> None:
    assert {name for boundary in shipped.boundaries for name in boundary.nearest} - set(shipped.cards) == set()


def test_the_first_ask_of_every_card_is_a_question_that_fits_a_button(shipped: Library) -> None:
    questions = [card.question for card in shipped.cards.values()]
    assert [text for text in questions if not text.endswith("?") or len(text) > BUTTON] == []


def test_no_two_cards_ask_the_same_on_their_buttons(shipped: Library) -> None:
    questions = [card.question.casefold() for card in shipped.cards.values()]
    assert len(questions) == len(set(questions))


def test_every_card_has_at_least_twenty_asks(shipped: Library) -> None:
    assert [card.id for card in shipped.cards.values() if len(card.asks) < 20] == []


def test_every_source_that_was_published_has_a_web_address(shipped: Library) -> None:
    addresses = [source.address for source in shipped.sources.values() if source.address]
    assert [text for text in addresses if not text.startswith(("https://", "http://")) or set(text) & set("<>|")] == []
