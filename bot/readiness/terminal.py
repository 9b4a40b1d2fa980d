"""Rounds for whoever runs the bot: listed a line each or as JSON, and found by what was typed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.readiness.ballot_store import BallotStore
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore


@dataclass(frozen=True)
class Listed:
    """A round and where it is. `voted` is how many have voted by now; of a cancelled round nobody knows."""

    key: WorkspaceKey
    round: Round
    voted: int | None

    @property
    def state(self) -> str:
        return "cancelled" if self.round.cancelled else "open" if self.round.is_open else "closed"


def listed(rounds: RoundStore, ballots: BallotStore) -> list[Listed]:
    """Every round of this database, the newest first."""
    return [
        Listed(key, of, ballots.turnout(key, of.id).voted if of.is_open else of.voters)
        for key, of in rounds.everywhere()
    ]


def as_lines(found: Sequence[Listed]) -> list[str]:
    """A line each, in columns. The title comes last: it may be long, and somebody typed it."""
    rows = [_row(one) for one in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def as_json(found: Sequence[Listed]) -> str:
    """All of them as one array, in ASCII: what somebody typed can't command the terminal."""
    return json.dumps([_fields(one) for one in found], indent=2)


def named(rounds: RoundStore, given: str) -> tuple[WorkspaceKey, Round]:
    """The round with this id, or the only one whose id begins so."""
    alike = [(key, of) for key, of in rounds.everywhere() if given and of.id.startswith(given)]
    found = [(key, of) for key, of in alike if of.id == given] or alike
    if not found:
        raise Refusal(f"There is no round “{given}”; `cco rounds` lists them all.")
    if len(found) > 1:
        raise Refusal(f"Several rounds begin with “{given}”; give the whole id, as `cco rounds` lists it.")
    return found[0]


def known_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a name that is unknown, or odd, or a folder of zones
        raise Refusal(f"There is no time zone “{name}”; give one such as Europe/Berlin.") from None


def _row(one: Listed) -> tuple[str, ...]:
    of = one.round
    turnout = f"{of.asked} asked" if one.voted is None else f"{one.voted} of {of.asked}"
    return of.id, _state(one), of.channel_id, turnout, _plain(of.name)


def _state(one: Listed) -> str:
    closed_at = one.round.closed_at
    return f"{one.state} {_minute(closed_at)}" if closed_at else f"open until {_minute(one.round.deadline)}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(text: str) -> str:
    """On one line, and nothing in it that a terminal obeys."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _fields(one: Listed) -> dict[str, Any]:
    of = one.round
    return {
        "id": of.id,
        "state": one.state,
        "enterprise_id": one.key.enterprise_id,
        "team_id": one.key.team_id,
        "channel_id": of.channel_id,
        "check": of.check.id,
        "title": of.name,
        "anonymous": of.anonymous,
        "opened_at": of.opened_at.isoformat(),
        "deadline": of.deadline.isoformat(),
        "closed_at": of.closed_at.isoformat() if of.closed_at else None,
        "asked": of.asked,
        "voted": one.voted,
    }
