"""What is voted on: a check, its statements, the answers offered, and the shares that count as agreement."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any


class Answer(StrEnum):
    """What one can say to a statement, named as in the check's file."""

    YES = "Yes"
    NO = "No"
    NOT_SURE = "Not sure"
    NOT_MY_AREA = "Not my area"


@dataclass(frozen=True)
class Thresholds:
    """Shares of Yes: a statement is strong from the one on, and a gap up to the other."""

    strong: Fraction = Fraction(3, 4)
    gap: Fraction = Fraction(1, 4)


@dataclass(frozen=True)
class Statement:
    """One line of a check. `card` is the id of the card that explains it."""

    id: str
    title: str
    text: str
    card: str


@dataclass(frozen=True)
class Check:
    """A set of statements to vote on. `source` is the id of the document they come from."""

    id: str
    title: str
    intro: str
    source: str
    statements: tuple[Statement, ...]
    answers: tuple[Answer, ...] = tuple(Answer)
    thresholds: Thresholds = Thresholds()
    about: str = ""  # what it asks about, where the same words are asked of different things

    def statement(self, statement_id: str) -> Statement | None:
        return next((statement for statement in self.statements if statement.id == statement_id), None)

    def offers(self, statement_id: str, answer: str) -> bool:
        """Can this be voted? What comes back from a button may be anything."""
        return answer in self.answers and self.statement(statement_id) is not None


def read_check(fields: Mapping[str, Any]) -> Check:
    """A check from the fields of its file."""
    return Check(
        id=fields["id"],
        title=fields["title"],
        intro=fields["intro"],
        source=fields["source"],
        statements=tuple(Statement(**statement) for statement in fields["statements"]),
        answers=tuple(map(Answer, fields["answers"])),
        thresholds=Thresholds(_exactly(fields["agreed_from"]), _exactly(fields["missing_to"])),
        about=fields.get("about", ""),
    )


def snapshot(check: Check) -> str:
    """A check as one text, for a round to keep: its file may change while people vote."""
    fields = {name: value for name, value in asdict(check).items() if name != "thresholds"}
    shares = {"agreed_from": str(check.thresholds.strong), "missing_to": str(check.thresholds.gap)}
    return json.dumps(fields | shares, ensure_ascii=False)


def read_snapshot(text: str) -> Check:
    return read_check(json.loads(text))


def _exactly(share: float | str) -> Fraction:
    """0.7 as seven tenths; as a binary number it is a little less."""
    return Fraction(str(share))
