"""The Web API's `reactions.*` methods."""

from __future__ import annotations

import re

from bot.workspace.arguments import any_message, page, permalink
from bot.workspace.posting import public
from bot.workspace.records import Json, SlackError
from bot.workspace.state import State

NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


def react(state: State, user_id: str, message: Json, name: str, is_added: bool = True) -> None:
    """Adds or takes back one person's reaction, and tells the app."""
    found = {reaction["name"]: list(reaction["users"]) for reaction in message.get("reactions", [])}
    users = found.setdefault(name, [])
    if (user_id in users) is is_added:
        raise SlackError("already_reacted" if is_added else "no_reaction")
    if is_added:
        users.append(user_id)
    else:
        users.remove(user_id)
    kept = [{"name": name, "users": users, "count": len(users)} for name, users in found.items() if users]
    message.pop("reactions", None)
    message.update({"reactions": kept} if kept else {})
    state.note("reaction", message)
    item = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
    kind = "reaction_added" if is_added else "reaction_removed"
    event = {"type": kind, "user": user_id, "reaction": name, "item_user": message["user"], "item": item}
    if state.bot_is_in(state.channel(message["channel"])):
        state.emit(kind, {**event, "event_ts": state.next_ts()}, message["channel"])


def _name(args: Json) -> str:
    name = str(args.get("name") or "").strip(":")
    if not NAME.fullmatch(name):
        raise SlackError("invalid_name")
    return name


def add_reaction(state: State, args: Json) -> Json:
    react(state, state.team.bot_user, any_message(state, args, "timestamp")[1], _name(args))
    return {"ok": True}


def remove_reaction(state: State, args: Json) -> Json:
    react(state, state.team.bot_user, any_message(state, args, "timestamp")[1], _name(args), is_added=False)
    return {"ok": True}


def get_reactions(state: State, args: Json) -> Json:
    channel, message = any_message(state, args, "timestamp")
    shown = {**public(message), "permalink": permalink(state, channel, message)}
    return {"ok": True, "type": "message", "channel": channel.id, "message": shown}


def list_reactions(state: State, args: Json) -> Json:
    user = str(args.get("user") or state.team.bot_user)
    rooms = [channel for channel in state.channels.values() if state.bot_is_in(channel)]
    messages = [m for room in rooms for m in state.everything_in(room.id)]
    mine = [m for m in messages if any(user in reaction["users"] for reaction in m.get("reactions", []))]
    found, metadata = page(args, mine)
    items = [{"type": "message", "channel": m["channel"], "message": public(m)} for m in found]
    return {"ok": True, "items": items, "response_metadata": metadata}
