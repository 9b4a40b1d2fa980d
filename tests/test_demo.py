"""`cco demo` from one start to the next."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.e2e.demo import Demo, running_demo

HELLO = "Is this still here?"


@pytest.fixture
def port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def state(demo: Demo, **query: str) -> dict[str, Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer: dict[str, Any] = json.loads(urlopen(f"{demo.url}/control/state?{asked}").read())
    return answer


def room(demo: Demo) -> tuple[str, str]:
    found = state(demo)
    return found["user"], next(channel["id"] for channel in found["channels"] if not channel["is_im"])


def say(demo: Demo, text: str) -> None:
    user, channel = room(demo)
    body = json.dumps({"user": user, "channel": channel, "text": text}).encode()
    urlopen(Request(f"{demo.url}/control/say", body, {"Content-Type": "application/json"})).close()


def texts(demo: Demo) -> list[str]:
    user, channel = room(demo)
    return [message["text"] for message in state(demo, user=user, channel=channel)["messages"]]


def test_a_demo_goes_on_where_it_was_until_it_is_reset(tmp_path: Path, cache: Path, port: str) -> None:
    with running_demo(tmp_path, cache, "--port", port) as demo:
        say(demo, HELLO)
        code, said = demo.interrupt()
    assert (code, said.splitlines()[-1]) == (
        0,
        "Stopped. It goes on here next time; `cco demo --reset` starts afresh.",
    )
    with running_demo(tmp_path, cache, "--port", port) as demo:
        assert HELLO in texts(demo)
        demo.interrupt()
    with running_demo(tmp_path, cache, "--port", port, "--reset") as demo:
        assert HELLO not in texts(demo)
        demo.interrupt()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5"])
def test_it_serves_no_other_machine_and_says_so(host: str) -> None:
    done = CliRunner().invoke(main, ["demo", "--host", host])
    assert done.exit_code == 1
    assert f"serves this machine alone and not {host}" in done.output
