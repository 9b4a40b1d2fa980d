"""A commitment: who promised what by when, and all that may become of it. Each deed returns it changed, and the change.

One row is followed from the promise to its end, whoever owns it meanwhile. What awaits an answer (a proposal, or what
was handed over) is live like an open one: it is nudged, it can be overdue, it never gets lost between two people.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.errors import Refusal

LONGEST_TEXT = 500  # of what is promised, and of a reason


class State(StrEnum):
    PROPOSED = "proposed"  # somebody was asked by somebody else and has not answered
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"  # or declined, which its last change tells
    HANDED_OVER = "handed_over"  # to somebody who has not answered; declined, it goes back


LIVE = frozenset({State.PROPOSED, State.OPEN, State.HANDED_OVER})


class Deed(StrEnum):
    """What somebody did to a commitment."""

    MAKE = "make"
    ACCEPT = "accept"
    PROPOSE_DATE = "propose_date"
    ACCEPT_DATE = "accept_date"
    KEEP_DATE = "keep_date"
    DECLINE = "decline"
    FINISH = "finish"
    NEW_DATE = "new_date"
    HAND_OVER = "hand_over"
    DROP = "drop"
    NEED_HELP = "need_help"
    GOT_IT = "got_it"
    SNOOZE = "snooze"
    STEP_IN = "step_in"  # a sponsor's answer to being asked for air cover, as are the next two
    TALK = "talk"
    NOT_NOW = "not_now"
    CALL_OFF = "call_off"  # the owner has got it, so that the sponsor is not asked


@dataclass(frozen=True)
class Commitment:
    """A promise. `zone` is the one its date was said in; `version` counts its changes, so that none overwrites another.

    `changed_at` is when anybody last did something about it: from then on nudges start afresh. What a sponsor answers
    is not that.
    """

    id: str
    what: str
    owner: str
    assigner: str
    channel_id: str
    due: datetime
    zone: str
    state: State
    made_at: datetime
    changed_at: datetime
    version: int = 1
    proposed_due: datetime | None = None  # what the owner would rather have; the assigner decides
    previous_owner: str = ""  # who has it back when the one it was handed to declines
    needs_help_since: datetime | None = None
    snoozed_until: datetime | None = None
    ended_at: datetime | None = None
    link: str = ""
    round_id: str = ""
    statement_id: str = ""
    series_id: str = ""

    def __post_init__(self) -> None:
        for name in ("due", "made_at", "changed_at"):
            if getattr(self, name).tzinfo is None:
                raise ValueError(f"{name} of commitment {self.id} has no zone; make it aware first")

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def awaits_answer(self) -> bool:
        """Has its owner yet to say whether they take it on?"""
        return self.state in {State.PROPOSED, State.HANDED_OVER}

    def is_overdue(self, now: datetime) -> bool:
        return self.is_live and self.due < now


@dataclass(frozen=True)
class Change:
    """One thing that was done to a commitment: by whom, when, why, and how it stood afterwards."""

    at: datetime
    by: str
    deed: Deed
    state: State
    due: datetime
    owner: str
    reason: str = ""


Step = tuple[Commitment, Change]


def may_change(of: Commitment, user_id: str, facilitator: str = "", admins: Collection[str] = ()) -> bool:
    """Owner, assigner, facilitator and workspace admins may; so may whoever hands it over, until it is taken."""
    involved = {of.owner, of.assigner, of.previous_owner, facilitator} - {""}
    return user_id in involved or user_id in admins


def demand_right(of: Commitment, user_id: str, facilitator: str = "", admins: Collection[str] = ()) -> None:
    """Refuse, in a friendly way, whoever may not change it."""
    if may_change(of, user_id, facilitator, admins):
        return
    people = [f"<@{of.owner}>, whose commitment it is"]
    if of.assigner != of.owner:
        people.append(f"<@{of.assigner}>, who asked for it")
    if facilitator and facilitator not in {of.owner, of.assigner}:
        people.append(f"<@{facilitator}>, who leads the session")
    raise Refusal(f"Only {', '.join(people)}, or a workspace admin can change this. Ask one of them.")


def make(wanted: Commitment, now: datetime) -> Step:
    """A new commitment: open when somebody promises for themselves, proposed when they ask somebody else.

    `wanted` has its fields as they were asked for; its state and its times are set here.
    """
    state = State.OPEN if wanted.owner == wanted.assigner else State.PROPOSED
    if not wanted.owner:
        raise Refusal("This has no owner. Name one person who takes it on, such as @colleague.")
    what = one_line(wanted.what)
    if not what:
        raise Refusal("This doesn't say what is promised. Say it in one sentence.")
    _demand_future(wanted.due, now)
    new = replace(wanted, what=what, state=state, made_at=now, changed_at=now, version=1)
    return new, Change(now, new.assigner, Deed.MAKE, state, new.due, new.owner)


# The owner's answer to being asked


def accept(of: Commitment, by: str, now: datetime) -> Step:
    _demand_asked(of, by)
    return _changed(of, by, Deed.ACCEPT, now, state=State.OPEN, proposed_due=None, previous_owner="")


def propose_date(of: Commitment, by: str, due: datetime, now: datetime, reason: str = "") -> Step:
    """Take it on if it may be due then. Where nobody else has a say in it, it is due then from now on."""
    _demand_asked(of, by)
    _demand_other_date(of, due, now)
    if of.owner == of.assigner:
        taken: dict[str, Any] = {"state": State.OPEN, "due": due, "proposed_due": None, "previous_owner": ""}
        return _changed(of, by, Deed.NEW_DATE, now, reason, **taken)
    return _changed(of, by, Deed.PROPOSE_DATE, now, reason, proposed_due=due)


def decline(of: Commitment, by: str, reason: str, now: datetime) -> Step:
    """Say no. What was handed over goes back to whoever had it; what was proposed ends here."""
    _demand_asked(of, by)
    _demand_reason(reason, "decline")
    if of.state is State.HANDED_OVER:
        back = {"owner": of.previous_owner, "previous_owner": "", "state": State.OPEN, "proposed_due": None}
        return _changed(of, by, Deed.DECLINE, now, reason, **back)
    return _changed(of, by, Deed.DECLINE, now, reason, state=State.DROPPED, ended_at=now, proposed_due=None)


# The assigner's answer to another date


def accept_date(of: Commitment, by: str, now: datetime) -> Step:
    """With the date they asked for, the owner has taken it on."""
    due = _demand_proposed_date(of, by)
    _demand_future(due, now)
    agreed: dict[str, Any] = {"due": due, "state": State.OPEN, "proposed_due": None, "previous_owner": ""}
    return _changed(of, by, Deed.ACCEPT_DATE, now, **agreed)


def keep_date(of: Commitment, by: str, now: datetime, reason: str = "") -> Step:
    """The date stays, and the owner is asked once more."""
    _demand_proposed_date(of, by)
    return _changed(of, by, Deed.KEEP_DATE, now, reason, proposed_due=None)


# What may be done while it lives. Who may is `may_change`.


def finish(of: Commitment, by: str, now: datetime) -> Step:
    demand_live(of)
    return _changed(of, by, Deed.FINISH, now, state=State.DONE, ended_at=now, proposed_due=None, needs_help_since=None)


def new_date(of: Commitment, by: str, due: datetime, now: datetime, reason: str = "") -> Step:
    """Set another date. Whoever was asked and has not answered proposes one instead."""
    demand_live(of)
    if of.awaits_answer and by == of.owner:
        return propose_date(of, by, due, now, reason)
    _demand_other_date(of, due, now)
    return _changed(of, by, Deed.NEW_DATE, now, reason, due=due, proposed_due=None, needs_help_since=None)


def hand_over(of: Commitment, by: str, to: str, now: datetime, reason: str = "") -> Step:
    """Ask somebody else to take it on. Whoever takes it themselves, or has it back, owns it at once."""
    demand_live(of)
    if not to or to == of.owner:
        raise Refusal("Whoever you chose has it already. Choose somebody else to hand it over to.")
    fresh: dict[str, Any] = {"owner": to, "proposed_due": None, "needs_help_since": None}
    if to in {by, of.previous_owner}:
        return _changed(of, by, Deed.HAND_OVER, now, reason, **fresh, state=State.OPEN, previous_owner="")
    if of.state is State.OPEN:
        fresh |= {"state": State.HANDED_OVER, "previous_owner": of.owner}
    return _changed(of, by, Deed.HAND_OVER, now, reason, **fresh)


def drop(of: Commitment, by: str, reason: str, now: datetime) -> Step:
    demand_live(of)
    _demand_reason(reason, "drop")
    ended: dict[str, Any] = {"state": State.DROPPED, "ended_at": now, "proposed_due": None, "needs_help_since": None}
    return _changed(of, by, Deed.DROP, now, reason, **ended)


def need_help(of: Commitment, by: str, now: datetime, reason: str = "") -> Step:
    """Say that it is stuck; `reason` is what was tried."""
    demand_live(of)
    _demand_owner(of, by)
    return _changed(of, by, Deed.NEED_HELP, now, reason, needs_help_since=of.needs_help_since or now)


def got_it(of: Commitment, by: str, now: datetime) -> Step:
    """No help is needed any more."""
    demand_live(of)
    _demand_owner(of, by)
    return _changed(of, by, Deed.GOT_IT, now, needs_help_since=None)


def snooze(of: Commitment, by: str, until: datetime, now: datetime) -> Step:
    """No nudge before then, and one then."""
    demand_live(of)
    _demand_owner(of, by)
    _demand_future(until, now)
    return _changed(of, by, Deed.SNOOZE, now, snoozed_until=until)


def answer_call(of: Commitment, by: str, deed: Deed, now: datetime, note: str = "") -> Step:
    """What a sponsor says to being asked for air cover. The promise stays its owner's, and as it is: so do nudges."""
    demand_live(of)
    return _changed(of, by, deed, now, note, snoozed_until=of.snoozed_until, changed_at=of.changed_at)


