"""Channels, members and people as the bot looks them up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.keys import WorkspaceKey
from bot.resources import TEMPLATES
from bot.slack.directory import Directory, Person, Place
from bot.slack.gateway import Gateway
from bot.slack.refusals import ChannelClosed, RateLimited
from bot.slack.render import Renderer
from bot.workspace.records import Channel, Fault
from bot.workspace.records import Person as Member
from bot.workspace.server import WorkspaceServer
from tests.slack.crooked import Answer, serving
from tests.slack.test_gateway import HELLO, gateway_to

ORDINARY = {"id": "U1", "team_id": "T1", "tz": "Europe/Berlin"}


@pytest.fixture
def gateway(server: WorkspaceServer) -> Gateway:
    return Gateway.connect(server.bot_token, server.api_url, Renderer(TEMPLATES))


def answer(**parts: Any) -> Answer:
    return Answer(json.dumps({"ok": True, **parts}).encode())


def page(following: str = "", **parts: Any) -> Answer:
    return answer(response_metadata={"next_cursor": following}, **parts)


# Channels


def test_a_channel_that_the_bot_is_in(gateway: Gateway, room: Channel) -> None:
    assert gateway.channel(room.id) == Place(room.id, "leadership", True, False, False, False)


def test_what_somebody_waits_for_is_asked_at_once(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    assert gateway.channel_at_once(room.id) == gateway.channel(room.id)
    assert gateway.members_at_once(room.id) == (frozenset(gateway.members(room.id)), True)
    for method, ask in (
        ("conversations.info", gateway.channel_at_once),
        ("conversations.members", gateway.members_at_once),
    ):
        server.workspace.faults.append(Fault(method, status=429, retry_after=9))
        with pytest.raises(RateLimited):
            ask(room.id)


def test_members_that_one_answer_does_not_hold_are_said_to_be_missing() -> None:
    with serving(page("next", members=["U1", "U2"])) as crooked:
        assert gateway_to(crooked.url).members_at_once("C1") == (frozenset({"U1", "U2"}), False)


def test_a_channel_that_the_bot_is_not_in(gateway: Gateway, server: WorkspaceServer) -> None:
    assert not gateway.channel(server.workspace.add_channel("elsewhere").id).is_member


def test_a_private_channel(gateway: Gateway, server: WorkspaceServer) -> None:
    channel = server.workspace.add_channel("secret", [server.workspace.team.bot_user], private=True)
    assert gateway.channel(channel.id).is_private


def test_an_archived_channel(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    server.workspace.archive(room)
    assert gateway.channel(room.id).is_archived


def test_a_channel_shared_with_another_company() -> None:
    with serving(answer(channel={"id": "C1", "name": "deal", "is_member": True, "is_ext_shared": True})) as crooked:
        assert gateway_to(crooked.url).channel("C1").is_shared


def test_a_direct_message_is_private_and_the_bot_is_in_it() -> None:
    with serving(answer(channel={"id": "D1", "is_im": True, "user": "U1"})) as crooked:
        assert gateway_to(crooked.url).channel("D1") == Place("D1", "", True, False, True, False)


@pytest.mark.parametrize("look", [Directory.channel, lambda gateway, name: list(gateway.members(name))])
def test_a_channel_that_is_not_there_or_hidden_is_closed(gateway: Gateway, server: WorkspaceServer, look: Any) -> None:
    hidden = server.workspace.add_channel("secret", private=True)
    for name in ("C404", hidden.id):
        with pytest.raises(ChannelClosed):
            look(gateway, name)


# Members


def test_all_members_of_a_channel_are_told_page_by_page(
    gateway: Gateway, server: WorkspaceServer, room: Channel
) -> None:
    room.members.extend(f"U{number}" for number in range(450))
    assert list(gateway.members(room.id)) == room.members
    assert [call.args["limit"] for call in server.workspace.calls] == ["200"] * 3


def test_a_page_is_asked_for_when_it_is_needed(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    room.members.extend(f"U{number}" for number in range(450))
    next(gateway.members(room.id))
    assert len(server.workspace.calls) == 1


def test_a_list_waits_a_rate_limit_out(gateway: Gateway, server: WorkspaceServer, room: Channel) -> None:
    server.workspace.faults.append(Fault("conversations.members", status=429, retry_after=0))
    assert list(gateway.members(room.id)) == room.members
    assert [call.status for call in server.workspace.calls] == [429, 200]


# People


def test_a_person(gateway: Gateway, server: WorkspaceServer, ana: Member) -> None:
    expected = Person(ana.id, server.workspace.team.id, "Europe/Berlin", True, False, False, False, False)
    assert gateway.person(ana.id) == expected


def test_everybody_is_told_page_by_page() -> None:
    first, second = page("more", members=[ORDINARY, ORDINARY | {"id": "U2"}]), page(members=[ORDINARY | {"id": "U3"}])
    with serving(first, second) as crooked:
        assert [person.id for person in gateway_to(crooked.url).people()] == ["U1", "U2", "U3"]
        assert crooked.calls == ["users.list"] * 2


def test_everybody_includes_the_bot(gateway: Gateway, server: WorkspaceServer, ana: Member) -> None:
    assert {person.id: person.is_bot for person in gateway.people()} == {
        server.workspace.team.bot_user: True,
        ana.id: False,
    }


@pytest.mark.parametrize(
    ("told", "flag", "expected"),
    [
        ({"deleted": True}, "is_active", False),
        ({"is_bot": True}, "is_bot", True),
        ({"id": "USLACKBOT", "is_bot": False}, "is_bot", True),
        ({"is_restricted": True}, "is_guest", True),
        ({"is_ultra_restricted": True}, "is_guest", True),
        ({"is_admin": True}, "is_admin", True),
        ({"is_owner": True}, "is_admin", True),
        ({"is_stranger": True}, "is_stranger", True),
        ({"tz": None}, "zone", "UTC"),
        ({"tz": ""}, "zone", "UTC"),
    ],
)
def test_what_slack_says_of_a_person(told: dict[str, Any], flag: str, expected: object) -> None:
    with serving(answer(user=ORDINARY | told)) as crooked:
        assert getattr(gateway_to(crooked.url).person("U1"), flag) == expected


def test_nobody_is_told_of_a_person_who_is_not_there(gateway: Gateway) -> None:
    with pytest.raises(ChannelClosed):
        gateway.person("U404")


# Links


def test_a_message_has_an_address(gateway: Gateway, room: Channel) -> None:
    posted = gateway.post(room.id, HELLO)
    assert gateway.link(room.id, posted.ts).endswith(f"/archives/{room.id}/p{posted.ts.replace('.', '')}")


def test_a_message_that_is_not_there_has_none(gateway: Gateway, room: Channel) -> None:
    assert gateway.link(room.id, "1.1") == ""


# What can't wait


def test_what_is_asked_at_once_is_the_same(gateway: Gateway, ana: Member, room: Channel) -> None:
    posted = gateway.post(room.id, HELLO)
    assert gateway.person_at_once(ana.id) == gateway.person(ana.id)
    assert gateway.link_at_once(room.id, posted.ts) == gateway.link(room.id, posted.ts)


@pytest.mark.parametrize("method", ["users.info", "chat.getPermalink"])
def test_what_is_asked_at_once_waits_out_no_rate_limit(
    gateway: Gateway, server: WorkspaceServer, ana: Member, room: Channel, method: str
) -> None:
    server.workspace.faults.append(Fault(method, status=429, retry_after=600))
    with pytest.raises(RateLimited):
        gateway.person_at_once(ana.id) if method == "users.info" else gateway.link_at_once(room.id, "1.1")
    assert [call.status for call in server.workspace.calls] == [429]


# Whose they are


def somebody(**fields: Any) -> Person:
    given = {"team_id": "T1", "zone": "UTC", "is_active": True, "is_bot": False, "is_guest": False, "is_admin": False}
    return Person(**{"id": "U1", "is_stranger": False, **given, **fields})


@pytest.mark.parametrize(
    ("person", "is_ours", "is_ours_in_an_organisation"),
    [
        (somebody(), True, True),
        (somebody(is_stranger=True), False, False),
        (somebody(team_id="T2"), False, False),
        (somebody(team_id="T2", enterprise_id="E1"), False, True),
        (somebody(team_id="E1"), False, True),  # of no single workspace of it
        (somebody(team_id="T2", enterprise_id="E2"), False, False),
        (somebody(team_id="T2", enterprise_id="E1", is_stranger=True), False, False),
    ],
)
def test_people_belong_to_their_workspace_and_to_all_of_their_organisation(
    person: Person, is_ours: bool, is_ours_in_an_organisation: bool
) -> None:
    assert person.belongs_to(WorkspaceKey("", "T1")) is is_ours
    assert person.belongs_to(WorkspaceKey("E1", "T1")) is is_ours_in_an_organisation


def test_the_organisation_of_a_person_is_known() -> None:
    user = {**ORDINARY, "enterprise_user": {"id": "U1", "enterprise_id": "E1", "teams": ["T1"]}}
    with serving(answer(user=user)) as crooked:
        assert gateway_to(crooked.url).person("U1").enterprise_id == "E1"
