"""Says of a reminder in one sentence why it comes, and why then; and of none, why none does."""

from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.accountability.commitments.commitment import State
from bot.accountability.nudges.nudging import MOST_UNANSWERED, Because, Decision, Move, Nudge, Occasion, Silence, Silent

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


def explain(decision: Decision, zone: ZoneInfo) -> str:
    """The decision for its owner, times in their zone. What they typed is in it as they did: escape it."""
    if isinstance(decision, Silent):
        return _silence(decision)
    of = decision.commitment
    because = BECAUSE[decision.because].format(what=of.what, assigner=of.assigner)
    held = "" if not decision.moved else f", later than planned because of {_listed(decision.moved)}"
    last = ", and it is the last one until you answer" if decision.is_last else ""
    return f"{_when(decision.at, zone)}: {because}; {why_now(decision, zone)}{held}{last}."


def why_now(nudge: Nudge, zone: ZoneInfo) -> str:
    """Why it comes at this time rather than another."""
    due, at = (moment.astimezone(zone) for moment in (nudge.commitment.due, nudge.at))
    snoozed = "you snoozed it until now, and " if nudge.occasion is Occasion.SNOOZED else ""
    if nudge.is_overdue:
        return f"{snoozed}it has been overdue since {_when(nudge.commitment.due, zone)}"
    if due.date() == at.date():
        return f"{snoozed}it is due today at {due:%H:%M}"
    return f"{snoozed}it is due on {_when(nudge.commitment.due, zone)}"


def _silence(silent: Silent) -> str:
    of = silent.commitment
    if silent.why is Silence.MUTED:
        return f"No reminder of “{of.what}”: you asked me to be quiet."
    if silent.why is Silence.GIVEN_UP:
        return (
            f"No more reminders of “{of.what}”: {MOST_UNANSWERED} had no answer since it was overdue, so the next "
            "session talks about it."
        )
    return f"No reminder of “{of.what}”: it is {'done' if of.state is State.DONE else 'dropped'}."


def _when(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B, %H:%M}"


def _listed(moves: tuple[Move, ...]) -> str:
    """Each once, in the order in which they held it back."""
    return " and ".join(MOVES[move] for move, _ in groupby(moves))
