"""Votes while a round is open: keyed by what the round's secret makes of a person, ordered by when they were cast.

Nothing but the secret joins a person with a vote. Who has voted is not stored either, but derived: the keys of all who
are asked are computed and looked up. So there is no second table that its order or its transactions could join with
the ballots, and when the secret and the ballots are gone, nothing is left to join.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.readiness.checks import Answer, Check
from bot.readiness.tally import Tally, tally_of

SECRET_BYTES = 32


class Outcome(StrEnum):
    """What became of votes that somebody cast."""

    SAVED = "saved"
    NOTHING_NEW = "nothing_new"  # the same came before, or something later did
    CLOSED = "closed"  # closed, cancelled, past the deadline, or never there
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Turnout:
    """How many of those asked have answered at least one statement."""

    voted: int
    asked: int


@dataclass(frozen=True)
class Ballot:
    """One answer as it is stored: `voter` is a key that only the round's secret connects with a person."""

    voter: bytes
    statement_id: str
    answer: Answer


@dataclass(frozen=True)
class Count:
    """A round counted: who gave which answer to each statement, which never leaves the close of the round."""

    answers: dict[str, dict[str, Answer]] = field(repr=False)

    @property
    def tallies(self) -> dict[str, Tally]:
        return {name: tally_of(given.values()) for name, given in self.answers.items()}

    @property
    def respondents(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(given) for name, given in self.answers.items()}

    @property
    def voters(self) -> frozenset[str]:
        """All who answered at least one statement."""
        return frozenset().union(*self.answers.values())


def voter_key(secret: bytes, user_id: str) -> bytes:
    return hmac.digest(secret, f"voter:{user_id}".encode(), "sha256")


def receipt_key(secret: bytes, receipt: str) -> bytes:
    """The key under which a delivery is remembered, so that a second one is noticed."""
    return hmac.digest(secret, f"receipt:{receipt}".encode(), "sha256")


def receipt_of(receipt: str, user_id: str, votes: Mapping[str, Answer]) -> str:
    """A modal as it was delivered: the same one with other answers is another. To be keyed, as it tells them."""
    return json.dumps([receipt, user_id, sorted(votes.items())])


def voters(secret: bytes, audience: Iterable[str]) -> dict[bytes, str]:
    """Who is behind each key."""
    return {voter_key(secret, user_id): user_id for user_id in audience}


def order_mark(action_ts: str) -> int:
    """Slack's time of an action in microseconds: the later of two votes wins. Raises ValueError for anything else."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", action_ts):
        raise ValueError(f"this is not a time as Slack gives it: {action_ts[:40]!r}")
    seconds, _, fraction = action_ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0"))


def order_mark_at(now: datetime) -> int:
    """The same for a modal, whose submission carries no time of its own."""
    return order_mark(f"{int(now.timestamp())}.{now.microsecond:06}")


def count(check: Check, ballots: Iterable[Ballot], people: Mapping[bytes, str]) -> Count:
    """Count what the check offers; what nobody could have voted, or nobody asked voted, is left out."""
    answers: dict[str, dict[str, Answer]] = {statement.id: {} for statement in check.statements}
    for ballot in ballots:
        if ballot.voter in people and check.offers(ballot.statement_id, ballot.answer):
            answers[ballot.statement_id][people[ballot.voter]] = ballot.answer
    return Count(answers)
