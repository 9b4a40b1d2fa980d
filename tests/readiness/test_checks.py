"""A check is what its file says, and what a round kept of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers.library import read_library
from bot.readiness.checks import Answer, Check, Thresholds, read_check, read_snapshot, snapshot
from bot.resources import KNOWLEDGE
from tests.readiness.examples import CHECK, UNHURRIED


@pytest.fixture(scope="module")
def shipped() -> dict[str, Check]:
    return {check.id: read_check(asdict(check)) for check in read_library(KNOWLEDGE).checks}


def test_every_shipped_check_can_be_voted_on(shipped: dict[str, Check]) -> None:
    assert {name: len(check.statements) for name, check in shipped.items()} == {
        "ownership": 3,
        "readiness": 11,
        "reality-check": 3,
        "well-oiled": 7,
    }


def test_the_shipped_thresholds_are_three_quarters_and_a_quarter(shipped: dict[str, Check]) -> None:
    assert {check.thresholds for check in shipped.values()} == {Thresholds(Fraction(3, 4), Fraction(1, 4))}


def test_a_threshold_is_exactly_what_is_written(shipped: dict[str, Check]) -> None:
    fields = {**asdict(shipped["readiness"]), "agreed_from": 0.7, "missing_to": 0.1}
    assert read_check(fields).thresholds == Thresholds(Fraction(7, 10), Fraction(1, 10))


def test_a_snapshot_gives_every_shipped_check_back(shipped: dict[str, Check]) -> None:
    for check in shipped.values():
        assert read_snapshot(snapshot(check)) == check


@UNHURRIED
@given(title=st.text(), strong=st.fractions(0, 1), gap=st.fractions(0, 1))
def test_a_snapshot_gives_any_check_back(title: str, strong: Fraction, gap: Fraction) -> None:
    check = replace(CHECK, title=title, thresholds=Thresholds(strong, gap))
    assert read_snapshot(snapshot(check)) == check


def test_only_its_own_statements_and_answers_are_on_offer(shipped: dict[str, Check]) -> None:
    ownership = shipped["ownership"]
    assert ownership.offers("maturity", "Yes")
    assert ownership.offers("maturity", Answer.NOT_SURE)
    assert not ownership.offers("maturity", "Not my area")
    assert not ownership.offers("maturity", "yes")
    assert not ownership.offers("direction", "Yes")


def test_a_statement_is_found_by_its_id() -> None:
    assert CHECK.statement("metrics") == CHECK.statements[1]
    assert CHECK.statement("nowhere") is None
