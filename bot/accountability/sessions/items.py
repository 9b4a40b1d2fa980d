"""What is on the list of a session, how each item came out, and what people put there or said before."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.accountability.sessions.session import Session, State, one_line
from bot.errors import Refusal

LONGEST_TEXT = 500  # of a topic, an update, a note


class Kind(StrEnum):
    COMMITMENT = "commitment"
    TOPIC = "topic"  # added by hand
    FINDING = "finding"  # a gap or split of the last readiness round


@dataclass(frozen=True)
class Item:
    """Something to talk about. `ref` is the id of the commitment or topic, or names round and statement."""

    kind: Kind
    ref: str
    title: str

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.ref}"


class Status(StrEnum):
    """How an item came out in one session."""

    WAITING = "waiting"
    KEPT = "kept"
    MISSED = "missed"
    RENEGOTIATED = "renegotiated"
    DISCUSSED = "discussed"
    NOT_REACHED = "not_reached"


FINISHED = frozenset({Status.KEPT, Status.RENEGOTIATED, Status.DISCUSSED})  # all others come up again
OFFERED = {
    Kind.COMMITMENT: (Status.KEPT, Status.MISSED, Status.RENEGOTIATED, Status.NOT_REACHED),
    Kind.TOPIC: (Status.DISCUSSED, Status.NOT_REACHED),
    Kind.FINDING: (Status.DISCUSSED, Status.NOT_REACHED),
}


@dataclass(frozen=True)
class Entry:
    """An item on the list of one session, and how it came out there."""

    item: Item
    position: int
    status: Status = Status.WAITING
    by: str = ""
    at: datetime | None = None
    note: str = ""


def entries_of(items: Iterable[Item], first: int = 0) -> tuple[Entry, ...]:
    """The list as a session opens with it; each item once."""
    once = {item.id: item for item in items}
    return tuple(Entry(item, number) for number, item in enumerate(once.values(), first))


def settle(of: Entry, session: Session, status: Status, by: str, now: datetime, note: str = "") -> Entry:
    """Say how an item came out; whoever says it last is right."""
    if not session.takes_statuses(now):
        raise Refusal("This session isn't open, so nothing can be ticked off. What is left comes up next time.")
    if status not in OFFERED[of.item.kind]:
        raise ValueError(f"a {of.item.kind} can't be {status}")
    return replace(of, status=status, by=by, at=now, note=one_line(note, LONGEST_TEXT, "note"))


def carried(outcomes: Iterable[tuple[str, Status]]) -> dict[str, int]:
    """How many sessions in a row have left an item unfinished; `outcomes` come in the order of the sessions."""
    counts: dict[str, int] = {}
    for item_id, status in outcomes:
        counts[item_id] = 0 if status in FINISHED else counts.get(item_id, 0) + 1
    return {item_id: count for item_id, count in counts.items() if count}


# What people say before it


@dataclass(frozen=True)
class Topic:
    """Something that somebody put on the list. `occurrence` is the first session that it is for."""

    id: str
    text: str
    by: str
    at: datetime
    occurrence: str

    @property
    def item(self) -> Item:
        return Item(Kind.TOPIC, self.id, self.text)


@dataclass(frozen=True)
class Update:
    """What somebody said of an item before the session."""

    item_id: str
    by: str
    text: str
    at: datetime


def add_topic(wanted: Topic) -> Topic:
    text = one_line(wanted.text, LONGEST_TEXT, "item")
    if not text:
        raise Refusal("The item is empty. Say in one sentence what to talk about.")
    return replace(wanted, text=text)


def give_update(wanted: Update, session: Session, now: datetime) -> Update:
    if session.state in {State.CLOSED, State.SKIPPED} or session.was_missed(now):
        raise Refusal("This session is over or skipped. Give your update for the next one.")
    text = one_line(wanted.text, LONGEST_TEXT, "update")
    if not text:
        raise Refusal("The update is empty. Say in one sentence how it stands.")
    return replace(wanted, text=text)
