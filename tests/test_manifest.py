"""The manifest: what Slack accepts, and exactly what the bot needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.resources import MANIFEST
from bot.slack import ids
from tests.register import everything_listened_to

SCHEMA = Path(__file__).parent / "data" / "slack-manifest.schema.json"

# Why each scope is asked for: the event or the part of the bot that needs it.
REASONS = {
    "app_mentions:read": "app_mention",
    "im:history": "message.im",
    "commands": "slash_commands",
    "chat:write": "answers are posted",
    "channels:read": "conversations.info, conversations.members: who is asked in a readiness check",
    "groups:read": "the same in a private channel",
    "users:read": "users.info, users.list: who may be asked and who may manage, and everybody's time zone",
    "files:write": "the results as files",
    "channels:history": "after an unknown outcome: was the message posted?",
    "groups:history": "the same in a private channel",
    "im:write": "conversations.open: the direct message to look in after an unknown outcome",
}
OPTIONAL = {"files:write", "channels:history", "groups:history", "im:write"}
EVENTS_WITHOUT_SCOPE = {"app_home_opened"}


@pytest.fixture(scope="module")
def manifest() -> Any:
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


def test_slacks_own_schema_accepts_it(manifest: Any) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    problems = [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema).iter_errors(manifest)]
    assert problems == []


def test_the_schema_would_refuse_a_misspelt_field(manifest: Any) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    misspelt = {**manifest, "setings": {}}
    assert list(Draft7Validator(schema).iter_errors(misspelt))


def test_exactly_the_scopes_that_are_used_are_asked_for(manifest: Any) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert scopes.keys() == {"bot", "bot_optional"}
    assert sorted(scopes["bot"]) == sorted(REASONS)


def test_what_can_be_declined_is_in_both_lists_as_slack_wants_it(manifest: Any) -> None:
    scopes = manifest["oauth_config"]["scopes"]
    assert set(scopes["bot_optional"]) == OPTIONAL
    assert set(scopes["bot"]) > OPTIONAL


def test_every_event_has_its_scope(manifest: Any) -> None:
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert events - EVENTS_WITHOUT_SCOPE == {"app_mention", "message.im"}
    assert events - EVENTS_WITHOUT_SCOPE <= set(REASONS.values())


def test_every_event_has_a_listener_and_every_listener_its_event(manifest: Any) -> None:
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    assert {name.partition(".")[0] for name in events} == set(everything_listened_to().heard["event"])


def test_the_command_has_its_listener_and_names_arrive_as_ids(manifest: Any) -> None:
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == ids.COMMAND
    assert command["should_escape"]
    assert len(command["description"]) <= 2000


def test_checks_commitments_and_sessions_are_begun_by_a_shortcut_or_from_a_message(manifest: Any) -> None:
    shortcuts = manifest["features"]["shortcuts"]
    assert {shortcut["callback_id"]: (shortcut["type"], shortcut["name"]) for shortcut in shortcuts} == {
        ids.RUN_CHECK: ("global", "Run a readiness check"),
        ids.RUN_CHECK_HERE: ("message", "Run a readiness check"),
        ids.COMMIT_SHORTCUT: ("global", "Make a commitment"),
        ids.COMMIT_MESSAGE_SHORTCUT: ("message", "Make this a commitment"),
        ids.SET_UP_SESSIONS_SHORTCUT: ("global", "Set up customer sessions"),
    }


def test_buttons_and_the_messages_tab_are_switched_on(manifest: Any) -> None:
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["socket_mode_enabled"]
    assert not manifest["settings"]["token_rotation_enabled"]
    home = manifest["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"]) == (True, True)
    assert not home["messages_tab_read_only_enabled"]
