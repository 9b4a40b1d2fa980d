"""The table of Web API methods with the scopes they need; and those about team, app and blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace import blocks as block_kit
from bot.workspace import chat, conversations, files, modals, posting, reactions, scheduling, usergroups, users
from bot.workspace.posting import structured
from bot.workspace.records import Json, SlackError
from bot.workspace.state import State
from bot.workspace.world import World


@dataclass(frozen=True)
class Method:
    run: Callable[[World, Json], Json]
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
        **({"enterprise_id": team.enterprise_id} if team.enterprise_id else {}),
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
    profile = posting.bot_profile(state)
    del profile["team_id"]  # Slack names the team in messages and the user here
    return {"ok": True, "bot": {**profile, "user_id": state.team.bot_user}}


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
WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")
TOPIC = (*WRITE, "channels:write.topic", "groups:write.topic", "im:write.topic", "mpim:write.topic")
INVITE = (*WRITE, "channels:write.invites", "groups:write.invites")
METHODS = {
    "api.test": Method(api_test),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open),
    "blocks.validate": Method(validate_blocks),
    "bots.info": Method(bots_info, ("users:read",)),
    "chat.appendStream": Method(chat.append_stream, CHAT),
    "chat.delete": Method(chat.delete_message, CHAT),
    "chat.deleteScheduledMessage": Method(scheduling.delete_scheduled, CHAT),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.meMessage": Method(chat.me_message, CHAT),
    "chat.postEphemeral": Method(chat.post_ephemeral, CHAT),
    "chat.postMessage": Method(chat.post_message, CHAT),
    "chat.scheduledMessages.list": Method(scheduling.list_scheduled),
    "chat.scheduleMessage": Method(scheduling.schedule_message, CHAT),
    "chat.startStream": Method(chat.start_stream, CHAT),
    "chat.stopStream": Method(chat.stop_stream, CHAT),
    "chat.unfurl": Method(chat.unfurl, ("links:write",)),
    "chat.update": Method(chat.update_message, CHAT),
    "conversations.archive": Method(conversations.archive, WRITE),
    "conversations.close": Method(conversations.close, WRITE),
    "conversations.create": Method(conversations.create, WRITE),
    "conversations.history": Method(conversations.history, HISTORY),
    "conversations.info": Method(conversations.info, READ),
    "conversations.invite": Method(conversations.invite, INVITE),
    "conversations.join": Method(conversations.join, ("channels:join",)),
    "conversations.kick": Method(conversations.kick, WRITE),
    "conversations.leave": Method(conversations.leave, WRITE),
    "conversations.list": Method(conversations.list_all, READ),
    "conversations.mark": Method(conversations.mark, WRITE),
    "conversations.members": Method(conversations.members, READ),
    "conversations.open": Method(conversations.open_direct, ("im:write", "mpim:write")),
    "conversations.rename": Method(conversations.rename, WRITE),
    "conversations.replies": Method(conversations.replies, HISTORY),
    "conversations.setPurpose": Method(conversations.set_purpose, TOPIC),
    "conversations.setTopic": Method(conversations.set_topic, TOPIC),
    "conversations.unarchive": Method(conversations.unarchive, WRITE),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "files.delete": Method(files.delete_file, ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "files.info": Method(files.file_info, ("files:read",)),
    "reactions.add": Method(reactions.add_reaction, ("reactions:write",)),
    "reactions.get": Method(reactions.get_reactions, ("reactions:read",)),
    "reactions.list": Method(reactions.list_reactions, ("reactions:read",)),
    "reactions.remove": Method(reactions.remove_reaction, ("reactions:write",)),
    "team.info": Method(team_info, ("team:read",)),
    "usergroups.create": Method(usergroups.create_group, ("usergroups:write",)),
    "usergroups.disable": Method(usergroups.disable_group, ("usergroups:write",)),
    "usergroups.enable": Method(usergroups.enable_group, ("usergroups:write",)),
    "usergroups.list": Method(usergroups.list_groups, ("usergroups:read",)),
    "usergroups.update": Method(usergroups.update_group, ("usergroups:write",)),
    "usergroups.users.list": Method(usergroups.list_users, ("usergroups:read",)),
    "usergroups.users.update": Method(usergroups.update_users, ("usergroups:write",)),
    "users.conversations": Method(conversations.of_user, READ),
    "users.getPresence": Method(users.get_presence, ("users:read",)),
    "users.info": Method(users.users_info, ("users:read",)),
    "users.list": Method(users.users_list, ("users:read",)),
    "users.lookupByEmail": Method(users.lookup_by_email, ("users:read.email",)),
    "users.profile.get": Method(users.profile_get, ("users.profile:read",)),
    "users.setPresence": Method(users.set_presence, ("users:write",)),
    "views.open": Method(modals.open_view),
    "views.publish": Method(modals.publish_home),
    "views.push": Method(modals.push_view),
    "views.update": Method(modals.update_view),
}
