"""What matching needs besides full-text search: the asks as vectors and naive Bayes weights, as flat arrays."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot.answers.words import BUCKETS, Ids, Weights, char_buckets, term_buckets

SMOOTHING = 0.03  # of the naive Bayes evidence; chosen by cross-validation (docs/retrieval.md)
AT_ONCE = 2_000  # asks whose features are counted in one go: bounds the memory that compiling takes

Worded = Sequence[tuple[str, list[str]]]  # the topic and the words of each ask, a topic's asks side by side


@dataclass(frozen=True)
class Rows:
    """Sparse vectors one after another: row i is `ids[starts[i]:starts[i+1]]` with its weights."""

    starts: NDArray[np.int32]
    ids: NDArray[np.integer]
    weights: Weights

    def sizes(self, rows: NDArray[np.integer]) -> NDArray[np.int32]:
        """How many entries each of the chosen rows has."""
        return np.asarray(self.starts[rows + 1] - self.starts[rows], np.int32)

    def runs(self, rows: NDArray[np.integer]) -> list[slice]:
        """Where the entries of the chosen rows lie, those of neighbours in one piece."""
        breaks = np.flatnonzero(rows[1:] != rows[:-1] + 1)
        low = self.starts[np.concatenate([rows[:1], rows[breaks + 1]])]
        high = self.starts[np.concatenate([rows[breaks], rows[-1:]]) + 1]
        return [slice(start, end) for start, end in zip(low.tolist(), high.tolist(), strict=True)]

    def picked(self, rows: NDArray[np.integer]) -> NDArray[np.int64]:
        """The positions of the entries of the chosen rows; quicker than `joined` where rows are short and apart."""
        return spans(self.starts, rows)[0]

    def joined(self, rows: NDArray[np.integer], workspace: "Workspace") -> tuple[NDArray[np.int64], Weights]:
        """The entries of the chosen rows, in order; they stand in the workspace until it is used again."""
        runs = self.runs(rows)
        ids, weights = workspace.entries(int(self.sizes(rows).sum()))
        ids[:] = np.concatenate([self.ids[:0], *[self.ids[run] for run in runs]])  # wide ones, as indexing needs them
        np.concatenate([self.weights[:0], *[self.weights[run] for run in runs]], out=weights)
        return ids, weights


class Workspace:
    """Room for the entries that one question reads, kept: fresh memory for each question took longer than the sums."""

    def __init__(self) -> None:
        self._make(0)

    def _make(self, size: int) -> None:
        self._ids = np.empty(size, np.int64)
        self._weights = np.empty(size, np.float32)
        self._marks = np.empty(size, np.bool_)

    def entries(self, size: int) -> tuple[NDArray[np.int64], Weights]:
        if size > len(self._ids):
            self._make(size + size // 4)
        return self._ids[:size], self._weights[:size]

    def marks(self, size: int) -> NDArray[np.bool_]:
        """Room for a mark on each entry."""
        return self._marks[:size]


def spans(starts: NDArray[np.integer], rows: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The positions from `starts[row]` up to `starts[row + 1]` of the chosen rows, and how many each has."""
    first = starts[rows]
    sizes = starts[rows + 1] - first
    shifts = first - (np.cumsum(sizes) - sizes)
    return np.arange(int(sizes.sum())) + np.repeat(shifts, sizes), sizes


@dataclass(frozen=True)
class Evidence:
    """What matching needs besides the full-text tables, ready in memory.

    `asks` has a row for each ask, grouped by topic: those of topic t are `first_ask[t]` up to `first_ask[t+1]`.
    `topics` has a row for each feature: the topics that use it, with their naive Bayes weight for it; `floors` is
    what a feature that a topic lacks is worth there.
    """

    names: tuple[str, ...]
    idf: Weights
    asks: Rows
    first_ask: NDArray[np.int64]
    topics: Rows
    floors: NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """The features of some asks: how many each ask has, which, and how often each occurs in it."""

    sizes: NDArray[np.int64]
    ids: Ids
    counts: NDArray[np.uint16]


