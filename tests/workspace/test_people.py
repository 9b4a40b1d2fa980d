"""Who is who in the workspace: admins, guests, those who have left, and people of another company."""

from __future__ import annotations

from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, NotAllowed, Person
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import MANIFEST

THEIRS = "T0THEIRS1"


@pytest.fixture
def eve(workspace: Workspace, room: Channel) -> Person:
    """Of another company, in the channel that is shared with it."""
    eve = workspace.add_person("eve", "Eve Rossi", team_id=THEIRS)
    workspace.share(room, eve.id)
    return eve


def object_of(client: WebClient, person: Person) -> Json:
    found: Json = client.users_info(user=person.id)["user"]
    return found


def button_in(client: WebClient, room: Channel) -> str:
    element = {"type": "button", "action_id": "press", "text": {"type": "plain_text", "text": "Press"}}
    blocks = [{"type": "actions", "elements": [element]}]
    return str(client.chat_postMessage(channel=room.id, text="Press", blocks=blocks)["ts"])


@pytest.mark.parametrize(
    ("flag", "field"), [("is_admin", "is_admin"), ("is_guest", "is_restricted"), ("is_bot", "is_bot")]
)
def test_what_somebody_is_is_told(client: WebClient, workspace: Workspace, ana: Person, flag: str, field: str) -> None:
    dana = workspace.add_person("dana", "Dana Levi", "UTC", **{flag: True})
    assert (object_of(client, dana)[field], object_of(client, ana)[field]) == (True, False)


def test_everybody_is_listed_also_who_has_left(client: WebClient, workspace: Workspace, ana: Person) -> None:
    workspace.deactivate(ana.id)
    members = {member["id"]: member["deleted"] for member in client.users_list()["members"]}
    assert members == {workspace.team.bot_user: False, ana.id: True}


def test_who_has_left_can_do_nothing(client: WebClient, workspace: Workspace, ana: Person, room: Channel) -> None:
    ts = button_in(client, room)
    workspace.deactivate(ana.id)
    for deed in (
        lambda: workspace.say(ana.id, room.id, "hello"),
        lambda: workspace.click(ana.id, ts, "press"),
        lambda: workspace.shortcut(ana.id, "note"),
    ):
        with pytest.raises(NotAllowed, match="Ana Weber is deactivated"):
            deed()
    assert ana.id not in [person.id for person in workspace.everyone()]


def test_who_has_left_is_out_of_reach(client: WebClient, workspace: Workspace, ana: Person) -> None:
    workspace.deactivate(ana.id)
    with pytest.raises(SlackApiError, match="user_disabled"):
        client.chat_postMessage(channel=ana.id, text="Are you there?")


def test_a_shared_channel_says_so(client: WebClient, workspace: Workspace, room: Channel, eve: Person) -> None:
    own = workspace.add_channel("own")
    found = [client.conversations_info(channel=one.id)["channel"]["is_ext_shared"] for one in (room, own)]
    assert found == [True, False]
    assert eve.id in client.conversations_members(channel=room.id)["members"]


def test_another_company_s_person_comes_with_its_team(client: WebClient, eve: Person, ana: Person) -> None:
    assert object_of(client, eve)["team_id"] == THEIRS
    assert object_of(client, ana)["team_id"] != THEIRS


@pytest.mark.usefixtures("app")
def test_another_company_s_person_presses_buttons_under_its_team(
    client: WebClient, workspace: Workspace, room: Channel, eve: Person
) -> None:
    payload = workspace.click(eve.id, button_in(client, room), "press").payload
    assert (payload["team"]["id"], payload["user"]["team_id"]) == (workspace.team.id, THEIRS)


@pytest.mark.usefixtures("app")
def test_another_company_s_person_mentions_the_app_under_its_team(
    workspace: Workspace, room: Channel, eve: Person
) -> None:
    workspace.say(eve.id, room.id, "@guest hello")
    payload = workspace.deliveries[-1].payload
    assert (payload["team_id"], payload["event"]["team"]) == (workspace.team.id, THEIRS)
    assert payload["is_ext_shared_channel"]


def test_another_company_s_person_has_none_of_the_app_s_commands(
    workspace: Workspace, room: Channel, eve: Person
) -> None:
    with pytest.raises(NotAllowed, match="of another company"):
        workspace.command(eve.id, room.id, "/guest", "hi")
    with pytest.raises(NotAllowed, match="of another company"):
        workspace.shortcut(eve.id, "note")


def test_who_is_who_is_kept(server: WorkspaceServer, workspace: Workspace, eve: Person, tmp_path: Path) -> None:
    helper = workspace.add_person("helper", "Helper", is_bot=True)
    server.save(tmp_path / "workspace.json")
    again = WorkspaceServer(MANIFEST)
    assert again.restore(tmp_path / "workspace.json")
    assert [again.workspace.people[one.id] for one in (eve, helper)] == [eve, helper]
