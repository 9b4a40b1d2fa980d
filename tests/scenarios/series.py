"""What people do with series of sessions: set them up, look at them, change them. Time passes as it is needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.workspace.records import Channel, Delivery, Json, Person
from tests.scenarios.rounds import hasten, settled
from tests.scenarios.stage import PATIENCE, Stage, texts
from tests.scenarios.standing import key_of

DAY = timedelta(days=1)


def in_days(stage: Stage, days: int) -> str:
    return (stage.clock() + days * DAY).date().isoformat()


# Setting up


def form(stage: Stage, person: Person, room: Channel) -> Json:
    """What `/cco session` opens in a channel without a series."""
    return stage.opened(person, lambda: stage.workspace.command(person.id, room.id, "/cco", "session"))


def submitted(stage: Stage, person: Person, opened: Json, **values: Any) -> Json | None:
    """The answer to a form, its fields named as in the form, without what they begin with."""
    ids = [block["block_id"] for block in opened["blocks"] if block["type"] == "input"]
    named = {one.partition(":")[0].removeprefix("in_series_"): one for one in ids}
    given = {named[name]: value for name, value in values.items()}
    return stage.workspace.submit(person.id, opened["id"], given)


def confirmation(stage: Stage, person: Person, opened: Json, **values: Any) -> Json:
    """What comes of a form that is filled in well."""
    answer = submitted(stage, person, opened, **values)
    assert (answer or {}).get("response_action") == "push", answer
    return stage.workspace.views(person.id)[-1]


def saved(stage: Stage, person: Person, confirmed: Json) -> str:
    """What is shown once it is saved, in words; all modals are closed then."""
    answer = stage.workspace.submit(person.id, confirmed["id"])
    assert (answer or {}).get("response_action") == "update", answer
    shown = stage.workspace.views(person.id)[-1]
    assert shown["title"]["text"] == "Saved", texts(shown)
    stage.workspace.close_view(person.id)
    assert stage.workspace.views(person.id) == []
    return texts(shown)


def set_up(stage: Stage, person: Person, room: Channel, **values: Any) -> SessionSeries:
    """A series on each Tuesday at ten, from the next but one on, unless something else is said; it is announced."""
    given = {"cadence": "written", "rhythm": "weekly on Tuesday", "zone": "Europe/Berlin", "day": in_days(stage, 2)}
    of = made(stage, person, confirmation(stage, person, form(stage, person, room), **{**given, **values}))
    announced(stage, room, "sessions for the customer agenda")
    return of


def made(stage: Stage, person: Person, confirmed: Json) -> SessionSeries:
    saved(stage, person, confirmed)
    return now_is(stage, confirmed["private_metadata"])


def now_is(stage: Stage, series_id: str) -> SessionSeries:
    found = SeriesStore(stage.bots[-1].database).get(key_of(stage), series_id)
    assert found is not None
    return found


# Looking at it


def overview(stage: Stage, person: Person, room: Channel) -> Json:
    """What `/cco session` shows this person, whatever else comes meanwhile."""
    seen = len(stage.workspace.ephemerals(person.id))
    stage.workspace.command(person.id, room.id, "/cco", "session")

    def shown() -> list[Json]:
        return [one for one in stage.workspace.ephemerals(person.id)[seen:] if "Sessions in <#" in texts(one)]

    return stage.workspace.wait_for(shown, PATIENCE)[0]


def announced(stage: Stage, room: Channel, words: str) -> Json:
    """The first message in the channel that has these words, as soon as it comes."""
    return hasten(stage, lambda: [one for one in stage.said(room.id) if words in texts(one)])[0]


def managed(stage: Stage, person: Person, room: Channel) -> Json:
    shown = overview(stage, person, room)
    return stage.opened(person, lambda: stage.press(person, shown, "manage_series"))


def pressed(stage: Stage, person: Person, opened: Json, action: str, value: str | None = None) -> Delivery:
    return settled(stage, stage.press(person, opened, action, value))


def on_top(stage: Stage, person: Person, opened: Json, action: str, value: str | None = None) -> Json:
    """The modal that opens over this one."""
    depth = len(stage.workspace.views(person.id))
    stage.press(person, opened, action, value)
    return stage.workspace.wait_for(lambda: stage.workspace.views(person.id)[depth:], PATIENCE)[0]


def redrawn(stage: Stage, person: Person, opened: Json) -> Json:
    """The modal once it shows something else."""
    views = stage.workspace.views
    return stage.workspace.wait_for(
        lambda: [one for one in views(person.id) if one["id"] == opened["id"] and one["hash"] != opened["hash"]],
        PATIENCE,
    )[0]
