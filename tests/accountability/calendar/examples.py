"""Zones, days and moments that the tests of this wing draw from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import settings
from hypothesis import strategies as st

FIRST, LAST = date(2024, 1, 1), date(2034, 12, 31)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
EVERY_ZONE = tuple(ZoneInfo(name) for name in sorted(available_timezones() - {"localtime", "posixrules"}))

# The machine is shared: a slow example is no failure, and a handful more prove little.
UNHURRIED = settings(max_examples=150)

ZONES = st.sampled_from(EVERY_ZONE)
DAYS = st.dates(FIRST, LAST)
TIMES = st.times().map(lambda at: time(at.hour, at.minute // 5 * 5))
MOMENTS = st.integers(0, 11 * 365 * 24 * 60).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(UTC)
