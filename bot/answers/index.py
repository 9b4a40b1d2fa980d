"""The search index: knowledge compiled by sqlite-utils into one SQLite file, rebuilt when the knowledge changes."""

import json
import os
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answers.cards import Boundary, Card, Item, Library, Section, Source
from bot.answers.words import BUCKETS, Ids, Vocabulary, Weights, char_features, vector, word_features, words_of

BOUNDARY = "boundary:"  # how a boundary's asks are told from a card's
COLUMNS = {
    "cards": ("id", "title", "short", "body"),
    "sources": ("id", "title", "address"),
    "boundaries": ("id", "topic", "nearest", "reply"),
    "vocabulary": ("name", "phrases"),
}
SMOOTHING = 0.03  # of the naive Bayes evidence; chosen by cross-validation (docs/retrieval.md)


@dataclass(frozen=True)
class Rows:
    """Sparse vectors one after another: row i is `ids[starts[i]:starts[i+1]]` with its weights."""

    starts: NDArray[np.int64]
    ids: Ids
    weights: Weights

    @classmethod
    def of(cls, vectors: Sequence[tuple[Ids, Weights]]) -> "Rows":
        sizes = [len(ids) for ids, _ in vectors]
        return cls(
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.concatenate([ids for ids, _ in vectors]).astype(np.int32),
            np.concatenate([weights for _, weights in vectors]).astype(np.float32),
        )

    def picked(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the entries of the chosen rows lie, and how many each row has."""
        starts = self.starts[rows]
        sizes = self.starts[rows + 1] - starts
        shifts = starts - (np.cumsum(sizes) - sizes)
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


def build(library: Library, path: Path) -> None:
    """Compile the library. The file appears whole or not at all, also when two processes build at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".building")
    os.close(handle)
    building = Path(name)
    try:
        _write(library, building)
        os.replace(building, path)
    finally:
        building.unlink(missing_ok=True)


def path_for(cache: Path, content_hash: str) -> Path:
    """Where the index of exactly this knowledge is kept."""
    return cache / f"knowledge-{content_hash[:16]}.db"


def _write(library: Library, path: Path) -> None:
    from sqlite_utils import Database  # slow to import, and only needed here

    with Database(str(path)) as database:
        texts = _texts(library)
        for name, rows in _tables(library).items():
            database[name].create({column: str for column in COLUMNS[name]}, pk=COLUMNS[name][0])
            database[name].insert_all(rows)
        worded = [(topic, words_of(text)) for topic, text in texts]
        rows = ({"id": number, "topic": topic, "words": " ".join(words)} for number, (topic, words) in enumerate(worded))
        database["asks"].insert_all(rows, pk="id")
        database["asks"].enable_fts(["words"], tokenize="porter")
        spelled = Counter(word for _, words in worded for word in set(words))
        database["words"].insert_all(({"word": word, "asks": count} for word, count in spelled.items()), pk="word")
        database["arrays"].insert_all(_array_rows(_evidence(worded)), pk="name")
        database["meta"].insert_all([{"key": "content_hash", "value": library.content_hash}], pk="key")
        database["asks_fts"].optimize()


def _tables(library: Library) -> dict[str, list[dict[str, Any]]]:
    return {
        "cards": [_card_row(card) for card in library.cards.values()],
        "sources": [asdict(source) for source in library.sources.values()],
        "boundaries": [
            {"id": item.id, "topic": item.topic, "nearest": json.dumps(item.nearest), "reply": item.reply}
            for item in library.boundaries
        ],
        "vocabulary": [
            {"name": name, "phrases": json.dumps(phrases)} for name, phrases in library.vocabulary.items()
        ],
    }


def _texts(library: Library) -> list[tuple[str, str]]:
    """Every text that has words in it, with its topic, the texts of one topic side by side."""
    return [(topic, text) for topic, texts in _topics(library) for text in texts if words_of(text)]


def _topics(library: Library) -> Iterable[tuple[str, list[str]]]:
    for card in library.cards.values():
        points = [item.text for section in card.sections for item in section.items]
        yield card.id, [*card.asks, card.title, card.short, *points]
    for boundary in library.boundaries:
        yield BOUNDARY + boundary.id, [*boundary.asks, boundary.topic]


def _evidence(worded: Sequence[tuple[str, list[str]]]) -> Evidence:
    idf = _idf(worded)
    vectors = [vector(words, idf) for _, words in worded]
    names = tuple(dict.fromkeys(topic for topic, _ in worded))
    counts = Counter(topic for topic, _ in worded)
    first_ask = np.concatenate([[0], np.cumsum([counts[name] for name in names])]).astype(np.int64)
    topics, floors = _bayes(vectors, first_ask)
    return Evidence(names, idf, Rows.of(vectors), first_ask, topics, floors)


