"""Groups the questions that the knowledge did not serve, so that a curator sees what is missing most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz import fuzz

from bot.answers.words import clean, words_of

ALIKE = 62  # of 100: token-sort likeness from which two questions are taken as the same wish
COMMON = frozenset(
    "a an and are can do does for how i in is it my of on or our should the to we what when which who why with "
    "you".split()
)


@dataclass(frozen=True)
class Gap:
    """A question that the knowledge did not serve, without who asked it."""

    text: str
    outcome: str
    kept_as: str
    card_id: str | None
    asked_at: datetime


@dataclass(frozen=True)
class Verdict:
    """What somebody thought of a card as an answer, without who it was."""

    card_id: str
    helpful: bool
    reason: str | None
    comment: str | None


@dataclass(frozen=True)
class Cluster:
    """Questions that ask for about the same, the most typical first."""

    questions: tuple[str, ...]
    reasons: dict[str, int]
    cards: tuple[str, ...]


def cluster(gaps: Sequence[Gap]) -> list[Cluster]:
    """Group gaps by likeness, each with the first it resembles; largest group first."""
    groups: list[list[tuple[str, Gap]]] = []
    for gap in gaps:
        words = _telling_words(gap.text)
        home = next((group for group in groups if _alike(words, group[0][0])), None)
        if home is None:
            groups.append([(words, gap)])
        else:
            home.append((words, gap))
    clusters = [_cluster([gap for _, gap in group]) for group in groups]
    return sorted(clusters, key=lambda item: (-len(item.questions), item.questions[0]))


def _telling_words(text: str) -> str:
    return " ".join(word for word in words_of(clean(text)) if word not in COMMON)


def _alike(first: str, second: str) -> bool:
    return fuzz.token_sort_ratio(first, second) >= ALIKE


def _cluster(gaps: Sequence[Gap]) -> Cluster:
    return Cluster(
        questions=tuple(gap.text for gap in gaps),
        reasons=dict(Counter(gap.kept_as for gap in gaps)),
        cards=tuple(sorted({gap.card_id for gap in gaps if gap.card_id})),
    )
