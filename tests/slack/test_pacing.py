"""A channel that is told to wait gets its posts one by one, in their order; other channels don't notice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.slack.gateway import RateLimited
from bot.slack.pacing import Pacer

PATIENCE = 10.0


class Channel:
    """Takes posts down; the first few are refused."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.taken: list[str] = []
        self.tried = 0
        self.changed = threading.Condition()

    def post(self, text: str) -> Callable[[], None]:
        def posting() -> None:
            with self.changed:
                self.tried += 1
                if self.tried <= self.refusals:
                    raise RateLimited("chat.postMessage", 0.01)
                self.taken.append(text)
                self.changed.notify_all()

        return posting

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.taken) == count, PATIENCE)


@pytest.fixture
def pacer() -> Pacer:
    return Pacer(lambda work: work(), pause=0.01)


def test_a_post_goes_out_at_once_where_nothing_waits(pacer: Pacer) -> None:
    channel = Channel(refusals=0)
    pacer.send("C1", channel.post("hello"))
    assert channel.taken == ["hello"]


def test_what_was_refused_goes_out_later(pacer: Pacer) -> None:
    channel = Channel(refusals=3)
    pacer.send("C1", channel.post("hello"))
    assert channel.taken == []
    channel.wait_for(1)
    assert channel.tried == 4


def test_what_comes_while_a_channel_waits_goes_out_after_it_in_order(pacer: Pacer) -> None:
    channel = Channel(refusals=2)
    for number in range(5):
        pacer.send("C1", channel.post(str(number)))
    channel.wait_for(5)
    assert channel.taken == ["0", "1", "2", "3", "4"]


def test_a_waiting_channel_is_not_asked_again_for_each_post(pacer: Pacer) -> None:
    channel = Channel(refusals=1)
    for number in range(40):
        pacer.send("C1", channel.post(str(number)))
    channel.wait_for(40)
    assert channel.tried == 41


def test_another_channel_does_not_wait(pacer: Pacer) -> None:
    pacer.send("C1", Channel(refusals=10**6).post("later"))
    other = Channel(refusals=0)
    pacer.send("C2", other.post("now"))
    assert other.taken == ["now"]


def test_a_post_that_fails_does_not_hold_up_the_next() -> None:
    failed: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except ZeroDivisionError as error:
            failed.append(error)

    pacer, channel = Pacer(run, pause=0.01), Channel(refusals=1)
    pacer.send("C1", channel.post("first"))
    pacer.send("C1", lambda: print(1 / 0))  # noqa: T201 - it never prints
    pacer.send("C1", channel.post("last"))
    channel.wait_for(2)
    assert channel.taken == ["first", "last"]
    assert len(failed) == 1


def test_a_channel_that_has_caught_up_takes_posts_again(pacer: Pacer) -> None:
    channel = Channel(refusals=1)
    pacer.send("C1", channel.post("first"))
    channel.wait_for(1)
    pacer.send("C1", channel.post("second"))
    channel.wait_for(2)
    assert channel.tried == 3
