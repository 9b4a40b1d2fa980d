"""Starts `cco demo` as people do, and does what they do on its page, where no page is needed for it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 30.0  # seconds; a machine that does much else besides starts a process slowly
# Slack's rate limits run on real time: a round of twelve messages would take a quarter of a minute.
UNLIMITED = "from bot.demo import run_demo; run_demo(0, opens=False, rate_limits=False)"


class Demo:
    """A running demo: its process, its page, and where it may leave files."""

    def __init__(self, folder: Path, cache: Path | None, *options: str, rate_limits: bool = True) -> None:
        self.folder = folder
        settings = {"TMPDIR": str(folder), **({"CCO_CACHE_DIR": str(cache)} if cache else {})}
        command = ["-m", "bot.cli", "demo", "--no-open", *(options or ("--port", "0"))]
        self.process = subprocess.Popen(
            [sys.executable, *(command if rate_limits else ("-c", UNLIMITED))],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._printed_url()

    def _printed_url(self) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
        raise AssertionError("the demo ended without printing its address")

    def seen(self, **where: str) -> dict[str, Any]:
        """What the page of a person shows: `user`, `channel` and `thread` say whose, and where they are."""
        answer: dict[str, Any] = json.loads(urlopen(f"{self.url}/control/state?{urlencode(where)}").read())
        return answer

    def do(self, deed: str, **args: Any) -> Any:
        """Has a person do something, as a press on their page would."""
        body = json.dumps(args).encode()
        request = Request(f"{self.url}/control/{deed}", body, {"Content-Type": "application/json"})
        answer = json.loads(urlopen(request).read())
        assert "error" not in answer, answer
        return answer["answer"]

    def due_in(self) -> float:
        """After how many seconds something is due; 0 where nothing is."""
        clock = self.seen()["clock"]
        return max(0.0, (clock["due"] or 0.0) - float(clock["now"]))

    def interrupt(self) -> tuple[int, str]:
        """Presses Ctrl-C; gives the exit code and the last words."""
        self.process.send_signal(signal.SIGINT)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@contextmanager
def running_demo(folder: Path, cache: Path | None = None, *options: str, rate_limits: bool = True) -> Iterator[Demo]:
    demo = Demo(folder, cache, *options, rate_limits=rate_limits)
    try:
        yield demo
    finally:
        demo.end()
