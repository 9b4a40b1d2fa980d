"""Measures answering against a set of questions with known right cards."""

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.answers.decision import Outcome
from bot.errors import Refusal

COLUMNS = {"id", "kind", "question", "accept"}
NONE = "none"  # in the column accept: the guidance does not cover this


@dataclass(frozen=True)
class Row:
    """A question of a set. `accept` is empty where the guidance does not cover it."""

    id: str
    kind: str
    question: str
    accept: frozenset[str]


@dataclass(frozen=True)
class Reply:
    """What the bot made of a question: the band, its cards best first, and its confidence."""

    outcome: Outcome
    cards: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Share:
    """Hits among trials, with the 95 % Wilson interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return math.nan, math.nan
        z = 1.96
        middle = (self.value + z * z / (2 * self.of)) / (1 + z * z / self.of)
        spread = z * math.sqrt(self.value * (1 - self.value) / self.of + z * z / (4 * self.of**2))
        half = spread / (1 + z * z / self.of)
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.hits} of {self.of})"

    def as_json(self) -> dict[str, float | int | list[float]]:
        return {
            "value": round(self.value, 4),
            "interval": [round(end, 4) for end in self.interval],
            "hits": self.hits,
            "of": self.of,
        }


@dataclass(frozen=True)
class Result:
    row: Row
    reply: Reply

    @property
    def top1(self) -> bool:
        return bool(self.row.accept.intersection(self.reply.cards[:1]))

    @property
    def top3(self) -> bool:
        return bool(self.row.accept.intersection(self.reply.cards[:3]))

    @property
    def missed(self) -> bool:
        """Covered and another card came first, or not covered and answered with confidence."""
        return not self.top1 if self.row.accept else self.confident

    @property
    def confident(self) -> bool:
        return self.reply.outcome is Outcome.ANSWER


@dataclass(frozen=True)
class Bin:
    """A row of the reliability table: what was believed and what came true."""

    low: float
    high: float
    count: int
    believed: float
    right: float


@dataclass(frozen=True)
class Report:
    """All figures of a run."""

    top1: Share
    top3: Share
    by_kind: dict[str, dict[str, Share]]
    not_covered_held_back: Share
    covered_right: Share
    covered_wrong: Share
    outcomes: dict[str, dict[str, int]]
    reliability: list[Bin]

    def as_json(self) -> dict[str, Any]:
        return {
            "top1": self.top1.as_json(),
            "top3": self.top3.as_json(),
            "by_kind": {
                kind: {name: share.as_json() for name, share in shares.items()} for kind, shares in self.by_kind.items()
            },
            "not_covered_without_confident_answer": self.not_covered_held_back.as_json(),
            "covered_with_right_confident_answer": self.covered_right.as_json(),
            "covered_with_wrong_confident_answer": self.covered_wrong.as_json(),
            "outcomes": self.outcomes,
            "reliability": [asdict(part) for part in self.reliability],
        }


def read_rows(path: Path) -> list[Row]:
    """Read a question set. Raises Refusal when its columns are not those needed."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := COLUMNS - set(reader.fieldnames or ()):
            raise Refusal(f"{path} lacks the columns {', '.join(sorted(missing))}; its first line should name them.")
        return [
            Row(row["id"], row["kind"], row["question"], frozenset(row["accept"].split("|")) - {NONE, ""})
            for row in reader
        ]


def evaluate(rows: Iterable[Row], ask: Callable[[str], Reply]) -> list[Result]:
    return [Result(row, ask(row.question)) for row in rows]


def report(results: Sequence[Result]) -> Report:
    """The figures of some results."""
    covered = [result for result in results if result.row.accept]
    outside = [result for result in results if not result.row.accept]
    return Report(
        top1=_share(covered, lambda result: result.top1),
        top3=_share(covered, lambda result: result.top3),
        by_kind={kind: _kind_figures(part) for kind, part in _by_kind(results).items()},
        not_covered_held_back=_share(outside, lambda result: not result.confident),
        covered_right=_share(covered, lambda result: result.confident and result.top1),
        covered_wrong=_share(covered, lambda result: result.confident and not result.top1),
        outcomes={"covered": _outcomes(covered), "not covered": _outcomes(outside)},
        reliability=_reliability(results),
    )


def _share(results: Sequence[Result], hit: Callable[[Result], bool]) -> Share:
    return Share(sum(map(hit, results)), len(results))


def _by_kind(results: Sequence[Result]) -> dict[str, list[Result]]:
    kinds: dict[str, list[Result]] = {}
    for result in results:
        kinds.setdefault(result.row.kind, []).append(result)
    return kinds


def _kind_figures(results: Sequence[Result]) -> dict[str, Share]:
    if not results[0].row.accept:
        return {"held back": _share(results, lambda result: not result.confident)}
    return {
        "top1": _share(results, lambda result: result.top1),
        "top3": _share(results, lambda result: result.top3),
        "right and confident": _share(results, lambda result: result.confident and result.top1),
    }


def _outcomes(results: Sequence[Result]) -> dict[str, int]:
    return {str(band): sum(result.reply.outcome is band for result in results) for band in Outcome}


def _reliability(results: Sequence[Result]) -> list[Bin]:
    bins = []
    for step in range(10):
        low, high = step / 10, (step + 1) / 10
        part = [r for r in results if low <= r.reply.confidence < high or (high == 1 and r.reply.confidence == 1)]
        if part:
            believed = sum(result.reply.confidence for result in part) / len(part)
            right = sum(result.top1 for result in part) / len(part)
            bins.append(Bin(low, high, len(part), round(believed, 3), round(right, 3)))
    return bins
