"""Answers a question from the index: no Slack, no database, no clock."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bot.answers.cards import CONS, MORE_DETAIL, WATCH_OUT, Boundary, Card, Problem, Section
from bot.answers.decision import Outcome, confidence, decide
from bot.answers.evaluation import Reply
from bot.answers.folders import content_hash
from bot.answers.followups import aspects_of, leans_on_topic
from bot.answers.index import Index, path_for
from bot.answers.matching import Match, Matcher, Ranked
from bot.answers.words import clean, words_of

SUGGESTIONS = 3
NAMED_FROM = 0.8  # of the best card's score: from here on a topic outside is named as the one that was meant
KEPT_UNOPENED = timedelta(days=30)
LISTED = 5  # cards named in a reply for machines
STARTERS = ("need-cco-decision", "eleven-statements", "reporting-line", "four-structures", "ceo-eight-actions")


@dataclass(frozen=True)
class Advice:
    """What the guidance has to say to a question.

    `card` is the answer; `parts` is set when a follow-up asked for some of its sections, `missing_part` when the card
    has none such. `suggestions` are the cards offered otherwise, `boundary` the topic recognised as not covered.
    `unclear` means that there was no question to work with: no words, none
    that the knowledge knows, or a single one that fits many cards.
    """

    outcome: Outcome
    ranked: tuple[Ranked, ...] = ()
    confidence: float = 0.0
    card: Card | None = None
    parts: tuple[Section, ...] = ()
    missing_part: str = ""
    suggestions: tuple[Card, ...] = ()
    boundary: Boundary | None = None
    unclear: bool = False


class Advisor:
    """Knows the cards. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._matcher = Matcher(index)

    def card(self, card_id: str) -> Card | None:
        return self.index.cards.get(card_id)

    def cards(self, ids: Sequence[str]) -> tuple[Card, ...]:
        """Those of the cards that exist, in the order given."""
        return tuple(card for name in ids if (card := self.card(name)))

    @property
    def starters(self) -> tuple[Card, ...]:
        """Questions to begin with."""
        return self.cards(STARTERS) or tuple(self.index.cards.values())[: len(STARTERS)]

    def ask(self, text: str, topic: str | None = None) -> Advice:
        """Answer, suggest or say that it isn't covered. `topic` is the card that the conversation was last about."""
        last = self.card(topic) if topic else None
        aspects = aspects_of(text)
        if last and aspects:
            return _parts_of(last, aspects)
        if not words_of(clean(text)) or aspects:
            return self._unclear(text)
        advice = self._advise(self._matcher.match(text))
        if last and advice.outcome is not Outcome.ANSWER and not advice.boundary and leans_on_topic(text):
            return self._in_context(text, last, advice)
        return advice

    def reply(self, text: str) -> Reply:
        """The same, as the evaluation wants it."""
        advice = self.ask(text)
        return Reply(advice.outcome, tuple(item.id for item in advice.ranked[:LISTED]), advice.confidence)

    def _unclear(self, text: str) -> Advice:
        """No question to work with. What it resembles all the same is ranked, but offered to nobody."""
        ranked = self._matcher.match(text).cards[:LISTED]
        return Advice(Outcome.NOT_COVERED, ranked, suggestions=self.starters[:SUGGESTIONS], unclear=True)

    def _in_context(self, text: str, last: Card, alone: Advice) -> Advice:
        """A short follow-up read together with the last card's title.

        The title always finds its own card, so that card is no answer but only offered first; another card that the
        two find together is one.
        """
        together = self._advise(self._matcher.match(f"{text} {last.title}"))
        if together.card and together.card.id != last.id:
            return together
        others = [item.id for item in alone.ranked if item.id != last.id]
        suggestions = (last, *self.cards(others))[:SUGGESTIONS]
        return replace(alone, outcome=Outcome.SUGGEST, suggestions=suggestions, unclear=False)

    def _advise(self, match: Match) -> Advice:
        outcome = decide(match)
        nearest = [item.id for item in match.cards]
        boundary = None
        if outcome is Outcome.NOT_COVERED:
            boundary = self._boundary(match)
        unclear = outcome is Outcome.NOT_COVERED and not boundary and (match.words == 1 or not match.cards)
        starters = self.starters[:SUGGESTIONS] if unclear else ()
        return Advice(
            outcome,
            ranked=match.cards[:LISTED],
            confidence=confidence(match),
            card=self.card(nearest[0]) if outcome is Outcome.ANSWER else None,
            suggestions=self._suggestions(outcome, boundary, nearest) or starters,
            boundary=boundary,
            unclear=unclear,
        )

    def _boundary(self, match: Match) -> Boundary | None:
        """The topic outside that was meant, when the question resembles it about as much as the best card."""
        if not match.boundaries:
            return None
        best = match.boundaries[0]
        if match.cards and best.score < NAMED_FROM * match.cards[0].score:
            return None
        return self.index.boundaries[best.id]

    def _suggestions(self, outcome: Outcome, boundary: Boundary | None, nearest: Sequence[str]) -> tuple[Card, ...]:
        if outcome is Outcome.ANSWER:
            return ()
        if boundary:  # what a curator named as nearest, be it nothing, beats what merely sounds alike
            return self.cards(boundary.nearest)[:SUGGESTIONS]
        return self.cards(list(dict.fromkeys(nearest)))[:SUGGESTIONS]


def _parts_of(card: Card, headings: Sequence[str]) -> Advice:
    found = [card.section(heading) or (card.section(WATCH_OUT) if heading == CONS else None) for heading in headings]
    parts = tuple(part for part in found if part)
    missing = "" if parts or headings[0] == MORE_DETAIL else headings[0]
    ranked = (Ranked(card.id, 1.0),)
    return Advice(Outcome.ANSWER, ranked=ranked, confidence=1.0, card=card, parts=parts, missing_part=missing)


def open_advisor(ours: Path, company: Sequence[Path], cache: Path) -> tuple[Advisor, tuple[Problem, ...]]:
    """The advisor for these folders, compiling the index when there is none for exactly this content.

    Returns also what was found wrong in them, every time.
    """
    path = path_for(cache, content_hash((ours, *company)))
    if not path.is_file():
        from bot.answers.compiling import compile_apart  # rarely needed

        compile_apart(path, ours, company)
        _drop_old(cache, path)
    with _quietly():
        os.utime(path)
    index = Index(path)
    return Advisor(index), index.problems


def _drop_old(cache: Path, current: Path) -> None:
    """Remove indexes that nobody has opened for a month. The new file's own time says when now is."""
    with _quietly():
        oldest = current.stat().st_mtime - KEPT_UNOPENED.total_seconds()
        for path in cache.glob("knowledge-*.db"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


@contextmanager
def _quietly() -> Iterator[None]:
    try:
        yield
    except OSError:  # another process tidies as well, or the folder is not ours: nothing is lost
        return
