"""Accountability on the page: a promise, the sessions it comes up in, the reminder, the session, the sponsor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import IN_A_BROWSER, go_to, watched_pages
from tests.e2e.demo import running_demo
from tests.e2e.months import (
    LEADER,
    SPONSOR,
    commit,
    directly,
    in_channel,
    open_sessions_confirmation,
    save,
    set_up_sessions,
    take_on,
    until,
)
from tests.e2e.rounds import messages, thread

pytestmark = IN_A_BROWSER


@pytest.fixture
def page(browser: Browser, tmp_path: Path, cache: Path) -> Iterator[Page]:
    with running_demo(tmp_path, cache) as demo, watched_pages(browser) as open_page:
        yield open_page(demo.url)


def test_a_promise_comes_up_in_its_reminder_in_the_session_and_with_the_sponsor(page: Page) -> None:
    set_up_sessions(page, open_sessions_confirmation(page))
    in_channel(page, LEADER)
    echo = commit(page, "@ben Publish the customer math by tomorrow 6pm")
    expect(echo).to_contain_text("Ben Okafor")
    expect(echo).to_contain_text("18:00 (your time, Europe/Berlin)")
    save(page, echo)
    take_on(page, "Ben Okafor")
    expect(until(page, "has been overdue since")).to_contain_text("Publish the customer math")
    in_channel(page, LEADER)
    expect(until(page, "Overdue (1)")).to_contain_text("From the guidance")
    opened = until(page, "Customer accountability session is open")
    opened.get_by_role("button", name="1 reply").click()
    expect(thread(page).last).to_contain_text("Publish the customer math")
    thread(page).last.get_by_role("button", name="Missed, next time").click()
    expect(thread(page).last).to_contain_text("Missed")
    page.get_by_role("button", name="Close thread").click()
    expect(until(page, "what came of it")).to_contain_text("Missed (1)")
    directly(page, SPONSOR)
    asked = until(page, "One thing needs you.")
    asked.get_by_role("button", name="I'll step in").click()
    directly(page, "Ben Okafor")
    expect(messages(page).filter(has_text="steps in").last).to_be_visible()
    go_to(page, "App Home")
    expect(page.get_by_text("Your commitments")).to_be_visible()
