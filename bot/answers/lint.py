"""Everything that can be wrong in the knowledge, found at once, each with its file and line."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from rapidfuzz import fuzz, process, utils

from bot.answers.advisor import Advisor
from bot.answers.cards import MORE_DETAIL, WATCH_OUT, Card, Library, Problem, Section
from bot.answers.evaluation import Result, read_rows
from bot.answers.folders import card_paths
from bot.answers.library import read_library
from bot.answers.words import words_of

ASKS_NEEDED = 20
MANNERS = ("plain", "paraphrase", "keywords", "chatty", "situation")
VOICES = ("ceo", "service", "cco", "hr", "lead")
QUESTION_LENGTH = 75  # what fits on a button
ASK_LENGTH = 600
SCREEN_LENGTH = 1_900  # characters that an answer may show at once
ITEM_LENGTH = 320
NEAR_DUPLICATE = 84  # of 100, token-sort likeness of two asks of one topic
SAME_FRAME = 3  # asks of a topic that may open with the same five words
MARK = re.compile(r"^\s+#\s*(\w+)\s*$")
VOICE = re.compile(r"\s#\s*(\w+)\s*$")


def check(
    ours: Path,
    company: Sequence[Path] = (),
    *,
    today: date,
    golden: tuple[Path, Advisor] | None = None,
) -> list[Problem]:
    """All problems of our folder and the company's, in order of file and line.

    `golden` is a question set and the advisor that must still answer it; it is asked only when all else is in order.
    """
    library = read_library(ours, company)
    problems = list(library.problems)
    problems += _cards(library, today)
    problems += _asks(library)
    problems += _references(library)
    for path in card_paths(ours):
        problems += _voices(path)
    if golden and not problems:  # broken knowledge fails for its own reasons first
        problems += _golden(*golden)
    return sorted(set(problems), key=lambda problem: (problem.path, problem.line, problem.text))


def _place(library: Library, thing: str, text: str) -> Problem:
    path, line = library.places.get(thing) or library.places.get(thing.partition(".")[0]) or ("?", 1)
    return Problem(path, line, text)


def _cards(library: Library, today: date) -> Iterator[Problem]:
    for card in library.cards.values():
        yield from (_place(library, f"card {card.id}{where}", text) for where, text in _card(card, today))


def _card(card: Card, today: date) -> Iterator[tuple[str, str]]:
    if len(card.asks) < ASKS_NEEDED:
        yield ".asks", f"there are {len(card.asks)} asks; write at least {ASKS_NEEDED}"
    if len(card.question) > QUESTION_LENGTH or not card.question.endswith("?"):
        yield ".asks.0", f"the first ask stands on buttons: a question of at most {QUESTION_LENGTH} characters"
    if card.review_due < today:
        yield ".reviewed", f"due for review since {card.review_due}; compare it with its source and set a new date"
    if card.reviewed > today:
        yield ".reviewed", f"{card.reviewed} lies in the future"
    if not 2 <= len(card.related) <= 3 and card.origin != "company":
        yield ".related", "name two or three related cards"
    if not card.section(WATCH_OUT) and card.origin != "company":
        yield "", f"there is no section “{WATCH_OUT}”; say what a careful colleague would"
    yield from _lengths(card)


def _lengths(card: Card) -> Iterator[tuple[str, str]]:
    shown = sum(len(item.text) for section in card.on_screen for item in section.items)
    if shown > SCREEN_LENGTH:
        yield "", f"{shown} characters are too much for a phone; move some under “{MORE_DETAIL}” ({SCREEN_LENGTH} fit)"
    for section in card.sections:
        yield from _long_items(section)
    for number, ask in enumerate(card.asks):
        if len(ask) > ASK_LENGTH:
            yield f".asks.{number}", f"an ask of {len(ask)} characters is too long; {ASK_LENGTH} at most"
        if not words_of(ask):
            yield f".asks.{number}", "an ask without a word can't be matched; remove it"


def _long_items(section: Section) -> Iterator[tuple[str, str]]:
    for item in section.items:
        if len(item.text) > ITEM_LENGTH:
            yield "", f"“{item.text[:40]}…” has {len(item.text)} characters; split it ({ITEM_LENGTH} at most)"


def _asks(library: Library) -> Iterator[Problem]:
    topics = [(f"card {card.id}", card.asks) for card in library.cards.values()]
    topics += [(f"boundary {item.id}", item.asks) for item in library.boundaries]
    owners: dict[str, str] = {}
    for name, asks in topics:
        for number, ask in enumerate(asks):
            plain = " ".join(sorted(words_of(ask)))
            if plain and owners.setdefault(plain, name) != name:
                yield _place(library, f"{name}.asks.{number}", f"“{ask}” points at {owners[plain]} as well")
        yield from (_place(library, f"{name}.asks.{number}", text) for number, text in _alike(asks))


def _alike(asks: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Asks that say the same as an earlier one of their topic, or are built on the same frame."""
    frames: dict[tuple[str, ...], int] = {}
    for number, ask in enumerate(asks):
        near = process.extractOne(
            ask,
            asks[:number],
            scorer=fuzz.token_sort_ratio,
            processor=utils.default_process,
            score_cutoff=NEAR_DUPLICATE,
        )
        if near:
            yield number, f"“{ask}” says the same as “{near[0]}”; put it in other words"
        frame = tuple(words_of(ask)[:5])
        frames[frame] = frames.get(frame, 0) + 1
        if len(frame) == 5 and frames[frame] == SAME_FRAME + 1:
            yield number, f"more than {SAME_FRAME} asks begin “{' '.join(frame)}”; people don't ask by template"


