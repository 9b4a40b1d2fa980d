"""What the page shows to one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from bot.clock import MovableClock
from bot.workspace import faults
from bot.workspace.driver import Workspace
from bot.workspace.records import Json


def snapshot(workspace: Workspace, query: Mapping[str, str], limit: int) -> Json:
    """Everything the page draws for the person, in the channel and thread they are in: nothing in it is anybody
    else's. Who or what is not there (any more) is left out, and the first person stands in for an unknown one."""
    with workspace.lock:
        people = workspace.everyone()
        user = workspace.people.get(query.get("user", "")) or (people[0] if people else None)
        common = {"version": workspace.version, "team": workspace.team.id, "clock": _clock(workspace)}
        if user is None:
            return {**common, "user": "", "people": [], "channels": []}
        room = workspace.channels.get(query.get("channel", ""))
        seen = room.id if room and user.id in room.members else ""
        messages = workspace.messages(seen) if seen else []
        thread = workspace.messages(seen, query["thread"]) if seen and query.get("thread") else []
        mark = str(hash(tuple(workspace.people.values())))
        if query.get("people_mark") != mark:
            common["people"] = [asdict(person) for person in workspace.people.values()]
        return {
            **common,
            "people_mark": mark,
            "user": user.id,
            "dm": workspace.dm_of(user.id).id,
            "app": {
                "name": workspace.team.app_name,
                "bot": workspace.team.bot_user,
                "is_connected": workspace.courier.is_connected,
            },
            "channels": _channels(workspace, user.id),
            "groups": {group["id"]: group["handle"] for group in workspace.usergroups.values()},
            "commands": workspace.team.commands,
            "shortcuts": workspace.team.shortcuts,
            "messages": messages[-limit:],
            "earlier": max(0, len(messages) - limit),
            "thread": thread[:1] + thread[1:][-limit:],
            "ephemerals": [m for m in workspace.ephemerals(user.id) if m["channel"] == seen],
            "notices": [asdict(n) for n in workspace.notices(user.id) if n.channel_id in (seen, "")],
            "views": workspace.views(user.id),
            "home": workspace.home(user.id),
            "faults": [{"name": f.name, "times": f.times} for f in workspace.faults if f.name and f.times],
            "switches": faults.SWITCHES,
        }


def _channels(workspace: Workspace, user_id: str) -> list[Json]:
    marks, mine = workspace.read_marks[user_id], [c for c in workspace.channels.values() if user_id in c.members]
    return [
        {
            **{name: getattr(c, name) for name in ("id", "name", "is_private", "is_im", "is_archived")},
            "unread": workspace.unread(user_id, c.id),
            "mark": marks.get(c.id, ""),
        }
        for c in mine
    ]


def _clock(workspace: Workspace) -> Json:
    due = workspace.next_due()
    return {
        "now": workspace.now().timestamp(),
        "moves": isinstance(workspace.clock, MovableClock),
        "due": due.timestamp() if due else None,
    }
