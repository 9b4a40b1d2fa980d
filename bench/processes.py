"""The processes that benchmarks talk to: a local workspace each, the bot and a bare Bolt app. All on loopback."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 60  # that a process may take to end


class WorkspaceProcess:
    """A local workspace in a process of its own (bench/workspace.py), told what to do in lines of JSON."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.address: dict[str, str] = self._answer()

    def wait_connected(self) -> None:
        """Returns once an app is connected."""
        self.tell(do="wait_connected")

    def ask(self, questions: Sequence[str], at_once: int = 1) -> list[float]:
        """Mention the app with each question, so many at once; the seconds until each answer was posted."""
        seconds: list[float] = self.tell(do="ask", questions=list(questions), at_once=at_once)["seconds"]
        return seconds

    def tell(self, **command: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the workspace's process ended; its error is above")
        return json.loads(line)


@contextmanager
def workspace_process() -> Iterator[WorkspaceProcess]:
    """A workspace with a person and fifty channels, rate limits off."""
    with told_process("bench.workspace") as workspace:
        yield workspace


@contextmanager
def told_process(*module: str) -> Iterator[WorkspaceProcess]:
    """A module with its arguments as a process that obeys lines of JSON as a workspace's does."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with running([sys.executable, "-m", *module], **pipes) as process:
        yield WorkspaceProcess(process)


@contextmanager
def bot_process(workspace: WorkspaceProcess, folder: Path, database: str = "") -> Iterator["subprocess.Popen[bytes]"]:
    """`cco run` in that workspace, its index in the folder and, unless another is named, its database."""
    other = {"DATABASE_URL": database} if database else {}
    environment = bot_environment(folder, {**workspace.address, **other})
    with running([str(cco()), "run"], env=environment, cwd=folder) as process:
        yield process


@contextmanager
def bare_process(workspace: WorkspaceProcess, *what: str, database: str = "") -> Iterator["subprocess.Popen[bytes]"]:
    """A Bolt app that does the least that can be done (bench/bare.py)."""
    environment = {**os.environ, **workspace.address, "DATABASE_URL": database}
    with running([sys.executable, "-m", "bench.bare", *what], env=environment) as process:
        yield process


@contextmanager
def standing_still(process: "subprocess.Popen[Any]") -> Iterator[None]:
    """So that what it has left to do takes nothing from another's turn; it goes on with it in its own.

    Neither end of its connection gives it up within ten seconds and more.
    """
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def cco() -> Path:
    """The installed command."""
    return Path(sys.executable).with_name("cco")


def bot_environment(folder: Path, address: dict[str, str] | None = None) -> dict[str, str]:
    """Settings for the bot with everything in one folder. Compiled modules are kept there, as an install has them."""
    own = {
        "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
        "CCO_CACHE_DIR": str(folder / "cache"),
        "CCO_LOG_LEVEL": "WARNING",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **own, **(address or {})}


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """A process that ends with the block."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(SECONDS)
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
