"""Grouping what was asked in vain."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.answers.gaps import Cluster, cluster
from bot.answers.store import Gap


def gap(text: str, kept_as: str = "not_covered", card_id: str | None = None) -> Gap:
    return Gap(text, "not_covered", kept_as, card_id, datetime(2026, 1, 31, tzinfo=UTC))


def questions(*texts: str) -> list[tuple[str, ...]]:
    return [group.questions for group in cluster([gap(text) for text in texts])]


def test_nothing_kept_makes_no_group() -> None:
    assert cluster([]) == []


def test_the_same_wish_in_other_words_is_one_group() -> None:
    assert questions("What is the salary of a CCO?", "salary for our CCO") == [
        ("What is the salary of a CCO?", "salary for our CCO")
    ]


def test_different_wishes_are_different_groups() -> None:
    assert len(questions("What is the salary of a CCO?", "Which software should we buy?")) == 2


def test_common_words_alone_make_no_likeness() -> None:
    assert len(questions("what should we do with our churn", "what should we do with our budget")) == 2


def test_the_largest_group_comes_first() -> None:
    assert [len(group) for group in questions("software?", "cco salary", "salary cco", "CCO salary?")] == [3, 1]


def test_groups_of_one_size_are_in_order_of_their_words() -> None:
    assert questions("zebra crossing", "apple tree") == [("apple tree",), ("zebra crossing",)]


def test_a_group_counts_its_reasons_and_names_the_cards_given() -> None:
    gaps = [gap("cco salary"), gap("salary cco", "thumbed_down", "b"), gap("CCO salary?", "thumbed_down", "a")]
    assert cluster(gaps) == [
        Cluster(("cco salary", "salary cco", "CCO salary?"), {"not_covered": 1, "thumbed_down": 2}, cards=("a", "b"))
    ]
