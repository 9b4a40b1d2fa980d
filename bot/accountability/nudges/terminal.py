"""The reminders to come for whoever runs the bot: a line each or as JSON. What was promised is named by its id."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.nudges.describing import notes
from bot.accountability.nudges.finding import LOOKED_BACK
from bot.accountability.nudges.nudging import Case, Upcoming, upcoming
from bot.accountability.nudges.people import Person, person
from bot.accountability.nudges.store import PeopleStore
from bot.keys import WorkspaceKey
from bot.slack.moments import zone_named


@dataclass(frozen=True)
class Foreseen:
    """What somebody gets next in a workspace. `zone_from` says where we have their zone from."""

    key: WorkspaceKey
    person: Person
    zone_from: str
    messages: tuple[Upcoming, ...]


def foreseen(
    commitments: CommitmentStore,
    people: PeopleStore,
    user_id: str,
    now: datetime,
    country: str = "",
    zone: ZoneInfo | None = None,
) -> list[Foreseen]:
    """In each workspace where somebody of this id owns something. `zone` is where they are, if whoever asks knows."""
    return [
        _in_workspace(commitments, people, key, user_id, now, country, zone)
        for key in commitments.workspaces_of(user_id)
    ]


def as_lines(found: Foreseen) -> Iterator[str]:
    """A line a message, in columns."""
    zone = found.person.zone
    yield f"Times in {zone.key} ({found.zone_from})"
    rows = [
        (
            f"{one.digest.at.astimezone(zone):%a %Y-%m-%d %H:%M}",
            ", ".join(f"{nudge.commitment.id} ({nudge.occasion})" for nudge in one.digest.nudges),
            "; ".join(notes(one, found.person)),
        )
        for one in found.messages
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    yield from ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    if not rows:
        yield "Nothing is planned: they want quiet, or nothing was answered"


def as_json(found: Sequence[Foreseen]) -> str:
    return json.dumps([_fields(one, message) for one in found for message in one.messages], indent=2)


def _in_workspace(
    commitments: CommitmentStore,
    people: PeopleStore,
    key: WorkspaceKey,
    user_id: str,
    now: datetime,
    country: str,
    given: ZoneInfo | None,
) -> Foreseen:
    chosen, seen = people.known(key, user_id)
    zone_from = "as given" if given else "as they chose" if chosen.zone else "as Slack told" if seen else "not known"
    name = given.key if given else chosen.zone or (seen.zone if seen else "UTC")
    who = person(user_id, chosen, zone_named(name), country)
    live = commitments.live_of(key, user_id)
    messages, history = people.log(key, user_id, who.day_of(now) - LOOKED_BACK, [of.id for of in live])
    cases = [Case(of, history.get(of.id, ())) for of in live]
    taken = {message.day for message in messages}
    return Foreseen(key, who, zone_from, upcoming(cases, who, now, taken=taken))


def _fields(found: Foreseen, one: Upcoming) -> dict[str, Any]:
    return {
        "enterprise_id": found.key.enterprise_id,
        "team_id": found.key.team_id,
        "at": one.digest.at.isoformat(),
        "local": one.digest.at.astimezone(found.person.zone).isoformat(),
        "zone": found.person.zone.key,
        "clock_changed": one.clock_changed,
        "has_holiday": one.has_holiday,
        "about": [
            {"commitment": nudge.commitment.id, "occasion": nudge.occasion, "due": nudge.commitment.due.isoformat()}
            for nudge in one.digest.nudges
        ],
    }
