"""What starting costs: the processor time of `cco ask`, and how long `cco run` takes to be connected."""

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.processes import bot_environment, bot_process, cco, workspace_process

RUNS = 9
QUESTION = "where should the CCO report?"
GOALS = {"ask_cpu_s": 0.6, "connected_s": 2.0}


def run() -> dict[str, Any]:
    """Print and return the figures. Index and compiled modules exist, as after the first start."""
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as name:
        folder = Path(name)
        _ask_cpu(folder)
        asks = [_ask_cpu(folder) for _ in range(RUNS)]
        connected = [_connected(folder) for _ in range(RUNS)]
    figures = {
        "ask_cpu_s": round(median(asks), 3),
        "ask_cpu_least_s": round(min(asks), 3),
        "connected_s": round(median(connected), 3),
        "connected_least_s": round(min(connected), 3),
    }
    _show("`cco ask`, processor time", asks, GOALS["ask_cpu_s"])
    _show("`cco run`, until connected", connected, GOALS["connected_s"])
    return {**figures, "runs": RUNS, "goals": GOALS}


def _show(what: str, seconds: Sequence[float], goal: float) -> None:
    print(f"{what}: {median(seconds):.2f} s (least {min(seconds):.2f}; goal {goal})")


def _ask_cpu(folder: Path) -> float:
    """User and system seconds of one `cco ask`."""
    process = subprocess.Popen(
        [cco(), "ask", QUESTION], stdout=subprocess.DEVNULL, env=bot_environment(folder), cwd=folder
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"cco ask ended with {process.returncode}; its error is above")
    return used.ru_utime + used.ru_stime


def _connected(folder: Path) -> float:
    """Seconds from spawning `cco run` until the workspace has its connection."""
    with workspace_process() as workspace:
        begun = time.perf_counter()
        with bot_process(workspace, folder):
            workspace.wait_connected()
            return time.perf_counter() - begun
