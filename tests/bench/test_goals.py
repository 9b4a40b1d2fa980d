"""A benchmark that misses a goal says which."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bench.goals import missed_by_nudges, missed_by_rounds, missed_by_votes

STORM = {
    "ack": {"p50_ms": 20.0, "p99_ms": 500.0},
    "redraw_seconds": 15.0,
    "calls": {"chat.update": {"answered": 50, "refused_on_purpose": 20}, "views.open": {"too_many": 400}},
    "busiest_minute": {"chat.update": 50, "views.open": 100},
}
VOTES: dict[str, Any] = {"side_by_side": {"sqlite": {"ratio": 0.5}}, "storms": {"live_sqlite": STORM}}
ROUNDS: dict[str, Any] = {"engines": {"sqlite": {"close": {"growth_many": 0.19, "growth_many_people": 9.0}}}}
REMINDED = {
    "ratio": 1.1,
    "resident_mb": {"after_10_percent": 100.0, "after_all": 104.0},
    "refused": {"chat.postMessage": 0, "users.info": 7},
}
CLAIMED = {1_000: {"action": {"p50_ms": 1.0}, "message": {"p50_ms": 1.0}}}
NUDGES: dict[str, Any] = {
    "simulated": {"sqlite": REMINDED},
    "claims": {"sqlite": {**CLAIMED, 1_000_000: {"action": {"p50_ms": 2.0}, "message": {"p50_ms": 0.5}}}},
    "planning": {"seconds": 2.0},
}


def changed(figures: dict[str, Any], value: object, *path: Any) -> dict[str, Any]:
    found = copy.deepcopy(figures)
    *parents, last = path
    place = found
    for name in parents:
        place = place[name]
    place[last] = value
    return found


def test_at_its_goals_nothing_is_missed() -> None:
    assert missed_by_votes(VOTES) == missed_by_rounds(ROUNDS) == missed_by_nudges(NUDGES) == []


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        (0.49, ("side_by_side", "sqlite", "ratio"), "votes, sqlite: 0.49 of what a bare app takes, 0.5 is the goal"),
        (501.0, ("ack", "p99_ms"), "ack p99 501.0 ms, 500 ms is the goal"),
        (15.1, ("redraw_seconds",), "last redraw after 15.1 s, 15 s is the goal"),
        (2, ("calls", "chat.update", "too_many"), "Slack's limit refused chat.update 2 times, never is the goal"),
        (51, ("busiest_minute", "chat.update"), "51 edits in a minute, 50 is the goal"),
    ],
)
def test_what_votes_miss_is_said(value: object, path: tuple[str, ...], words: str) -> None:
    place = path if path[0] == "side_by_side" else ("storms", "live_sqlite", *path)
    (missed,) = missed_by_votes(changed(VOTES, value, *place))
    assert missed.endswith(words)


def test_what_rounds_miss_is_said() -> None:
    (missed,) = missed_by_rounds(changed(ROUNDS, 0.2, "engines", "sqlite", "close", "growth_many"))
    assert missed == "rounds, close on sqlite: p99 grows by 20% with the rounds stored, less than 20% is the goal"


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        (1.11, ("simulated", "sqlite", "ratio"), "1.11 of what Slack's limits take, 1.1 is the goal"),
        (106.0, ("simulated", "sqlite", "resident_mb", "after_all"), "memory grows by 6%, 5% is the goal"),
        (
            1,
            ("simulated", "sqlite", "refused", "chat.postMessage"),
            "Slack's limit refused 1 of them, none is the goal",
        ),
        (
            2.1,
            ("claims", "sqlite", 1_000_000, "action", "p50_ms"),
            "action on sqlite: 2.1 times as long, 2.0 times is the goal",
        ),
        (2.01, ("planning", "seconds"), "planning: 2.01 s, 2.0 s is the goal"),
    ],
)
def test_what_reminders_miss_is_said(value: object, path: tuple[Any, ...], words: str) -> None:
    (missed,) = missed_by_nudges(changed(NUDGES, value, *path))
    assert missed.endswith(words)
