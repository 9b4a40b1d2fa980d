"""The local workspace's page in headless Chromium: first paint and a new message, with and without thousands."""

import json
import shutil
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.figures import table
from bot.resources import MANIFEST
from bot.workspace.demo import furnish
from bot.workspace.server import WorkspaceServer

MESSAGES = 5_000
TIMES = 7
GOAL_MS = 1_000
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SHOWN = """text => new Promise(done => {
  const look = () => [...document.querySelectorAll("#messages article")].some(node => node.textContent.includes(text))
    ? requestAnimationFrame(() => done(performance.timeOrigin + performance.now())) : requestAnimationFrame(look);
  look();
})"""


def run() -> dict[str, Any]:
    """Print and return the figures."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        print("No Chromium was found on the PATH; the page is not measured.")
        return {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        figures = {count: _measured(browser, count) for count in (0, MESSAGES)}
        browser.close()
    rows = [(f"{count} messages", part["first_paint_ms"], part["new_message_ms"]) for count, part in figures.items()]
    print(f"The page, medians of {TIMES} (ms); the goal for the first paint is {GOAL_MS}\n")
    print(table(("", "first paint", "a new message shown"), rows))
    return {f"{count}_messages": part for count, part in figures.items()}


def _measured(browser: Browser, count: int) -> dict[str, float]:
    server = WorkspaceServer(json.loads(MANIFEST.read_text()), rate_limits=False)
    server.start()
    ana = furnish(server.workspace)[0]
    room = next(channel for channel in server.workspace.channels.values() if not channel.is_im)
    for number in range(count):
        server.workspace.say(ana.id, room.id, f"message {number}")
    address = f"{server.url}/#user={ana.id}&place={room.id}"
    paints = [_paint(browser, address) for _ in range(TIMES)]
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#messages article")
    shown = [_shown(page, server, ana.id, room.id, f"newcomer {number}.") for number in range(TIMES)]
    page.close()
    server.stop()
    return {"first_paint_ms": round(median(paints)), "new_message_ms": round(median(shown))}


def _paint(browser: Browser, address: str) -> float:
    page = browser.new_page()  # in a context of its own: nothing is cached
    page.goto(address)
    page.wait_for_function(PAINT)
    paint = float(page.evaluate(PAINT))
    page.close()
    return paint


def _shown(page: Page, server: WorkspaceServer, user: str, room: str, text: str) -> float:
    begun = float(page.evaluate("performance.timeOrigin + performance.now()"))
    server.workspace.say(user, room, text)
    return float(page.evaluate(SHOWN, text)) - begun
