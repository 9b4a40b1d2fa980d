"""What people typed is gone after a day, and what is left of it after the retention time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from bot.app import Bot
from bot.workspace.records import Person
from tests.scenarios.stage import PATIENCE, MovableClock, Stage, feedback

ANSWERED, KEPT = "what is customer math?", "what does a CCO earn?"
TEXTS = "select text from questions order by asked_at"


class Listener(logging.Handler):
    """Hears what the bot logs, and wakes who waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.heard = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self.heard:
            self.lines.append(record.getMessage())
            self.heard.notify_all()

    def wait_for(self, words: str, times: int) -> None:
        with self.heard:
            found = self.heard.wait_for(lambda: sum(words in line for line in self.lines) >= times, PATIENCE)
        assert found, self.lines


@pytest.fixture
def log() -> Iterator[Listener]:
    listener, logger = Listener(), logging.getLogger("bot.app")
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.INFO)
    yield listener
    logger.removeHandler(listener)
    logger.setLevel(level)


Restarted = Callable[[], Bot]


@pytest.fixture
def ana(fresh_stage: Stage) -> Person:
    return fresh_stage.person("ana", "Ana Weber")


@pytest.fixture
def restarted(fresh_stage: Stage, ana: Person) -> Restarted:
    """A bot that answered two questions, one of them thumbed up; calling it starts another bot."""
    fresh_stage.start_bot()
    answer = fresh_stage.write(ana, ANSWERED)
    fresh_stage.write(ana, KEPT)
    thumb = feedback(answer, "up")
    fresh_stage.shown(ana, lambda: fresh_stage.workspace.click(ana.id, answer, "answer_feedback", thumb))
    return fresh_stage.start_bot


def test_texts_not_kept_are_gone_a_day_later(fresh_stage: Stage, clock: MovableClock, restarted: Restarted) -> None:
    clock.advance(hours=23)
    restarted()
    assert fresh_stage.rows(TEXTS) == [(ANSWERED,), (KEPT,)]
    clock.advance(hours=2)
    restarted()
    assert fresh_stage.rows(TEXTS) == [(None,), (KEPT,)]


def test_rows_are_gone_after_the_retention_time(fresh_stage: Stage, clock: MovableClock, restarted: Restarted) -> None:
    clock.advance(days=89)
    restarted()
    assert fresh_stage.rows(TEXTS) == [(None,), (KEPT,)]
    assert fresh_stage.rows("select count(*) from feedback") == [(1,)]
    assert fresh_stage.rows("select count(*) from deliveries") == [(0,)]
    clock.advance(days=2)
    restarted()
    assert fresh_stage.rows(TEXTS) == []
    assert fresh_stage.rows("select count(*) from feedback") == [(0,)]


def test_a_bot_that_runs_on_cleans_every_day(
    fresh_stage: Stage, clock: MovableClock, ana: Person, log: Listener
) -> None:
    bot = fresh_stage.start_bot()
    bot.look_every = 0.02
    fresh_stage.write(ana, ANSWERED)
    watching = Thread(target=bot._watch)
    watching.start()
    log.wait_for("retention:", 1)  # at the start
    clock.advance(hours=25)
    log.wait_for("retention:", 2)
    assert fresh_stage.rows(TEXTS) == [(None,)]
    clock.advance(days=91)
    log.wait_for("retention:", 3)
    assert fresh_stage.rows(TEXTS) == []
    bot.stop()
    watching.join()
