"""`python -m bench [answering] [replies] [envelopes] [votes] [rounds] [nudges] [page] [start] [memory]` prints figures.

They are kept in bench/results.json. `python -m bench memory --questions 1000` stops early. `votes`, `rounds` and
`nudges` take an hour; with `--quick` they are small, their figures are kept apart, and too small to judge by. It ends
with 1 when a goal of theirs was missed.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import answering, envelopes, memory, nudges, page, replies, rounds, start, votes
from bench.figures import machine

BENCHMARKS: dict[str, Callable[..., dict[str, Any]]] = {
    "answering": answering.run,
    "replies": replies.run,
    "envelopes": envelopes.run,
    "votes": votes.run,
    "rounds": rounds.run,
    "nudges": nudges.run,
    "page": page.run,
    "start": start.run,
    "memory": memory.run,
}
SIZED = {"votes", "rounds", "nudges"}  # those that have a quick size
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run the named benchmarks, all by default. Results of those not run are kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000, help="that `memory` asks at most")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the voters and rounds, a hundredth of reminders"
    )
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    wanted = parser.parse_args()
    names = wanted.names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    missed = [goal for name in names for goal in _run(name, wanted.quick, wanted.questions)]
    for goal in missed:
        print(f"Missed: {goal}.", flush=True)
    sys.exit(1 if missed and not wanted.quick else 0)


def _run(name: str, quick: bool, questions: int) -> list[str]:
    """Run one, keep its figures, return the goals that it missed."""
    print(f"\n== {name} ==\n", flush=True)
    begun, facts = time.perf_counter(), machine()
    is_quick = quick and name in SIZED
    options: dict[str, Any] = {"at_most": questions} if name == "memory" else {"quick": True} if is_quick else {}
    figures = BENCHMARKS[name](**options)
    _keep(f"{name}_quick" if is_quick else name, {"machine": facts, **figures})
    print(f"\n({time.perf_counter() - begun:.0f} s, load {facts['load']})", flush=True)
    return list(figures.get("missed", []))


def _keep(name: str, figures: dict[str, object]) -> None:
    known = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    known[name] = figures
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
