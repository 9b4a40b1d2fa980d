"""The test app of every block in a workspace of its own, and its page as Ana sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, NotAllowed, Person
from bot.workspace.server import WorkspaceServer
from tests.browser import PATIENCE, watched_pages, write
from tests.conftest import Part
from tests.workspace.every_block import MANIFEST, register


@dataclass
class Showcase:
    """A running workspace with the app in it; `sent` is what people have sent the app."""

    server: WorkspaceServer
    ana: Person
    ben: Person
    room: Channel
    sent: list[Any] = field(default_factory=list)

    @property
    def workspace(self) -> Workspace:
        return self.server.workspace

    @property
    def client(self) -> WebClient:
        return WebClient(token=self.server.bot_token, base_url=self.server.api_url)

    def receives(self, *wanted: Any) -> None:
        """Waits until the app was sent these values (for objects: at least these fields), in this order."""

        def fits(got: Any, want: Any) -> bool:
            if isinstance(want, dict) and isinstance(got, dict):
                return all(name in got and fits(got[name], part) for name, part in want.items())
            if isinstance(want, list) and isinstance(got, list):
                return len(want) == len(got) and all(map(fits, got, want))
            return bool(got == want)

        def came() -> bool:
            return len(self.sent) >= len(wanted) and all(map(fits, self.sent[-len(wanted) :], wanted))

        try:
            self.workspace.wait_for(came, PATIENCE)
        except Exception as problem:
            raise AssertionError(f"the app was sent {self.sent}, not {wanted}") from problem

    def views(self) -> list[Json]:
        return self.workspace.views(self.ana.id)


@pytest.fixture(scope="module")
def running(part: Part) -> Iterator[Showcase]:
    server = WorkspaceServer(MANIFEST, rate_limits=False)
    server.start()
    ana, ben = server.workspace.add_person("ana", "Ana Weber"), server.workspace.add_person("ben", "Ben Okafor")
    room = server.workspace.add_channel("leadership", [ana.id, ben.id])
    server.workspace.invite_bot(room)
    showcase = Showcase(server, ana, ben, room)
    app = App(client=showcase.client)
    register(app, showcase.sent)
    handler = SocketModeHandler(app, server.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    server.workspace.wait_for(lambda: server.workspace.courier.is_connected)
    yield showcase
    part(server, handler.client)


@pytest.fixture
def showcase(running: Showcase) -> Showcase:
    """The same for a module's tests, with nothing open and nothing sent."""
    while running.views():
        with suppress(NotAllowed):
            running.workspace.close_view(running.ana.id)
    running.sent.clear()
    return running


@pytest.fixture
def page(browser: Browser, showcase: Showcase) -> Iterator[Page]:
    """The page as Ana sees it."""
    with watched_pages(browser) as open_page:
        opened = open_page(f"{showcase.server.url}/#user={showcase.ana.id}&place={showcase.room.id}")
        expect(opened.get_by_role("heading", name="# leadership")).to_be_visible()
        yield opened


@pytest.fixture
def show(page: Page, showcase: Showcase) -> Callable[[str], Locator]:
    """Asks the app for a message of this name, and gives it."""

    def ask(name: str) -> Locator:
        def posts() -> list[Json]:
            return showcase.workspace.messages(showcase.room.id)

        count = len(posts())
        write(page, f"/show {name}")
        showcase.workspace.wait_for(lambda: len(posts()) > count)
        card = page.locator(f'[data-ts="{posts()[-1]["ts"]}"]')
        expect(card).to_be_visible()
        return card

    return ask
