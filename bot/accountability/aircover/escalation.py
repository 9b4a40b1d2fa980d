"""When a series' sponsor is asked for air cover: what needs help at once, or has been overdue for too long.

Only a sponsor who agreed to it is asked, about one thing at a time and at most once a week. Where the owner did not ask
for help themselves, they are told one working day before and may call it off. Each commitment is taken to the sponsor
once for the same trouble: a new date, a new owner or “I've got it” is the end of that trouble.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.accountability.calendar.wall import START_OF_WORK, moment_of
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.nudges.people import Person

OVERDUE_FOR = timedelta(weeks=2)  # the default
BETWEEN = timedelta(weeks=1)  # two messages to one sponsor


class Trouble(StrEnum):
    """What a sponsor is told of."""

    NEEDS_HELP = "needs_help"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Sponsor:
    """Whom a series may ask for air cover. `told_at` is when they were last asked, about whatever it was."""

    person: Person
    has_agreed: bool
    overdue_for: timedelta = OVERDUE_FOR
    told_at: datetime | None = None


@dataclass(frozen=True)
class Escalation:
    """How far one trouble with a commitment has come. `occasion` tells it from an earlier one with the same."""

    commitment_id: str
    occasion: str
    warned_at: datetime | None = None  # when its owner was told
    called_off_at: datetime | None = None
    told_at: datetime | None = None  # when the sponsor was, or that was given up


@dataclass(frozen=True)
class Stuck:
    """A commitment that is in trouble, since when, and how far that has been taken."""

    commitment: Commitment
    owner: Person
    why: Trouble
    since: datetime
    so_far: Escalation


class Deed(StrEnum):
    WARN_OWNER = "warn_owner"
    ASK_SPONSOR = "ask_sponsor"


@dataclass(frozen=True)
class Plan:
    """What to do next, when its time has come. The sponsor is asked at `sponsor_at`, unless it is called off."""

    deed: Deed
    stuck: Stuck
    at: datetime
    sponsor_at: datetime


def trouble(of: Commitment, owner: Person, so_far: Iterable[Escalation] = ()) -> Stuck | None:
    """What the sponsor could help with: with a cry for help, or once it is overdue. None for what has ended."""
    if not of.is_live:
        return None
    (why, since), occasion = _why(of), occasion_of(of)
    known = {one.occasion: one for one in so_far}
    return Stuck(of, owner, why, since, known.get(occasion, Escalation(of.id, occasion)))


def occasion_of(of: Commitment) -> str:
    """The name of the trouble that a commitment is in, or would be: another date or owner makes another one of it."""
    why, since = _why(of)
    return f"{why} {of.owner} {int(since.timestamp())}"


def next_plan(stuck: Iterable[Stuck], sponsor: Sponsor, now: datetime) -> Plan | None:
    """The next thing to do with what a sponsor could help with: one at a time, what cries for help first.

    While one owner has been told that the sponsor will be asked, no other is.
    """
    plans = (plan_for(one, sponsor, now) for one in stuck)
    return min((plan for plan in plans if plan), key=_turn, default=None)


def plan_for(stuck: Stuck, sponsor: Sponsor, now: datetime) -> Plan | None:
    """The same for one commitment. None where nobody may be asked, or the sponsor was."""
    if not sponsor.has_agreed or stuck.so_far.told_at or stuck.owner.id == sponsor.person.id:
        return None
    if stuck.why is Trouble.NEEDS_HELP:
        return _ask(stuck, _free(now, sponsor))
    ripe = max(now, stuck.since + sponsor.overdue_for, _called_off_until(stuck, sponsor))
    warned = _warning(stuck, sponsor)
    if warned is None:
        return _warn(stuck, sponsor, ripe)
    return _ask(stuck, _free(max(ripe, _working_day_after(warned, stuck.owner)), sponsor))


def name_of(of: Escalation, agreement: str) -> str:
    """Names what is to be done about a trouble that has come so far, under one agreement of a sponsor."""
    times = (of.warned_at, of.called_off_at, of.told_at)
    so_far = " ".join(str(at and at.isoformat()) for at in times)
    return sha256(f"{of.occasion} {so_far} {agreement}".encode()).hexdigest()[:20]


def _why(of: Commitment) -> tuple[Trouble, datetime]:
    needs_help = of.needs_help_since
    return (Trouble.OVERDUE, of.due) if needs_help is None else (Trouble.NEEDS_HELP, needs_help)


def _turn(plan: Plan) -> tuple[bool, bool, datetime, datetime, str]:
    """Of those who are yet to be told that the sponsor will be asked, whose time comes first."""
    stuck, is_warning = plan.stuck, plan.deed is Deed.WARN_OWNER
    at = plan.at if is_warning else stuck.since
    return stuck.why is not Trouble.NEEDS_HELP, is_warning, at, stuck.since, stuck.commitment.id


def _ask(stuck: Stuck, at: datetime) -> Plan:
    return Plan(Deed.ASK_SPONSOR, stuck, at, at)


def _warn(stuck: Stuck, sponsor: Sponsor, ripe: datetime) -> Plan:
    """Tell the owner a working day before the sponsor can be asked, who may have to be left in peace until then."""
    owner = stuck.owner
    eve = owner.workdays.back(owner.day_of(_free(ripe, sponsor)), 1)
    at = owner.reachable_from(max(ripe, moment_of(eve, START_OF_WORK, owner.zone)))
    return Plan(Deed.WARN_OWNER, stuck, at, _free(_working_day_after(at, owner), sponsor))


def _warning(stuck: Stuck, sponsor: Sponsor) -> datetime | None:
    """When the owner was told that the sponsor will be asked.

    None when they called it off since, or the sponsor was asked about something else first: a week has to pass anew.
    """
    warned = stuck.so_far.warned_at
    overtaken = (stuck.so_far.called_off_at, sponsor.told_at)
    return None if warned is None or any(at is not None and at >= warned for at in overtaken) else warned


def _called_off_until(stuck: Stuck, sponsor: Sponsor) -> datetime:
    """Whoever says they've got it has as long again."""
    called_off = stuck.so_far.called_off_at
    return stuck.since if called_off is None else called_off + sponsor.overdue_for


def _working_day_after(at: datetime, owner: Person) -> datetime:
    """The owner's next working day, at the same time on their wall."""
    return moment_of(owner.workdays.next_working(owner.day_of(at)), at.astimezone(owner.zone).time(), owner.zone)


def _free(begin: datetime, sponsor: Sponsor) -> datetime:
    """When the sponsor may be asked, a week after the last time at the earliest."""
    rested = begin if sponsor.told_at is None else max(begin, sponsor.told_at + BETWEEN)
    return sponsor.person.reachable_from(rested)
