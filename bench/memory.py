"""How much memory `cco run` holds while it answers thousands of questions: at its first start and at later ones."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import table
from bench.processes import WorkspaceProcess, bot_process, workspace_process
from bench.questions import golden_questions

FIRST_START = (0, 1_000)  # questions; it compiles the knowledge and makes the database
LATER_START = (0, 1_000, 2_000, 5_000, 10_000)
AT_ONCE = 10
GOAL_MB = 120


def run(most: int = 10_000) -> dict[str, Any]:
    """Print and return the figures, after so many questions at most."""
    # One workspace for both: another would number its events alike, and the bot would take them for repetitions.
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as folder, workspace_process() as workspace:
        first = _started(workspace, Path(folder), FIRST_START, most)
        later = _started(workspace, Path(folder), LATER_START, most)
    print(f"Memory of `cco run`; the goal is {GOAL_MB} MB after 1,000 questions, and flat from there\n")
    print(
        table(("questions", "first start, MB", "later start, MB"), [(at, first.get(at, ""), later[at]) for at in later])
    )
    return {"first_start_mb": first, "later_start_mb": later, "goal_mb": GOAL_MB}


def _started(workspace: WorkspaceProcess, folder: Path, after: tuple[int, ...], most: int) -> dict[str, float]:
    with bot_process(workspace, folder) as bot:
        workspace.wait_connected()
        return _answering(workspace, bot, [count for count in after if count <= most])


def _answering(workspace: WorkspaceProcess, bot: "subprocess.Popen[bytes]", after: list[int]) -> dict[str, float]:
    asked = 0
    resident = {}
    for count in after:
        if count > asked:
            workspace.ask(golden_questions(count - asked), AT_ONCE)
            asked = count
        resident[str(count)] = resident(bot.pid)
    return resident


def resident(pid: int) -> float:
    """Megabytes (of 1,048,576 bytes) in memory now. Linux tells them in /proc; elsewhere `ps` does."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    else:
        kilobytes = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
        ).stdout
    return round(int(kilobytes) / 1024, 1)
