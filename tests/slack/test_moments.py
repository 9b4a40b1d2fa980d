"""Times in messages, and the zones they are told in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.slack.moments import moment, zone_named

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_moment_names_the_zone_it_is_written_in() -> None:
    assert moment(datetime(2026, 11, 26, 12, tzinfo=UTC), BERLIN).words == "Thu 26 Nov 2026, 13:00 (Europe/Berlin)"


def test_a_moment_is_right_on_both_sides_of_a_clock_change() -> None:
    hours = [moment(datetime(2026, 10, day, 12, tzinfo=UTC), BERLIN).words[17:22] for day in (24, 26)]
    assert hours == ["14:00", "13:00"]


def test_each_reader_sees_it_in_their_own_zone() -> None:
    shown = moment(datetime(2026, 11, 26, 12, tzinfo=UTC), BERLIN).shown
    assert shown.startswith("<!date^1795694400^{date_long_pretty} at {time}|")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../UTC", "/etc/passwd", "America", "a\0b", "Europe/Berlin\n"])
def test_a_zone_that_nobody_knows_is_utc(name: str) -> None:
    assert zone_named(name) == ZoneInfo("UTC")


def test_a_zone_is_found_by_its_name() -> None:
    assert zone_named("Europe/Berlin") == BERLIN
