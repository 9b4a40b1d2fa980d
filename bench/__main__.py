"""`python -m bench [answering] [replies] [envelopes] [page] [start] [memory]` prints figures and keeps them.

They are written to bench/results.json. `python -m bench memory --questions 1000` stops early.
"""

import argparse
import json
import time
from pathlib import Path

from bench import answering, envelopes, memory, page, replies, start
from bench.figures import machine

BENCHMARKS = {
    "answering": answering.run,
    "replies": replies.run,
    "envelopes": envelopes.run,
    "page": page.run,
    "start": start.run,
    "memory": memory.run,
}
RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Run the named benchmarks, all by default. Results of those not run are kept."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000, help="that `memory` asks at most")
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    wanted = parser.parse_args()
    names = wanted.names or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in names:
        print(f"\n== {name} ==\n", flush=True)
        begun = time.perf_counter()
        facts = machine()
        figures = memory.run(wanted.questions) if name == "memory" else BENCHMARKS[name]()
        _keep(name, {"machine": facts, **figures})
        print(f"\n({time.perf_counter() - begun:.0f} s, load {facts['load']})", flush=True)


def _keep(name: str, figures: dict[str, object]) -> None:
    known = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    known[name] = figures
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
