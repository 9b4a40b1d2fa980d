"""Each decision in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges.explaining import explain, why_now
from bot.accountability.nudges.nudging import Move, Nudge, Occasion, Silence, Silent
from tests.accountability.commitments.examples import (
    BEN,
    BERLIN,
    DUE,
    HOUR,
    WEEK,
    a_commitment,
    asked_of,
    handed_to,
    on,
)

MORNING = on(date(2026, 12, 11), 9)


def nudge(of: Commitment | None = None, at: datetime = MORNING, **fields: object) -> Nudge:
    return replace(Nudge(of or a_commitment(), at, Occasion.DUE_DAY, at), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (
            nudge(),
            "Friday 11 December, 09:00: you promised “Publish the customer math”; it is due today at 17:00.",
        ),
        (
            nudge(asked_of(BEN), on(date(2026, 12, 8), 9)),
            "Tuesday 8 December, 09:00: <@U0ANA> asked you for “Publish the customer math” and waits for your answer; "
            "it is due on Friday 11 December, 17:00.",
        ),
        (
            nudge(handed_to(BEN), DUE + WEEK, moved=(Move.PAUSED, Move.WEEKEND, Move.HOLIDAY), unanswered=2),
            "Friday 18 December, 17:00: “Publish the customer math” was handed over to you and waits for your answer; "
            "it has been overdue since Friday 11 December, 17:00, later than planned because of your pause and the "
            "weekend and a public holiday, and it is the last one until you answer.",
        ),
        (
            Silent(a_commitment(), Silence.MUTED),
            "No reminder of “Publish the customer math”: you asked me to be quiet.",
        ),
        (
            Silent(a_commitment(), Silence.GIVEN_UP),
            "No more reminders of “Publish the customer math”: 3 had no answer since it was overdue. It stays open, "
            "for the next session of its channel if there is one.",
        ),
        (
            Silent(a_commitment(state=State.DONE), Silence.ENDED),
            "No reminder of “Publish the customer math”: it is done.",
        ),
    ],
)
def test_a_decision_is_explained_in_one_sentence(decision: Nudge | Silent, sentence: str) -> None:
    assert explain(decision, BERLIN) == sentence


def test_a_snooze_that_is_over_is_named() -> None:
    over = nudge(at=MORNING + HOUR, occasion=Occasion.SNOOZED)
    assert why_now(over, BERLIN) == "you snoozed it until now, and it is due today at 17:00"


@pytest.mark.parametrize("move", Move)
def test_every_reason_to_come_later_has_words(move: Move) -> None:
    assert "later than planned because of" in explain(nudge(moved=(move,)), BERLIN)


def test_what_people_typed_is_quoted_as_it_is() -> None:
    assert "“{0} {what}”" in explain(nudge(a_commitment(what="{0} {what}")), BERLIN)
