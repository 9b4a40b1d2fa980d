"""Says in words why a reminder comes, and why then; why none does; how a commitment stands; what comes next."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges.nudging import (
    MOST_UNANSWERED,
    Because,
    Decision,
    Digest,
    Move,
    Nudge,
    Occasion,
    Silence,
    Silent,
)
from bot.accountability.nudges.people import Person

DAY = timedelta(days=1)

BECAUSE = {
    Because.PROMISED: "you promised “{what}”",
    Because.ASKED: "<@{assigner}> asked you for “{what}” and waits for your answer",
    Because.HANDED_OVER: "“{what}” was handed over to you and waits for your answer",
}
MOVES = {
    Move.PAUSED: "your pause",
    Move.WEEKEND: "the weekend",
    Move.HOLIDAY: "a public holiday",
    Move.QUIET_HOURS: "your quiet hours",
    Move.DAY_TAKEN: "another message that day",
    Move.LATE: "my being down or busy",
}

OCCASIONS = {  # why it comes at this time, to its owner
    Occasion.AHEAD: "You get this three working days before it is due, because it's still open",
    Occasion.DUE_DAY: "You get this because it's due and still open",
    Occasion.NEXT_DAY: "You get this because it's overdue and still open",
    Occasion.DAILY: "You get this daily, as you chose, because it's overdue and still open",
    Occasion.WEEKLY: "You get this weekly, because it's overdue and still open",
    Occasion.SNOOZED: "You get this because you snoozed it until now",
}


def explain(decision: Decision, zone: ZoneInfo) -> str:
    """The decision for its owner, times in their zone. What they typed is in it as they did: escape it."""
    if isinstance(decision, Silent):
        return _silence(decision)
    of = decision.commitment
    because = BECAUSE[decision.because].format(what=of.what, assigner=of.assigner)
    held = "" if not decision.moved else f", later than planned because of {_listed(decision.moved)}"
    last = ", and it is the last one until you answer" if decision.is_last else ""
    return f"{when(decision.at, zone)}: {because}; {why_now(decision, zone)}{held}{last}."


def when(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B, %H:%M}"


def why_now(nudge: Nudge, zone: ZoneInfo) -> str:
    """Why it comes at this time rather than another."""
    due, at = (moment.astimezone(zone) for moment in (nudge.commitment.due, nudge.at))
    snoozed = "you snoozed it until now, and " if nudge.occasion is Occasion.SNOOZED else ""
    if nudge.is_overdue:
        return f"{snoozed}it has been overdue since {when(nudge.commitment.due, zone)}"
    if due.date() == at.date():
        return f"{snoozed}it is due today at {due:%H:%M}"
    return f"{snoozed}it is due on {when(nudge.commitment.due, zone)}"


# What a message says


def why(nudges: Sequence[Nudge]) -> str:
    """Why a message comes, in one sentence without its end."""
    if len(nudges) == 1:
        return OCCASIONS[nudges[0].occasion]
    return "You get this because these are due or waiting for your answer, and still open"


def held_back(nudges: Sequence[Nudge]) -> str:
    """Why it comes later than planned; empty for one in time, and for one that we are late with."""
    moves = list(dict.fromkeys(move for nudge in nudges for move in nudge.moved if move is not Move.LATE))
    return f"later than planned because of {_listed(tuple(moves))}" if moves else ""


def late_since(nudges: Sequence[Nudge], person: Person) -> str:
    """When a message that we are late with could have come; empty for any other."""
    planned = [person.allowed_from(nudge.planned) for nudge in nudges if Move.LATE in nudge.moved]
    return when(min(planned), person.zone) if planned else ""


def heading(nudges: Sequence[Nudge], zone: ZoneInfo) -> str:
    """How many are how far, the most urgent first: “2 overdue, 1 due today”."""
    found = Counter(_how_far(nudge, zone) for nudge in nudges)
    return (
        ", ".join(f"{found[kind]} {kind}" for kind in ("overdue", "due today", "due soon") if found[kind]) or "settled"
    )


def stands(said: Nudge, now: Commitment, reader: str, zone: ZoneInfo) -> str:
    """How a commitment stands now, to be read after what it is; `said` is what the reminder of it was about."""
    if not now.is_live:
        return "is done." if now.state is State.DONE else "is dropped."
    if now.owner != reader:
        return f"is <@{now.owner}>'s now."
    if now.snoozed_until and now.snoozed_until > said.at:
        return f"comes back on {when(now.snoozed_until, zone)}."
    if now.needs_help_since and now.needs_help_since >= said.at:
        return f"needs help; it {_due(now.due, said.at, zone)}."
    return f"{_due(now.due, said.at, zone)}{'' if now.due == said.commitment.due else ' now'}."


def next_words(then: Digest | None, since: datetime, zone: ZoneInfo) -> str:
    """When the next message comes, if nothing is done meanwhile."""
    if then is None:
        return "none"
    local = then.at.astimezone(zone)
    is_tomorrow = local.date() == since.astimezone(zone).date() + DAY
    return f"tomorrow at {local:%H:%M}" if is_tomorrow else when(then.at, zone)


def day_words(moment: datetime, zone: ZoneInfo, today: date) -> str:
    """A day, with its year where that is another."""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B}" if local.year == today.year else f"{local.day} {local:%B %Y}"


def _due(due: datetime, at: datetime, zone: ZoneInfo) -> str:
    local = due.astimezone(zone)
    days = (local.date() - at.astimezone(zone).date()) // DAY
    if due < at:
        return f"has been overdue since {'today at ' + f'{local:%H:%M}' if days == 0 else when(due, zone)}"
    near = {0: "today", 1: "tomorrow"}.get(days)
    return f"is due {near} at {local:%H:%M}" if near else f"is due on {when(due, zone)}"


def _how_far(nudge: Nudge, zone: ZoneInfo) -> str:
    if nudge.is_overdue:
        return "overdue"
    is_today = nudge.commitment.due.astimezone(zone).date() == nudge.at.astimezone(zone).date()
    return "due today" if is_today else "due soon"


def _silence(silent: Silent) -> str:
    of = silent.commitment
    if silent.why is Silence.MUTED:
        return f"No reminder of “{of.what}”: you asked me to be quiet."
    if silent.why is Silence.GIVEN_UP:
        return (
            f"No more reminders of “{of.what}”: {MOST_UNANSWERED} had no answer since it was overdue. It stays open, "
            "for the next session of its channel if there is one."
        )
    return f"No reminder of “{of.what}”: it is {'done' if of.state is State.DONE else 'dropped'}."


def _listed(moves: tuple[Move, ...]) -> str:
    """Each once, in the order in which they held it back."""
    return " and ".join(MOVES[move] for move, _ in groupby(moves))
