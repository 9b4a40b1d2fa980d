"""Gathers the knowledge folders into one library: ours first, then each company folder over it."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bot.answers.cards import Boundary, Card, Check, Library, Problem, Section, Source, Statement
from bot.answers.folders import card_paths, content_hash
from bot.answers.reading import (
    BoundaryFields,
    CardFields,
    CardFile,
    CheckFields,
    ExtensionFields,
    SourceFields,
    Unreadable,
    checked,
    read_card,
    read_yaml,
)
from bot.errors import Refusal


def read_library(ours: Path, company: Sequence[Path] = ()) -> Library:
    """Read all folders. What is broken is left out and told in `problems`; the rest works.

    Raises Refusal when our own folder holds no card at all: then the installation is broken.
    """
    gathering = _Gathering()
    for folder in (ours, *company):
        gathering.add_folder(folder)
    if not gathering.cards:
        raise Refusal(f"There are no cards in {ours}. Reinstall cco-advisor, or run it from its checkout.")
    return gathering.library(content_hash((ours, *company)))


class _Gathering:
    """What has been read so far. Later folders override earlier ones, id by id."""

    def __init__(self) -> None:
        self.cards: dict[str, list[tuple[CardFile, CardFields]]] = {}  # id → versions, ours first
        self.extensions: list[tuple[CardFile, ExtensionFields]] = []
        self.sources: dict[str, Source] = {}
        self.boundaries: dict[str, Boundary] = {}
        self.vocabulary: dict[str, tuple[str, ...]] = {}
        self.checks: dict[str, Check] = {}
        self.problems: list[Problem] = []
        self.places: dict[str, tuple[str, int]] = {}

    def add_folder(self, folder: Path) -> None:
        seen: dict[str, Path] = {}
        for path in card_paths(folder):
            self._guarded(path, partial(self._add_card, path, seen))
        for name, add in (
            ("sources.yaml", self._add_sources),
            ("vocabulary.yaml", self._add_vocabulary),
            ("boundaries.yaml", self._add_boundaries),
        ):
            if (folder / name).is_file():
                self._guarded(folder / name, partial(add, folder / name))
        for path in sorted((folder / "checks").glob("*.yaml")):
            self._guarded(path, partial(self._add_check, path))

    def _guarded(self, path: Path, add: Callable[[], None]) -> None:
        try:
            add()
        except Unreadable as error:
            self.problems += error.problems
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(Problem(str(path), 1, f"this file can't be read: {error}"))

    def _add_card(self, path: Path, seen: dict[str, Path]) -> None:
        file = read_card(path)
        if isinstance(file.fields, ExtensionFields):
            self.extensions.append((file, file.fields))
            return
        name = file.fields.id
        if name in seen:
            line = file.lines.get("id", 1)
            raise Unreadable([Problem(str(path), line, f"{seen[name]} has the id {name} already")])
        seen[name] = path
        self.cards.setdefault(name, []).append((file, file.fields))

    def _add_sources(self, path: Path) -> None:
        for entry in self._entries(path, dict):
            self._guarded(path, lambda entry=entry: self._add_source(path, *entry))  # type: ignore[misc]

    def _add_source(self, path: Path, name: str, data: Any, lines: dict[str, int]) -> None:
        fields = checked(SourceFields, data, path, lines, name)
        self.sources[name] = Source(name, fields.title, fields.address)
        self.places[f"source {name}"] = (str(path), lines.get(name, 1))

    def _add_vocabulary(self, path: Path) -> None:
        for name, data, lines in self._entries(path, dict):
            if not isinstance(data, list) or not all(isinstance(item, str) for item in data):
                text = f"{name}: list the phrases that mean it"
                self.problems.append(Problem(str(path), lines.get(name, 1), text))
                continue
            self.vocabulary[name] = (*self.vocabulary.get(name, ()), *data)
            self.places[f"vocabulary {name}"] = (str(path), lines.get(name, 1))

    def _add_boundaries(self, path: Path) -> None:
        for entry in self._entries(path, list):
            self._guarded(path, lambda entry=entry: self._add_boundary(path, *entry))  # type: ignore[misc]

    def _add_boundary(self, path: Path, index: str, data: Any, lines: dict[str, int]) -> None:
        fields = checked(BoundaryFields, data, path, lines, index)
        self.boundaries[fields.id] = Boundary(fields.id, fields.topic, fields.nearest, fields.asks, fields.reply)
        for number in range(len(fields.asks)):
            place = (str(path), lines.get(f"{index}.asks.{number}", 1))
            self.places[f"boundary {fields.id}.asks.{number}"] = place
        self.places[f"boundary {fields.id}"] = (str(path), lines.get(index, 1))

    def _add_check(self, path: Path) -> None:
        data, lines = read_yaml(path)
        fields = checked(CheckFields, data, path, lines)
        statements = tuple(Statement(s.id, s.title, s.text, s.card) for s in fields.statements)
        self.checks[fields.id] = Check(**{**dict(fields), "statements": statements})
        for index, statement in enumerate(fields.statements):
            place = (str(path), lines.get(f"statements.{index}", 1))
            self.places[f"statement {fields.id}.{statement.id}"] = place
        self.places[f"check {fields.id}"] = (str(path), lines.get("source", 1))

    def _entries(self, path: Path, shape: type) -> Iterable[tuple[str, Any, dict[str, int]]]:
        data, lines = read_yaml(path)
        if isinstance(data, dict) and shape is dict:
            return [(str(name), value, lines) for name, value in data.items()]
        if isinstance(data, list) and shape is list:
            return [(str(number), value, lines) for number, value in enumerate(data)]
        kind = "a list" if shape is list else "names with a colon"
        raise Unreadable([Problem(str(path), 1, f"this file should hold {kind} at its top level")])

    def library(self, digest: str) -> Library:
        latest = {name: self._latest(versions) for name, versions in sorted(self.cards.items())}
        cards = {name: card for name, card in latest.items() if card}
        for file, fields in self.extensions:
            if fields.extends in cards:
                cards[fields.extends] = self._extended(cards[fields.extends], file, fields)
            else:
                text = f"there is no card “{fields.extends}” to extend"
                self.problems.append(Problem(file.path, file.lines.get("extends", 1), text))
        return Library(
            cards=cards,
            boundaries=tuple(self.boundaries.values()),
            vocabulary=self.vocabulary,
            checks=tuple(self.checks.values()),
            sources=self.sources,
            content_hash=digest,
            problems=tuple(self.problems),
            places=self.places,
        )

    def _latest(self, versions: Sequence[tuple[CardFile, CardFields]]) -> Card | None:
        """The last version that has a source: an answer without one is no answer of ours."""
        cards = [self._card(file, fields) for file, fields in versions]
        return next((card for card in reversed(cards) if card.sources), None)

    def _card(self, file: CardFile, fields: CardFields) -> Card:
        sources = self._sources(file, fields.sources)
        if sources:
            self._place(fields.id, file)
        return Card(**{**dict(fields), "sources": sources, "sections": file.sections, "digest": file.digest})

    def _extended(self, card: Card, file: CardFile, fields: ExtensionFields) -> Card:
        return replace(
            card,
            asks=tuple(dict.fromkeys((*card.asks, *fields.asks))),
            sources=tuple(dict.fromkeys((*card.sources, *self._sources(file, fields.sources)))),
            related=tuple(dict.fromkeys((*fields.related, *card.related))),
            sections=_merged(card.sections, file.sections),
            digest=hashlib.sha256(f"{card.digest}{file.digest}".encode()).hexdigest()[:12],
        )

    def _sources(self, file: CardFile, names: tuple[str, ...]) -> tuple[Source, ...]:
        for number, name in enumerate(names):
            if name not in self.sources:
                line = file.lines.get(f"sources.{number}", file.lines.get("sources", 1))
                self.problems.append(Problem(file.path, line, f"there is no source “{name}” in sources.yaml"))
        return tuple(self.sources[name] for name in names if name in self.sources)

    def _place(self, name: str, file: CardFile) -> None:
        self.places[f"card {name}"] = (file.path, 1)
        for key, line in file.lines.items():
            self.places[f"card {name}.{key}"] = (file.path, line)


def _merged(first: tuple[Section, ...], second: tuple[Section, ...]) -> tuple[Section, ...]:
    """The first's sections with the second's items at the end of those of the same heading."""
    added = {section.heading: section for section in second}
    joined = [
        replace(section, items=(*section.items, *added.pop(section.heading).items))
        if section.heading in added
        else section
        for section in first
    ]
    return (*joined, *added.values())
