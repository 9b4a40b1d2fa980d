"""A series of sessions, and one session of it: who may change what, and what may become of it.

When the sessions are, recurrence.py knows. A session is named by its series and by the date that it was first meant
for, so one that is moved stays the same.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.errors import Refusal

LONGEST_NAME = 80
LONGEST_PURPOSE = 500
SAME_PERSON = (
    "One person can't both lead the sessions and be their sponsor: the sponsor asks for what was promised. "
    "Choose two people, or leave the sponsor empty for now."
)
NO_SPONSOR = "A digest for the sponsor needs one who reads it. Choose a sponsor, or do without this digest."
AMENDS = timedelta(days=1)  # how long after the close what was ticked may be put right


@dataclass(frozen=True)
class SessionSeries:
    """Who meets where and what for. `country` is whose holidays are no working days; empty for none.

    Only a sponsor who agreed to it is asked for anything. `version` counts its changes, those of its times included:
    none overwrites another, and a calendar takes the newest.
    """

    id: str
    channel_id: str
    name: str
    facilitator: str
    made_by: str
    made_at: datetime
    purpose: str = ""
    sponsor: str = ""
    sponsor_agreed: bool = False
    country: str = ""
    weekly_digest: bool = False  # for the channel
    monthly_digest: bool = False  # for the sponsor
    version: int = 1
    ended_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return self.ended_at is None

    @property
    def asks(self) -> str:
        """The sponsor who may be asked for air cover; empty where there is none."""
        return self.sponsor if self.sponsor_agreed else ""

    @property
    def about(self) -> "About":
        return About(**{name: getattr(self, name) for name in About.__dataclass_fields__})


@dataclass(frozen=True)
class About:
    """What may be changed of a series at any time, beside its times."""

    name: str
    facilitator: str
    purpose: str = ""
    sponsor: str = ""
    weekly_digest: bool = False
    monthly_digest: bool = False


def found(wanted: SessionSeries) -> SessionSeries:
    """A new series as it is to be saved. Whoever sets it up with themselves as its sponsor has agreed to that."""
    agreed = bool(wanted.sponsor) and wanted.sponsor == wanted.made_by
    return replace(wanted, **vars(_checked(wanted.about)), sponsor_agreed=agreed)


def change(of: SessionSeries, wanted: About, by: str) -> SessionSeries:
    """The series as somebody wants it. Another sponsor has yet to agree, unless it is whoever names them."""
    is_same = wanted.sponsor == of.sponsor
    agreed = of.sponsor_agreed if is_same else bool(wanted.sponsor) and wanted.sponsor == by
    return _changed(of, **vars(_checked(wanted)), sponsor_agreed=agreed)


def answer_as_sponsor(of: SessionSeries, by: str, *, agrees: bool) -> SessionSeries:
    """The sponsor's own yes or no, which they may change at any time."""
    if not of.sponsor or by != of.sponsor:
        raise Refusal(
            "Only the sponsor can agree to give air cover, and that isn't you. "
            "Ask whoever leads these sessions to name you."
        )
    return _changed(of, sponsor_agreed=agrees)


def may_lead(of: SessionSeries, user_id: str, admins: Collection[str] = ()) -> bool:
    """May they change the series, and open, close, skip and move its sessions?"""
    return user_id == of.facilitator or user_id in admins


def demand_lead(of: SessionSeries, user_id: str, admins: Collection[str] = ()) -> None:
    if not may_lead(of, user_id, admins):
        raise Refusal(f"Only <@{of.facilitator}>, who leads these sessions, or a workspace admin can do that.")


def _changed(of: SessionSeries, **fields: Any) -> SessionSeries:
    return replace(of, **fields, version=of.version + 1)


