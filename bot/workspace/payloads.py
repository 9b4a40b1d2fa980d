"""The shapes Slack sends: events, interactions, commands, and the objects inside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.workspace.blocks import elements_of
from bot.workspace.records import Channel, Json, Person, Team

TOKEN = "local-verification-token"


# the shapes stand as compactly as on the facts sheet:
# fmt: off
def event_callback(team: Team, event: Json, event_id: str, at: datetime) -> Json:
    return {"token": TOKEN, "team_id": team.id, "context_team_id": team.id, "context_enterprise_id": None,
            "api_app_id": team.app_id, "event": event, "type": "event_callback", "event_id": event_id,
            "event_time": int(at.timestamp()), "is_ext_shared_channel": False,
            "event_context": f"4-{event_id}", "authorizations": [{"enterprise_id": None, "team_id": team.id,
                                                                "user_id": team.bot_user, "is_bot": True,
                                                                "is_enterprise_install": False}]}


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
    return "im" if channel.is_im else "group" if channel.is_private else "channel"


def interaction(team: Team, kind: str, person: Person, trigger_id: str, **parts: Any) -> Json:
    return {"type": kind, "team": {"id": team.id, "domain": team.domain}, "enterprise": None,
            "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": team.id},
            "api_app_id": team.app_id, "token": TOKEN, "trigger_id": trigger_id,
            "is_enterprise_install": False, **parts}


def command(
    team: Team, name: str, text: str, person: Person, channel: Channel, trigger_id: str, hook: str
) -> Json:
    return {"token": TOKEN, "team_id": team.id, "team_domain": team.domain, "channel_id": channel.id,
            "channel_name": "directmessage" if channel.is_im else channel.name, "user_id": person.id,
            "user_name": person.name, "command": name, "text": text, "api_app_id": team.app_id,
            "is_enterprise_install": "false", "response_url": hook, "trigger_id": trigger_id}


def user_object(team: Team, person: Person, at: datetime) -> Json:
    offset = at.astimezone(ZoneInfo(person.tz)).utcoffset()
    first, _, last = person.real_name.partition(" ")
    return {"id": person.id, "team_id": team.id, "name": person.name, "deleted": False,
            "real_name": person.real_name, "tz": person.tz, "tz_label": person.tz.replace("_", " "),
            "is_bot": person.is_bot, "is_app_user": False,
            "tz_offset": int(offset.total_seconds()) if offset else 0, "is_admin": False, "is_owner": False,
            "is_restricted": False, "is_ultra_restricted": False, "updated": int(at.timestamp()),
            "profile": {"real_name": person.real_name, "display_name": person.name, "first_name": first,
                        "last_name": last, "team": team.id}}


def channel_object(team: Team, channel: Channel) -> Json:
    base: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.is_archived,
                  "is_im": channel.is_im, "is_org_shared": False, "context_team_id": team.id}
    if channel.is_im:
        return {**base, "user": next((m for m in channel.members if m != team.bot_user), ""), "is_open": True}
    return {**base, "name": channel.name, "name_normalized": channel.name,
            "is_channel": not channel.is_private, "is_group": channel.is_private,
            "is_private": channel.is_private, "is_mpim": False, "is_general": False, "is_shared": False,
            "is_ext_shared": False, "num_members": len(channel.members),
            "is_member": team.bot_user in channel.members, "topic": {"value": "", "creator": "",
                                                                "last_set": 0}, "purpose": {"value": "",
                                                                "creator": "", "last_set": 0}, "creator": ""}


# -- what a person entered or pressed
# fmt: on
TEXT_KINDS = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
ONE_CHOICE = ("static_select", "radio_buttons", "overflow", "external_select")
MANY_CHOICES = ("checkboxes", "multi_static_select", "multi_external_select")
NAMED = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "conversations_select": "selected_conversation",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
STATELESS = ("button", "overflow", "feedback_buttons", "icon_button", "image")


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def entered(element: Json, value: Any) -> Json:
    """The element's part of `state.values` (and of an action) when a person gave `value`."""
    kind = element["type"]
    if kind in ONE_CHOICE:
        return {"selected_option": next((o for o in options_of(element) if o["value"] == value), None)}
    if kind in MANY_CHOICES:
        wanted = value if isinstance(value, list) else [value]
        return {"selected_options": [o for o in options_of(element) if o["value"] in wanted]}
    if kind in NAMED:
        return {NAMED[kind]: value}
    return {"value": None if value == "" else value}


def initial(element: Json) -> Any:
    """What an untouched element holds, in the form `entered` takes."""
    for name, value in element.items():
        if name == "initial_option":
            return value["value"]
        if name == "initial_options":
            return [option["value"] for option in value]
        if name.startswith("initial_"):
            return value
    return [] if element["type"] in MANY_CHOICES or element["type"].startswith("multi_") else None


def given(values: Json, block_id: str, element: Json) -> Any:
    """A person's entry, found under block id, action id, or both; else what the element holds by itself."""
    inner = values.get(block_id, values)
    if not isinstance(inner, dict):
        return inner
    return inner.get(element["action_id"], values.get(element["action_id"], initial(element)))


def state_values(blocks: list[Json], values: Json) -> Json:
    state: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] not in STATELESS:
                inner = {
                    "type": element["type"],
                    **entered(element, given(values, block["block_id"], element)),
                }
                state.setdefault(block["block_id"], {})[element["action_id"]] = inner
    return state


def action(block: Json, element: Json, value: Any, ts: str) -> Json:
    base: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if element["type"] in ("button", "icon_button"):
        return {
            **base,
            "text": element["text"],
            **({"value": element["value"]} if "value" in element else {}),
            **({"style": element["style"]} if "style" in element else {}),
        }
    if element["type"] == "feedback_buttons":
        sides = [element["positive_button"], element["negative_button"]]
        pressed = next((side for side in sides if side["value"] == value), sides[0])
        return {**base, "text": pressed["text"], "value": pressed["value"]}
    return {**base, **entered(element, value)}
