"""Commitments, people and what a person's days with reminders come to, for the tests of this wing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings

from bot.accountability.commitments.commitment import Change, Commitment, Deed, State
from bot.accountability.nudges.nudging import Case, Digest, next_message, sent
from bot.accountability.nudges.people import Person, Settings, person
from bot.keys import WorkspaceKey

OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")
SAME_TEAM_ELSEWHERE = WorkspaceKey("E1", "T1")
MINUTE, HOUR, DAY, WEEK = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days", "weeks"))
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DUE = datetime(2026, 12, 11, 16, tzinfo=UTC)  # a Friday, 17:00 in Berlin
ANA, BEN, CLEO, DAN = "U0ANA", "U0BEN", "U0CLEO", "U0DAN"
BERLIN = ZoneInfo("Europe/Berlin")
FEW = settings(max_examples=80)  # whoever else uses the machine
A_COMMITMENT = Commitment(
    id="c1",
    what="Publish the customer math",
    owner=ANA,
    assigner=ANA,
    channel_id="C1",
    due=DUE,
    zone="Europe/Berlin",
    state=State.OPEN,
    made_at=MONDAY,
    changed_at=MONDAY,
)


def a_commitment(commitment_id: str = "c1", **fields: Any) -> Commitment:
    return replace(A_COMMITMENT, id=commitment_id, **fields)


def asked_of(owner: str = BEN, **fields: Any) -> Commitment:
    """One that Ana asks somebody to take on."""
    return a_commitment(owner=owner, state=State.PROPOSED, **fields)


def handed_to(owner: str = BEN, **fields: Any) -> Commitment:
    """One of Ana's that she handed over."""
    return a_commitment(owner=owner, state=State.HANDED_OVER, previous_owner=ANA, **fields)


def made(of: Commitment) -> Change:
    return Change(of.made_at, of.assigner, Deed.MAKE, of.state, of.due, of.owner)


def somebody(zone: str = "Europe/Berlin", user_id: str = ANA, **chosen: Any) -> Person:
    return person(user_id, Settings(**chosen), ZoneInfo(zone))


def on(day: date, hour: int, minute: int = 0, zone: ZoneInfo = BERLIN) -> datetime:
    """What a wall in the zone shows, as a moment."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


@dataclass
class Mailbox:
    """Plays a person's days: sends each message when it is due, as the bot would, and remembers it."""

    person: Person
    cases: tuple[Case, ...]
    got: list[Digest] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    react: Callable[[Case, datetime], Case] = lambda case, _now: case  # what they do about a reminder

    def play(self, now: datetime, until: datetime, downtimes: Iterable[tuple[datetime, datetime]] = ()) -> None:
        """Send all that is due from then on. During a downtime nothing goes out, and what was due does afterwards."""
        down = sorted(downtimes)
        while (message := next_message(self.cases, self.person, now, self.days)) and message.at < until:
            ends = [end for start, end in down if start <= message.at < end]
            if ends:
                now = max(ends)
                continue
            self._send(message)
            now = message.at

    def _send(self, message: Digest) -> None:
        self.got.append(message)
        self.days.add(message.day)
        new = {one.commitment_id: one for one in sent(message, self.person, message.at)}
        self.cases = tuple(
            self.react(replace(case, history=(*case.history, new[name])), message.at) if name in new else case
            for case in self.cases
            for name in (case.commitment.id,)
        )


def mailbox(owner: Person, *commitments: Commitment) -> Mailbox:
    return Mailbox(owner, tuple(map(Case, commitments)))
