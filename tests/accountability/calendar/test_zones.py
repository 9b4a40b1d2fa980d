"""Zones as people write them."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from bot.accountability.calendar.zones import read_zone
from bot.errors import Refusal


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/BERLIN ", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("America/Argentina/Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
    ],
)
def test_a_zone_is_read_in_any_case_and_by_its_city(written: str, meant: str) -> None:
    assert read_zone(written).key == meant


def test_every_zone_is_read_by_its_own_name() -> None:
    assert {read_zone(name).key for name in available_timezones()} == available_timezones()


def test_a_city_of_two_zones_is_asked_back() -> None:
    with pytest.raises(Refusal, match="can be America/Kentucky/Louisville or America/Louisville; write one"):
        read_zone("Louisville")


@pytest.mark.parametrize("written", ["Mars/Olympus", "", "../../etc/passwd", "x" * 500, "\x00", "<!channel>"])
def test_what_is_no_zone_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(Refusal, match="write one such as Europe/Berlin or America/New_York"):
        read_zone(written)


def test_a_slip_is_answered_with_the_zone_that_is_near() -> None:
    for written, near in (
        ("Europe/Berlim", "Europe/Berlin"),
        ("berlim", "Europe/Berlin"),
        ("new yrok", "America/New_York"),
    ):
        with pytest.raises(Refusal, match=rf"no time zone “{written}”; write one such as {near}\."):
            read_zone(written)
