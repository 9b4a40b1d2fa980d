"""Text as evidence: normalising, the field's vocabulary, spelling, and hashed word and character features."""

import html
import re
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

LONGEST = 1_500  # characters of a question that are read; more is a pasted document
BUCKETS = 1 << 17  # hashed features of each kind: words first, then characters
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
SLACK_MARKUP = re.compile(r"<[@#!][^>]*>|<(?:https?|mailto):[^>]*>")

Ids = NDArray[np.int32]
Weights = NDArray[np.float32]


def clean(text: str) -> str:
    """A question as Slack delivers it, without mentions, links, control characters and its own escaping."""
    text = html.unescape(SLACK_MARKUP.sub(" ", text[: 2 * LONGEST]))
    text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())[:LONGEST]


def words_of(text: str) -> list[str]:
    """The words in lower case, without accents and apostrophes."""
    plain = text.lower()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [word.replace("'", "").replace("’", "") for word in WORD.findall(plain)]


class Vocabulary:
    """Adds the canonical name of a concept where a question calls it by words that no ask uses.

    A phrase that the asks use already needs no translation: adding its canonical name there drowned the finer
    differences between cards (docs/retrieval.md).
    """

    def __init__(self, phrases: Mapping[str, Iterable[str]], known: Container[str]) -> None:
        self._known = known
        self._canonical: dict[tuple[str, ...], list[str]] = {}
        for canonical, variants in phrases.items():
            for variant in variants:
                if key := tuple(words_of(variant)):
                    self._canonical[key] = words_of(canonical)
        self._longest = max(map(len, self._canonical), default=0)

    def expand(self, words: Sequence[str]) -> list[str]:
        """The words, followed by the canonical names of the phrases in them, longest phrase first."""
        names: list[str] = []
        at = 0
        while at < len(words):
            size = self._match(words, at)
            phrase = tuple(words[at : at + size])
            if not all(word in self._known for word in phrase):
                names += self._canonical[phrase]
            at += size or 1
        return [*words, *names]

    def _match(self, words: Sequence[str], at: int) -> int:
        sizes = range(min(self._longest, len(words) - at), 0, -1)
        return next((size for size in sizes if tuple(words[at : at + size]) in self._canonical), 0)


class Spelling:
    """Finds the known word that a mistyped one was meant to be."""

    SHORTEST = 4  # shorter words have too many neighbours
    LONGEST = 24
    CLOSE_ENOUGH = 0.75
    MOST_REPAIRED = 25  # words of one question: beyond it, it is in another language

    def __init__(self, known: Collection[str]) -> None:
        self._known = known
        self._by_start: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= self.SHORTEST:
                self._by_start.setdefault(word[0], []).append(word)
        self._shapes: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}

    def repair(self, words: Sequence[str]) -> list[str]:
        """The known words that the unknown ones come close to; people get a word's first letter right."""
        unknown = [word for word in dict.fromkeys(words) if word not in self._known]
        found = (self._nearest(word) for word in unknown[: self.MOST_REPAIRED])
        return [word for word in found if word]

    def _nearest(self, word: str) -> str | None:
        if not self.SHORTEST <= len(word) <= self.LONGEST or word[0] not in self._by_start:
            return None
        best = process.extractOne(
            word,
            self._similar(word),
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=self.CLOSE_ENOUGH,
        )
        return best[0] if best else None

    def _similar(self, word: str) -> list[str]:
        """The words with the same start whose length and letters differ no more than those of a close one can.

        One edit takes away one letter and brings in another at most. Comparing letters as bits is much quicker than
        comparing words, and loses none that is close enough.
        """
        letters, lengths = self._shapes_of(word[0])
        edits = ((1 - self.CLOSE_ENOUGH) * np.maximum(lengths, len(word))).astype(np.int64)
        differing = np.bitwise_count(letters ^ np.uint64(_letters(word)))
        close = (differing <= 2 * edits) & (abs(lengths - len(word)) <= edits)
        return [self._by_start[word[0]][at] for at in np.flatnonzero(close)]

    def _shapes_of(self, start: str) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The letters and the length of each word with this start."""
        if start not in self._shapes:
            words = self._by_start[start]
            letters = np.array([_letters(word) for word in words], np.uint64)
            self._shapes[start] = letters, np.array([len(word) for word in words], np.int64)
        return self._shapes[start]


def _letters(word: str) -> int:
    """A bit for each letter in the word."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits


def word_features(words: Sequence[str]) -> Counter[int]:
    """Hashed single words and pairs of neighbours."""
    return Counter(term_buckets(words))


def term_buckets(words: Sequence[str]) -> list[int]:
    """The bucket of each word, then of each pair of neighbours."""
    pairs = (f"{first} {second}" for first, second in pairwise(words))
    return [_bucket(term) for term in (*words, *pairs)]


def char_features(words: Sequence[str]) -> Counter[int]:
    """Hashed runs of three to five characters within each word, its edges marked."""
    return Counter(chain.from_iterable(map(char_buckets, words)))


@lru_cache(maxsize=10_000)
def char_buckets(word: str) -> "array[int]":
    """The buckets of a word's runs of characters."""
    padded = f" {word[:40]} "
    runs = (padded[at : at + size] for size in (3, 4, 5) for at in range(max(1, len(padded) - size + 1)))
    return array("i", (BUCKETS + _bucket(run) for run in runs))


def _bucket(term: str) -> int:
    return zlib.crc32(term.encode()) % BUCKETS  # the same on every machine, unlike hash()


def weighed(counts: Counter[int], idf: Weights) -> tuple[Ids, Weights]:
    """Features as a vector of length one: dampened counts times how rare each is."""
    if not counts:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    ids = np.fromiter(counts.keys(), np.int32, len(counts))
    tf = np.fromiter(counts.values(), np.float32, len(counts))
    order = np.argsort(ids)
    ids = ids[order]
    weights = (1 + np.log(tf[order])) * idf[ids]
    length = float(np.sqrt(np.square(weights, dtype=np.float64).sum()))
    return ids, (weights / length if length else weights).astype(np.float32)


def vector(words: Sequence[str], idf: Weights) -> tuple[Ids, Weights]:
    """Words and characters side by side, each a vector of length one."""
    word_ids, word_weights = weighed(word_features(words), idf)
    char_ids, char_weights = weighed(char_features(words), idf)
    return np.concatenate([word_ids, char_ids]), np.concatenate([word_weights, char_weights])
