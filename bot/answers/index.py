"""The search index: knowledge compiled by sqlite-utils into one SQLite file, rebuilt when the knowledge changes."""

import json
import os
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answers.cards import Boundary, Card, Check, Item, Library, Problem, Section, Source, Statement
from bot.answers.evidence import Evidence, Rows, evidence_of
from bot.answers.words import Vocabulary, words_of

BOUNDARY = "boundary:"  # how a boundary's asks are told from a card's
COLUMNS = {
    "cards": ("id", "title", "short", "body"),
    "sources": ("id", "title", "address"),
    "boundaries": ("id", "topic", "nearest", "reply"),
    "vocabulary": ("name", "phrases"),
    "checks": ("id", "title", "body"),
}
ASKS = ("id", "topic", "words")
PAGE_SIZE = 32_768  # bytes; the arrays are long, and small pages read them slowly


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
        database.execute(f"PRAGMA page_size={PAGE_SIZE}")
        for name, rows in _tables(library).items():
            database[name].create(dict.fromkeys(COLUMNS[name], str), pk=COLUMNS[name][0])
            database[name].insert_all(rows)
        worded = _worded(library)
        asks = ((number, topic, " ".join(words)) for number, (topic, words) in enumerate(worded))
        database["asks"].insert_all((dict(zip(ASKS, ask, strict=True)) for ask in asks), pk="id")
        database["asks"].enable_fts(["words"], tokenize="porter")
        spelled = Counter(word for _, words in worded for word in set(words))
        database["words"].insert_all(({"word": word, "asks": count} for word, count in spelled.items()), pk="word")
        database["problems"].create({"path": str, "line": int, "text": str})
        database["problems"].insert_all(map(asdict, library.problems))
        database["arrays"].insert_all(_array_rows(evidence_of(worded)), pk="name")
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
        "vocabulary": [{"name": name, "phrases": json.dumps(phrases)} for name, phrases in library.vocabulary.items()],
        "checks": [{"id": item.id, "title": item.title, "body": json.dumps(asdict(item))} for item in library.checks],
    }


def _worded(library: Library) -> list[tuple[str, list[str]]]:
    """The words of every text that has any, with its topic, the texts of one topic side by side."""
    return [(topic, words) for topic, texts in _topics(library) for text in texts if (words := words_of(text))]


def _topics(library: Library) -> Iterable[tuple[str, list[str]]]:
    for card in library.cards.values():
        points = [item.text for section in card.sections for item in section.items]
        yield card.id, [*card.asks, card.title, card.short, *points]
    for boundary in library.boundaries:
        yield BOUNDARY + boundary.id, [*boundary.asks, boundary.topic]


def _array_rows(evidence: Evidence) -> Iterable[dict[str, Any]]:
    arrays: dict[str, NDArray[Any]] = {
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
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._turn = threading.Lock()  # one connection for all threads: each would keep two megabytes of pages
        self.evidence = self._load_evidence()
        self.ask_counts: dict[str, int] = dict(self.rows("SELECT word, asks FROM words"))
        phrases = {name: json.loads(text) for name, text in self.rows("SELECT name, phrases FROM vocabulary")}
        self.vocabulary = Vocabulary(phrases, known=self.ask_counts)
        self.cards: Mapping[str, Card] = Cards(self)
        self.boundaries = {
            name: Boundary(name, topic, tuple(json.loads(nearest)), (), reply)
            for name, topic, nearest, reply in self.rows("SELECT id, topic, nearest, reply FROM boundaries")
        }
        self.checks = {name: _check(text) for name, text in self.rows("SELECT id, body FROM checks ORDER BY rowid")}
        found = self.rows("SELECT path, line, text FROM problems ORDER BY rowid")
        self.problems = tuple(Problem(*row) for row in found)

    def asks_with(self, word: str, limit: int) -> list[int]:
        """Asks that use a word or another form of it, as row numbers of the evidence.

        Unranked: bm25 would cost five times as much, and the cosines rank them better.
        """
        query = "SELECT rowid FROM asks_fts WHERE asks_fts MATCH ? LIMIT ?"
        quoted = f'"{word}"'  # so that OR, NEAR and * are words like any other
        return [row[0] for row in self.rows(query, (quoted, limit))]

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """What a query finds. The file stays open, so that it may be removed or replaced meanwhile."""
        with self._turn:
            return self._connection.execute(query, values).fetchall()

    def _load_evidence(self) -> Evidence:
        stored = {name: (kind, data) for name, kind, data in self.rows("SELECT name, dtype, data FROM arrays")}

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


class Cards(Mapping[str, Card]):
    """The cards by id, each read when it is first asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._read: dict[str, Card | None] = dict.fromkeys(
            name for (name,) in index.rows("SELECT id FROM cards ORDER BY id")
        )

    def __getitem__(self, name: str) -> Card:
        card = self._read[name]
        if card is None:
            [(text,)] = self._index.rows("SELECT body FROM cards WHERE id = ?", (name,))
            card = self._read[name] = _card(text)
        return card

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


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


def _check(text: str) -> Check:
    data = json.loads(text)
    statements = tuple(Statement(**statement) for statement in data["statements"])
    return Check(**{**data, "answers": tuple(data["answers"]), "statements": statements})
