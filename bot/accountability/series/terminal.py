"""Series of sessions for whoever runs the bot: listed a line each or as JSON, and found by what was typed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.accountability.calendar.recurrence import Occurrence, Series
from bot.accountability.series.wording import rhythms
from bot.accountability.sessions.later import coming, holding
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.errors import Refusal
from bot.keys import WorkspaceKey


@dataclass(frozen=True)
class Listed:
    """A series, where it is, how it goes and when it meets next."""

    key: WorkspaceKey
    of: SessionSeries
    times: tuple[Series, ...]
    rhythms: tuple[str, ...]
    following: Occurrence | None

    @property
    def next_words(self) -> str:
        if self.following is None:
            return "none planned"
        zone = holding(self.times, self.following.day).zone
        return f"{self.following.starts_at.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"


def listed(store: SeriesStore, now: datetime) -> list[Listed]:
    """Every series of this database, the newest first."""
    return [_listed(key, of, store.times(key, of.id), now) for key, of in store.everywhere()]


def as_lines(found: Sequence[Listed]) -> list[str]:
    """A line each, in columns. The name comes last: it may be long, and somebody typed it."""
    rows = [_row(one) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def as_json(found: Sequence[Listed]) -> str:
    """All of them as one array, in ASCII: what somebody typed can't command the terminal."""
    return json.dumps([_fields(one) for one in found], indent=2)


def named(store: SeriesStore, given: str) -> tuple[WorkspaceKey, SessionSeries]:
    """The series with this id, or the only one whose id begins so."""
    alike = [(key, of) for key, of in store.everywhere() if given and of.id.startswith(given)]
    found = [(key, of) for key, of in alike if of.id == given] or alike
    if not found:
        raise Refusal(f"There is no series “{given}”; `cco sessions` lists them all.")
    if len(found) > 1:
        raise Refusal(f"Several series begin with “{given}”; give the whole id, as `cco sessions` lists it.")
    return found[0]


def _listed(key: WorkspaceKey, of: SessionSeries, times: tuple[Series, ...], now: datetime) -> Listed:
    following = next(iter(coming(times, now, 1)), None) if of.is_running else None
    return Listed(key, of, times, rhythms(times, now), following)


def _row(one: Listed) -> tuple[str, ...]:
    state = f"next {one.next_words}" if one.of.is_running else f"ended {one.of.ended_at:%Y-%m-%d}"
    return one.of.id, state, one.of.channel_id, _plain(one.of.name)


def _plain(text: str) -> str:
    """On one line, and nothing in it that a terminal obeys."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _fields(one: Listed) -> dict[str, Any]:
    of = one.of
    return {
        "id": of.id,
        "enterprise_id": one.key.enterprise_id,
        "team_id": one.key.team_id,
        "channel_id": of.channel_id,
        "name": of.name,
        "purpose": of.purpose,
        "rhythm": list(one.rhythms),
        "next": one.following.starts_at.isoformat() if one.following else None,
        "facilitator": of.facilitator,
        "sponsor": of.sponsor,
        "sponsor_agreed": of.sponsor_agreed,
        "made_at": of.made_at.isoformat(),
        "ended_at": of.ended_at.isoformat() if of.ended_at else None,
    }
