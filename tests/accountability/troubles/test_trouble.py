"""The names under which troubles are told once."""

from __future__ import annotations

import pytest

from bot.accountability.troubles.trouble import Telling, Trouble, of_series, telling
from bot.scheduler.actions import LENGTHS


@pytest.mark.parametrize("what", Trouble)
def test_a_name_says_what_it_stands_for_and_fits_its_column(what: Trouble) -> None:
    told = Telling(what, "U" * 32, 99_999_999)
    assert telling(told.name) == told
    assert len(told.name) <= LENGTHS["occurrence"]


def test_another_leader_or_version_is_another_name() -> None:
    told = Telling(Trouble.SPONSOR_GONE, "s1", 3)
    assert told.next == Telling(Trouble.SPONSOR_GONE, "s1", 4)
    assert len({told.name, told.next.name, Telling(Trouble.CHANNEL_CLOSED, "s1", 3).name}) == 3


def test_who_it_concerns_makes_another_trouble_of_a_series() -> None:
    of_dan, of_eve = (of_series(Trouble.SPONSOR_GONE, "s1", who) for who in ("U0DAN", "U0EVE"))
    assert of_dan != of_eve
    assert telling(of_dan.name) == of_series(Trouble.SPONSOR_GONE, "s1", "U0DAN")