def call_off(of: Commitment, by: str, now: datetime) -> Step:
    """Say that no sponsor has to be asked."""
    demand_live(of)
    _demand_owner(of, by)
    return _changed(of, by, Deed.CALL_OFF, now, snoozed_until=of.snoozed_until)


def is_same(of: Commitment, new: Commitment) -> bool:
    """Did a deed change nothing but the time?"""
    return replace(new, version=of.version, changed_at=of.changed_at) == of


def is_same_deed(one: Change, other: Change) -> bool:
    """Did the same person do the same for the same reason?"""
    return replace(one, at=other.at) == other


def _changed(of: Commitment, by: str, deed: Deed, now: datetime, reason: str = "", **fields: Any) -> Step:
    """Every deed ends a snooze but the one that begins it."""
    changes = {"snoozed_until": None, "changed_at": now, **fields}
    new = replace(of, **changes, version=of.version + 1)
    return new, Change(now, by, deed, new.state, new.due, new.owner, one_line(reason))


def one_line(text: str) -> str:
    """As both databases take it: no null character, no half of a surrogate pair. Refused where it is too long."""
    words = " ".join(text.replace("\0", "").encode("utf-8", "replace").decode().split())
    if len(words) > LONGEST_TEXT:
        raise Refusal(f"That text has {len(words)} characters; say it in {LONGEST_TEXT} or fewer.")
    return words


