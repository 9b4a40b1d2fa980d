"""A workspace as one JSON file, so that a demo goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.clock import MovableClock
from bot.workspace.records import Channel, Json, Person
from bot.workspace.state import State

PLAIN = ("homes", "read_marks")  # what needs no translation


def save(state: State, path: Path) -> None:
    """The file appears whole or not at all."""
    with state.lock:
        kept = {
            "at": state.now().isoformat(),
            "serial": int(state.next_id("")),
            "people": [asdict(person) for person in state.people.values() if person.id != state.team.bot_user],
            "channels": [asdict(channel) for channel in state.channels.values()],
            "messages": {channel: list(found.values()) for channel, found in state._messages.items()},
            "ephemerals": dict(state._ephemerals),
            **{name: getattr(state, name) for name in PLAIN},
        }
        text = json.dumps(kept)
    building = path.with_suffix(".part")
    building.write_text(text, encoding="utf-8")
    os.replace(building, path)


def restore(state: State, serial: Iterator[int], path: Path) -> bool:
    """Put back what was saved. False when there is nothing, or nothing that this version can read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        people = [Person(**person) for person in kept["people"]]
        channels = [Channel(**channel) for channel in kept["channels"]]
        plain = {name: dict(kept[name]) for name in PLAIN}
        messages = {
            channel: {message["ts"]: message for message in found} for channel, found in kept["messages"].items()
        }
        ephemerals: dict[str, list[Json]] = dict(kept["ephemerals"])
        at, last = datetime.fromisoformat(kept["at"]), int(kept["serial"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    with state.lock:
        state.people |= {person.id: person for person in people}
        state.channels |= {channel.id: channel for channel in channels}
        state._dms |= {channel.members[0]: channel for channel in channels if channel.is_im}
        state._messages |= messages
        state._ephemerals |= ephemerals
        for name, value in plain.items():
            getattr(state, name).update(value)
        while next(serial) < last:
            pass
    if isinstance(state.clock, MovableClock):
        state.clock.move_to(at)
    return True
