"""Every broken rule is named for people, and never in the answer that the app gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

import bot.workspace
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, Person
from bot.workspace.refusals import RULES
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import MANIFEST
from tests.workspace.guest import plain
from tests.workspace.test_webapi import refused

SOURCE = "".join(path.read_text(encoding="utf-8") for path in Path(bot.workspace.__path__[0]).glob("*.py"))
RAISED = set(
    re.findall(r'"([a-z_]+)"', SOURCE.replace((Path(bot.workspace.__path__[0]) / "refusals.py").read_text(), ""))
)
MADE_UP = {"missing_recipient_user_id", "missing_recipient_team_id"}  # put together where they are raised


def test_every_rule_belongs_to_a_refusal() -> None:
    assert set(RULES) - RAISED == MADE_UP


CALLS: dict[str, Callable[[WebClient, str], Any]] = {
    "Block Kit: must be less than 151 characters [json-pointer:/blocks/0/text/text]": lambda client, room: (
        client.chat_postMessage(channel=room, text="t", blocks=[{"type": "header", "text": plain("x" * 151)}])
    ),
    RULES["msg_too_long"]: lambda client, room: client.chat_update(channel=room, ts="1.1", text="x" * 4001),
    RULES["invalid_trigger_id"]: lambda client, _: client.views_open(
        trigger_id="1", view={"type": "modal", "title": plain("T"), "blocks": []}
    ),
    RULES["missing_scope"]: lambda client, _: client.usergroups_list(),
    RULES["user_not_in_channel"]: lambda client, room: client.chat_postEphemeral(channel=room, user="U4", text="x"),
}


@pytest.mark.parametrize("rule", CALLS)
def test_a_refused_call_is_kept_with_its_rule(
    client: WebClient, workspace: Workspace, room: Channel, rule: str
) -> None:
    answer: Json = refused(lambda: CALLS[rule](client, room.id))
    assert workspace.calls[-1].rule == rule
    assert rule not in str(answer)
    assert "rule" not in answer


def test_too_many_calls_are_kept_with_their_rule() -> None:
    server = WorkspaceServer(MANIFEST)
    server.start()
    try:
        client = WebClient(token=server.bot_token, base_url=server.api_url, retry_handlers=[])
        other = server.add_workspace("Another")
        for _ in range(20):
            client.users_list()
        assert refused(client.users_list)["error"] == "ratelimited"
        assert server.workspace.calls[-1].rule == "users.list may be called 20 times a minute in a workspace."
        assert WebClient(token=other.bot_token, base_url=server.api_url).users_list()["ok"]
    finally:
        server.stop()


def test_a_used_up_response_url_is_kept_with_its_rule(workspace: Workspace, ana: Person, room: Channel) -> None:
    workspace.command(ana.id, room.id, "/guest", "x")
    hook = WebhookClient(workspace.deliveries[-1].payload["response_url"])
    assert [hook.send(text="x").status_code for _ in range(6)] == [200] * 5 + [404]
    assert (workspace.calls[-1].method, workspace.calls[-1].rule) == ("response_url", RULES["used_url"])
