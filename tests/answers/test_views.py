"""What templates see of a card."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import pytest

from bot.answers import views
from bot.answers.cards import MORE_DETAIL, POINTS, WATCH_OUT, Item, Section
from bot.answers.views import Button, Part, buttons, credit, detail, has_more, parts_of
from bot.resources import TEMPLATES
from tests.answers.examples import card, section

VIEWS = [
    kind
    for kind in vars(views).values()
    if is_dataclass(kind) and "template" in {field.name for field in fields(kind)} and kind.__module__ == views.__name__
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_view_has_its_template(view: Any) -> None:
    assert (TEMPLATES / view.template).is_file()


def test_every_template_has_its_view() -> None:
    templates = {f"answers/{path.name}" for path in (TEMPLATES / "answers").glob("*.json.j2")}
    assert {view.template for view in VIEWS} == templates


def test_a_button_leads_to_its_card_and_asks_its_question() -> None:
    assert buttons((card("parking"),)) == (Button("parking", "Where may I park?"),)


def test_three_buttons_at_most_are_shown() -> None:
    assert [button.card_id for button in buttons(tuple(map(card, "abcde")))] == ["a", "b", "c"]


def test_the_points_come_first_and_the_warnings_last() -> None:
    parts = parts_of((section(WATCH_OUT, "c"), section("Pros", "b"), section(POINTS, "a"), section("Cons", "d")))
    assert [part.heading for part in parts] == [POINTS, "Pros", "Cons", WATCH_OUT]


def test_the_lines_of_a_section_keep_their_marks() -> None:
    lines = (Item("One.", "1."), Item("Point.", "•"), Item("A paragraph."))
    assert parts_of((Section("Example", lines),)) == (Part("Example", "1. One.\n• Point.\nA paragraph."),)


def test_two_sources_are_named_and_the_rest_counted() -> None:
    shown = credit(card(sources=4), date(2026, 2, 1))
    assert (shown.sources, shown.more_sources) == (("Paper 1", "Paper 2"), 2)


def test_a_card_with_one_source_counts_no_more() -> None:
    assert credit(card(), date(2026, 2, 1)).more_sources == 0


@pytest.mark.parametrize(("today", "overdue"), [(date(2026, 3, 2), False), (date(2026, 3, 3), True)])
def test_a_review_is_overdue_the_day_after_it_was_due(today: date, overdue: bool) -> None:
    assert credit(card(), today).overdue is overdue


def test_there_is_more_where_a_card_has_more_detail_or_more_sources() -> None:
    assert has_more(card("parking", section(MORE_DETAIL, "x")))
    assert has_more(card(sources=3))
    assert not has_more(card("parking", section(POINTS, "x"), sources=2))


def test_the_whole_card_shows_every_section_and_source_and_its_wording() -> None:
    shown = detail(card("parking", section(POINTS, "x"), section(MORE_DETAIL, "y"), sources=3))
    assert [part.heading for part in shown.parts] == [POINTS, MORE_DETAIL]
    assert [name for name, _ in shown.sources] == ["Paper 1", "Paper 2", "Paper 3"]
    assert shown.wording == "parking · 0123456789ab"
