"""What is due, as whoever runs the bot reads it: overdue, being done, to come, given up. Subjects are opaque ids."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action
from bot.scheduler.store import ScheduleStore

OVERDUE, BEING_DONE, PUT_OFF, TO_COME, GIVEN_UP = "overdue", "being done", "put off", "to come", "given up"


@dataclass(frozen=True)
class Listed:
    """An action and how it stands: `at` is when it is begun, or when its lease ends, or when it was given up."""

    key: WorkspaceKey
    state: str
    action: Action
    at: datetime
    tries: int
    reason: str = ""


@dataclass(frozen=True)
class Agenda:
    """What was given up, and the first that are not done. `overdue` is how many of all could have been begun."""

    listed: tuple[Listed, ...]
    overdue: int
    now: datetime


def agenda(store: ScheduleStore, now: datetime, at_most: int) -> Agenda:
    given_up = [
        Listed(key, GIVEN_UP, one.action, one.failed_at, one.tries, one.reason)
        for key, one in store.failures()[-at_most:]
    ]
    waiting = [
        Listed(key, _state(one.next_at, one.tries, now, is_begun=one.is_begun), one.action, one.next_at, one.tries)
        for key, one in store.waiting(at_most)
    ]
    return Agenda((*given_up, *waiting), store.overdue(now), now)


def as_lines(found: Agenda) -> Iterator[str]:
    """A table, after a line that says how it stands."""
    counts = {state: sum(one.state == state for one in found.listed) for state in (GIVEN_UP, BEING_DONE)}
    yield f"{found.overdue} overdue, {counts[BEING_DONE]} being done, {counts[GIVEN_UP]} given up"
    if found.listed:
        rows = [("STATE", "WHAT", "ABOUT", "WHEN (UTC)", "TRIES", "WORKSPACE", "WHY"), *map(_row, found.listed)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        yield from ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def as_json(found: Agenda) -> str:
    listed = [_fields(one) for one in found.listed]
    return json.dumps({"now": found.now.isoformat(), "overdue": found.overdue, "listed": listed}, indent=2)


def _state(next_at: datetime, tries: int, now: datetime, *, is_begun: bool) -> str:
    if is_begun and next_at > now:
        return BEING_DONE
    if next_at < now:
        return OVERDUE
    return PUT_OFF if tries else TO_COME


def _row(one: Listed) -> Sequence[str]:
    about = " ".join(filter(None, (one.action.subject, one.action.occurrence)))
    when = f"{one.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    where = f"{one.key.enterprise_id}{one.key.team_id}"
    return one.state, one.action.kind, about, when, str(one.tries), where, one.reason


def _fields(one: Listed) -> dict[str, Any]:
    return {
        "state": one.state,
        "kind": one.action.kind,
        "subject": one.action.subject,
        "occurrence": one.action.occurrence,
        "due_at": one.action.due_at.isoformat(),
        "at": one.at.isoformat(),
        "tries": one.tries,
        "reason": one.reason,
        "enterprise_id": one.key.enterprise_id,
        "team_id": one.key.team_id,
    }
