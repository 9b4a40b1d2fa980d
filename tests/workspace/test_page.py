"""The page in a real browser: everything a person does with it, and nothing that a hostile message could."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.workspace import control
from bot.workspace.driver import Workspace
from bot.workspace.records import Channel, Json, Person
from bot.workspace.server import WorkspaceServer
from tests.browser import IN_A_BROWSER, watched_pages, write

HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> javascript:alert(3)"

pytestmark = IN_A_BROWSER


@pytest.fixture
def page(browser: Browser, server: WorkspaceServer, ana: Person, room: Channel) -> Iterator[Page]:
    """The page as Ana sees it."""
    with watched_pages(browser) as open_page:
        opened = open_page(f"{server.url}/#user={ana.id}&place={room.id}")
        expect(opened.get_by_role("heading", name="# leadership")).to_be_visible()
        yield opened


def open_card(page: Page) -> None:
    write(page, "@guest everything please")
    page.get_by_role("button", name="1 reply").click()
    expect(page.get_by_role("heading", name="Everything at once")).to_be_visible()


def test_hostile_text_stays_text(page: Page, workspace: Workspace, room: Channel, ana: Person) -> None:
    write(page, HOSTILE)
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"{HOSTILE} <javascript:alert(4)|press>"}}]
    message: Json = {"type": "message", "user": ana.id, "ts": workspace.next_ts(), "channel": room.id}
    workspace.store({**message, "text": HOSTILE, "blocks": blocks})
    expect(page.get_by_text("javascript:alert(4)|press")).to_be_visible()
    assert page.locator("#messages img, #messages script, #messages a").count() == 0


@pytest.mark.usefixtures("app")
def test_a_person_talks_presses_and_fills_in_a_form(page: Page) -> None:
    open_card(page)
    page.get_by_label("More options").click()
    page.get_by_role("button", name="Mute").click()
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    page.get_by_role("button", name="Open form").click()
    page.get_by_label("Name").fill("taken")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This name is taken.")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Name").fill("fine")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Guest").click()
    expect(page.get_by_text("Saved fine: yes")).to_be_visible()


@pytest.mark.usefixtures("app")
def test_a_question_comes_before_a_dangerous_press(page: Page, workspace: Workspace) -> None:
    open_card(page)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="No", exact=True).click()
    assert "block_actions" not in [delivery.subject for delivery in workspace.deliveries]
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_role("heading", name="Everything at once")).to_be_hidden()


@pytest.mark.usefixtures("app")
def test_an_app_that_does_not_answer_is_seen_to_fail(page: Page) -> None:
    write(page, "/guest silence")
    expect(page.get_by_text("the app did not answer in time")).to_be_visible()
    write(page, "/guest form")
    page.get_by_label("Name").fill("silence")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_text("the app did not answer in time")).to_be_visible()


@pytest.mark.usefixtures("app")
def test_home_and_edits_are_shown(page: Page) -> None:
    page.get_by_role("button", name="App Home").click()
    expect(page.get_by_role("heading", name="Your home")).to_be_visible()
    page.get_by_role("button", name="# leadership").click()
    open_card(page)
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("(edited)")).to_be_visible()


def test_suggestions_are_taken_by_keyboard(page: Page) -> None:
    box = page.get_by_label("Write a message", exact=True)
    box.press_sequentially("/gu")
    expect(page.get_by_role("listbox").get_by_text("/guest")).to_be_visible()
    box.press("Tab")
    expect(box).to_have_value("/guest ")
    box.fill("")
    box.press_sequentially("@gu")
    box.press("Enter")
    expect(box).to_have_value("@guest ")


def test_another_person_sees_another_workspace(page: Page, workspace: Workspace, ana: Person, room: Channel) -> None:
    ben = workspace.add_person("ben", "Ben Okafor")
    workspace.join(ben.id, room)
    workspace.show_only_to(
        ana.id,
        {
            "channel": room.id,
            "user": ana.id,
            "ts": workspace.next_ts(),
            "text": "For Ana",
            "is_ephemeral": True,
        },
    )
    expect(page.get_by_text("For Ana")).to_be_visible()
    page.get_by_label("Acting as").select_option("Ben Okafor")
    expect(page.get_by_text("For Ana")).to_be_hidden()
    write(page, "Ben was here")
    expect(page.get_by_label("Message from Ben Okafor")).to_be_visible()


def test_a_narrow_window_loses_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 380, "height": 700})
    page.get_by_label("Show channels").click()
    expect(page.get_by_label("Acting as")).to_be_visible()
    page.get_by_role("button", name="# leadership").click()
    write(page, "short and " + "long" * 60)
    expect(page.get_by_label("Message from Ana Weber")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 380


def test_the_page_is_small(page: Page, server: WorkspaceServer) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())) if "/page/" in answer.url else None)
    page.goto(server.url)
    page.reload(wait_until="load")
    expect(page.get_by_label("Write a message", exact=True)).to_be_visible()
    assert 0 < sum(sizes) < 300_000


STYLE = (Path(control.__file__).parent / "page" / "style.css").read_text(encoding="utf-8")
TEXT_ON = {
    "ink": "paper hover side quiet mention", "muted": "paper hover side quiet", "accent": "paper hover side",
    "on-accent": "accent", "danger": "paper hover side", "code": "paper hover quiet", "paper": "ink",
}  # fmt: skip


def palettes() -> list[dict[str, str]]:
    """The colours of the style sheet, light first: each `:root` that has any."""
    roots = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#\w+);", root)) for root in roots]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#") if len(colour) > 4 else "".join(digit * 2 for digit in colour.lstrip("#"))
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(scheme: int) -> None:
    colours = palettes()[scheme]
    pairs = [(text, ground) for text, grounds in TEXT_ON.items() for ground in grounds.split()]
    assert [pair for pair in pairs if contrast(*(colours[name] for name in pair)) < 4.5] == []
