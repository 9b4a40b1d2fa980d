"""Installing the app by OAuth, as Bolt's own flow does it, and several workspaces at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace.driver import Workspace
from bot.workspace.server import WorkspaceServer
from tests.conftest import Aside
from tests.workspace.conftest import MANIFEST

BACK = "http://127.0.0.1:9/slack/oauth_redirect"


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Time:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def server(time: Time, aside: Aside) -> Iterator[WorkspaceServer]:
    running = WorkspaceServer(MANIFEST, rate_limits=False, clock=time)
    running.start()
    yield running
    aside(running.stop)


@pytest.fixture
def second(server: WorkspaceServer) -> Workspace:
    return server.add_workspace("Second")


def allow(server: WorkspaceServer, workspace: Workspace, **query: str) -> str:
    """Press *Allow*; the address that the browser is sent to."""
    asked = {"client_id": server.client_id, "scope": "chat:write", "state": "s1", "redirect_uri": BACK, **query}
    page = urlopen(f"{server.url}/oauth/v2/authorize?{urlencode(asked)}").read().decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/oauth/allow[^"]+)"', page)]
    link = next(link for link in links if link.endswith(workspace.team.id))
    with pytest.raises(HTTPError) as moved:
        build_opener(Stay).open(server.url + link)
    with moved.value as answer:
        assert answer.code == 302
        return str(answer.headers["location"])


def code_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["code"][0]


def exchange(server: WorkspaceServer, code: str, **change: str) -> dict[str, object]:
    given = {"client_id": server.client_id, "client_secret": server.client_secret, "code": code, **change}
    return dict(WebClient(base_url=server.api_url).oauth_v2_access(**given).data)  # type: ignore[arg-type]


def refused(server: WorkspaceServer, code: str, **change: str) -> str:
    with pytest.raises(SlackApiError) as caught:
        exchange(server, code, **change)
    return str(caught.value.response["error"])


def test_allowing_sends_the_browser_back_with_a_code_and_the_apps_state(server: WorkspaceServer) -> None:
    address = allow(server, server.workspace)
    assert address.startswith(BACK)
    assert parse_qs(urlsplit(address).query)["state"] == ["s1"]


def test_the_code_buys_a_token_for_the_workspace_that_allowed_it(server: WorkspaceServer, second: Workspace) -> None:
    bought = exchange(server, code_of(allow(server, second)), redirect_uri=BACK)
    assert bought["team"] == {"id": second.team.id, "name": "Second"}
    who = WebClient(token=str(bought["access_token"]), base_url=server.api_url).auth_test()
    assert who["team_id"] == second.team.id
    assert who["user_id"] == bought["bot_user_id"] == second.team.bot_user


def test_a_code_is_good_once(server: WorkspaceServer) -> None:
    code = code_of(allow(server, server.workspace))
    exchange(server, code)
    assert refused(server, code) == "code_already_used"


def test_a_code_is_good_for_ten_minutes(server: WorkspaceServer, time: Time) -> None:
    code = code_of(allow(server, server.workspace))
    time.at += timedelta(minutes=11)
    assert refused(server, code) == "invalid_code"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"redirect_uri": "http://127.0.0.1:8/"}, "bad_redirect_uri"),
        ({"code": "nothing"}, "invalid_code"),
    ],
)
def test_what_does_not_fit_buys_nothing(server: WorkspaceServer, change: dict[str, str], error: str) -> None:
    code = code_of(allow(server, server.workspace))
    assert refused(server, **{"code": code, **change}) == error


def test_no_secret_of_the_exchange_is_kept_for_the_inspector(server: WorkspaceServer) -> None:
    bought = exchange(server, code_of(allow(server, server.workspace)))
    kept = repr([(call.args, call.answer) for call in server.workspace.calls])
    assert server.client_secret not in kept
    assert str(bought["access_token"]) not in kept


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "ftp://127.0.0.1/"])
def test_a_page_for_an_address_that_is_no_web_page_is_refused(server: WorkspaceServer, uri: str) -> None:
    asked = urlencode({"client_id": server.client_id, "redirect_uri": uri})
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{server.url}/oauth/v2/authorize?{asked}")
    with caught.value as answer:
        assert answer.code == 400


def test_installing_again_makes_a_revoked_token_good(server: WorkspaceServer) -> None:
    server.workspace.revoke_token()
    exchange(server, code_of(allow(server, server.workspace)))
    assert WebClient(token=server.bot_token, base_url=server.api_url).auth_test()["ok"]


# Several workspaces


def test_one_workspace_knows_nothing_of_anothers_people(server: WorkspaceServer, second: Workspace) -> None:
    ana = server.workspace.add_person("ana", "Ana Weber")
    room = second.add_channel("leadership")
    second.invite_bot(room)
    theirs = WebClient(token=second.bot_token, base_url=server.api_url)
    assert ana.id not in [member["id"] for member in theirs.users_list()["members"]]
    ours = WebClient(token=server.bot_token, base_url=server.api_url)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        ours.chat_postMessage(channel=room.id, text="Hello")


def test_no_id_is_in_two_workspaces(server: WorkspaceServer, second: Workspace) -> None:
    people = [each.add_person(f"p{at}", f"P {at}").id for at in range(3) for each in (server.workspace, second)]
    assert len(set(people)) == 6
    assert server.workspace.team.bot_user != second.team.bot_user
