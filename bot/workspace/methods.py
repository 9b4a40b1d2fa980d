"""The table of Web API methods with the scopes they need; and those about team, people and blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace import blocks as block_kit
from bot.workspace import chat, conversations, modals, payloads, posting
from bot.workspace.arguments import page
from bot.workspace.posting import structured
from bot.workspace.records import Json, SlackError
from bot.workspace.state import State


@dataclass(frozen=True)
class Method:
    run: Callable[[State, Json], Json]
    scopes: tuple[str, ...] = ()  # any one of these will do


def api_test(_state: State, args: Json) -> Json:
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"ok": True, "args": args}


def auth_test(state: State, _args: Json) -> Json:
    team = state.team
    return {
        "ok": True,
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.bot_name,
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(state: State, _args: Json) -> Json:
    origin = state.api_origin.replace("http://", "ws://")
    return {
        "ok": True,
        "url": f"{origin}/link/?ticket={state.sockets.new_ticket()}&app_id={state.team.app_id}",
    }


def team_info(state: State, _args: Json) -> Json:
    team = state.team
    return {
        "ok": True,
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "email_domain": "",
            "url": f"https://{team.domain}.slack.com/",
            "icon": {"image_default": True},
        },
    }


def bots_info(state: State, args: Json) -> Json:
    if args.get("bot") not in (None, state.team.bot_id):
        raise SlackError("bot_not_found")
    return {"ok": True, "bot": posting.bot_profile(state)}


def users_info(state: State, args: Json) -> Json:
    person = state.person(str(args.get("user", "")))
    return {"ok": True, "user": payloads.user_object(state.team, person, state.now())}


def users_list(state: State, args: Json) -> Json:
    people, metadata = page(args, list(state.people.values()))
    members = [payloads.user_object(state.team, person, state.now()) for person in people]
    return {
        "ok": True,
        "members": members,
        "cache_ts": int(state.now().timestamp()),
        "response_metadata": metadata,
    }


def validate_blocks(_state: State, args: Json) -> Json:
    given = [name for name in ("blocks", "message", "view") if args.get(name)]
    if len(given) != 1:
        raise SlackError("invalid_arguments")
    kind, value = given[0], structured(args, given[0], "invalid_arguments")
    if kind == "view":
        found = block_kit.view_problems(value)
    else:
        blocks = value.get("blocks", []) if kind == "message" and isinstance(value, dict) else value
        found = block_kit.problems(blocks)
    if found:
        raise SlackError(f"invalid_{kind}", errors=[_error(problem) for problem in found])
    return {"ok": True}


def _error(problem: str) -> Json:
    message, _, pointer = problem.removesuffix("]").partition(" [json-pointer:")
    return {
        "code": "failed_constraint",
        "message": message,
        "pointer": pointer,
        "field": pointer.split("/")[-1],
    }


CHAT, READ = ("chat:write",), ("channels:read", "groups:read", "im:read", "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
METHODS = {
    "api.test": Method(api_test),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open),
    "blocks.validate": Method(validate_blocks),
    "bots.info": Method(bots_info, ("users:read",)),
    "chat.delete": Method(chat.delete_message, CHAT),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, CHAT),
    "chat.postMessage": Method(chat.post_message, CHAT),
    "chat.update": Method(chat.update_message, CHAT),
    "conversations.history": Method(conversations.history, HISTORY),
    "conversations.info": Method(conversations.info, READ),
    "conversations.list": Method(conversations.list_all, READ),
    "conversations.members": Method(conversations.members, READ),
    "conversations.open": Method(conversations.open_direct, ("im:write", "mpim:write")),
    "conversations.replies": Method(conversations.replies, HISTORY),
    "reactions.add": Method(chat.add_reaction, ("reactions:write",)),
    "team.info": Method(team_info, ("team:read",)),
    "users.conversations": Method(conversations.of_user, READ),
    "users.info": Method(users_info, ("users:read",)),
    "users.list": Method(users_list, ("users:read",)),
    "views.open": Method(modals.open_view),
    "views.publish": Method(modals.publish_home),
    "views.push": Method(modals.push_view),
    "views.update": Method(modals.update_view),
}
