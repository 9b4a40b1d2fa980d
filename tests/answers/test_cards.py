"""What a card says about itself."""

from __future__ import annotations

from datetime import date

from bot.answers.cards import MORE_DETAIL, POINTS, Problem
from tests.answers.examples import card, section


def test_a_card_asks_its_first_question_on_a_button() -> None:
    assert card().question == "Where may I park?"


def test_a_review_is_due_so_many_days_after_the_last() -> None:
    assert card().review_due == date(2026, 3, 2)


def test_a_section_is_found_by_its_heading() -> None:
    pros = section("Pros", "Near")
    assert card("parking", section(POINTS, "One"), pros).section("Pros") == pros


def test_a_section_that_a_card_lacks_is_none() -> None:
    assert card("parking", section(POINTS, "One")).section("Cons") is None


def test_more_detail_is_not_shown_at_once() -> None:
    shown = card("parking", section(POINTS, "One"), section(MORE_DETAIL, "Two")).on_screen
    assert [part.heading for part in shown] == [POINTS]


def test_a_problem_reads_as_file_line_and_text() -> None:
    assert str(Problem("cards/a.md", 7, "the field “id” is missing; add it")) == (
        "cards/a.md:7: the field “id” is missing; add it"
    )
