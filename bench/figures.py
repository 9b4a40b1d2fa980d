"""Percentiles, tables and the machine they were measured on."""

import os
import platform
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any, TypeVar

Question = TypeVar("Question")


@dataclass(frozen=True)
class Times:
    """Seconds that some calls took."""

    seconds: tuple[float, ...]

    def percentile(self, share: float) -> float:
        """Nearest rank: the value that this share of the calls did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p99(self) -> float:
        return self.percentile(0.99)

    def as_json(self) -> dict[str, float | int]:
        return {"p50_ms": round(self.p50 * 1e3, 3), "p99_ms": round(self.p99 * 1e3, 3), "of": len(self.seconds)}

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1e3:9.2f} ms   p99 {self.p99 * 1e3:9.2f} ms   ({len(self.seconds)} questions)"


def timed(ask: Callable[[Question], Any], questions: Iterable[Question], at_most: float = 120.0) -> Times:
    """How long each question takes. Stops asking, after at least one, when `at_most` seconds are used up."""
    seconds: list[float] = []
    until = time.perf_counter() + at_most
    for question in questions:
        begun = time.perf_counter()
        ask(question)
        ended = time.perf_counter()
        seconds.append(ended - begun)
        if ended > until:
            break
    return Times(tuple(seconds))


def machine() -> dict[str, str | int | list[float]]:
    """What the figures were measured on."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count() or 0,
        "load": [round(value, 2) for value in os.getloadavg()],
    }


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns as wide as they need to be, numbers to the right."""
    cells = [list(head), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    return "\n".join(["  " + lines[0], "  " + "-" * len(lines[0]), *["  " + line for line in lines[1:]]])