def _references(library: Library) -> Iterator[Problem]:
    for card in library.cards.values():
        for number, name in enumerate(card.related):
            if name not in library.cards or name == card.id:
                text = f"there is no other card “{name}” to relate to"
                yield _place(library, f"card {card.id}.related.{number}", text)
    for boundary in library.boundaries:
        for name in boundary.nearest:
            if name not in library.cards:
                yield _place(library, f"boundary {boundary.id}", f"there is no card “{name}” to point to")
    for check_ in library.checks:
        for statement in check_.statements:
            if statement.card not in library.cards:
                where = f"statement {check_.id}.{statement.id}"
                yield _place(library, where, f"there is no card “{statement.card}” for this statement")
        if check_.source not in library.sources:
            text = f"there is no source “{check_.source}” in sources.yaml"
            yield _place(library, f"check {check_.id}", text)
    yield from _vocabulary(library)


def _vocabulary(library: Library) -> Iterator[Problem]:
    owners: dict[tuple[str, ...], str] = {}
    for name, phrases in library.vocabulary.items():
        for phrase in phrases:
            if owners.setdefault(tuple(words_of(phrase)), name) != name:
                text = f"“{phrase}” means “{owners[tuple(words_of(phrase))]}” already; give it to one of the two"
                yield _place(library, f"vocabulary {name}", text)


def _voices(path: Path) -> Iterator[Problem]:
    """In our own cards each manner of asking has each voice: comments in the file tell which is which."""
    found: dict[str, set[str]] = {}
    manner, first = "", 1
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line == "---" and number > 1:
            break
        if line.startswith("asks:"):
            first = number
        if match := MARK.match(line):
            manner = match[1]
        elif line.startswith("  - ") and manner:
            voice = VOICE.search(line)
            found.setdefault(manner, set()).add(voice[1] if voice else "")
            if not voice or voice[1] not in VOICES:
                yield Problem(str(path), number, f"say whose voice this is, as a comment: {', '.join(VOICES)}")
    for wanted in MANNERS:
        if missing := set(VOICES) - found.get(wanted, set()):
            text = f"under “# {wanted}” nobody asks as {', '.join(sorted(missing))}"
            yield Problem(str(path), first, text)


def _golden(golden: Path, advisor: Advisor) -> Iterator[Problem]:
    """Golden questions whose card no longer comes first. Known misses are listed in a file beside them."""
    known = known_misses(golden)
    for number, row in enumerate(read_rows(golden), start=2):
        if Result(row, advisor.reply(row.question)).missed and row.id not in known:
            wanted = " or ".join(sorted(row.accept)) or "the honest “not covered”"
            yield Problem(str(golden), number, f"“{row.question[:80]}” lost {wanted}")


def known_misses(golden: Path) -> frozenset[str]:
    """The ids in the `…_misses.txt` beside a question set, one a line; what follows a # is a remark."""
    path = golden.with_name(f"{golden.stem}_misses.txt")
    if not path.is_file():
        return frozenset()
    return frozenset(line.partition("#")[0].strip() for line in path.read_text().splitlines()) - {""}
