"""A real browser for tests, and pages in it that may leave no trouble behind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
NO_CHROMIUM = "No Chromium was found on the PATH; install it to run the browser tests."
IN_A_BROWSER = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and os.environ.get("CI") != "true", reason=NO_CHROMIUM),
]

Open = Callable[[str], Page]


@contextmanager
def running_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def watched_pages(browser: Browser, seconds: float = 5) -> Iterator[Open]:
    """Opens pages at addresses, as different people's would be, and waits so long for what is done there.

    At the end they are closed, and none may have had an error in its console or shown a dialog of the browser's own.
    """
    contexts, troubles = [], list[str]()

    def dismiss(dialog: Dialog) -> None:
        troubles.append(dialog.message)
        dialog.dismiss()

    def open_page(address: str) -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", dismiss)
        page.set_default_timeout(seconds * 1000)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def write(page: Page, text: str, label: str = "Write a message") -> None:
    """Types into the message box (or `Reply`, the thread's) and sends."""
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Enter")


def go_to(page: Page, place: str) -> None:
    """A channel, the direct message or App Home, by its name in the sidebar."""
    page.get_by_role("navigation").get_by_role("button", name=place).click()
