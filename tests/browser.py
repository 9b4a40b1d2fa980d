"""A real browser for tests, and pages in it that may leave no trouble behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Page, ViewportSize, expect, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PATIENCE = 30.0  # seconds; a machine that does much else besides draws slowly
BLANK = "about:blank"
WINDOW: ViewportSize = {"width": 1280, "height": 720}
NO_CHROMIUM = "No Chromium was found on the PATH; install it to run the browser tests."
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and os.environ.get("CI") != "true", reason=NO_CHROMIUM),
]

Open = Callable[[str], Page]


@contextmanager
def running_browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched_pages(browser: Browser) -> Iterator[Open]:
    """Opens pages at addresses, each in a window of its own as different people's would be.

    At the end they are left, and none may have had an error in its console or shown a dialog of the browser's own.
    """
    opened, troubles = list[Page](), list[str]()

    def told(line: ConsoleMessage) -> None:
        if line.type == "error":
            troubles.append(line.text)

    def failed(error: Error) -> None:
        troubles.append(str(error))

    def asked(dialog: Dialog) -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    watching: dict[Any, Any] = {"console": told, "pageerror": failed, "dialog": asked}

    def open_page(address: str) -> Page:
        opened.append(_window(browser))
        for event, note in watching.items():
            opened[-1].on(event, note)
        opened[-1].goto(address)
        return opened[-1]

    yield open_page
    for page in opened:
        page.goto(BLANK)
        for event, note in watching.items():
            page.remove_listener(event, note)
    assert troubles == []


def _window(browser: Browser) -> Page:
    """One that was left blank, or a new one, which takes longer to make than most tests."""
    left = (page for context in browser.contexts for page in context.pages if page.url == BLANK)
    page = next(left, None) or browser.new_context().new_page()
    page.set_viewport_size(WINDOW)
    page.set_default_timeout(PATIENCE * 1000)
    return page


def write(page: Page, text: str, label: str = "Write a message") -> None:
    """Types into the message box (or `Reply`, the thread's) and sends, once no dialog lies over it."""
    box = page.get_by_label(label, exact=True)
    box.click()
    box.fill(text)
    box.press("Enter")


def go_to(page: Page, place: str) -> None:
    """A channel, the direct message or App Home, by its name in the sidebar."""
    page.get_by_role("navigation").get_by_role("button", name=place).click()
