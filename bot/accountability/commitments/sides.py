"""The two sides of a commitment: who hears of what was done to it, and what each may do next."""

from enum import StrEnum

from bot.accountability.commitments.commitment import Change, Commitment, Deed, State

BOTH = frozenset({Deed.FINISH, Deed.NEW_DATE, Deed.DROP, Deed.ACCEPT_DATE, Deed.KEEP_DATE, Deed.HAND_OVER})
WHOEVER_ASKED = frozenset({Deed.ACCEPT, Deed.PROPOSE_DATE, Deed.NEED_HELP, Deed.DECLINE})


class Offer(StrEnum):
    """What somebody may do next, in the order in which it is offered."""

    ACCEPT = "accept"
    ACCEPT_DATE = "accept_date"
    KEEP_DATE = "keep_date"
    DONE = "done"
    NEW_DATE = "new_date"
    PROPOSE_DATE = "propose_date"
    DECLINE = "decline"
    HAND_OVER = "hand_over"
    HELP = "help"
    GOT_IT = "got_it"
    DROP = "drop"
    SNOOZE = "snooze"


ANSWERS = (Offer.ACCEPT, Offer.PROPOSE_DATE, Offer.DECLINE)
OWN = (Offer.DONE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.HELP, Offer.DROP, Offer.SNOOZE)
STUCK = (Offer.GOT_IT, Offer.DONE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.DROP)
DECISIONS = (Offer.ACCEPT_DATE, Offer.KEEP_DATE)
OTHERS = (Offer.DONE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.DROP)


def told(before: Commitment | None, after: Commitment, change: Change) -> tuple[str, ...]:
    """Who hears of it: those whom it concerns, and never whoever did it. `before` is None for a new one."""
    people = _concerned(before or after, after, change.deed)
    return tuple(sorted(people - {"", change.by}))


def offers(of: Commitment, reader: str, *, may_change: bool) -> tuple[Offer, ...]:
    """What this reader may do about it; nothing once it has ended. `may_change` says whether they are one of those."""
    if not of.is_live or not may_change:
        return ()
    if reader == of.owner:
        return ANSWERS if of.awaits_answer else STUCK if of.needs_help_since else OWN
    return (*DECISIONS, *OTHERS[1:]) if of.proposed_due else OTHERS


def _concerned(before: Commitment, after: Commitment, deed: Deed) -> set[str]:
    if deed is Deed.MAKE:
        return {after.owner}
    asked_by = {after.assigner, before.previous_owner}
    if deed in BOTH:
        return {before.owner, after.owner, *asked_by}
    if deed in WHOEVER_ASKED:
        return asked_by
    return asked_by if deed is Deed.GOT_IT and before.needs_help_since else set()


def is_asked(of: Commitment, user_id: str) -> bool:
    """Is it for them to say now whether they take it on?"""
    return of.owner == user_id and of.state in {State.PROPOSED, State.HANDED_OVER} and of.proposed_due is None