def evidence_of(worded: Worded) -> Evidence:
    """The evidence in these asks."""
    asks_of = Counter(topic for topic, _ in worded)
    first_ask = _starts(np.array(list(asks_of.values()), np.int64))
    portions = list(_portions(first_ask))
    counted = [_counted([words for _, words in worded[first_ask[low] : first_ask[high]]]) for low, high in portions]
    idf = _idf(counted, len(worded))
    vectors = [_weighed(part, idf) for part in counted]
    topics, floors = _bayes(counted, vectors, portions, first_ask)
    asks = Rows(
        _starts(np.concatenate([part.sizes for part in counted])).astype(np.int32),
        np.concatenate([part.ids for part in counted]),
        np.concatenate(vectors),
    )
    return Evidence(tuple(asks_of), idf, asks, first_ask, topics, floors)


def _starts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _portions(first_ask: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Runs of whole topics with about AT_ONCE asks each."""
    low = 0
    for high in range(1, len(first_ask)):
        if first_ask[high] - first_ask[low] >= AT_ONCE or high == len(first_ask) - 1:
            yield low, high
            low = high


def _counted(asks: Sequence[list[str]]) -> Counted:
    """The same features as `words.vector` has for one question, counted for many asks at once."""
    terms = [term_buckets(words) for words in asks]
    term_rows = np.repeat(np.arange(len(asks)), [len(row) for row in terms])
    numbers: dict[str, int] = {}
    words = [numbers.setdefault(word, len(numbers)) for ask in asks for word in ask]
    runs = [char_buckets(word) for word in numbers]
    at, sizes = spans(_starts(np.array([len(row) for row in runs], np.int64)), np.array(words, np.int64))
    char_rows = np.repeat(np.repeat(np.arange(len(asks)), [len(ask) for ask in asks]), sizes)
    rows = np.concatenate([term_rows, char_rows])
    ids = np.concatenate([_flat(terms), _flat(runs)[at]])
    entries, counts = np.unique(rows * (2 * BUCKETS) + ids, return_counts=True)
    rows, ids = np.divmod(entries, 2 * BUCKETS)
    return Counted(
        np.bincount(rows, minlength=len(asks)), ids.astype(np.int32), np.minimum(counts, 65_535).astype(np.uint16)
    )


def _flat(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    return np.fromiter(chain.from_iterable(rows), np.int64)


def _idf(counted: Sequence[Counted], asks: int) -> Weights:
    seen = np.zeros(2 * BUCKETS, np.int64)
    for part in counted:
        seen += np.bincount(part.ids, minlength=2 * BUCKETS)
    return (np.log((1 + asks) / (1 + seen)) + 1).astype(np.float32)


def _weighed(part: Counted, idf: Weights) -> Weights:
    """The weights of each ask's features: words and characters are a vector of length one each."""
    weights = (1 + np.log(part.counts.astype(np.float32))) * idf[part.ids]
    halves = 2 * np.repeat(np.arange(len(part.sizes)), part.sizes) + (part.ids >= BUCKETS)
    lengths = np.sqrt(np.bincount(halves, np.square(weights, dtype=np.float64)))
    return (weights / lengths[halves].astype(np.float32)).astype(np.float32)


def _bayes(
    counted: Sequence[Counted],
    vectors: Sequence[Weights],
    portions: Sequence[tuple[int, int]],
    first_ask: NDArray[np.int64],
) -> tuple[Rows, NDArray[np.float64]]:
    """Multinomial naive Bayes: for each feature and topic, how much likelier it is than if the topic lacked it."""
    size = len(first_ask)
    pairs, sums = [], []
    for part, weights, (low, high) in zip(counted, vectors, portions, strict=True):
        topics = np.repeat(np.arange(low, high), np.diff(first_ask[low : high + 1]))
        entries = part.ids * np.int64(size) + np.repeat(topics, part.sizes)  # feature and topic as one number
        found, inverse = np.unique(entries, return_inverse=True)
        pairs.append(found)
        sums.append(np.bincount(inverse, weights))
    joined, totals = np.concatenate(pairs), np.concatenate(sums)
    order = np.argsort(joined)  # no two are equal: a topic lies within one portion
    features, topics = np.divmod(joined[order], size)
    starts = np.searchsorted(features, np.arange(2 * BUCKETS + 1)).astype(np.int32)
    gains = np.log1p(totals[order] / SMOOTHING).astype(np.float32)
    mass = np.bincount(topics, totals[order], minlength=size - 1)
    floors = np.log(SMOOTHING) - np.log(mass + SMOOTHING * np.count_nonzero(np.diff(starts)))
    return Rows(starts, topics.astype(np.min_scalar_type(size)), gains), floors
