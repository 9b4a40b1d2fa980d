"""Answering speed as the knowledge grows, side by side with RapidFuzz and plain full-text search on the same asks."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Times, table, timed
from bench.questions import golden
from bench.synthetic import questions, synthetic_library
from bot.answers.advisor import Advisor
from bot.answers.cards import Library
from bot.answers.evaluation import Row
from bot.answers.index import Index, build
from bot.answers.library import read_library
from bot.answers.words import clean, words_of
from bot.resources import KNOWLEDGE

SIZES = (60, 300, 1_000, 3_000, 10_000)  # cards of the made-up knowledge
ASKED = 400  # questions at each size
OTHERS_SECONDS = 8.0  # for each alternative at each size: what it answers in that time is what it is measured on
LISTED = 5
GOALS_MS = {60: 5.0, 10_000: 25.0}

Search = Callable[[str], Sequence[str]]  # a question to card ids, best first


def run() -> dict[str, Any]:
    """Print and return the figures."""
    library = read_library(KNOWLEDGE)
    with tempfile.TemporaryDirectory(prefix="cco-bench-") as folder:
        real = _real(library, Path(folder))
        grown = [_grown(size, library, Path(folder)) for size in SIZES]
    return {"real": real, "synthetic": grown, "goals_p99_ms": {str(size): ms for size, ms in GOALS_MS.items()}}


def _real(library: Library, folder: Path) -> dict[str, Any]:
    """The knowledge that ships: speed on the golden questions, and how often each is right."""
    path = folder / "real.db"
    build(library, path)
    advisor = Advisor(Index(path))
    rows = golden()
    asked = [row.question for row in rows]
    searches = _searches(advisor, library)
    times = {name: timed(search, asked * 5 if name == "cco" else asked, 60) for name, search in searches.items()}
    quality = {name: _quality(search, rows) for name, search in searches.items()}
    print(f"Answering, {len(library.cards)} cards, {len(_asks(library))} asks, {len(rows)} golden questions (ms)\n")
    print(
        table(
            ("", "p50", "p99", "p99 of cco is", "top-1", "top-3"),
            [(name, *_figures(times, name), *quality[name].values()) for name in searches],
        )
    )
    return {name: {**times[name].as_json(), **quality[name]} for name in searches}


def _grown(size: int, library: Library, folder: Path) -> dict[str, Any]:
    """Made-up knowledge of some size."""
    made = synthetic_library(size, library)
    path = folder / f"{size}.db"
    begun = time.perf_counter()
    build(made, path)
    facts = {"cards": size, "asks": len(_asks(made)), "build_s": round(time.perf_counter() - begun, 1)}
    facts["index_mb"] = round(path.stat().st_size / 1e6, 1)
    advisor = Advisor(Index(path))
    times = {}
    for name, search in _searches(advisor, made).items():
        search("warm up, please")
        times[name] = timed(search, questions(made, ASKED), 60 if name == "cco" else OTHERS_SECONDS)
    path.unlink()
    print(f"\n{size} cards, {facts['asks']} asks: built in {facts['build_s']} s, {facts['index_mb']} MB (ms)\n")
    rows = [(name, *_figures(times, name), len(times[name].seconds)) for name in times]
    print(table(("", "p50", "p99", "p99 of cco is", "questions"), rows))
    return {**facts, **{name: value.as_json() for name, value in times.items()}}


def _figures(times: dict[str, Times], name: str) -> tuple[str, str, str]:
    ratio = times[name].p99 / times["cco"].p99
    said = "" if name == "cco" else f"{ratio:.0f} times quicker" if ratio >= 2 else f"{ratio:.2f} times as quick"
    return f"{times[name].p50 * 1e3:.2f}", f"{times[name].p99 * 1e3:.2f}", said


def _asks(library: Library) -> list[tuple[str, str]]:
    return [(card.id, ask) for card in library.cards.values() for ask in card.asks]


def _searches(advisor: Advisor, library: Library) -> dict[str, Search]:
    return {
        "cco": lambda question: [item.id for item in advisor.ask(question).ranked],
        "RapidFuzz WRatio": _fuzzy(_asks(library)),
        "FTS5 bm25, any word": _full_text(advisor.index),
    }


def _fuzzy(asks: Sequence[tuple[str, str]]) -> Search:
    """`process.extract` over every ask, prepared once."""
    from rapidfuzz import fuzz, process, utils

    topics = [topic for topic, _ in asks]
    texts = [utils.default_process(ask) for _, ask in asks]

    def search(question: str) -> list[str]:
        found = process.extract(utils.default_process(clean(question)), texts, scorer=fuzz.WRatio, limit=LISTED)
        return list(dict.fromkeys(topics[at] for _, _, at in found))

    return search


def _full_text(index: Index) -> Search:
    """The asks that hold any of the words, by bm25, in the index's own table; topics outside are passed over."""
    query = (
        "SELECT topic FROM asks_fts JOIN asks ON asks.id = asks_fts.rowid "
        "WHERE asks_fts MATCH ? AND topic NOT LIKE 'boundary:%' ORDER BY rank LIMIT ?"
    )

    def search(question: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in dict.fromkeys(words_of(clean(question))))
        found = index.rows(query, (words, LISTED)) if words else []
        return list(dict.fromkeys(topic for (topic,) in found))

    return search


def _quality(search: Search, rows: Sequence[Row]) -> dict[str, float]:
    covered = [row for row in rows if row.accept]
    found = [(row, search(row.question)) for row in covered]
    return {
        f"top{size}": round(sum(bool(row.accept.intersection(ids[:size])) for row, ids in found) / len(found), 3)
        for size in (1, 3)
    }
