"""A mention to its posted reply over the real protocol, side by side with a bare Bolt app."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Times, table
from bench.processes import WorkspaceProcess, bare_process, bot_process, workspace_process
from bench.questions import golden_questions

ROUNDS = 8
QUESTIONS = {1: 50, 50: 100}  # at once → asked in each round
GOAL = 1.5
WARM_UP = 50


def run() -> dict[str, Any]:
    """Print and return the figures."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cco-bench-")))
        ours = stack.enter_context(workspace_process())
        bare = stack.enter_context(workspace_process())
        stack.enter_context(bot_process(ours, folder))
        stack.enter_context(bare_process(bare))
        for workspace in (ours, bare):
            workspace.wait_connected()
            workspace.ask(golden_questions(WARM_UP), at_once=5)
        figures = {at_once: _compare(ours, bare, at_once) for at_once in QUESTIONS}
    _show(figures)
    return {f"{at_once}_at_once": part for at_once, part in figures.items()}


def _compare(ours: WorkspaceProcess, bare: WorkspaceProcess, at_once: int) -> dict[str, Any]:
    """Turn and turn about, so that what else the machine does falls on both; the ratios are of each pair of turns."""
    rounds = []
    for number in range(ROUNDS):
        questions = golden_questions(QUESTIONS[at_once] * (number + 1))[-QUESTIONS[at_once] :]
        turns = {name: Times(tuple(app.ask(questions, at_once))) for name, app in (("cco", ours), ("bare", bare))}
        rounds.append(turns)
    together = {name: Times(sum((turns[name].seconds for turns in rounds), ())) for name in ("cco", "bare")}
    return {
        "cco": together["cco"].as_json(),
        "bare": together["bare"].as_json(),
        "ratio_p50": round(median(turns["cco"].p50 / turns["bare"].p50 for turns in rounds), 2),
        "ratio_p99": round(median(turns["cco"].p99 / turns["bare"].p99 for turns in rounds), 2),
        "goal": GOAL,
    }


def _show(figures: dict[int, dict[str, Any]]) -> None:
    rows = [
        (f"{at_once} at once", part["cco"][f"{p}_ms"], part["bare"][f"{p}_ms"], part[f"ratio_{p}"], p)
        for at_once, part in figures.items()
        for p in ("p50", "p99")
    ]
    print(f"A mention to its posted reply (ms), medians of {ROUNDS} pairs of turns; the goal is a ratio of {GOAL}\n")
    print(table(("", "cco", "bare Bolt app", "ratio", ""), rows))
