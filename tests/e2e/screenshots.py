"""The pictures in the documentation: `python -m tests.e2e.screenshots` (or `make screenshots`) takes them anew.

It starts the demo, does what a person does, and writes a picture of each scene to docs/.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import CHROMIUM, NO_CHROMIUM, go_to, running_browser, write
from tests.e2e.demo import PATIENCE, running_demo

DOCS = Path(__file__).parents[2] / "docs"
WINDOW = {"width": 1280, "height": 900}


def answer(page: Page) -> None:
    """An answer in a thread, from its title to its source."""
    write(page, "@cco How long does this work take?")
    page.get_by_role("button", name="1 reply").click()
    reply = page.get_by_role("log", name="Thread messages").get_by_role("article").last
    expect(reply).to_contain_text("Our summary of “")
    reply.evaluate("node => node.scrollIntoView({block: 'start'})")


def not_covered(page: Page) -> None:
    """A private reply to what the guidance leaves out."""
    write(page, "/cco ask what does a CCO earn?")
    expect(page.get_by_text("The guidance doesn't cover what a CCO earns.")).to_be_visible()


def suggest(page: Page) -> None:
    """A question back."""
    write(page, "/cco ask is it worth the trouble?")
    expect(page.get_by_text("Did you mean one of these?")).to_be_visible()


def home(page: Page) -> None:
    """App Home."""
    go_to(page, "App Home")
    expect(page.get_by_role("heading", name="Guidance on the Chief Customer Officer")).to_be_visible()


def feedback(page: Page) -> None:
    """The small modal behind a thumbs-down."""
    write(page, "/cco ask where should the CCO report?")
    page.get_by_role("button", name="This answer did not help").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def inspector(page: Page) -> None:
    """What goes on between Slack and the bot, with a fault that was switched on."""
    page.get_by_role("button", name="Inspector").click()
    page.get_by_text("Faults", exact=True).click()
    page.get_by_label("What goes wrong").select_option("rate_limited")
    page.get_by_role("button", name="Switch on").click()
    write(page, "@cco do we need a CCO?")
    expect(page.get_by_text("1 reply")).to_be_visible()


SCENES = {
    "answer": answer,
    "not-covered": not_covered,
    "suggest": suggest,
    "home": home,
    "feedback": feedback,
    "inspector": inspector,
}


def take(folder: Path) -> None:
    """Plays each scene in a demo of its own and writes its picture."""
    with running_browser() as browser:
        for name, scene in SCENES.items():
            with tempfile.TemporaryDirectory() as temporary, running_demo(Path(temporary)) as demo:
                page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
                page.set_default_timeout(PATIENCE * 1000)
                page.goto(demo.url)
                expect(page.get_by_role("heading", name="# leadership")).to_be_visible(timeout=PATIENCE * 1000)
                scene(page)
                page.mouse.move(0, 0)
                page.evaluate("document.activeElement.blur()")
                page.screenshot(path=folder / f"{name}.png")
                page.close()
                demo.interrupt()


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(NO_CHROMIUM)
    take(DOCS)
