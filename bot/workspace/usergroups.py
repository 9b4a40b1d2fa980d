"""The Web API's `usergroups.*` methods."""

from __future__ import annotations

from bot.workspace.arguments import is_true, listed
from bot.workspace.records import Json, SlackError
from bot.workspace.state import State


def _found(state: State, args: Json) -> Json:
    group = state.usergroups.get(str(args.get("usergroup", "")))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _changed(state: State, group: Json, **changes: object) -> Json:
    at = int(state.now().timestamp())
    group.update(changes, date_update=at, updated_by=state.team.bot_user)
    state.note("usergroup", group)
    return {"ok": True, "usergroup": dict(group)}


def _unique(state: State, args: Json, name: str, but: str = "") -> str:
    value = str(args.get(name) or "").removeprefix("@").strip()
    if value and any(group[name] == value for group in state.usergroups.values() if group["id"] != but):
        raise SlackError("name_already_exists" if name == "name" else "handle_already_exists")
    return value


def _prefs(state: State, args: Json) -> Json:
    channels = listed(args, "channels")
    for channel in channels:
        state.channel(channel)
    return {"channels": channels, "groups": []}


def create_group(state: State, args: Json) -> Json:
    name, handle = _unique(state, args, "name"), _unique(state, args, "handle")
    if not name:
        raise SlackError("missing_argument")
    at, bot = int(state.now().timestamp()), state.team.bot_user
    group: Json = {
        "id": state.next_id("S"), "team_id": state.team.id, "is_usergroup": True, "is_subteam": True, "name": name,
        "description": str(args.get("description") or ""), "handle": handle or name.lower().replace(" ", "-"),
        "is_external": False, "date_create": at, "date_delete": 0, "auto_provision": False, "created_by": bot,
        "prefs": _prefs(state, args), "users": [], "user_count": 0,
    }  # fmt: skip
    state.usergroups[group["id"]] = group
    return _changed(state, group)


def update_group(state: State, args: Json) -> Json:
    group = _found(state, args)
    changes: Json = {name: _unique(state, args, name, group["id"]) for name in ("name", "handle") if args.get(name)}
    if "description" in args:
        changes["description"] = str(args["description"] or "")
    if "channels" in args:
        changes["prefs"] = _prefs(state, args)
    return _changed(state, group, **changes)


def enable_group(state: State, args: Json) -> Json:
    return _changed(state, _found(state, args), date_delete=0)


def disable_group(state: State, args: Json) -> Json:
    return _changed(state, _found(state, args), date_delete=int(state.now().timestamp()))


def update_users(state: State, args: Json) -> Json:
    group, users = _found(state, args), list(dict.fromkeys(listed(args, "users")))
    if not users:
        raise SlackError("no_users_provided")
    if not all(user in state.people for user in users):
        raise SlackError("invalid_users")
    return _changed(state, group, users=users, user_count=len(users))


def list_users(state: State, args: Json) -> Json:
    group = _found(state, args)
    is_shown = not group["date_delete"] or is_true(args, "include_disabled")
    return {"ok": True, "users": list(group["users"]) if is_shown else []}


def list_groups(state: State, args: Json) -> Json:
    found = [g for g in state.usergroups.values() if not g["date_delete"] or is_true(args, "include_disabled")]
    hidden = {name for name, flag in (("users", "include_users"), ("user_count", "include_count"))
              if not is_true(args, flag)}  # fmt: skip
    return {"ok": True, "usergroups": [{k: v for k, v in group.items() if k not in hidden} for group in found]}
