"""How much memory `cco run` holds while it answers thousands of questions."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import table
from bench.processes import WorkspaceProcess, bot_process, workspace_process
from bench.questions import golden_questions

AFTER = (0, 1_000, 2_000, 5_000, 10_000)  # questions
AT_ONCE = 10
GOAL_MB = 120


def run() -> dict[str, Any]:
    """Print and return the figures."""
    with (
        tempfile.TemporaryDirectory(prefix="cco-bench-") as name,
        workspace_process() as workspace,
        bot_process(workspace, Path(name)) as bot,
    ):
        workspace.wait_connected()
        resident = _answering(workspace, bot)
    print(f"Memory of `cco run`; the goal is {GOAL_MB} MB after 1,000 questions, and flat from there\n")
    print(table(("questions", "resident MB"), list(resident.items())))
    return {"resident_mb": {str(count): value for count, value in resident.items()}, "goal_mb": GOAL_MB}


def _answering(workspace: WorkspaceProcess, bot: "subprocess.Popen[bytes]") -> dict[int, float]:
    asked = 0
    resident = {}
    for count in AFTER:
        if count > asked:
            workspace.ask(golden_questions(count - asked), AT_ONCE)
            asked = count
        resident[count] = _resident(bot.pid)
    return resident


def _resident(pid: int) -> float:
    """Megabytes (of 1,048,576 bytes) in memory now. Linux tells them in /proc; elsewhere `ps` does."""
    status = Path(f"/proc/{pid}/status")
    if status.is_file():
        kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    else:
        kilobytes = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
        ).stdout
    return round(int(kilobytes) / 1024, 1)
