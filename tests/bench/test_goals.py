"""A benchmark that misses a goal says which."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bench.goals import missed_by_rounds, missed_by_votes

STORM = {
    "ack": {"p50_ms": 20.0, "p99_ms": 500.0},
    "redraw_seconds": 15.0,
    "calls": {"chat.update": {"answered": 50, "refused_on_purpose": 20}, "views.open": {"too_many": 400}},
    "busiest_minute": {"chat.update": 50, "views.open": 100},
}
VOTES: dict[str, Any] = {"side_by_side": {"sqlite": {"ratio": 0.5}}, "storms": {"live_sqlite": STORM}}
ROUNDS: dict[str, Any] = {"engines": {"sqlite": {"close": {"growth_many": 0.19, "growth_many_people": 9.0}}}}


def changed(figures: dict[str, Any], value: object, *path: str) -> dict[str, Any]:
    found = copy.deepcopy(figures)
    *parents, last = path
    place = found
    for name in parents:
        place = place[name]
    place[last] = value
    return found


def test_at_its_goals_nothing_is_missed() -> None:
    assert missed_by_votes(VOTES) == missed_by_rounds(ROUNDS) == []


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
