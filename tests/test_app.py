"""`cco run` as a process of its own: it comes up, keeps answering, finishes what it began, and says why it can't."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.app import build
from bot.errors import CcoError
from bot.resources import MANIFEST
from bot.settings import FIXES, Settings, load_settings
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Fault, Person
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside
from tests.slack.crooked import Answer, serving

QUESTION = "@cco where should the CCO report?"
PATIENCE = 60.0  # a machine that does much else besides starts a process slowly

Bot = subprocess.Popen[str]
Run = Callable[..., Bot]


@pytest.fixture
def server(aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(json.loads(MANIFEST.read_text(encoding="utf-8")), rate_limits=False)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def workspace(server: WorkspaceServer) -> Workspace:
    return server.workspace


@pytest.fixture
def ana(workspace: Workspace) -> Person:
    return workspace.add_person("ana", "Ana Weber")


@pytest.fixture
def room(workspace: Workspace, ana: Person) -> Channel:
    channel = workspace.add_channel("leadership", [ana.id])
    workspace.invite_bot(channel)
    return channel


@pytest.fixture
def run(server: WorkspaceServer, sqlite_url: str, tmp_path: Path, cache: Path) -> Iterator[Run]:
    """Starts `cco run` for the workspace; whatever a test leaves running is ended."""
    started: list[Bot] = []

    def start(*command: str, **settings: str) -> Bot:
        inherited = {name: value for name, value in os.environ.items() if name not in FIXES}
        ours = {
            "SLACK_BOT_TOKEN": server.bot_token,
            "SLACK_APP_TOKEN": server.app_token,
            "SLACK_API_URL": server.api_url,
            "DATABASE_URL": sqlite_url,
            "CCO_CACHE_DIR": str(cache),
        }
        whole = [sys.executable, *(command or ("-m", "bot.cli", "run"))]
        environment = {**inherited, **ours, **settings}
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(whole, cwd=tmp_path, env=environment, text=True, stdout=pipe, stderr=pipe))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        sys.stderr.write(process.communicate()[1])  # which pytest shows where a test fails


def connections(workspace: Workspace) -> int:
    return len(workspace.sockets.queues)


def await_connections(workspace: Workspace, wanted: int = 1) -> None:
    workspace.wait_for(lambda: connections(workspace) == wanted, PATIENCE)


def ask(workspace: Workspace, ana: Person, room: Channel) -> str:
    return str(workspace.say(ana.id, room.id, QUESTION)["ts"])


def await_answer(workspace: Workspace, room: Channel, thread: str) -> None:
    workspace.wait_for(lambda: len(workspace.messages(room.id, thread)) == 2, PATIENCE)


def ended(process: Bot) -> tuple[int, str]:
    """The exit code, and what it said last."""
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said.strip().splitlines()[-1] if said.strip() else ""


def terminate(process: Bot) -> int:
    process.send_signal(signal.SIGTERM)
    return ended(process)[0]


# Why it can't run


def test_without_settings_it_ends_with_what_to_set(run: Run) -> None:
    process = run(SLACK_BOT_TOKEN="", SLACK_APP_TOKEN="")
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "SLACK_BOT_TOKEN: it is missing; " in said
    assert "SLACK_APP_TOKEN: it is missing; " in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "Error: Slack does not accept the bot token (invalid_auth)."),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "Error: Slack does not accept the app-level token (invalid_auth)."),
        ({"DATABASE_URL": "sqlite:////no/such/folder/cco.db"}, "Error: the database did not answer"),
    ],
)
def test_what_it_cannot_run_without_ends_it_with_one_sentence(
    run: Run, settings: dict[str, str], sentence: str
) -> None:
    process = run(**settings)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith(sentence)
    assert "Traceback" not in said
    assert "wrong" not in said.replace("was wrong", "")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"slack_api_url": "http://127.0.0.1:1/api/"}, "Slack can't be reached"),
        ({"database_url": "sqlite://"}, "DATABASE_URL names a database in memory"),
        ({"database_url": "postgresql+asyncpg://127.0.0.1:1/cco"}, "the database did not answer"),
        ({"cco_cache_dir": Path("/dev/null/below")}, "CCO_CACHE_DIR: the search index can't be written there"),
    ],
)
def test_whatever_is_wrong_it_is_one_sentence(
    server: WorkspaceServer, tmp_path: Path, cache: Path, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CcoError) as raised:
        build(settings_for(server, tmp_path, cache, **wrong))
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("apps.connections.open", error="internal_error"), "Slack can't be reached (internal_error)"),
        (Fault("apps.connections.open", status=503), "Slack can't be reached ("),
        (Fault("apps.connections.open", error="token_expired"), "Slack does not accept the app-level token"),
    ],
)
def test_only_what_slack_says_of_the_app_token_is_blamed_on_it(
    server: WorkspaceServer, workspace: Workspace, tmp_path: Path, cache: Path, aside: Aside, fault: Fault, said: str
) -> None:
    bot = build(settings_for(server, tmp_path, cache))
    workspace.faults.append(fault)
    with pytest.raises(app.CannotRun) as raised:
        bot.start()
    assert str(raised.value).startswith(said)
    aside(bot.close)


CROOKED = [Answer(b"<html>Bad gateway</html>", 502), Answer(b"<html>Sign in</html>"), Answer(b"[]"), Answer(cut=True)]


@pytest.mark.parametrize("answer", CROOKED)
def test_an_answer_that_is_not_slacks_is_no_fault_of_the_token(
    tmp_path: Path, cache: Path, aside: Aside, answer: Answer
) -> None:
    with serving(Answer(), answer) as crooked:
        tokens = {"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}
        places = {"database_url": f"sqlite:///{tmp_path / 'cco.db'}", "cco_cache_dir": cache}
        bot = build(load_settings(slack=True, slack_api_url=crooked.url, **tokens, **places))
        with pytest.raises(app.CannotRun, match=r"^Slack can't be reached \("):
            bot.start()
    aside(bot.close)


def test_a_token_revoked_while_running_ends_it_with_one_sentence(
    run: Run, workspace: Workspace, ana: Person, room: Channel
) -> None:
    process = run()
    await_connections(workspace)
    workspace.revoke_token()
    ask(workspace, ana, room)
    code, sentence = ended(process)
    assert code == 1
    assert sentence.startswith("Error: Slack does not accept the bot token (token_revoked).")


# Coming up, staying up, going down


def test_told_to_stop_it_answers_the_question_under_way_first(
    run: Run, workspace: Workspace, ana: Person, room: Channel
) -> None:
    process = run()
    await_connections(workspace)
    workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=1))
    thread = ask(workspace, ana, room)
    workspace.wait_for(lambda: any(call.status == 429 for call in workspace.calls), PATIENCE)
    assert terminate(process) == 0
    assert len(workspace.messages(room.id, thread)) == 2


SOON = """
from bot.running import run_until_signal
from bot.settings import load_settings
run_until_signal(load_settings(slack=True), drain_seconds=0.1)
"""


def test_told_to_stop_it_does_not_wait_for_slack_beyond_its_deadline(
    run: Run, workspace: Workspace, ana: Person
) -> None:
    process = run("-c", SOON)
    await_connections(workspace)
    put_off(workspace, "views.publish", lambda: workspace.open_home(ana.id, timeout=0))
    assert terminate(process) == 0


def test_with_a_reason_to_end_it_says_it_though_its_work_is_not_done(
    run: Run, workspace: Workspace, ana: Person, room: Channel
) -> None:
    process = run("-c", SOON)
    await_connections(workspace)
    put_off(workspace, "views.publish", lambda: workspace.open_home(ana.id, timeout=0))
    workspace.revoke_token()
    ask(workspace, ana, room)
    code, sentence = ended(process)
    assert code == 1
    assert sentence.startswith("Error: Slack does not accept the bot token (token_revoked).")


def put_off(workspace: Workspace, method: str, deed: Callable[[], Any]) -> Any:
    """Do this, and wait until Slack has told the bot to answer it, by this method, much later."""
    workspace.faults.append(Fault(method, status=429, retry_after=600))
    done = deed()
    workspace.wait_for(lambda: any(call.status == 429 for call in workspace.calls), PATIENCE)
    return done


def test_at_its_start_it_does_not_warn_of_a_token_that_is_used(run: Run, workspace: Workspace) -> None:
    process = run()
    await_connections(workspace)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    assert "answering questions" in said
    assert "will be unused" not in said


def test_at_debug_neither_a_question_nor_a_token_is_logged(
    run: Run, workspace: Workspace, server: WorkspaceServer, ana: Person, room: Channel
) -> None:
    process = run(CCO_LOG_LEVEL="DEBUG")
    await_connections(workspace)
    await_answer(workspace, room, ask(workspace, ana, room))
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    assert "answering questions" in said
    for secret in (QUESTION.removeprefix("@cco "), server.bot_token, server.app_token):
        assert secret not in said


def test_a_question_that_a_crash_left_is_answered_though_the_next_start_follows_at_once(
    run: Run,
    workspace: Workspace,
    ana: Person,
    room: Channel,
    server: WorkspaceServer,
    tmp_path: Path,
    cache: Path,
) -> None:
    process = run()
    await_connections(workspace)
    thread = put_off(workspace, "chat.postMessage", lambda: ask(workspace, ana, room))
    process.kill()
    process.wait(PATIENCE)
    later = timedelta()
    again = build(settings_for(server, tmp_path, cache), clock=lambda: datetime.now(UTC) + later)
    again.look_every = 0.05
    again.start()
    later = timedelta(minutes=2)  # by then nobody else can be at it any more
    running = threading.Thread(target=again.serve, daemon=True)
    running.start()
    await_answer(workspace, room, thread)
    again.stop()
    running.join(PATIENCE)
    assert len(workspace.messages(room.id, thread)) == 2


def test_a_question_that_a_crash_left_is_answered_at_the_next_start(
    run: Run,
    workspace: Workspace,
    ana: Person,
    room: Channel,
    server: WorkspaceServer,
    tmp_path: Path,
    cache: Path,
    aside: Aside,
) -> None:
    process = run()
    await_connections(workspace)
    workspace.faults.append(Fault("chat.postMessage", status=429, retry_after=60))
    thread = ask(workspace, ana, room)
    workspace.wait_for(lambda: any(call.status == 429 for call in workspace.calls), PATIENCE)
    process.kill()
    process.wait(PATIENCE)
    later = datetime.now(UTC) + timedelta(minutes=2)
    again = build(settings_for(server, tmp_path, cache), clock=lambda: later)
    again.start()
    await_answer(workspace, room, thread)
    aside(again.close)


def test_a_question_that_cannot_be_answered_is_not_taken_up_at_every_look(
    workspace: Workspace,
    ana: Person,
    room: Channel,
    server: WorkspaceServer,
    tmp_path: Path,
    cache: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    later = timedelta()
    bot = build(settings_for(server, tmp_path, cache), clock=lambda: datetime.now(UTC) + later)
    bot.start()
    with workspace.lock:
        ask(workspace, ana, room)
        workspace.archive(room)
    workspace.wait_for(lambda: refusals(workspace) == ["is_archived"], PATIENCE)
    for _ in range(3):
        await_idle(bot)
        later += timedelta(minutes=2)
        bot.resume_unanswered()
        workspace.wait_for(lambda: len(refusals(workspace)) == 2, PATIENCE)
    bot.close()  # finishes what was begun
    assert refusals(workspace) == ["is_archived", "is_archived"]
    assert "tried twice" not in caplog.text


def await_idle(bot: app.Bot) -> None:
    """Wait until the bot has taken in what Slack answered last: a post under way is not taken up again."""
    until = time.monotonic() + PATIENCE
    while bot.answers._poster._under_way and time.monotonic() < until:
        threading.Event().wait(0.01)


def refusals(workspace: Workspace) -> list[str]:
    """Slack's words for each call that it refused."""
    return [str(call.answer["error"]) for call in workspace.calls if not call.answer["ok"]]


