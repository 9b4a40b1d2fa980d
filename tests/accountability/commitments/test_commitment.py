"""What may become of a commitment, and who may make it so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.accountability.commitments import commitment as c
from bot.accountability.commitments.commitment import Change, Commitment, Deed, State, Step
from bot.errors import Refusal
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

LATER = DUE + WEEK
NOW = MONDAY + DAY


# Making


def test_a_promise_for_oneself_is_open_at_once() -> None:
    made, change = c.make(a_commitment(what="  Publish\n the customer math "), NOW)
    assert (made.state, made.what, made.made_at, made.changed_at) == (State.OPEN, "Publish the customer math", NOW, NOW)
    assert change == Change(NOW, ANA, Deed.MAKE, State.OPEN, DUE, ANA)


def test_somebody_else_is_asked_first() -> None:
    made, change = c.make(a_commitment(owner=BEN), NOW)
    assert made.state is change.state is State.PROPOSED
    assert made.awaits_answer


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"what": "  \n"}, "doesn't say what"),
        ({"what": "x" * 501}, "501 characters; say it in 500"),
        ({"owner": ""}, "has no owner"),
        ({"due": NOW}, "has passed"),
    ],
)
def test_what_cannot_be_a_promise_is_refused_with_what_to_change(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        c.make(a_commitment(**wrong), NOW)


def test_a_text_that_no_database_takes_is_made_one_that_each_does() -> None:
    made, _ = c.make(a_commitment(what="a\0b \ud800"), NOW)
    assert made.what == "ab ?"


def test_a_date_without_a_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="due of commitment c1 has no zone"):
        a_commitment(due=DUE.replace(tzinfo=None))


# The answer of whoever was asked


def test_accepting_makes_it_theirs() -> None:
    accepted, change = c.accept(asked_of(BEN), BEN, NOW)
    assert (accepted.state, accepted.owner, change.deed) == (State.OPEN, BEN, Deed.ACCEPT)


def test_a_proposed_date_is_for_whoever_asked_to_decide() -> None:
    proposed, change = c.propose_date(asked_of(BEN), BEN, LATER, NOW, "holiday")
    assert (proposed.due, proposed.proposed_due, proposed.state) == (DUE, LATER, State.PROPOSED)
    assert (change.deed, change.reason) == (Deed.PROPOSE_DATE, "holiday")


def test_an_accepted_date_is_taken_on_by_that() -> None:
    proposed, _ = c.propose_date(asked_of(BEN), BEN, LATER, NOW)
    agreed, change = c.accept_date(proposed, ANA, NOW)
    assert (agreed.due, agreed.proposed_due, agreed.state) == (LATER, None, State.OPEN)
    assert change.due == LATER


def test_a_date_that_is_kept_leaves_the_question_open() -> None:
    proposed, _ = c.propose_date(asked_of(BEN), BEN, LATER, NOW)
    kept, _ = c.keep_date(proposed, ANA, NOW, "the board meets then")
    assert (kept.due, kept.proposed_due, kept.state) == (DUE, None, State.PROPOSED)
    assert c.accept(kept, BEN, NOW)[0].state is State.OPEN


def test_nobody_decides_on_their_own_proposal() -> None:
    proposed, _ = c.propose_date(asked_of(BEN), BEN, LATER, NOW)
    with pytest.raises(Refusal, match="<@U0ANA>, who asked you, decides"):
        c.accept_date(proposed, BEN, NOW)


def test_a_proposed_date_can_pass_before_it_is_accepted() -> None:
    proposed, _ = c.propose_date(asked_of(BEN), BEN, LATER, NOW)
    with pytest.raises(Refusal, match="has passed"):
        c.accept_date(proposed, ANA, LATER)


def test_where_nobody_else_has_a_say_the_proposed_date_is_the_date() -> None:
    back_to_the_assigner = handed_to(BEN, assigner=BEN)
    taken, _ = c.propose_date(back_to_the_assigner, BEN, LATER, NOW)
    assert (taken.due, taken.state, taken.previous_owner) == (LATER, State.OPEN, "")


def test_declining_what_was_proposed_ends_it_with_the_reason() -> None:
    declined, change = c.decline(asked_of(BEN), BEN, "no budget", NOW)
    assert (declined.state, declined.ended_at) == (State.DROPPED, NOW)
    assert (change.deed, change.by, change.reason) == (Deed.DECLINE, BEN, "no budget")


def test_declining_needs_a_reason() -> None:
    with pytest.raises(Refusal, match="why you decline"):
        c.decline(asked_of(BEN), BEN, "  ", NOW)


# Renegotiating


def test_an_owner_sets_a_new_date_and_it_is_kept_who_when_and_why() -> None:
    moved, change = c.new_date(a_commitment(), ANA, LATER, NOW, "data came late")
    assert (moved.due, moved.state) == (LATER, State.OPEN)
    assert change == Change(NOW, ANA, Deed.NEW_DATE, State.OPEN, LATER, ANA, "data came late")


def test_whoever_was_asked_proposes_a_date_by_the_same_button() -> None:
    assert c.new_date(asked_of(BEN), BEN, LATER, NOW)[0].proposed_due == LATER


def test_whoever_asks_may_change_the_date_they_asked_for() -> None:
    proposed, _ = c.propose_date(asked_of(BEN), BEN, LATER, NOW)
    moved, _ = c.new_date(proposed, ANA, DUE + DAY, NOW)
    assert (moved.due, moved.proposed_due, moved.state) == (DUE + DAY, None, State.PROPOSED)


def test_the_same_date_again_is_no_new_one() -> None:
    with pytest.raises(Refusal, match="due then already"):
        c.new_date(a_commitment(), ANA, DUE, NOW)


def test_what_is_handed_over_waits_for_the_next_one_s_answer() -> None:
    handed, change = c.hand_over(a_commitment(), ANA, BEN, NOW, "his area")
    assert (handed.state, handed.owner, handed.previous_owner) == (State.HANDED_OVER, BEN, ANA)
    assert (change.owner, change.reason) == (BEN, "his area")
    accepted, _ = c.accept(handed, BEN, NOW)
    assert (accepted.state, accepted.previous_owner) == (State.OPEN, "")


def test_what_is_handed_over_and_declined_goes_back() -> None:
    back, change = c.decline(handed_to(BEN), BEN, "not my area", NOW)
    assert (back.state, back.owner, back.previous_owner) == (State.OPEN, ANA, "")
    assert change.owner == ANA


def test_what_is_handed_on_before_an_answer_still_goes_back_to_who_had_it() -> None:
    on, _ = c.hand_over(handed_to(BEN), BEN, CLEO, NOW)
    assert (on.state, on.owner, on.previous_owner) == (State.HANDED_OVER, CLEO, ANA)


def test_a_proposal_that_is_handed_on_is_a_proposal_to_the_next() -> None:
    on, _ = c.hand_over(asked_of(BEN), BEN, CLEO, NOW)
    assert (on.state, on.owner, on.previous_owner) == (State.PROPOSED, CLEO, "")


@pytest.mark.parametrize(("by", "to"), [(ANA, ANA), (DAN, DAN), (DAN, ANA)])
def test_whoever_takes_it_or_has_it_back_owns_it_at_once(by: str, to: str) -> None:
    taken, _ = c.hand_over(handed_to(BEN), by, to, NOW)
    assert (taken.state, taken.owner, taken.previous_owner) == (State.OPEN, to, "")


@pytest.mark.parametrize("to", [ANA, ""])
def test_handing_over_takes_somebody_else(to: str) -> None:
    with pytest.raises(Refusal, match="Choose somebody else"):
        c.hand_over(a_commitment(), ANA, to, NOW)


def test_help_is_asked_for_until_it_is_no_longer_needed() -> None:
    stuck, change = c.need_help(a_commitment(), ANA, NOW, "asked finance twice")
    assert (stuck.needs_help_since, change.reason) == (NOW, "asked finance twice")
    assert c.need_help(stuck, ANA, NOW + DAY)[0].needs_help_since == NOW
    for settled, _ in (c.got_it(stuck, ANA, NOW), c.new_date(stuck, ANA, LATER, NOW), c.finish(stuck, ANA, NOW)):
        assert settled.needs_help_since is None


def test_a_snooze_ends_with_the_next_deed() -> None:
    snoozed, _ = c.snooze(a_commitment(), ANA, NOW + DAY, NOW)
    assert snoozed.snoozed_until == NOW + DAY
    assert c.need_help(snoozed, ANA, NOW)[0].snoozed_until is None


@pytest.mark.parametrize("of", [a_commitment(), asked_of(ANA), handed_to(ANA)])
def test_what_lives_can_be_done_or_dropped(of: Commitment) -> None:
    done, _ = c.finish(of, ANA, NOW)
    dropped, change = c.drop(of, ANA, "superseded", NOW)
    assert (done.state, dropped.state, change.reason) == (State.DONE, State.DROPPED, "superseded")
    assert done.ended_at == dropped.ended_at == NOW


def test_dropping_needs_a_reason() -> None:
    with pytest.raises(Refusal, match="why you drop"):
        c.drop(a_commitment(), ANA, "", NOW)


DEEDS: dict[str, Callable[[Commitment], Step]] = {
    "accept": lambda of: c.accept(of, of.owner, NOW),
    "propose_date": lambda of: c.propose_date(of, of.owner, LATER, NOW),
    "accept_date": lambda of: c.accept_date(replace(of, proposed_due=LATER), ANA, NOW),
    "keep_date": lambda of: c.keep_date(replace(of, proposed_due=LATER), ANA, NOW),
    "decline": lambda of: c.decline(of, of.owner, "no", NOW),
    "finish": lambda of: c.finish(of, of.owner, NOW),
    "new_date": lambda of: c.new_date(of, ANA, LATER, NOW),
    "hand_over": lambda of: c.hand_over(of, of.owner, CLEO, NOW),
    "drop": lambda of: c.drop(of, of.owner, "no", NOW),
    "need_help": lambda of: c.need_help(of, of.owner, NOW),
    "got_it": lambda of: c.got_it(of, of.owner, NOW),
    "snooze": lambda of: c.snooze(of, of.owner, LATER, NOW),
}
EVERY_DEED = pytest.mark.parametrize("deed", DEEDS)


@EVERY_DEED
def test_each_deed_is_one_change_that_tells_how_it_stands(deed: str) -> None:
    of = asked_of(BEN)
    after, change = DEEDS[deed](of)
    assert (after.version, after.changed_at, after.id) == (of.version + 1, NOW, of.id)
    assert (change.at, change.deed, change.state) == (NOW, Deed(deed), after.state)
    assert (change.due, change.owner) == (after.due, after.owner)


@EVERY_DEED
@pytest.mark.parametrize(("state", "word"), [(State.DONE, "done"), (State.DROPPED, "dropped")])
def test_what_has_ended_stays_as_it_is(deed: str, state: State, word: str) -> None:
    with pytest.raises(Refusal, match=f"{word} already"):
        DEEDS[deed](replace(asked_of(BEN), state=state))


@pytest.mark.parametrize("answer", ["accept", "propose_date", "decline"])
def test_what_was_taken_on_is_not_answered_again(answer: str) -> None:
    with pytest.raises(Refusal, match="taken this on already"):
        DEEDS[answer](a_commitment())


@pytest.mark.parametrize(
    "answer",
    [
        lambda of: c.accept(of, ANA, NOW),
        lambda of: c.propose_date(of, ANA, LATER, NOW),
        lambda of: c.decline(of, ANA, "no", NOW),
        lambda of: c.need_help(of, ANA, NOW),
        lambda of: c.got_it(of, ANA, NOW),
        lambda of: c.snooze(of, ANA, LATER, NOW),
    ],
)
def test_nobody_answers_for_the_owner(answer: Callable[[Commitment], Step]) -> None:
    with pytest.raises(Refusal, match="Only <@U0BEN>, whose commitment it is"):
        answer(asked_of(BEN))


# Who may


@pytest.mark.parametrize(
    ("user", "may"), [(ANA, True), (BEN, True), (CLEO, True), (DAN, True), ("U0EVE", False), ("", False)]
)
def test_owner_assigner_facilitator_and_admins_may_change_it(user: str, may: bool) -> None:
    assert c.may_change(asked_of(BEN), user, facilitator=CLEO, admins=[DAN]) is may


def test_without_a_facilitator_nobody_is_one() -> None:
    assert not c.may_change(asked_of(BEN), "")


def test_whoever_hands_it_over_may_change_it_until_it_is_taken() -> None:
    handed = handed_to(BEN, assigner=CLEO)
    assert c.may_change(handed, ANA)
    assert not c.may_change(c.accept(handed, BEN, NOW)[0], ANA)


def test_others_are_told_whom_to_ask() -> None:
    with pytest.raises(Refusal) as refused:
        c.demand_right(asked_of(BEN), "U0EVE", facilitator=CLEO)
    assert str(refused.value) == (
        "Only <@U0BEN>, whose commitment it is, <@U0ANA>, who asked for it, <@U0CLEO>, who leads the session, or a "
        "workspace admin can change this. Ask one of them."
    )
    c.demand_right(asked_of(BEN), CLEO, facilitator=CLEO)


def test_only_what_lives_is_overdue() -> None:
    assert not a_commitment().is_overdue(DUE)
    assert a_commitment().is_overdue(DUE + DAY)
    assert asked_of(BEN).is_overdue(DUE + DAY)
    assert not a_commitment(state=State.DONE).is_overdue(DUE + DAY)


@pytest.mark.parametrize("deed", [Deed.STEP_IN, Deed.TALK, Deed.NOT_NOW])
def test_what_a_sponsor_says_is_no_answer_of_the_owner(deed: Deed) -> None:
    of = a_commitment()
    said, change = c.answer_call(of, DAN, deed, LATER, "Call me.")
    assert (said.changed_at, said.version) == (of.changed_at, of.version + 1)
    assert (change.at, change.by, change.deed, change.reason) == (LATER, DAN, deed, "Call me.")
