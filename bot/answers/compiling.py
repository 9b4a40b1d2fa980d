"""Compiles the index, in a process of its own.

`python -m bot.answers.compiling FILE OURS [COMPANY …]` is that process.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.apart import run_apart


def compile_apart(path: Path, ours: Path, company: Sequence[Path]) -> None:
    """Compile these folders into that file. Where the other process fails, it is done here: so errors arise here."""
    done = run_apart(__name__, *map(str, (path, ours, *company)))
    if not (done and path.is_file()):
        compile_here(path, ours, company)


def compile_here(path: Path, ours: Path, company: Sequence[Path]) -> None:
    """Compile these folders into that file."""
    from bot.answers.index import build  # both are slow to import, and the process that waits needs neither
    from bot.answers.library import read_library

    build(read_library(ours, company), path)


if __name__ == "__main__":
    compiled, *sources = map(Path, sys.argv[1:])
    compile_here(compiled, sources[0], sources[1:])
