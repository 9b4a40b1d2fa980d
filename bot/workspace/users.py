"""The Web API's `users.*` methods; `users.conversations` is in `conversations`."""

from __future__ import annotations

from bot.workspace import payloads
from bot.workspace.arguments import page
from bot.workspace.records import Json, Person, SlackError
from bot.workspace.state import State


def _object(state: State, person: Person) -> Json:
    return payloads.user_object(state.team, person, state.now())


def _of(state: State, args: Json) -> Person:
    return state.person(str(args.get("user") or state.team.bot_user))


def users_info(state: State, args: Json) -> Json:
    return {"ok": True, "user": _object(state, state.person(str(args.get("user", ""))))}


def users_list(state: State, args: Json) -> Json:
    people, metadata = page(args, list(state.people.values()))
    members, at = [_object(state, person) for person in people], int(state.now().timestamp())
    return {"ok": True, "members": members, "cache_ts": at, "response_metadata": metadata}


def lookup_by_email(state: State, args: Json) -> Json:
    email = str(args.get("email") or "").lower()
    for person in state.people.values():
        if person.email.lower() == email and not (person.is_bot or person.is_deleted):
            return {"ok": True, "user": _object(state, person)}
    raise SlackError("users_not_found")


def profile_get(state: State, args: Json) -> Json:
    profile = _object(state, _of(state, args))["profile"]
    return {"ok": True, "profile": {name: value for name, value in profile.items() if name != "team"}}


def get_presence(state: State, args: Json) -> Json:
    return {"ok": True, "presence": "away" if _of(state, args).id in state.away else "active"}


def set_presence(state: State, args: Json) -> Json:
    if args.get("presence") not in ("auto", "away"):
        raise SlackError("invalid_presence")
    change = state.away.add if args["presence"] == "away" else state.away.discard
    change(state.team.bot_user)
    return {"ok": True}