def demand_live(of: Commitment) -> None:
    """Refuse what can't be done to a commitment that has ended."""
    if not of.is_live:
        ended = "done" if of.state is State.DONE else "dropped"
        raise Refusal(f"This commitment is {ended} already. Make a new one if there is more to do.")


def _demand_owner(of: Commitment, by: str) -> None:
    if by != of.owner:
        raise Refusal(f"Only <@{of.owner}>, whose commitment it is, can do that. You could ask them.")


def _demand_asked(of: Commitment, by: str) -> None:
    demand_live(of)
    _demand_owner(of, by)
    if not of.awaits_answer:
        raise Refusal("You have taken this on already. Use New date, Hand over or Drop to change it.")


def _demand_proposed_date(of: Commitment, by: str) -> datetime:
    demand_live(of)
    if of.proposed_due is None:
        raise Refusal("No other date is proposed any more. Use New date to set one.")
    if by == of.owner:
        raise Refusal(f"You proposed that date; <@{of.assigner}>, who asked you, decides on it.")
    return of.proposed_due


def _demand_reason(reason: str, deed: str) -> None:
    if not reason.strip():
        raise Refusal(f"Say in a few words why you {deed} this, so that the others know.")


def _demand_future(moment: datetime, now: datetime) -> None:
    if moment <= now:
        raise Refusal("That time has passed. Give one to come, such as “Friday 3pm”, “14 Dec” or “in two weeks”.")


def _demand_other_date(of: Commitment, due: datetime, now: datetime) -> None:
    _demand_future(due, now)
    if due == of.due:
        raise Refusal("It is due then already. Give another date, or leave it as it is.")
