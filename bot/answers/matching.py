"""Ranks the cards for a question: full-text search names candidates, words and characters weigh them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.answers.evidence import Workspace
from bot.answers.index import BOUNDARY, Index
from bot.answers.words import BUCKETS, Spelling, clean, vector, words_of

CANDIDATE_ASKS = 100  # enough asks that share a word with the question; its rarest words are looked up first
ASKS_A_WORD = 200  # a word that more asks use names no candidates: it tells too little and costs too much
CANDIDATE_TOPICS = 4  # beside them, all asks of the topics that look likely by their features alone
ENTRIES_READ = 100_000  # topics that the features may touch in all: common features are left out beyond it
KEPT = 20  # cards, and as many boundaries, that a match names
NEIGHBOURS = 5  # a topic's likeness is the mean of its closest asks
BAYES_WEIGHT = 0.3
BAYES_TEMPERATURE = 2.0


@dataclass(frozen=True)
class Ranked:
    """A card or boundary with its score: 0 is nothing in common, about 1 is word for word."""

    id: str
    score: float


@dataclass(frozen=True)
class Match:
    """What a question resembles, best first, and how many words it has."""

    cards: tuple[Ranked, ...]
    boundaries: tuple[Ranked, ...]
    words: int


class Matcher:
    """Weighs a question against one index. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._spelling = Spelling(index.ask_counts)
        self._dense = np.empty(2 * BUCKETS, np.float32)  # the question as a whole vector; right where it is asked
        self._asked = np.zeros(2 * BUCKETS, np.bool_)  # its features; false in between
        self._workspace = Workspace()
        self._turn = threading.Lock()  # one of each for all threads: megabytes a thread would never be given back
        names = index.evidence.names
        self._place = np.argsort(np.argsort(np.array(names)))  # among all names in order: it settles ties
        self._is_boundary = np.array([name.startswith(BOUNDARY) for name in names])

    def match(self, question: str) -> Match:
        """Rank cards and boundaries. A question without words that the knowledge knows matches nothing."""
        asked = words_of(clean(question))
        words = self.index.vocabulary.expand(asked)
        words += self._spelling.repair(words)
        if not any(word in self.index.ask_counts for word in words):
            return Match((), (), len(asked))
        candidates = np.array(self._candidates(words), np.int64)
        with self._turn:
            scores = self._weigh(words, candidates).round(4)
        found = np.flatnonzero(scores > 0)
        found = found[np.lexsort((self._place[found], -scores[found]))]
        outside = self._is_boundary[found]
        return Match(self._ranked(found[~outside], scores), self._ranked(found[outside], scores), len(asked))

    def _ranked(self, topics: NDArray[np.int64], scores: NDArray[np.float64]) -> tuple[Ranked, ...]:
        names = self.index.evidence.names
        return tuple(Ranked(names[at].removeprefix(BOUNDARY), float(scores[at])) for at in topics[:KEPT])

    def _candidates(self, words: Sequence[str]) -> list[int]:
        """The asks that share the question's rarest words, as row numbers of the evidence."""
        counts = self.index.ask_counts
        found: list[int] = []
        for word in sorted({word for word in words if word in counts}, key=lambda word: (counts[word], word)):
            if len(found) >= CANDIDATE_ASKS or counts[word] > ASKS_A_WORD:
                break
            found += self.index.asks_with(word, ASKS_A_WORD)
        return found

    def _weigh(self, words: Sequence[str], asks: NDArray[np.int64]) -> NDArray[np.float64]:
        """The score of each topic: how close its closest asks come, and its chance by its features alone."""
        evidence = self.index.evidence
        ids, weights = vector(words, evidence.idf)
        chances = self._bayes(ids, weights)
        weighed = np.zeros(evidence.first_ask[-1], np.bool_)
        weighed[asks] = True
        for topic in np.argsort(-chances, kind="stable")[:CANDIDATE_TOPICS]:
            weighed[evidence.first_ask[topic] : evidence.first_ask[topic + 1]] = True
        return self._likeness(ids, weights, np.flatnonzero(weighed)) + BAYES_WEIGHT * chances

    def _bayes(self, ids: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """The chance of each topic by its features alone."""
        evidence = self.index.evidence
        ids, weights = self._affordable(ids, weights)
        at = evidence.topics.picked(ids)
        gains = np.repeat(weights.astype(np.float64), evidence.topics.sizes(ids))
        gains *= evidence.topics.weights[at]
        scores = np.bincount(evidence.topics.ids[at], gains, len(evidence.names))
        worth = scores + evidence.floors * float(weights.sum(dtype=np.float64))
        chances = np.exp((worth - worth.max()) / BAYES_TEMPERATURE)
        return np.asarray(chances / chances.sum(), np.float64)

    def _affordable(
        self, ids: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The features that the fewest topics share, as many as may be read."""
        sizes = self.index.evidence.topics.sizes(ids)
        order = np.argsort(sizes, kind="stable")
        kept = np.sort(order[np.cumsum(sizes[order]) <= ENTRIES_READ])
        return ids[kept], weights[kept]

    def _likeness(
        self, ids: NDArray[np.int32], weights: NDArray[np.float32], asks: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """For each topic the mean cosine of its closest asks among these."""
        evidence = self.index.evidence
        ask_ids, ask_weights = evidence.asks.joined(asks, self._workspace)
        shared = self._shared(ids, ask_ids)
        rows = np.searchsorted(np.cumsum(evidence.asks.sizes(asks)), shared, side="right")
        self._dense[ids] = weights
        products = self._dense[ask_ids[shared]].astype(np.float64) * ask_weights[shared]
        cosines = np.bincount(rows, products, len(asks)) / 2  # two unit vectors
        topics = np.searchsorted(evidence.first_ask, asks, side="right") - 1
        order = np.lexsort((-cosines, topics))
        topics, cosines = topics[order], cosines[order]
        first = np.flatnonzero(np.diff(topics, prepend=-1))
        rank = np.arange(len(topics)) - np.repeat(first, np.diff(first, append=len(topics)))
        near = rank < NEIGHBOURS
        sums = np.bincount(topics[near], cosines[near], minlength=len(evidence.names))
        return np.asarray(sums / NEIGHBOURS, np.float64)

    def _shared(self, ids: NDArray[np.int32], ask_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Which entries are of the question's features: a tenth, so that finding them first saves most of the work."""
        marks = self._workspace.marks(len(ask_ids))
        self._asked[ids] = True
        self._asked.take(ask_ids, out=marks, mode="clip")  # clip skips a check that each id is within
        self._asked[ids] = False
        return np.flatnonzero(marks)
