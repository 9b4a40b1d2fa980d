"""The page for the board: one round as a single HTML file that prints, works offline and runs no script.

Everything that people typed is escaped by the template engine, and the page forbids itself to load or run anything.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.readiness.consensus import Consensus, Direction
from bot.readiness.findings import Earlier, Line, by_class, lines_of, percent, turnout
from bot.readiness.rounds import Result, Round
from bot.readiness.times import on_the_wall

TEMPLATE = "readiness/report.html.j2"
WORDS = {
    Consensus.SPLIT: "We see it differently",
    Consensus.GAP: "We agree it's missing",
    Consensus.TOO_FEW: "Too few answers",
    Consensus.STRONG: "We agree it's in place",
}
NOT_SHOWN = "Not shown"
NONE, ALL = Fraction(0), Fraction(1)
ARROWS = {Direction.UP: "▲", Direction.DOWN: "▼", Direction.SAME: "="}
LONGEST_LABEL = 30  # characters that fit beside the map


@dataclass(frozen=True)
class Source:
    """A document that guidance comes from. `address` is empty when it was never published."""

    title: str
    address: str = ""

    @property
    def link(self) -> str:
        """The address, if it is one of the web: nothing else becomes a link."""
        return self.address if re.match(r"https?://", self.address, re.IGNORECASE) else ""


@dataclass(frozen=True)
class Guidance:
    """A card as the page shows it: its short advice, in the card's Markdown, and its credit."""

    title: str
    short: str
    sources: tuple[Source, ...] = ()
    reviewed: date | None = None


@dataclass(frozen=True)
class Promised:
    """Something that was taken on because of a statement: what, until when, and what became of it. Not by whom."""

    statement_id: str
    what: str
    due: datetime
    standing: str


@dataclass(frozen=True)
class Report:
    """All that goes into the page. `guidance` is by the id of the card that a statement names.

    `place` is the channel as its readers know it, such as “#leadership”; empty leaves it out.
    """

    round: Round
    results: tuple[Result, ...]
    made_at: datetime
    zone: ZoneInfo
    guidance: Mapping[str, Guidance] = field(default_factory=dict)
    earlier: Earlier | None = None
    place: str = ""
    promised: tuple[Promised, ...] = ()


@dataclass(frozen=True)
class Pledge:
    """Something promised, as the page shows it. `about` names the statement; empty where the round asks no such one."""

    about: str
    what: str
    due: str
    standing: str


@dataclass(frozen=True)
class Section:
    """Statements that stand alike. `key` is the class, or “withheld”."""

    key: str
    words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Dot:
    """A line of the map. Places are percent of Yes; `before` is that of the round before where it compares."""

    label: str
    key: str
    at: float | None
    before: float | None
    told: str


@dataclass(frozen=True)
class Advice:
    """Guidance, and the lines it is for."""

    guidance: Guidance
    lines: tuple[Line, ...]


class BoardPage:
    """Draws reports. Its templates have an environment of their own: this is HTML, all else is JSON for Slack."""

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(percent=percent, emphasis=emphasis, day=_day)

    def render(self, report: Report) -> str:
        lines = lines_of(report.round, report.results, report.earlier)
        groups, limits = grouped(lines), report.round.check.thresholds
        found = dots(groups)
        return self._environment.get_template(TEMPLATE).render(
            of=report.round,
            place=report.place,
            lines=lines,
            groups=groups,
            counts=[(one.value, words, _count(lines, one)) for one, words in WORDS.items()],
            hidden=sum(line.consensus is None for line in lines),
            dots=found,
            mapped=any(dot.at is not None for dot in found),
            gap=float(limits.gap * 100),
            strong=float(limits.strong * 100),
            marks=[(float(at * 100), percent(at)) for at in (NONE, limits.gap, limits.strong, ALL)],
            advice=advice(groups, report.guidance),
            pledges=pledges(lines, report),
            overlap=report.earlier.overlap if report.earlier else None,
            last_closed=_closed(report.earlier.round, report.zone) if report.earlier else "",
            moved=[line for line in lines if line.moved.change is not None],
            arrows=ARROWS,
            turnout=turnout(report.round),
            part=_part(report.round),
            opened=on_the_wall(report.round.opened_at, report.zone),
            deadline=on_the_wall(report.round.deadline, report.zone),
            closed=_closed(report.round, report.zone),
            made=on_the_wall(report.made_at, report.zone),
        )


def grouped(lines: tuple[Line, ...]) -> tuple[Section, ...]:
    """In the order in which to talk about them: by class, the weaker first; what is not shown comes last."""
    classes = by_class(lines)
    groups = [Section(one.value, words, classes[one]) for one, words in WORDS.items()]
    groups.append(Section("withheld", NOT_SHOWN, classes[None]))
    return tuple(group for group in groups if group.lines)


def dots(groups: tuple[Section, ...]) -> tuple[Dot, ...]:
    """The map, line by line, each told in words as well."""
    return tuple(_dot(group, line) for group in groups for line in group.lines)


def advice(groups: tuple[Section, ...], guidance: Mapping[str, Guidance]) -> tuple[Advice, ...]:
    """Each card once, in the order in which its statements are talked about; what is in place needs none."""
    cards: dict[str, list[Line]] = {}
    for line in (line for group in groups if group.key != Consensus.STRONG for line in group.lines):
        cards.setdefault(line.statement.card, []).append(line)
    return tuple(Advice(guidance[card], tuple(found)) for card, found in cards.items() if card in guidance)


def pledges(lines: tuple[Line, ...], report: Report) -> tuple[Pledge, ...]:
    """In the order of the statements, and for each the first to be due first."""
    numbers = {line.statement.id: line.number for line in lines}
    titles = {line.statement.id: f"{line.number} · {line.statement.title}" for line in lines}
    ordered = sorted(
        report.promised, key=lambda one: (numbers.get(one.statement_id, len(lines) + 1), one.due, one.what)
    )
    return tuple(
        Pledge(titles.get(one.statement_id, ""), one.what, _day(one.due.astimezone(report.zone)), one.standing)
        for one in ordered
    )


def emphasis(text: str) -> Markup:
    """A card's Markdown (bold, italic) as HTML, all else escaped."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(text)))
    return Markup(re.sub(r"\*([^*\s](?:[^*]*[^*\s])?)\*", r"<em>\1</em>", bold))


def _dot(group: Section, line: Line) -> Dot:
    name = f"{line.number} · {line.statement.title}"
    label = name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1].rstrip() + "…"
    share = line.tally.share if line.tally and line.consensus is not Consensus.TOO_FEW else None
    change = line.moved.change
    before = None if share is None or change is None else share - change
    return Dot(label, group.key, _place(share), _place(before), _told(group, line, share, before))


def _told(group: Section, line: Line, share: Fraction | None, before: Fraction | None) -> str:
    words = f"{line.number}, {line.statement.title}: {group.words.lower()}"
    words += "" if share is None else f", {percent(share)} % Yes"
    return words + ("" if before is None else f", {percent(before)} % last time")


def _place(share: Fraction | None) -> float | None:
    return None if share is None else float(share * 100)


def _count(lines: tuple[Line, ...], consensus: Consensus) -> int:
    return sum(line.consensus is consensus for line in lines)


def _part(of: Round) -> Fraction | None:
    """Which part of those asked did vote."""
    return Fraction(of.voters, of.asked) if of.voters is not None and of.asked else None


def _closed(of: Round, zone: ZoneInfo) -> str:
    return on_the_wall(of.closed_at, zone) if of.closed_at else ""


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
