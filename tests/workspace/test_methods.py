"""No arguments whatever make a method fail in any but Slack's way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.workspace.driver import Workspace
from bot.workspace.methods import METHODS
from bot.workspace.records import Json, SlackError
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import MANIFEST

SCOPES = [scope for method in METHODS.values() for scope in method.scopes]
WORDS = ["C00000002", "U00000001", "D00000003", "1.1", "", "#leadership", "x", "true", "next:1", "[]", "{}", "{"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "blocks", "text"]), inner),
    max_leaves=5,
)
SENSIBLE = {"channel": "C00000002", "user": "U00000001", "user_id": "U00000001"}
NAMES = [
    "channel", "user", "users", "user_id", "text", "blocks", "view", "ts", "thread_ts", "timestamp", "name", "limit",
    "cursor", "types", "trigger_id", "view_id", "external_id", "hash", "metadata", "message", "message_ts", "bot",
    "oldest", "latest", "markdown_text", "post_at", "scheduled_message_id", "unfurls", "chunks", "attachments", "topic",
    "usergroup", "handle", "channels", "email", "presence", "filename", "length", "files", "file", "channel_id",
    "initial_comment", "recipient_user_id", "recipient_team_id", "is_private", "return_im", "force",
]  # fmt: skip


def furnished() -> Workspace:
    scopes = {"scopes": {"bot": sorted(set(SCOPES))}}
    workspace = WorkspaceServer({**MANIFEST, "oauth_config": scopes}).workspace
    person = workspace.add_person("ana", "Ana Weber")
    workspace.invite_bot(workspace.add_channel("leadership", [person.id]))
    workspace.dm_of(person.id)
    return workspace


@pytest.mark.parametrize("name", sorted(METHODS))
@settings(max_examples=25)
@given(args=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_odd_arguments_are_refused_in_slacks_words(name: str, args: Json) -> None:
    try:
        answer: dict[str, Any] = METHODS[name].run(furnished(), {**SENSIBLE, **args})
    except SlackError as refusal:
        answer = refusal.answer()
    assert answer["ok"] is (answer.get("error") is None)
