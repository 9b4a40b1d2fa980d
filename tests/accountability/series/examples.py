"""What somebody types who sets up sessions in Berlin at noon of Tuesday 24 November 2026."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.accountability.series.typed import Plan, TypedSeries, TypedTimes, read_series
from bot.accountability.sessions.session import About
from tests.accountability.calendar.examples import local
from tests.accountability.sessions.examples import HOST, SPONSOR

NOW = local(2026, 11, 24, 12)
ABOUT = About("Customer session", HOST, "To move on", SPONSOR)
TIMES = TypedTimes("weekly", "", "2026-12-01", "10:00", "Europe/Berlin", "45")
TYPED = TypedSeries(HOST, "C1", ABOUT, TIMES, "DE")


def typed(**fields: Any) -> TypedSeries:
    """Fields of the series, of what it is about, or of its times, by their names."""
    about = {name: fields.pop(name) for name in About.__dataclass_fields__ if name in fields}
    times = {name: fields.pop(name) for name in TypedTimes.__dataclass_fields__ if name in fields}
    return replace(TYPED, about=replace(ABOUT, **about), times=replace(TIMES, **times), **fields)


def a_plan(**fields: Any) -> Plan:
    plan, problems = read_series(typed(**fields), "s1", NOW)
    assert plan is not None, problems
    return plan