def about_problems(wanted: About) -> dict[str, str]:
    """What has to change before it can be saved: a sentence by the field."""
    found = {
        "name": _name_problem(wanted.name),
        "purpose": _too_long(wanted.purpose, LONGEST_PURPOSE, "purpose"),
        "facilitator": "" if wanted.facilitator else "Somebody has to lead the sessions. Choose a facilitator.",
        "sponsor": SAME_PERSON if wanted.sponsor and wanted.sponsor == wanted.facilitator else "",
        "monthly_digest": NO_SPONSOR if wanted.monthly_digest and not wanted.sponsor else "",
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def _checked(wanted: About) -> About:
    for sentence in about_problems(wanted).values():
        raise Refusal(sentence)
    return replace(wanted, name=" ".join(wanted.name.split()), purpose=" ".join(wanted.purpose.split()))


def _name_problem(text: str) -> str:
    if not text.split():
        return "The series has no name. Give it one, such as “Customer accountability session”."
    return _too_long(text, LONGEST_NAME, "name")


def _too_long(text: str, longest: int, what: str) -> str:
    try:
        one_line(text, longest, what)
    except Refusal as refusal:
        return str(refusal)
    return ""


# One session


class State(StrEnum):
    PLANNED = "planned"
    AGENDA_POSTED = "agenda_posted"
    OPEN = "open"
    CLOSED = "closed"
    SKIPPED = "skipped"


TO_COME = frozenset({State.PLANNED, State.AGENDA_POSTED})
BEFORE = {  # from which states a session may come into each
    State.PLANNED: frozenset({State.SKIPPED}),
    State.AGENDA_POSTED: frozenset({State.PLANNED}),
    State.OPEN: TO_COME,
    State.CLOSED: frozenset({State.OPEN}),
    State.SKIPPED: TO_COME,
}
AS_IT_IS = {  # what to tell somebody who wants what a session in this state doesn't allow
    State.PLANNED: "This session is planned and hasn't begun. Open, move or skip it.",
    State.AGENDA_POSTED: "This session hasn't begun, and its agenda is in the channel. Open, move or skip it.",
    State.OPEN: "This session is open. Go on in its thread, or close it.",
    State.CLOSED: "This session is closed, and its summary is in the channel. What is left comes up next time.",
    State.SKIPPED: "This session is skipped. Bring it back first, or choose another one.",
}


@dataclass(frozen=True)
class Session:
    """One session. `occurrence` is the date it was first meant for; `card` the guidance that went with its agenda.

    `agenda_late` is whether that agenda had to say that it comes late.
    """

    series_id: str
    occurrence: str
    starts_at: datetime
    ends_at: datetime
    state: State = State.PLANNED
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    card: str = ""
    agenda_late: bool = False

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError(f"session {self.occurrence} has a time without a zone; make it aware first")
        if self.ends_at <= self.starts_at:
            raise ValueError(f"session {self.occurrence} ends before it starts")

    @property
    def id(self) -> str:
        """What names it in buttons and in the schedule."""
        return f"{self.series_id}/{self.occurrence}"

    @property
    def is_to_come(self) -> bool:
        return self.state in TO_COME

    def was_missed(self, now: datetime) -> bool:
        """Is its time over, without anybody having opened or skipped it?"""
        return self.is_to_come and self.ends_at <= now

    def takes_statuses(self, now: datetime) -> bool:
        """While it is open, and for a day after: a session that overruns, or a slip, can still be put right."""
        if self.state is State.CLOSED and self.closed_at is not None:
            return now < self.closed_at + AMENDS
        return self.state is State.OPEN


def with_agenda(of: Session, card: str = "", *, is_late: bool = False) -> Session:
    return replace(_into(of, State.AGENDA_POSTED), card=card, agenda_late=is_late)


def open_(of: Session, now: datetime) -> Session:
    return replace(_into(of, State.OPEN), opened_at=now)


def close(of: Session, now: datetime) -> Session:
    return replace(_into(of, State.CLOSED), closed_at=now)


def skip(of: Session) -> Session:
    return _into(of, State.SKIPPED)


def bring_back(of: Session, starts_at: datetime, now: datetime) -> Session:
    """Hold a skipped one after all, at the time that it was first meant for."""
    return move(_into(of, State.PLANNED), starts_at, now)


def move(of: Session, starts_at: datetime, now: datetime) -> Session:
    """To another time, as long as it was."""
    if not of.is_to_come:
        raise Refusal(AS_IT_IS[of.state])
    if starts_at <= now:
        raise Refusal("That time has passed. Give one to come, such as “Friday 3pm” or “14 Dec 10:00”.")
    return replace(of, starts_at=starts_at, ends_at=starts_at + (of.ends_at - of.starts_at))


def _into(of: Session, state: State) -> Session:
    if of.state not in BEFORE[state]:
        raise Refusal(AS_IT_IS[of.state])
    return replace(of, state=state)


# Its messages, beside one for each item of its list

AGENDA = "#agenda"
OPENING = "#opening"
SUMMARY = "#summary"
CLOSING = "#closing"  # a line in the thread, where the summary is in the channel


@dataclass(frozen=True)
class Message:
    """A message of a session and how far its posting has come. `part` is an item's id or one of those above.

    `tries` counts how often posting was begun; `ts` is empty until Slack has told it. `drawn` is a digest of what it
    shows. One that is `gone` was deleted, or is where we can't change it any more.
    """

    part: str
    tries: int = 0
    begun_at: datetime | None = None
    ts: str = ""
    drawn: str = ""
    drawn_at: datetime | None = None
    gone: bool = False


def one_line(text: str, longest: int, what: str) -> str:
    """The text without line breaks; refused where it is too long."""
    words = " ".join(text.split())
    if len(words) > longest:
        raise Refusal(f"That {what} has {len(words)} characters; say it in {longest} or fewer.")
    return words
