"""What people do on the page: each deed by its name, with what its body must hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import MovableClock
from bot.workspace import faults
from bot.workspace.driver import Workspace
from bot.workspace.records import Json, NotAllowed

LONGEST_MOVE = timedelta(days=366)
TIMESTAMP = re.compile(r"\d{10}\.\d{6}")
USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,20}")


class Mistaken(Exception):
    """What is wrong with a request, in words, and the status that says so."""

    def __init__(self, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.status = status


def _say(workspace: Workspace, a: Json) -> Json:
    if not a["text"].strip():
        raise NotAllowed("There is nothing to say yet.")
    if a.get("thread_ts") and workspace.find(a["channel"], a["thread_ts"]) is None:
        raise NotAllowed("This thread is no longer there.")
    return workspace.say(a["user"], a["channel"], a["text"], a.get("thread_ts"))


def _command(workspace: Workspace, a: Json) -> None:
    workspace.command(a["user"], a["channel"], a["command"], a.get("text") or "", a.get("thread_ts"))


def _click(workspace: Workspace, a: Json) -> None:
    workspace.click(a["user"], a["ref"], a["action_id"], a.get("value"), a.get("block_id"), a.get("values"))


def _shortcut(workspace: Workspace, a: Json) -> None:
    message = workspace.find(a["channel"], a["ts"]) if a.get("channel") and a.get("ts") else None
    if a.get("ts") and (message is None or a["user"] not in workspace.channels[a["channel"]].members):
        raise NotAllowed("This message is no longer there.")
    workspace.shortcut(a["user"], a["callback_id"], message)


def _add_person(workspace: Workspace, a: Json) -> str:
    """A new person is in every public channel, and has nothing to catch up on."""
    name, real_name = a["name"].strip().lower(), a["real_name"].strip()
    if not USER_NAME.fullmatch(name):
        raise NotAllowed("A user name has 1 to 21 lower-case letters, digits, dots, hyphens or underscores.")
    if not 0 < len(real_name) <= 80:
        raise NotAllowed("A name has 1 to 80 characters.")
    with workspace.lock:
        if name in (person.name for person in workspace.people.values()):
            raise NotAllowed(f"Somebody is called {name} already.")
        try:
            person = workspace.add_person(name, real_name, a.get("tz") or "UTC")
        except (KeyError, ValueError, OSError):  # zoneinfo has all of them for what is no zone
            raise NotAllowed(f"There is no time zone {a['tz']}; one is called, for example, Europe/London.") from None
        for room in workspace.channels.values():
            if not (room.is_private or room.is_im or room.is_archived):
                workspace.join(person.id, room)
                workspace.mark_read(person.id, room.id, workspace.next_ts())
        return person.id


def _move_clock(workspace: Workspace, a: Json) -> None:
    """By so many hours and days, or to the `next` thing that is due."""
    clock, by = workspace.clock, timedelta(hours=a.get("hours") or 0, days=a.get("days") or 0)
    if not isinstance(clock, MovableClock):
        raise NotAllowed("The clock of this workspace can't be moved.")
    if not timedelta(0) <= by <= LONGEST_MOVE:
        raise Mistaken("The clock can be moved ahead by up to 366 days at a time, and never back.")
    if a.get("next"):
        due = workspace.next_due()
        if due is None:
            raise NotAllowed("Nothing is due.")
        clock.move_to(due)
    else:
        clock.move(by)
    workspace.note("clock", clock())


def _read(workspace: Workspace, a: Json) -> None:
    if not TIMESTAMP.fullmatch(a["ts"]):
        raise Mistaken("ts is no time of a message.")
    workspace.mark_read(a["user"], a["channel"], a["ts"])


def _switch_fault(workspace: Workspace, a: Json) -> None:
    times, seed = a.get("times"), a.get("seed")
    faults.switch(workspace, a["name"], 1 if times is None else times, seed or 0)


@dataclass(frozen=True)
class Deed:
    """What it does, and what the body must hold for it; everything else is text unless KINDS says otherwise."""

    run: Callable[[Workspace, Json], Any]
    needs: tuple[str, ...] = ("user",)


KINDS: dict[str, tuple[type, ...]] = {
    "value": (object,),
    "values": (dict,),
    "hours": (int, float),
    "days": (int, float),
    "next": (bool,),
    "times": (int,),
    "seed": (int,),
}
DEEDS = {
    "say": Deed(_say, ("user", "channel", "text")),
    "command": Deed(_command, ("user", "channel", "command")),
    "click": Deed(_click, ("user", "ref", "action_id")),
    "shortcut": Deed(_shortcut, ("user", "callback_id")),
    "submit": Deed(lambda w, a: w.submit(a["user"], a["view_id"], a.get("values")), ("user", "view_id")),
    "close": Deed(lambda w, a: w.close_view(a["user"], a.get("view_id"))),
    "suggest": Deed(
        lambda w, a: w.suggest(a["user"], a["ref"], a["action_id"], a["value"], a.get("block_id")),
        ("user", "ref", "action_id", "value"),
    ),
    "home": Deed(lambda w, a: w.open_home(a["user"], a.get("tab") or "home", 0)),
    "read": Deed(_read, ("user", "channel", "ts")),
    "person": Deed(_add_person, ("name", "real_name")),
    "clock": Deed(_move_clock, ()),
    "fault": Deed(_switch_fault, ("name",)),
    "faults-off": Deed(lambda w, _: faults.clear(w), ()),
}


def checked(workspace: Workspace, deed: Deed, args: Json) -> Json:
    """The arguments as they came. Raises Mistaken for one that is missing, of the wrong type, or about nobody."""
    for name in deed.needs:
        if args.get(name) is None:
            raise Mistaken(f"The body lacks {name}.")
    for name, value in args.items():
        kinds = KINDS.get(name, (str,))
        is_flag = isinstance(value, bool) and bool not in kinds and object not in kinds
        if value is not None and (is_flag or not isinstance(value, kinds)):
            raise Mistaken(f"{name[:40]!r} has the wrong type: {type(value).__name__}.")
    if args.get("user") is not None and args["user"] not in {person.id for person in workspace.everyone()}:
        raise Mistaken(f"There is nobody with the id {args['user'][:40]!r}.", 404)
    if args.get("channel") and args["channel"] not in workspace.channels:
        raise Mistaken(f"There is no channel with the id {args['channel'][:40]!r}.", 404)
    return args
