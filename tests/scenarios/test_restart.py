"""A bot that dies in the middle of an answer: the next one finishes it, once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.settings import FIXES
from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.stage import PATIENCE, MovableClock, Stage, cards, texts

QUESTION = "where should the CCO report?"


@pytest.fixture
def stage(fresh_stage: Stage) -> Stage:
    return fresh_stage


Doomed = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def doomed(stage: Stage, tmp_path: Path, refusals: set[str]) -> Iterator[Doomed]:
    """Starts a bot as a process of its own, whose posts are put off for minutes, so that it dies before them."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        settings = stage.settings
        inherited = {name: value for name, value in os.environ.items() if name not in FIXES}
        tokens = {"SLACK_BOT_TOKEN": stage.server.bot_token, "SLACK_APP_TOKEN": stage.server.app_token}
        ours = {
            "SLACK_API_URL": stage.server.api_url,
            "DATABASE_URL": f"sqlite:///{stage.database}",
            "CCO_CACHE_DIR": str(settings.cco_cache_dir),
        }
        command = [sys.executable, "-m", "bot.cli", "run"]
        started.append(
            subprocess.Popen(command, cwd=tmp_path, env={**inherited, **tokens, **ours}, stderr=subprocess.DEVNULL)
        )
        stage.workspace.wait_for(lambda: stage.workspace.sockets.is_connected, PATIENCE)
        return started[-1]

    refusals.add("ratelimited")
    yield start
    for process in started:
        process.kill()
        process.wait()


def die_before_posting(stage: Stage, process: subprocess.Popen[bytes], ask: Callable[[], Any]) -> Any:
    """Asks, and kills the bot while it waits to post. The death is sudden: nothing is tidied up."""
    tried = len(stage.workspace.calls)
    stage.workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=600))
    message = ask()
    stage.workspace.wait_for(
        lambda: any(call.method == "chat.postMessage" for call in stage.workspace.calls[tried:]), PATIENCE
    )
    stage.workspace.wait_for(lambda: all(item.is_settled for item in stage.workspace.deliveries), PATIENCE)
    process.kill()
    process.wait()
    stage.workspace.wait_for(lambda: not stage.workspace.sockets.is_connected, PATIENCE)
    return message


def test_a_question_saved_before_the_death_is_answered_once_after_the_next_start(
    stage: Stage, doomed: Doomed, clock: MovableClock
) -> None:
    ana = stage.person("ana", "Ana Weber")
    room = stage.room("leadership", ana)
    process = doomed()
    message = die_before_posting(stage, process, lambda: stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}"))
    assert stage.said(room.id, message["ts"]) == []
    clock.advance(minutes=2)
    stage.start_bot()
    answer = stage.reply_to(message)
    stage.start_bot()
    stage.finish()
    assert stage.said(room.id, message["ts"]) == [answer]
    assert "officer-status" in cards(answer)


def test_a_card_chosen_before_the_death_is_shown_after_the_next_start(
    stage: Stage, doomed: Doomed, clock: MovableClock
) -> None:
    ana = stage.person("ana", "Ana Weber")
    process = doomed()
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    die_before_posting(stage, process, lambda: stage.press(ana, home, "open_card", cards(home)[0]))
    clock.advance(minutes=2)
    answer = stage.posted(stage.dm(ana), stage.start_bot)
    assert "Our summary of" in texts(answer)
    stage.finish()
    assert stage.said(stage.dm(ana)) == [answer]


@pytest.fixture
def ana(stage: Stage) -> Person:
    return stage.person("ana", "Ana Weber")


@pytest.fixture
def room(stage: Stage, ana: Person) -> Channel:
    return stage.room("leadership", ana)


@pytest.fixture
def unanswered(stage: Stage, ana: Person, room: Channel, refusals: set[str]) -> Json:
    """A question whose answer could not be posted, and a bot that has done all it will."""
    refusals.add("is_archived")
    stage.start_bot()
    with stage.workspace.lock:
        message = stage.workspace.say(ana.id, room.id, f"@cco {QUESTION}")
        room.is_archived = True
    stage.workspace.wait_for(lambda: any(call.method == "chat.postMessage" for call in stage.workspace.calls), PATIENCE)
    stage.finish()
    room.is_archived = False
    return message


def test_a_question_is_not_answered_an_hour_later(
    stage: Stage, clock: MovableClock, room: Channel, unanswered: Json
) -> None:
    clock.advance(hours=2)
    stage.start_bot()
    stage.finish()
    assert stage.said(room.id, unanswered["ts"]) == []


def test_a_question_being_answered_by_another_process_is_left_to_it(
    stage: Stage, clock: MovableClock, room: Channel, unanswered: Json
) -> None:
    clock.advance(seconds=5)
    stage.start_bot()
    stage.finish()
    assert stage.said(room.id, unanswered["ts"]) == []


def test_an_answer_posted_just_before_the_death_is_found_in_the_direct_message(
    stage: Stage, ana: Person, clock: MovableClock
) -> None:
    stage.start_bot()
    answer = stage.write(ana, QUESTION)
    stage.finish()
    stage.forget_posting()
    clock.advance(minutes=2)
    stage.start_bot()
    stage.finish()
    assert stage.said(stage.dm(ana)) == [answer]
    assert stage.rows("select posted_at is not null from questions") == [(1,)]
