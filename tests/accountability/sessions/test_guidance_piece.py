"""Which piece of guidance goes with an agenda."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.accountability.sessions.guidance_piece import AIR_COVER, CARDS, SESSIONS, piece_for
from bot.accountability.yearone.steps import progress
from tests.accountability.commitments.examples import a_commitment
from tests.accountability.sessions.examples import BEFORE, LAST, a_finding, a_topic, an_agenda

KNOWLEDGE = Path(__file__).parents[3] / "knowledge" / "cards"
OVERDUE = a_commitment(due=BEFORE - timedelta(days=1))
STUCK = a_commitment(needs_help_since=LAST)
YEAR = progress(None, (), date(2026, 12, 1))
FINDINGS = (a_finding("metrics", card="statement-04-metrics"), a_finding(is_split=True, card="statement-07-resources"))


@pytest.mark.parametrize("card", sorted(CARDS))
def test_it_chooses_only_cards_that_exist(card: str) -> None:
    assert (KNOWLEDGE / f"{card}.md").exists()


@pytest.mark.parametrize(
    ("records", "card"),
    [
        ({"commitments": (STUCK, OVERDUE)}, AIR_COVER),
        ({"topics": (a_topic(),), "carried": {"topic:t1": 2}, "commitments": (OVERDUE,)}, AIR_COVER),
        ({"topics": (a_topic(),), "carried": {"topic:t1": 1}}, SESSIONS),
        ({"missed": ("2026-11-17",)}, SESSIONS),
        ({"commitments": (OVERDUE,), "findings": FINDINGS}, SESSIONS),
        ({"findings": FINDINGS, "year_one": YEAR}, "statement-07-resources"),
        ({"findings": FINDINGS[:1], "year_one": YEAR}, "statement-04-metrics"),
        ({"year_one": YEAR}, "diagnose-the-cause"),
        ({}, "corporate-patience"),
    ],
)
def test_the_weakest_point_decides(records: dict[str, Any], card: str) -> None:
    assert piece_for(an_agenda(**records)) == card


def test_what_was_shown_lately_gives_way_to_the_next_that_fits() -> None:
    made = an_agenda(commitments=(STUCK,), findings=FINDINGS)
    assert piece_for(made, [AIR_COVER]) == "statement-07-resources"
    assert piece_for(made, [AIR_COVER, "statement-07-resources"]) == "statement-04-metrics"


def test_when_all_were_shown_the_one_for_the_weakest_point_comes_again() -> None:
    every = {*CARDS, "statement-04-metrics"}
    assert piece_for(an_agenda(commitments=(STUCK,), findings=FINDINGS, year_one=YEAR), every) == AIR_COVER
