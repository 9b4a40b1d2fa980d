"""What a test waits to see: a message, an ephemeral, a modal or a Home that says something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from bot.workspace.records import Json

if TYPE_CHECKING:
    from bot.workspace.state import State

Match = str | Callable[[Json], bool]
KINDS = ("message", "ephemeral", "modal", "home")
TEXTS = ("text", "alt_text", "fallback")


def find(state: State, match: Match, kind: str, to: str | None, fields: Json) -> Json | None:
    """The newest thing of this kind that fits."""
    for thing in _shown(state, kind, to):
        if all(thing.get(name) == value for name, value in fields.items()) and _fits(thing, match):
            return thing
    return None


def _shown(state: State, kind: str, to: str | None) -> list[Json]:
    """Everything of this kind that the app shows now, newest first: to this person, or to anybody."""
    people = [to] if to else list(state.people)
    if kind == "message":
        rooms = [channel.id for channel in state.channels.values() if not to or to in channel.members]
        found = [message for room in rooms for message in state.everything_in(room)]
        own = [message for message in found if message["user"] == state.team.bot_user]
        return sorted(own, key=lambda message: str(message["ts"]), reverse=True)
    if kind == "ephemeral":
        return [message for person in people for message in state.ephemerals(person)[::-1]]
    if kind == "modal":
        return [view for person in people for view in state.views(person)[-1:]]
    return [view for person in people if (view := state.home(person))]


def _fits(thing: Json, match: Match) -> bool:
    return match(thing) if callable(match) else not match or any(match in text for text in _texts(thing))


def _texts(thing: Any) -> Iterator[str]:
    """Every text in it that a reader sees."""
    parts = thing.items() if isinstance(thing, dict) else [("", part) for part in thing]
    for name, part in parts:
        if isinstance(part, str) and name in TEXTS:
            yield part
        elif isinstance(part, dict | list):
            yield from _texts(part)


def wanted(match: Match, kind: str, to: str | None, fields: Json) -> str:
    """The expectation in words."""
    text = "that matches" if callable(match) else f"with “{match}”" if match else ""
    place = [*([f"to {to}"] if to else []), *(f"{name} {value}" for name, value in fields.items())]
    thing = f"an {kind}" if kind == "ephemeral" else f"a {kind}"
    return " ".join(part for part in (thing, text, f"({', '.join(place)})" if place else "") if part)
