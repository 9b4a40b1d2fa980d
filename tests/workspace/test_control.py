"""The page's API: what it shows to whom, and whom it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.request import urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from bot.clock import system_clock
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Person
from bot.workspace.server import WorkspaceServer
from tests.workspace.conftest import Ask


def view_of(ask: Ask, user: Person, room: Channel | None = None, **more: object) -> Any:
    query = {"user": user.id, "channel": room.id if room else "", **more}
    status, answer = ask("/control/state?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert status == 200
    return answer


def unread(ask: Ask, user: Person, room: Channel) -> int:
    return int(next(c["unread"] for c in view_of(ask, user)["channels"] if c["id"] == room.id))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
    ],  # which is no address at all
)
def test_foreign_hosts_and_origins_are_refused(ask: Ask, headers: dict[str, str]) -> None:
    paths = ("/", "/control/state", "/control/changes", "/page/app.js", "/api/api.test")
    assert [ask(path, **headers)[0] for path in paths] == [403] * 5


def test_a_foreign_page_gets_no_socket(server: WorkspaceServer) -> None:
    address = server.url.replace("http", "ws") + f"/link/?ticket={server.workspace.sockets.new_ticket()}"
    with pytest.raises(InvalidStatus, match="403"), connect(address, origin=Origin("https://evil.example")):
        pass
    with connect(address) as socket:
        assert json.loads(socket.recv())["type"] == "hello"


def test_a_socket_needs_a_ticket(server: WorkspaceServer) -> None:
    address = server.url.replace("http", "ws") + "/link/?ticket=guessed"
    with pytest.raises(InvalidStatus, match="403"), connect(address):
        pass


def test_another_port_of_this_machine_is_foreign_too(ask: Ask) -> None:
    assert ask("/control/say", {}, Origin="http://127.0.0.1:1")[0] == 403


def test_the_servers_own_page_may_ask(ask: Ask, server: WorkspaceServer) -> None:
    assert ask("/control/state", Origin=server.url)[0] == 200


@pytest.mark.parametrize("path", ["/", "/page/index.html"])
def test_the_page_runs_no_inline_script_and_loads_nothing_from_elsewhere(server: WorkspaceServer, path: str) -> None:
    with urlopen(server.url + path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page
    assert "https://" not in page


def test_a_person_sees_own_ephemerals_and_channels_only(
    ask: Ask, workspace: Workspace, ana: Person, room: Channel
) -> None:
    ben = workspace.add_person("ben", "Ben Okafor")
    workspace.show_only_to(ana.id, {"channel": room.id, "user": "U", "ts": "1.1", "text": "secret"})
    (_, hers), (_, his) = (ask(f"/control/state?user={who.id}&channel={room.id}") for who in (ana, ben))
    assert [m["text"] for m in hers["ephemerals"]] == ["secret"]
    assert his["ephemerals"] == []
    assert room.id not in [channel["id"] for channel in his["channels"]]
    assert his["messages"] == []


def test_a_person_speaks_through_the_page(ask: Ask, ana: Person, room: Channel) -> None:
    status, answer = ask("/control/say", {"user": ana.id, "channel": room.id, "text": "<hi>"})
    assert (status, answer["answer"]["text"]) == (200, "&lt;hi&gt;")


def test_what_slack_would_not_allow_is_said_in_words(ask: Ask, ana: Person, room: Channel) -> None:
    body = {"user": ana.id, "channel": room.id, "command": "/guest", "text": "", "thread_ts": "1.1"}
    assert ask("/control/command", body) == (200, {"error": "/guest is not supported in threads. Sorry!"})


WHO = {"user": "U", "channel": "C"}


@pytest.mark.parametrize(
    ("deed", "body", "status", "words"),
    [
        ("fly", {}, 404, "no such thing"),
        ("say", {}, 400, "lacks user"),
        ("say", [], 400, "must be a JSON object"),
        ("say", b"{", 400, "no JSON"),
        ("say", b"\xff", 400, "no JSON"),
        ("say", b"[" * 100_000, 400, "no JSON"),
        ("clock", b'{"hours": NaN}', 400, "no JSON"),
        ("say", b'{"text": "\\ud800"}', 400, "no JSON"),
        ("say", b" " * 2_000_001, 413, "too large"),
        ("say", {**WHO, "text": 5}, 400, "wrong type"),
        ("say", {**WHO, "text": "  "}, 200, "nothing to say"),
        ("say", {**WHO, "text": "x", "thread_ts": "1.1"}, 200, "thread is no longer there"),
        ("read", {**WHO, "ts": "zzz"}, 400, "no time of a message"),
        ("say", {**WHO, "user": "U404", "text": "x"}, 404, "nobody with the id 'U404'"),
        ("say", {**WHO, "channel": "C404", "text": "x"}, 404, "no channel with the id 'C404'"),
        ("say", {**WHO, "text": "x", "team": "T404"}, 404, "no workspace 'T404'"),
        ("say", {**WHO, "text": "x", "team": []}, 400, "wrong shape"),
        ("read", WHO, 400, "lacks ts"),
        ("clock", {"hours": True}, 400, "wrong type"),
        ("clock", {"hours": -1}, 400, "never back"),
        ("clock", {"days": 1e12}, 400, "wrong shape"),
        ("clock", {"days": 1000}, 400, "up to 366 days"),
        ("fault", {"name": "earthquake"}, 400, "no fault 'earthquake'"),
        ("fault", {"name": "late", "times": 0}, 400, "1 to 1000 times"),
        ("submit", {"user": "U", "view_id": "V1", "values": []}, 400, "wrong type"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(
    ask: Ask, ana: Person, room: Channel, deed: str, body: Any, status: int, words: str
) -> None:
    if isinstance(body, dict):
        body = {name: {"U": ana.id, "C": room.id}.get(str(value), value) for name, value in body.items()}
    answered, answer = ask(f"/control/{deed}", body)
    assert (answered, words in answer["error"]) == (status, True), answer


@pytest.mark.parametrize("path", ["state?limit=many", "state?limit=-1", "traffic?since=yesterday"])
def test_a_number_must_be_one(ask: Ask, path: str) -> None:
    status, answer = ask(f"/control/{path}")
    assert (status, "must be a whole number" in answer["error"]) == (400, True)


def test_a_place_that_is_gone_shows_as_nowhere(ask: Ask, ana: Person) -> None:
    status, answer = ask("/control/state?team=T404&user=U404&channel=C404&thread=1.1")
    assert (status, answer["user"], answer["messages"], answer["thread"]) == (200, ana.id, [], [])


def test_half_a_character_in_a_message_does_not_blind_the_page(
    ask: Ask, workspace: Workspace, ana: Person, room: Channel
) -> None:
    workspace.say(ana.id, room.id, "half \ud83d")
    assert view_of(ask, ana, room)["messages"][0]["text"] == "half \ud83d"


# -- what is unread


def test_what_others_said_is_unread_until_it_is_seen(
    ask: Ask, workspace: Workspace, ana: Person, room: Channel
) -> None:
    ben = workspace.add_person("ben", "Ben Okafor")
    workspace.join(ben.id, room)
    said = [workspace.say(ana.id, room.id, text) for text in ("one", "two")]
    workspace.say(ana.id, room.id, "a reply", said[0]["ts"])
    assert (unread(ask, ben, room), unread(ask, ana, room)) == (2, 0)
    for ts, left in ((said[1]["ts"], 0), (said[0]["ts"], 0)):  # the mark never goes back
        assert ask("/control/read", {"user": ben.id, "channel": room.id, "ts": ts})[0] == 200
        assert unread(ask, ben, room) == left


def test_a_direct_message_of_the_app_is_unread(ask: Ask, workspace: Workspace, client: WebClient, ana: Person) -> None:
    client.chat_postMessage(channel=ana.id, text="Good morning")
    assert unread(ask, ana, workspace.dm_of(ana.id)) == 1


# -- people


def test_somebody_new_is_in_the_public_channels_with_nothing_to_catch_up_on(
    ask: Ask, workspace: Workspace, ana: Person, room: Channel
) -> None:
    workspace.say(ana.id, room.id, "before")
    secret = workspace.add_channel("board", [ana.id], private=True)
    body = {"name": "Dana ", "real_name": "Dana Levi", "tz": "Asia/Jerusalem"}
    dana = workspace.person(ask("/control/person", body)[1]["answer"])
    assert (dana.name, dana.tz) == ("dana", "Asia/Jerusalem")
    assert unread(ask, dana, room) == 0
    assert secret.id not in [channel["id"] for channel in view_of(ask, dana)["channels"]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "ana"}, "called ana already"),
        ({"name": "no spaces"}, "lower-case letters"),
        ({"real_name": " "}, "1 to 80 characters"),
        ({"tz": "Mars/Olympus"}, "no time zone Mars/Olympus"),
        ({"tz": "Europe"}, "no time zone Europe"),
        ({"tz": "../etc"}, "no time zone ../etc"),
    ],
)
@pytest.mark.usefixtures("ana")
def test_a_person_who_cannot_be_is_refused_in_words(ask: Ask, change: dict[str, str], words: str) -> None:
    status, answer = ask("/control/person", {"name": "dana", "real_name": "Dana Levi", "tz": "UTC", **change})
    assert (status, words in answer["error"]) == (200, True), answer


def test_the_list_of_people_is_sent_again_only_when_it_changed(ask: Ask, workspace: Workspace, ana: Person) -> None:
    first = view_of(ask, ana)
    again = view_of(ask, ana, people_mark=first["people_mark"])
    workspace.add_person("ben", "Ben Okafor")
    later = view_of(ask, ana, people_mark=first["people_mark"])
    assert [len(answer.get("people", [])) for answer in (first, again, later)] == [2, 0, 3]


# -- many messages, several workspaces


def test_of_many_messages_the_newest_are_sent(ask: Ask, workspace: Workspace, ana: Person, room: Channel) -> None:
    for number in range(1, 5001):
        workspace.store({"channel": room.id, "user": ana.id, "ts": f"{number:04}.000000", "text": f"No {number}"})
    seen = view_of(ask, ana, room)
    assert (len(seen["messages"]), seen["earlier"], seen["messages"][-1]["text"]) == (200, 4800, "No 5000")
    assert len(view_of(ask, ana, room, limit=400)["messages"]) == 400


def test_each_workspace_has_people_of_its_own(ask: Ask, server: WorkspaceServer, ana: Person) -> None:
    other = server.add_workspace("Another")
    zoe = other.add_person("zoe", "Zoe Park")
    seen = view_of(ask, zoe, team=other.team.id)
    assert (seen["user"], seen["team"]) == (zoe.id, other.team.id)
    assert [team["name"] for team in seen["teams"]] == ["Local workspace", "Another"]
    assert ask("/control/close", {"user": ana.id, "team": other.team.id})[0] == 404


# -- the clock


def test_the_clock_moves_by_hours_and_days(ask: Ask, workspace: Workspace, ana: Person) -> None:
    before = workspace.now()
    assert ask("/control/clock", {"hours": 1, "days": 2})[0] == 200
    assert timedelta(days=2, hours=1) <= workspace.now() - before < timedelta(days=2, hours=2)
    assert view_of(ask, ana)["clock"]["now"] == pytest.approx(workspace.now().timestamp(), abs=60)


def test_the_clock_moves_to_what_is_due(ask: Ask, workspace: Workspace, ana: Person) -> None:
    assert ask("/control/clock", {"next": True}) == (200, {"error": "Nothing is due."})
    due = workspace.now() + timedelta(days=3)
    workspace.due.append(lambda: due)
    assert view_of(ask, ana)["clock"]["due"] == due.timestamp()
    assert ask("/control/clock", {"next": True})[0] == 200
    assert workspace.now() >= due


def test_the_clock_on_the_wall_stays_where_it_is(ask: Ask, workspace: Workspace, ana: Person) -> None:
    workspace.clock = system_clock
    assert view_of(ask, ana)["clock"]["moves"] is False
    assert "can't be moved" in ask("/control/clock", {"hours": 1})[1]["error"]


# -- the inspector


def lines(ask: Ask, since: int = 0) -> Any:
    return ask(f"/control/traffic?since={since}")[1]["lines"]


@pytest.mark.usefixtures("app")
def test_an_envelope_is_one_line_that_says_how_it_went(
    ask: Ask, workspace: Workspace, ana: Person, room: Channel
) -> None:
    since = workspace.version
    workspace.command(ana.id, room.id, "/guest", "hello")
    workspace.wait_for(lambda: workspace.deliveries[-1].is_settled)
    (line,) = [line for line in lines(ask, since) if line["kind"] == "interaction"]
    assert (line["what"], line["who"], line["is_problem"]) == ("/guest", "ana in #leadership", False)
    assert line["outcome"].startswith("acknowledged after ")
    assert line["content"]["payload"]["text"] == "hello"
    assert lines(ask, workspace.version) == []


def test_a_call_that_broke_a_rule_says_which(ask: Ask, client: WebClient, room: Channel) -> None:
    with pytest.raises(SlackApiError):
        client.chat_update(channel=room.id, ts="1.1", text="too late")
    line = lines(ask)[-1]
    assert (line["what"], line["outcome"], line["is_problem"]) == ("chat.update", "message_not_found", True)
    assert line["rule"] == "Only a message that is still there can be read, changed, or answered to."


@pytest.mark.usefixtures("app")
def test_no_token_is_ever_shown(
    ask: Ask, server: WorkspaceServer, client: WebClient, ana: Person, room: Channel
) -> None:
    server.workspace.say(ana.id, room.id, f"@guest {server.bot_token} {server.app_token}")
    client.api_call("api.test", params={"token": server.bot_token, "client_secret": "hush-hush"})
    server.workspace.wait_for(lambda: server.workspace.deliveries[-1].is_settled)
    shown = json.dumps(lines(ask))
    assert "apps.connections.open" in shown
    assert [secret for secret in ("xoxb-", "xapp-", "hush-hush", "ticket=0", "local-ver") if secret in shown] == []
    assert "ticket=\\u2026" in shown


def test_only_the_newest_lines_are_kept(ask: Ask, client: WebClient) -> None:
    for number in range(305):
        client.api_test(number=str(number))
    shown = lines(ask)
    assert len(shown) == 300
    assert shown[-1]["content"]["arguments"] == {"number": "304"}


# -- faults and shortcuts


def test_faults_are_switched_on_and_off(ask: Ask, client: WebClient, ana: Person) -> None:
    assert ask("/control/fault", {"name": "server_error", "times": 2})[0] == 200
    assert view_of(ask, ana)["faults"] == [{"name": "server_error", "times": 2}]
    assert ask("/control/faults-off", {})[0] == 200
    assert view_of(ask, ana)["faults"] == []
    assert client.api_test()["ok"]


@pytest.mark.usefixtures("app")
def test_shortcuts_reach_the_app(ask: Ask, workspace: Workspace, ana: Person, room: Channel) -> None:
    said = workspace.say(ana.id, room.id, "worth keeping")
    body = {"user": ana.id, "callback_id": "keep", "channel": room.id, "ts": said["ts"]}
    assert ask("/control/shortcut", body)[0] == 200
    workspace.expect("Kept: worth keeping", "ephemeral", to=ana.id)
    assert ask("/control/shortcut", {"user": ana.id, "callback_id": "note"})[0] == 200
    workspace.expect(kind="modal", to=ana.id)
    assert "no longer there" in ask("/control/shortcut", {**body, "ts": "1.1"})[1]["error"]


def test_a_form_cannot_pose_as_the_page(ask: Ask) -> None:
    assert ask("/control/say", b"user=U1", Content_Type="application/x-www-form-urlencoded")[0] == 415


def test_changes_are_streamed(server: WorkspaceServer, ana: Person, room: Channel) -> None:
    with urlopen(server.url + "/control/changes", timeout=5) as stream:
        first = json.loads(stream.readline().removeprefix(b"data: "))
        stream.readline()
        server.workspace.say(ana.id, room.id, "something new")
        assert json.loads(stream.readline().removeprefix(b"data: ")) > first
