"""Starts `cco demo` as people do."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0  # seconds; a machine that does much else besides starts a process slowly


class Demo:
    """A running demo: its process, its page, and where it may leave files."""

    def __init__(self, folder: Path, cache: Path | None, *options: str) -> None:
        self.folder = folder
        settings = {"TMPDIR": str(folder), **({"CCO_CACHE_DIR": str(cache)} if cache else {})}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "demo", "--no-open", *(options or ("--port", "0"))],
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
def running_demo(folder: Path, cache: Path | None = None, *options: str) -> Iterator[Demo]:
    demo = Demo(folder, cache, *options)
    try:
        yield demo
    finally:
        demo.end()
