"""A small check and rounds of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings

from bot.keys import WorkspaceKey
from bot.readiness.checks import Answer, Check, Statement
from bot.readiness.consensus import Overlap
from bot.readiness.findings import Earlier
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DEADLINE = NOON + timedelta(days=3)
UNHURRIED = settings(deadline=None)  # whoever else uses the machine
MINUTE = timedelta(minutes=1)
OURS = WorkspaceKey("", "T1")
THEIRS = WorkspaceKey("", "T2")
YES, NO, NOT_SURE, NOT_MY_AREA = Answer

CHECK = Check(
    "readiness",
    "Do we need one?",
    "Think.",
    "paper",
    (Statement("direction", "Direction", "We know it.", "card-1"), Statement("metrics", "Metrics", "Ours.", "card-2")),
)


def people(*numbers: int) -> list[str]:
    return [f"U{number:04}" for number in numbers]


def a_round(round_id: str = "r1", **fields: Any) -> Round:
    return Round(**{**A_ROUND, "id": round_id, **fields})


def a_closed_round(**fields: Any) -> Round:
    return a_round(**{"closed_at": DEADLINE, "asked": 14, "voters": 11, **fields})


def a_round_before(*results: Result, **fields: Any) -> Earlier:
    """One a week before, with almost the same people."""
    week = timedelta(weeks=1)
    last = a_closed_round(round_id="r0", **{"opened_at": NOON - week, "closed_at": DEADLINE - week, **fields})
    return Earlier(last, results, Overlap(12, 11, 11))


RESULTS = (Result("direction", Tally(6, 2, 2, 1)), Result("metrics", Tally(9, 1, 0, 1)))
A_ROUND: dict[str, Any] = {
    "check": CHECK,
    "channel_id": "C1",
    "starter": "U0001",
    "opened_at": NOON,
    "deadline": DEADLINE,
    "title": "How far are we?",
}