def _idf(worded: Sequence[tuple[str, list[str]]]) -> Weights:
    seen = np.zeros(2 * BUCKETS, np.int64)
    for _, words in worded:
        for features in (word_features(words), char_features(words)):
            seen[np.fromiter(features, np.int64, len(features))] += 1
    return (np.log((1 + len(worded)) / (1 + seen)) + 1).astype(np.float32)


def _bayes(
    vectors: Sequence[tuple[Ids, Weights]], first_ask: NDArray[np.int64]
) -> tuple[Rows, NDArray[np.float64]]:
    """Multinomial naive Bayes: for each feature and topic, how much likelier it is than if the topic lacked it."""
    sizes = [len(ids) for ids, _ in vectors]
    topic_of_ask = np.repeat(np.arange(len(first_ask) - 1), np.diff(first_ask))
    entries = np.concatenate([ids for ids, _ in vectors]).astype(np.int64) * len(first_ask)
    entries += np.repeat(topic_of_ask, sizes)  # feature and topic as one number
    weights = np.concatenate([weights for _, weights in vectors]).astype(np.float64)
    pairs, inverse = np.unique(entries, return_inverse=True)
    features, topics = np.divmod(pairs, len(first_ask))
    starts = np.searchsorted(features, np.arange(2 * BUCKETS + 1)).astype(np.int64)
    gains = np.log1p(np.bincount(inverse, weights) / SMOOTHING).astype(np.float32)
    sums = np.bincount(np.repeat(topic_of_ask, sizes), weights, minlength=len(first_ask) - 1)
    floors = np.log(SMOOTHING) - np.log(sums + SMOOTHING * len(np.unique(features)))
    return Rows(starts, topics.astype(np.int32), gains), floors


def _array_rows(evidence: Evidence) -> Iterable[dict[str, Any]]:
    arrays = {
        "idf": evidence.idf,
        "asks.starts": evidence.asks.starts,
        "asks.ids": evidence.asks.ids,
        "asks.weights": evidence.asks.weights,
        "first_ask": evidence.first_ask,
        "topics.starts": evidence.topics.starts,
        "topics.ids": evidence.topics.ids,
        "topics.weights": evidence.topics.weights,
        "floors": evidence.floors,
    }
    for name, array in arrays.items():
        yield {"name": name, "dtype": array.dtype.str, "data": array.tobytes()}
    names = json.dumps(evidence.names)
    yield {"name": "names", "dtype": "json", "data": names.encode()}


def _card_row(card: Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "title": card.title,
        "short": card.short,
        "body": json.dumps({**asdict(card), "reviewed": card.reviewed.isoformat()}),
    }


class Index:
    """An opened index. Cards are read when they are asked for; the evidence is in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()  # one connection a thread
        self.evidence = self._load_evidence()
        self.ask_counts: dict[str, int] = dict(self._rows("SELECT word, asks FROM words"))
        phrases = {name: json.loads(text) for name, text in self._rows("SELECT name, phrases FROM vocabulary")}
        self.vocabulary = Vocabulary(phrases, known=self.ask_counts)
        self.cards = {name: _card(text) for name, text in self._rows("SELECT id, body FROM cards ORDER BY id")}
        self.boundaries = {
            name: Boundary(name, topic, tuple(json.loads(nearest)), (), reply)
            for name, topic, nearest, reply in self._rows("SELECT id, topic, nearest, reply FROM boundaries")
        }

    def nearest_asks(self, match: str, limit: int) -> list[int]:
        """The asks that full-text search ranks best, as row numbers of the evidence."""
        query = "SELECT rowid FROM asks_fts WHERE asks_fts MATCH ? ORDER BY rank LIMIT ?"
        return [row[0] for row in self._rows(query, (match, limit))]

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        if not hasattr(self._local, "connection"):
            address = f"{self.path.resolve().as_uri()}?mode=ro&immutable=1"
            self._local.connection = sqlite3.connect(address, uri=True)
        return list(self._local.connection.execute(query, values))

    def _load_evidence(self) -> Evidence:
        stored = {name: (kind, data) for name, kind, data in self._rows("SELECT name, dtype, data FROM arrays")}

        def array(name: str) -> NDArray[Any]:
            kind, data = stored[name]
            return np.frombuffer(data, dtype=kind)

        def rows(name: str) -> Rows:
            return Rows(array(f"{name}.starts"), array(f"{name}.ids"), array(f"{name}.weights"))

        return Evidence(
            tuple(json.loads(stored["names"][1])),
            array("idf"),
            rows("asks"),
            array("first_ask"),
            rows("topics"),
            array("floors"),
        )


def _card(text: str) -> Card:
    data = json.loads(text)
    sections = tuple(
        Section(section["heading"], tuple(Item(**item) for item in section["items"])) for section in data["sections"]
    )
    return Card(
        **{
            **data,
            "asks": tuple(data["asks"]),
            "related": tuple(data["related"]),
            "sources": tuple(Source(**source) for source in data["sources"]),
            "reviewed": date.fromisoformat(data["reviewed"]),
            "sections": sections,
        }
    )