def test_after_slack_asks_it_to_connect_anew_it_keeps_answering(
    run: Run, workspace: Workspace, ana: Person, room: Channel
) -> None:
    run()
    await_connections(workspace)
    workspace.sockets.disconnect()
    workspace.wait_for(lambda: happened(workspace).count("disconnected") == 1, PATIENCE)
    assert happened(workspace).count("connected") == 2
    workspace.courier.ack_seconds = 0.5  # should the client not listen yet, Slack's repetitions come soon
    await_answer(workspace, room, ask(workspace, ana, room))


def happened(workspace: Workspace) -> list[str]:
    return [kind for kind, _ in workspace.log]


def test_two_may_start_at_once_on_one_new_sqlite_file(
    run: Run, workspace: Workspace, ana: Person, room: Channel, tmp_path: Path
) -> None:
    both = [run(DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}") for _ in range(2)]
    await_connections(workspace, 2)
    for thread in [ask(workspace, ana, room) for _ in range(4)]:  # Slack hands them out in turn
        await_answer(workspace, room, thread)
    for process in both:
        process.send_signal(signal.SIGTERM)
    assert [ended(process)[0] for process in both] == [0, 0]


# The watch over the connection, with a clock of its own


def settings_for(server: WorkspaceServer, folder: Path, cache: Path, **other: Any) -> Settings:
    usual = {
        "slack_bot_token": server.bot_token,
        "slack_app_token": server.app_token,
        "slack_api_url": server.api_url,
        "database_url": f"sqlite:///{folder / 'cco.db'}",
        "cco_cache_dir": cache,
    }
    return load_settings(slack=True, **{**usual, **other})


def test_an_app_token_revoked_while_disconnected_ends_it_and_is_no_loop(
    server: WorkspaceServer, workspace: Workspace, tmp_path: Path, cache: Path
) -> None:
    times = iter(datetime(2026, 11, 21, tzinfo=UTC) + timedelta(minutes=2 * step) for step in range(10_000))
    connected = threading.Event()

    def clock() -> datetime:
        connected.set()  # the first to ask for the time is the clean-up that follows the connection
        return next(times)

    bot = build(settings_for(server, tmp_path, cache), clock)
    bot.look_every = 0.05
    raised: list[str] = []
    serving = threading.Thread(target=lambda: raised.append(end_of(bot)), daemon=True)
    serving.start()
    assert connected.wait(PATIENCE)
    workspace.faults.append(Fault("apps.connections.open", error="token_revoked", times=10_000))
    bot.socket.client.auto_reconnect_enabled = False
    bot.socket.client.disconnect()
    serving.join(PATIENCE)
    bot.stop()
    assert raised[0].startswith("Slack does not accept the app-level token (token_revoked).")


def end_of(bot: app.Bot) -> str:
    """What it says when it can't go on."""
    with pytest.raises(app.CannotRun) as raised:
        bot.run()
    return str(raised.value)
