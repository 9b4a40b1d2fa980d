"""Rate tiers, on a clock that the test turns."""

from __future__ import annotations

from bot.workspace.limits import PER_MINUTE, Limits
from bot.workspace.methods import METHODS


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_second_post_in_the_same_second_and_channel_must_wait() -> None:
    limits = Limits(clock := Clock())
    assert limits.seconds_to_wait("chat.postMessage", "C1") == 0
    assert limits.seconds_to_wait("chat.postMessage", "C1") == 1
    assert limits.seconds_to_wait("chat.postMessage", "C2") == 0
    clock.seconds = 1.0
    assert limits.seconds_to_wait("chat.postMessage", "C1") == 0


def test_a_refused_call_costs_nothing() -> None:
    limits = Limits(clock := Clock())
    limits.seconds_to_wait("chat.postMessage", "C1")
    for _ in range(500):
        limits.seconds_to_wait("chat.postMessage", "C1")
    clock.seconds = 1.0
    assert limits.seconds_to_wait("chat.postMessage", "C1") == 0


def test_every_limit_is_that_of_a_method() -> None:
    assert set(PER_MINUTE) <= set(METHODS)


def test_tier_two_lets_twenty_calls_a_minute_through() -> None:
    limits = Limits(clock := Clock())
    assert [limits.seconds_to_wait("users.list") for _ in range(21)] == [0] * 20 + [60]
    clock.seconds = 59.5
    assert limits.seconds_to_wait("users.list") == 1
    clock.seconds = 60.0
    assert limits.seconds_to_wait("users.list") == 0
