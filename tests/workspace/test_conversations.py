"""Conversations, people and groups of people, as an app with every scope meets them through slack_sdk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, Person
from tests.workspace.conftest import EVERY_SCOPE
from tests.workspace.test_webapi import refused


@pytest.fixture
def manifest() -> Json:
    return EVERY_SCOPE


def test_a_channel_is_made_described_renamed_and_archived(client: WebClient, workspace: Workspace) -> None:
    made = client.conversations_create(name="pricing")["channel"]
    room = workspace.channels[made["id"]]
    assert (made["name"], made["is_member"], made["creator"]) == ("pricing", True, workspace.team.bot_user)
    assert client.conversations_setTopic(channel=room.id, topic="Prices")["channel"]["topic"]["value"] == "Prices"
    assert client.conversations_setPurpose(channel=room.id, purpose="Why")["channel"]["purpose"]["value"] == "Why"
    assert client.conversations_rename(channel=room.id, name="prices")["channel"]["name"] == "prices"
    client.conversations_archive(channel=room.id)
    assert room.is_archived
    client.conversations_unarchive(channel=room.id)
    assert not room.is_archived
    assert [message["subtype"] for message in workspace.messages(room.id)] == ["channel_topic", "channel_purpose"]


def test_the_app_hears_of_channels_and_members(client: WebClient, workspace: Workspace, ana: Person) -> None:
    room = client.conversations_create(name="pricing")["channel"]["id"]
    client.conversations_invite(channel=room, users=[ana.id])
    client.conversations_kick(channel=room, user=ana.id)
    client.conversations_rename(channel=room, name="prices")
    client.conversations_archive(channel=room)
    events = [delivery.payload["event"]["type"] for delivery in workspace.deliveries if not delivery.attempt]
    assert events == [
        "channel_created", "member_joined_channel", "member_left_channel", "channel_rename", "channel_archive",
    ]  # fmt: skip


def test_the_app_joins_and_leaves_a_public_channel(client: WebClient, workspace: Workspace, ana: Person) -> None:
    room = workspace.add_channel("open", [ana.id])
    assert client.conversations_join(channel=room.id)["channel"]["is_member"]
    assert client.conversations_join(channel=room.id)["warning"] == "already_in_channel"
    client.conversations_leave(channel=room.id)
    assert not workspace.bot_is_in(room)
    assert client.conversations_leave(channel=room.id)["not_in_channel"]


def test_several_people_share_one_direct_conversation(client: WebClient, workspace: Workspace, ana: Person) -> None:
    ben = workspace.add_person("ben", "Ben Okafor")
    first = client.conversations_open(users=[ana.id, ben.id], return_im=True)["channel"]
    assert (first["is_mpim"], first["name"]) == (True, "mpdm-ana--ben-1")
    assert client.conversations_open(users=[ben.id, ana.id])["channel"]["id"] == first["id"]
    client.chat_postMessage(channel=first["id"], text="hello both")
    assert client.conversations_history(channel=first["id"])["messages"][0]["text"] == "hello both"
    assert [c["id"] for c in client.conversations_list(types="mpim")["channels"]] == [first["id"]]
    assert client.conversations_close(channel=first["id"])["ok"]


def test_refusals_about_conversations_have_slacks_names(
    client: WebClient, workspace: Workspace, room: Channel, ana: Person
) -> None:
    gone = workspace.add_channel("gone", [workspace.team.bot_user])
    workspace.archive(gone)
    outside, secret = workspace.add_channel("outside"), workspace.add_channel("secret", private=True)
    direct, bot = workspace.dm_of(ana.id).id, workspace.team.bot_user
    calls: dict[str, Callable[[], Any]] = {
        "name_taken": lambda: client.conversations_create(name="leadership"),
        "invalid_name_specials": lambda: client.conversations_create(name="No Good"),
        "invalid_name_maxlength": lambda: client.conversations_create(name="x" * 81),
        "invalid_name_required": lambda: client.api_call("conversations.create", json={}),
        "too_long": lambda: client.conversations_setTopic(channel=room.id, topic="x" * 251),
        "already_archived": lambda: client.conversations_archive(channel=gone.id),
        "not_archived": lambda: client.conversations_unarchive(channel=room.id),
        "is_archived": lambda: client.conversations_rename(channel=gone.id, name="x"),
        "not_in_channel": lambda: client.conversations_setTopic(channel=outside.id, topic="x"),
        "channel_not_found": lambda: client.conversations_join(channel=secret.id),
        "cant_kick_self": lambda: client.conversations_kick(channel=room.id, user=bot),
        "already_in_channel": lambda: client.conversations_invite(channel=room.id, users=ana.id),
        "cant_invite_self": lambda: client.conversations_invite(channel=room.id, users=bot),
        "no_user": lambda: client.conversations_invite(channel=room.id, users=""),
        "users_list_not_supplied": lambda: client.api_call("conversations.open", json={}),
        "too_many_users": lambda: client.conversations_open(users=["U1"] * 9),
        "method_not_supported_for_channel_type": lambda: client.conversations_rename(channel=direct, name="x"),
        "invalid_timestamp": lambda: client.conversations_mark(channel=room.id, ts="now"),
        "invalid_limit": lambda: client.conversations_list(limit=1001),
        "invalid_cursor": lambda: client.conversations_list(cursor="?"),
        "invalid_types": lambda: client.conversations_list(types="planet"),
    }
    for name, call in calls.items():
        assert refused(call)["error"] == name, name


def test_channels_and_people_come_in_pages(client: WebClient, workspace: Workspace) -> None:
    for number in range(5):
        workspace.add_channel(f"c{number}")
        workspace.add_person(f"p{number}", f"Person {number}")
    assert [len(page["channels"]) for page in client.conversations_list(limit=2)] == [2, 2, 1]
    assert [len(page["members"]) for page in client.users_list(limit=3)] == [3, 3]


def test_private_channels_of_others_are_not_shown(client: WebClient, workspace: Workspace, ana: Person) -> None:
    workspace.add_channel("secret", [ana.id], private=True)
    open_one = workspace.add_channel("open", [ana.id])
    types = "public_channel,private_channel"
    assert [c["id"] for c in client.users_conversations(user=ana.id, types=types)["channels"]] == [open_one.id]


def test_a_person_is_found_by_address_and_has_a_profile_and_a_presence(
    client: WebClient, workspace: Workspace, ana: Person
) -> None:
    assert client.users_lookupByEmail(email="Ana@example.com")["user"]["id"] == ana.id
    assert refused(lambda: client.users_lookupByEmail(email="nobody@example.com"))["error"] == "users_not_found"
    assert client.users_profile_get(user=ana.id)["profile"]["email"] == "ana@example.com"
    client.users_setPresence(presence="away")
    assert client.users_getPresence(user=workspace.team.bot_user)["presence"] == "away"
    assert client.users_getPresence(user=ana.id)["presence"] == "active"
    assert refused(lambda: client.users_setPresence(presence="asleep"))["error"] == "invalid_presence"


def test_a_user_group_is_made_filled_hidden_and_shown(client: WebClient, ana: Person) -> None:
    group = client.usergroups_create(name="Finance team", handle="finance")["usergroup"]["id"]
    assert client.usergroups_users_update(usergroup=group, users=[ana.id])["usergroup"]["user_count"] == 1
    assert client.usergroups_users_list(usergroup=group)["users"] == [ana.id]
    assert client.usergroups_update(usergroup=group, description="Money")["usergroup"]["description"] == "Money"
    assert "users" not in client.usergroups_list()["usergroups"][0]
    client.usergroups_disable(usergroup=group)
    assert client.usergroups_list()["usergroups"] == []
    assert client.usergroups_list(include_disabled=True, include_users=True)["usergroups"][0]["users"] == [ana.id]
    client.usergroups_enable(usergroup=group)
    assert len(client.usergroups_list()["usergroups"]) == 1
    calls: dict[str, Callable[[], Any]] = {
        "no_such_subteam": lambda: client.usergroups_users_list(usergroup="S404"),
        "handle_already_exists": lambda: client.usergroups_create(name="Money", handle="finance"),
        "name_already_exists": lambda: client.usergroups_create(name="Finance team", handle="other"),
        "invalid_users": lambda: client.usergroups_users_update(usergroup=group, users="U404"),
    }
    assert {name: refused(call)["error"] for name, call in calls.items()} == {name: name for name in calls}


def test_small_questions_are_answered(client: WebClient) -> None:
    assert client.team_info()["team"]["id"]
    assert client.bots_info()["bot"]["name"] == "Guest"
