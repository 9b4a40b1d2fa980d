"""What a session talks about: worked out anew from what is stored each time it is shown, never copied from the last.

So whatever a session leaves unfinished is on the next agenda by itself, even on one that was posted before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.sessions.items import Item, Kind, Topic, Update
from bot.accountability.sessions.session import Session
from bot.accountability.yearone.steps import Progress


@dataclass(frozen=True)
class Finding:
    """What the last readiness round found missing, or seen differently. `card` is the guidance on that statement."""

    round_id: str
    statement_id: str
    title: str
    is_split: bool
    card: str = ""

    @property
    def item(self) -> Item:
        return Item(Kind.FINDING, f"{self.round_id}/{self.statement_id}", self.title)


@dataclass(frozen=True)
class Records:
    """What is stored, as far as an agenda needs it.

    `commitments` are those of the channel: all that live, and what was done since the last session. `topics` are those
    that no session has discussed, `findings` those of the last round, `updates` those given for this session. `carried`
    is how many sessions have left an item unfinished. `missed` names the sessions that passed unopened since the last.
    """

    commitments: tuple[Commitment, ...] = ()
    topics: tuple[Topic, ...] = ()
    findings: tuple[Finding, ...] = ()
    updates: tuple[Update, ...] = ()
    carried: Mapping[str, int] = field(default_factory=dict)
    year_one: Progress | None = None
    missed: tuple[str, ...] = ()


About = TypeVar("About", bound=Commitment | Topic | Finding)


@dataclass(frozen=True)
class Line(Generic[About]):
    """An item, what it is about, how many sessions left it unfinished, and what was said of it for this one."""

    item: Item
    about: About
    carried: int = 0
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True)
class Agenda:
    """What a session talks about. Each item is in one section only; what is `done` is told, not talked about.

    `missing` are the owners who have yet to say how something stands.
    """

    session: Session
    stuck: tuple[Line[Commitment], ...]
    overdue: tuple[Line[Commitment], ...]
    due: tuple[Line[Commitment], ...]
    topics: tuple[Line[Topic], ...]
    findings: tuple[Line[Finding], ...]
    done: tuple[Commitment, ...]
    year_one: Progress | None
    missing: tuple[str, ...]
    missed: tuple[str, ...] = ()
    is_late: bool = False

    @property
    def promises(self) -> tuple[Line[Commitment], ...]:
        return self.stuck + self.overdue + self.due

    @property
    def items(self) -> tuple[Item, ...]:
        """The list in the order in which the session goes through it."""
        promised, added = (line.item for line in self.promises), (line.item for line in self.topics)
        return (*promised, *added, *(line.item for line in self.findings))

    @property
    def most_carried(self) -> int:
        """The most sessions in a row that have left one thing unfinished. Findings stay until the next round."""
        promised, added = (line.carried for line in self.promises), (line.carried for line in self.topics)
        return max((*promised, *added), default=0)


def item_of(commitment: Commitment) -> Item:
    return Item(Kind.COMMITMENT, commitment.id, commitment.what)


def agenda(
    session: Session,
    records: Records,
    now: datetime,
    *,
    since: datetime,
    until: datetime | None = None,
    is_late: bool = False,
) -> Agenda:
    """`since` is when the last session closed, or the series began; `until` when the one after this starts.

    Without one after it, everything that is still to be kept is due before the end.
    """
    live = sorted((one for one in records.commitments if one.is_live), key=lambda one: (one.due, one.id))
    stuck = [one for one in live if one.needs_help_since is not None]
    calm = [one for one in live if one.needs_help_since is None]
    overdue = [one for one in calm if one.is_overdue(now)]
    due = [one for one in calm if not one.is_overdue(now) and (until is None or one.due < until)]
    return Agenda(
        session,
        stuck=_lines(stuck, records),
        overdue=_lines(overdue, records),
        due=_lines(due, records),
        topics=_topics(session, records),
        findings=_findings(records),
        done=done_between(records.commitments, since, now),
        year_one=records.year_one,
        missing=_missing((*stuck, *overdue, *due), records.updates),
        missed=records.missed,
        is_late=is_late,
    )


def done_between(commitments: Iterable[Commitment], since: datetime, now: datetime) -> tuple[Commitment, ...]:
    """What was done after one moment and up to another, the first of it first."""
    ended = ((one.ended_at, one.id, one) for one in commitments if one.state is State.DONE and one.ended_at)
    return tuple(one for at, _, one in sorted(ended, key=lambda found: found[:2]) if since < at <= now)


def _lines(commitments: Iterable[Commitment], records: Records) -> tuple[Line[Commitment], ...]:
    return tuple(_line(item_of(one), one, records) for one in commitments)


def _topics(session: Session, records: Records) -> tuple[Line[Topic], ...]:
    """What was carried over most often comes first, then what was added first."""
    own = (topic for topic in records.topics if topic.occurrence <= session.occurrence)
    lines = (_line(topic.item, topic, records) for topic in own)
    return tuple(sorted(lines, key=lambda line: (-line.carried, line.about.at, line.about.id)))


def _findings(records: Records) -> tuple[Line[Finding], ...]:
    """What people see differently is talked about before what they agree is missing."""
    ordered = sorted(records.findings, key=lambda finding: not finding.is_split)
    return tuple(_line(finding.item, finding, records) for finding in ordered)


def _line(item: Item, about: About, records: Records) -> Line[About]:
    said = tuple(sorted((one for one in records.updates if one.item_id == item.id), key=lambda one: one.at))
    return Line(item, about, records.carried.get(item.id, 0), said)


def _missing(promises: Iterable[Commitment], updates: Iterable[Update]) -> tuple[str, ...]:
    given = {(one.item_id, one.by) for one in updates}
    return tuple(dict.fromkeys(_silent(promises, given)))


def _silent(promises: Iterable[Commitment], given: set[tuple[str, str]]) -> Iterator[str]:
    return (one.owner for one in promises if (item_of(one).id, one.owner) not in given)
