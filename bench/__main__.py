"""`python -m bench [answering] [replies] [envelopes] [votes] [rounds] [page] [start] [memory]` prints figures.

They are kept in bench/results.json. `python -m bench memory --questions 1000` stops early. `votes` and `rounds` are
small by default; `python -m bench votes rounds --full` takes half an hour, and its figures are kept apart.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import answering, envelopes, memory, page, replies, rounds, start, votes
from bench.figures import machine

BENCHMARKS: dict[str, Callable[..., dict[str, Any]]] = {
    "answering": answering.run,
    "replies": replies.run,
    "envelopes": envelopes.run,
    "votes": votes.run,
    "rounds": rounds.run,
    "page": page.run,
    "start": start.run,
    "memory": memory.run,
}
SIZED = {"votes", "rounds"}  # those that have a full size
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run the named benchmarks, all by default. Results of those not run are kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000, help="that `memory` asks at most")
    parser.add_argument("--full", action="store_true", help="2,000 voters and 10,000 rounds")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    wanted = parser.parse_args()
    names = wanted.names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in names:
        print(f"\n== {name} ==\n", flush=True)
        begun = time.perf_counter()
        facts = machine()
        is_full = wanted.full and name in SIZED
        options = [wanted.questions] if name == "memory" else [True] if is_full else []
        figures = BENCHMARKS[name](*options)
        _keep(f"{name}_full" if is_full else name, {"machine": facts, **figures})
        print(f"\n({time.perf_counter() - begun:.0f} s, load {facts['load']})", flush=True)


def _keep(name: str, figures: dict[str, object]) -> None:
    known = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    known[name] = figures
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
