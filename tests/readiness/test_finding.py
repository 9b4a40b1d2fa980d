"""People are looked up in the way that takes fewest calls, however large the workspace is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pytest

from bot.readiness.finding import LISTED_FOR_ONE, ONE_BY_ONE, people_named
from bot.slack.gateway import ChannelClosed, Gateway, Person


@dataclass
class Phonebook:
    """A workspace of so many people, the newest first; counts what is asked of it."""

    size: int
    looked_up: int = 0
    listed: int = 0

    def person(self, user_id: str) -> Person:
        self.looked_up += 1
        if int(user_id[1:]) >= self.size:
            raise ChannelClosed("users.info", "user_not_found")
        return somebody(user_id)

    def people(self) -> Iterator[Person]:
        for number in range(self.size):
            self.listed += 1
            yield somebody(f"U{number}")


def somebody(user_id: str) -> Person:
    return Person(user_id, "T1", "UTC", True, False, False, False, False)


def found(book: Phonebook, *numbers: int) -> set[int]:
    people = list(people_named(cast(Gateway, book), {f"U{number}" for number in numbers}))
    assert len({one.id for one in people}) == len(people)
    return {int(one.id[1:]) for one in people}


@pytest.mark.parametrize("size", [61, 100_000])
def test_few_are_looked_up_one_by_one_in_a_workspace_of_any_size(size: int) -> None:
    book = Phonebook(size)
    assert found(book, *range(60)) == set(range(60))
    assert (book.looked_up, book.listed) == (60, 0)


def test_many_are_found_in_the_list_which_is_read_no_further_than_needed() -> None:
    book = Phonebook(20_000)
    assert found(book, *range(5_000)) == set(range(5_000))
    assert book.looked_up == 0
    assert book.listed <= 5_001


def test_a_list_that_goes_on_for_too_long_is_left_and_the_rest_looked_up() -> None:
    book, many = Phonebook(100_000), ONE_BY_ONE + 1
    wanted = {*range(many - 1), 99_999}
    assert found(book, *wanted) == wanted
    assert book.listed <= many * LISTED_FOR_ONE + 1
    assert book.looked_up == 1


@pytest.mark.parametrize("many", [ONE_BY_ONE, ONE_BY_ONE + 1])
def test_those_whom_slack_does_not_show_are_left_out(many: int) -> None:
    book = Phonebook(1_000)
    wanted = {*range(many - 1), 5_000}
    assert found(book, *wanted) == set(range(many - 1))
    assert book.looked_up == (many if many <= ONE_BY_ONE else 0)
