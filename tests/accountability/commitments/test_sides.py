"""Who hears of what was done to a commitment, and what each side is offered next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.accountability.commitments import commitment as c
from bot.accountability.commitments.commitment import Commitment, State, Step
from bot.accountability.commitments.sides import Offer, offers, told
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    CLEO,
    DAN,
    DAY,
    DUE,
    MONDAY,
    WEEK,
    a_commitment,
    asked_of,
    handed_to,
)

NOW, LATER = MONDAY + DAY, DUE + WEEK
OPEN = a_commitment(owner=BEN, assigner=ANA)
HELPLESS = replace(OPEN, needs_help_since=MONDAY)

Do = Callable[[Commitment], Step]


def hear(before: Commitment, do: Do) -> set[str]:
    after, change = do(before)
    return set(told(before, after, change))


def test_of_a_new_one_hears_whoever_is_asked() -> None:
    asked, change = c.make(a_commitment(owner=BEN), NOW)
    assert told(None, asked, change) == (BEN,)
    own, change = c.make(a_commitment(), NOW)
    assert told(None, own, change) == ()


@pytest.mark.parametrize(
    ("before", "do", "who"),
    [
        (asked_of(BEN), lambda of: c.accept(of, BEN, NOW), {ANA}),
        (handed_to(BEN, assigner=CLEO), lambda of: c.accept(of, BEN, NOW), {ANA, CLEO}),
        (asked_of(BEN), lambda of: c.propose_date(of, BEN, LATER, NOW), {ANA}),
        (asked_of(BEN), lambda of: c.decline(of, BEN, "no", NOW), {ANA}),
        (handed_to(BEN, assigner=CLEO), lambda of: c.decline(of, BEN, "no", NOW), {ANA, CLEO}),
        (asked_of(BEN, proposed_due=LATER), lambda of: c.accept_date(of, ANA, NOW), {BEN}),
        (asked_of(BEN, proposed_due=LATER), lambda of: c.keep_date(of, ANA, NOW), {BEN}),
        (asked_of(BEN, proposed_due=LATER), lambda of: c.accept_date(of, DAN, NOW), {ANA, BEN}),
        (OPEN, lambda of: c.finish(of, BEN, NOW), {ANA}),
        (OPEN, lambda of: c.finish(of, ANA, NOW), {BEN}),
        (OPEN, lambda of: c.finish(of, DAN, NOW), {ANA, BEN}),
        (OPEN, lambda of: c.new_date(of, BEN, LATER, NOW), {ANA}),
        (OPEN, lambda of: c.drop(of, ANA, "old", NOW), {BEN}),
        (OPEN, lambda of: c.hand_over(of, BEN, CLEO, NOW), {ANA, CLEO}),
        (OPEN, lambda of: c.hand_over(of, ANA, CLEO, NOW), {BEN, CLEO}),
        (OPEN, lambda of: c.need_help(of, BEN, NOW), {ANA}),
        (HELPLESS, lambda of: c.got_it(of, BEN, NOW), {ANA}),
        (OPEN, lambda of: c.got_it(of, BEN, NOW), set()),
        (OPEN, lambda of: c.snooze(of, BEN, LATER, NOW), set()),
    ],
)
def test_each_side_hears_of_what_the_other_did(before: Commitment, do: Do, who: set[str]) -> None:
    assert hear(before, do) == who


@pytest.mark.parametrize("of", [a_commitment(), replace(a_commitment(), needs_help_since=MONDAY)])
@pytest.mark.parametrize(
    "do",
    [
        lambda of: c.finish(of, ANA, NOW),
        lambda of: c.new_date(of, ANA, LATER, NOW),
        lambda of: c.drop(of, ANA, "old", NOW),
        lambda of: c.need_help(of, ANA, NOW),
        lambda of: c.got_it(of, ANA, NOW),
    ],
)
def test_of_what_somebody_does_about_their_own_promise_nobody_hears(of: Commitment, do: Do) -> None:
    assert hear(of, do) == set()


OWN = [Offer.DONE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.HELP, Offer.DROP, Offer.SNOOZE]
ANSWERS = [Offer.ACCEPT, Offer.PROPOSE_DATE, Offer.DECLINE]
OTHERS = [Offer.DONE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.DROP]
DECISIONS = [Offer.ACCEPT_DATE, Offer.KEEP_DATE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.DROP]


@pytest.mark.parametrize(
    ("of", "reader", "offered"),
    [
        (OPEN, BEN, OWN),
        (OPEN, ANA, OTHERS),
        (HELPLESS, BEN, [Offer.GOT_IT, Offer.DONE, Offer.NEW_DATE, Offer.HAND_OVER, Offer.DROP]),
        (asked_of(BEN), BEN, ANSWERS),
        (asked_of(BEN), ANA, OTHERS),
        (asked_of(BEN, proposed_due=LATER), BEN, ANSWERS),
        (asked_of(BEN, proposed_due=LATER), ANA, DECISIONS),
        (handed_to(BEN), BEN, ANSWERS),
        (replace(OPEN, state=State.DONE), BEN, []),
        (replace(OPEN, state=State.DROPPED), ANA, []),
    ],
)
def test_each_side_is_offered_what_it_can_do(of: Commitment, reader: str, offered: list[Offer]) -> None:
    assert list(offers(of, reader, may_change=True)) == offered


def test_who_may_not_change_it_is_offered_nothing() -> None:
    assert offers(OPEN, DAN, may_change=False) == ()


EVERY: dict[Offer, Do] = {
    Offer.ACCEPT: lambda of: c.accept(of, of.owner, NOW),
    Offer.PROPOSE_DATE: lambda of: c.new_date(of, of.owner, LATER + DAY, NOW),
    Offer.DECLINE: lambda of: c.decline(of, of.owner, "no", NOW),
    Offer.HELP: lambda of: c.need_help(of, of.owner, NOW),
    Offer.GOT_IT: lambda of: c.got_it(of, of.owner, NOW),
    Offer.SNOOZE: lambda of: c.snooze(of, of.owner, LATER, NOW),
    Offer.ACCEPT_DATE: lambda of: c.accept_date(of, DAN, NOW),
    Offer.KEEP_DATE: lambda of: c.keep_date(of, DAN, NOW),
    Offer.DONE: lambda of: c.finish(of, DAN, NOW),
    Offer.NEW_DATE: lambda of: c.new_date(of, DAN, LATER + DAY, NOW),
    Offer.HAND_OVER: lambda of: c.hand_over(of, DAN, CLEO, NOW),
    Offer.DROP: lambda of: c.drop(of, DAN, "old", NOW),
}


@pytest.mark.parametrize("of", [OPEN, HELPLESS, asked_of(BEN), asked_of(BEN, proposed_due=LATER), handed_to(BEN)])
@pytest.mark.parametrize("reader", [ANA, BEN])
def test_whatever_is_offered_can_be_done(of: Commitment, reader: str) -> None:
    for offer in offers(of, reader, may_change=True):
        assert EVERY[offer](of)[0].version == of.version + 1
