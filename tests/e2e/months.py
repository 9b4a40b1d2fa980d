"""A month of accountability in the demo: sessions set up, promises made, reminders, a session held, air cover."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Locator, Page, expect

from tests.browser import go_to, write
from tests.e2e.rounds import act_as, messages, to_next_due

STEPS = 60  # to what is due next; a month has fewer
SAME_MINUTE = 1_000  # milliseconds
LEADER, SPONSOR = "Ana Weber", "Deniz Arslan"


def whisper(page: Page, words: str) -> Locator:
    """What only this person sees of the bot, the newest."""
    shown = page.get_by_role("article").filter(has_text="Only visible to you").filter(has_text=words)
    expect(shown.last).to_be_visible()
    return shown.last


def commit(page: Page, words: str) -> Locator:
    """Types a promise and gives what the bot says back, before it is saved."""
    write(page, f"/cco commit {words}")
    return whisper(page, "Before I save it")


def save(page: Page, echo: Locator) -> None:
    echo.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Before I save it")).to_have_count(0)


def directly(page: Page, name: str) -> None:
    """Reads what the bot wrote to somebody."""
    act_as(page, name)
    go_to(page, "CCO Advisor")


def in_channel(page: Page, name: str) -> None:
    act_as(page, name)
    go_to(page, "# leadership")


def take_on(page: Page, name: str) -> None:
    """Somebody takes on all that they are asked for."""
    directly(page, name)
    asked = page.get_by_role("button", name="I'll take it")
    expect(asked.first).to_be_visible()
    while left := asked.count():
        asked.first.click()
        expect(asked).to_have_count(left - 1)


def open_sessions_form(page: Page) -> Locator:
    write(page, "/cco session")
    form = page.get_by_role("dialog", name="Set up sessions")
    expect(form).to_be_visible()
    form.get_by_label("Executive sponsor").first.select_option(label=SPONSOR)
    form.get_by_label("Weekly, for the channel").check()
    return form


def open_sessions_confirmation(page: Page) -> Locator:
    open_sessions_form(page).get_by_role("button", name="Next").click()
    confirmation = page.get_by_role("dialog", name="Before I save")
    expect(confirmation).to_contain_text("Customer accountability session")
    return confirmation


def set_up_sessions(page: Page, confirmation: Locator) -> None:
    """Saves them, and the sponsor agrees."""
    confirmation.get_by_role("button", name="Save").click()
    expect(messages(page).filter(has_text="starts here").last).to_be_visible()
    page.keyboard.press("Escape")
    directly(page, SPONSOR)
    page.get_by_role("button", name="I agree").click()
    expect(messages(page).filter(has_text="You give air cover").last).to_be_visible()


def until(page: Page, words: str) -> Locator:
    """Moves the clock from one thing that is due to the next until the bot has said this where the page is."""
    said = messages(page).filter(has_text=words)
    for _ in range(STEPS):
        if said.count():
            break
        with suppress(AssertionError):  # what comes next may be due in the same minute, and reads the same
            to_next_due(page, SAME_MINUTE)
    expect(said.last).to_be_visible()
    return said.last
