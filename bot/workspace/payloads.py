"""The shapes Slack sends: events, interactions, commands, and the objects inside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.workspace.records import Channel, Json, Person, Team

TOKEN = "local-verification-token"
ORGANISATION = "Local organisation"


# the shapes stand as compactly as on the facts sheet:
# fmt: off
def event_callback(team: Team, event: Json, event_id: str, at: datetime, is_shared: bool = False) -> Json:
    return {"token": TOKEN, "team_id": team.id, "context_team_id": team.id,
            "context_enterprise_id": team.enterprise_id or None, **_enterprise_id(team),
            "api_app_id": team.app_id, "event": event, "type": "event_callback", "event_id": event_id,
            "event_time": int(at.timestamp()), "is_ext_shared_channel": is_shared,
            "event_context": f"4-{event_id}",
            "authorizations": [{"enterprise_id": team.enterprise_id or None, "team_id": team.id,
                                "user_id": team.bot_user, "is_bot": True, "is_enterprise_install": False}]}


def message_event(message: Json, channel: Channel, **change: Any) -> Json:
    event = {**message, "channel_type": _channel_type(channel), "event_ts": message["ts"], **change}
    return {k: v for k, v in event.items() if not k.startswith("reply_") and k != "latest_reply"}


def message_changed(channel: Channel, subtype: str, ts: str, **parts: Any) -> Json:
    return {"type": "message", "subtype": subtype, "channel": channel.id, "ts": ts, "event_ts": ts,
            "hidden": True, "channel_type": _channel_type(channel), **parts}


def app_mention(message: Json) -> Json:
    kept = ("user", "text", "ts", "channel", "team", "client_msg_id", "thread_ts")
    event: Json = {name: message[name] for name in kept if name in message}
    return {"type": "app_mention", **event, "event_ts": message["ts"]}


def _channel_type(channel: Channel) -> str:
    return channel.kind if channel.is_im or channel.is_mpim else "group" if channel.is_private else "channel"


# Slack tells less of a shortcut: the person's name once, each time under another key, and not the app's id
PERSON_IN = {"shortcut": ("id", "username", "team_id"), "message_action": ("id", "name", "team_id")}


def interaction(team: Team, kind: str, person: Person, trigger_id: str, **parts: Any) -> Json:
    user = {"id": person.id, "username": person.name, "name": person.name, "team_id": person.team_id or team.id}
    enterprise = {"id": team.enterprise_id, "name": ORGANISATION} if team.enterprise_id else None
    return {"type": kind, "team": {"id": team.id, "domain": team.domain, **_enterprise_id(team, with_name=True)},
            "enterprise": enterprise,
            "user": {name: user[name] for name in PERSON_IN.get(kind, user)},
            **({} if kind in PERSON_IN else {"api_app_id": team.app_id}), "token": TOKEN, "trigger_id": trigger_id,
            "is_enterprise_install": False, **parts}


def command(
    team: Team, name: str, text: str, person: Person, channel: Channel, trigger_id: str, hook: str
) -> Json:
    return {"token": TOKEN, "team_id": team.id, "team_domain": team.domain, "channel_id": channel.id,
            "channel_name": "directmessage" if channel.is_im else channel.name, "user_id": person.id,
            "user_name": person.name, "command": name, "text": text, "api_app_id": team.app_id,
            "is_enterprise_install": "false", "response_url": hook, "trigger_id": trigger_id,
            **_enterprise_id(team, with_name=True)}


def _enterprise_id(team: Team, *, with_name: bool = False) -> Json:
    """Only workspaces of an organisation have it."""
    name = {"enterprise_name": ORGANISATION} if with_name else {}
    return {"enterprise_id": team.enterprise_id, **name} if team.enterprise_id else {}


def _enterprise_user(team: Team, person: Person) -> Json:
    found = person.enterprise_id or ("" if person.team_id else team.enterprise_id)
    user = {"id": person.id, "enterprise_id": found, "enterprise_name": ORGANISATION, "is_admin": False,
            "is_owner": False, "teams": [person.team_id or team.id]}
    return {"enterprise_user": user} if found else {}


def user_object(team: Team, person: Person, at: datetime) -> Json:
    offset = at.astimezone(ZoneInfo(person.tz)).utcoffset()
    first, _, last = person.real_name.partition(" ")
    return {"id": person.id, "team_id": person.team_id or team.id, "name": person.name, "deleted": person.is_deleted,
            "real_name": person.real_name, "tz": person.tz, "tz_label": person.tz.replace("_", " "),
            "is_bot": person.is_bot, "is_app_user": False,
            "tz_offset": int(offset.total_seconds()) if offset else 0, "is_admin": person.is_admin, "is_owner": False,
            "is_restricted": person.is_guest, "is_ultra_restricted": False, "updated": int(at.timestamp()),
            **_enterprise_user(team, person),
            "profile": {"real_name": person.real_name, "display_name": person.name, "first_name": first,
                        "last_name": last, "team": person.team_id or team.id,
                        **({"email": person.email} if "users:read.email" in team.scopes else {})}}


def channel_object(team: Team, channel: Channel) -> Json:
    base: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.is_archived,
                  "is_im": channel.is_im, "is_org_shared": False, "context_team_id": team.id}
    if channel.is_im:
        return {**base, "user": next((m for m in channel.members if m != team.bot_user), ""), "is_open": True}
    return {**base, "name": channel.name, "name_normalized": channel.name,
            "is_channel": not channel.is_private, "is_group": channel.is_private,
            "is_private": channel.is_private, "is_mpim": channel.is_mpim, "is_general": False,
            "is_shared": channel.is_ext_shared, "is_ext_shared": channel.is_ext_shared,
            "is_member": team.bot_user in channel.members,
            "topic": channel.topic, "purpose": channel.purpose, "creator": channel.creator}
# fmt: on
