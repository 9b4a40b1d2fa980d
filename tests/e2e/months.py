"""A month of accountability in the demo: sessions set up, promises made, reminders, a session held, air cover."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Locator, Page, expect

from tests.browser import go_to, write
from tests.e2e.rounds import act_as, messages, thread, to_next_due

STEPS = 60  # to what is due next; a month has fewer
SAME_MINUTE, A_MOMENT = 1_000, 300  # milliseconds
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


def take_on(page: Page, name: str, items: int = 1) -> None:
    """Somebody takes on what they are asked for, so many items."""
    directly(page, name)
    for number in range(1, items + 1):
        page.get_by_role("button", name="I'll take it").first.click()
        expect(messages(page).filter(has_text="You took this on")).to_have_count(number)


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
        if _is_there(said):
            break
        with suppress(AssertionError):  # what comes next may be due in the same minute, and reads the same
            to_next_due(page, SAME_MINUTE)
    expect(said.last).to_be_visible()
    return said.last


def _is_there(said: Locator) -> bool:
    """What is done is shown a moment later."""
    with suppress(AssertionError):
        expect(said.last).to_be_visible(timeout=A_MOMENT)
    return said.count() > 0


def tick(page: Page, item: str, status: str) -> None:
    """Presses a status button of an item in a session's thread."""
    message = thread(page).filter(has_text=item)
    message.get_by_role("button", name=status, exact=True).click()
    expect(message.get_by_role("button", name=status, exact=True)).to_have_count(0)


def reach_step(page: Page, step: str, evidence: str) -> None:
    """Says in the channel's year one that a step is reached."""
    write(page, "/cco year-one")
    whisper(page, "Year one in").get_by_role("button", name="Step reached").click()
    form = page.get_by_role("dialog", name="A step is reached")
    form.get_by_label("Which step?").first.select_option(label=step)
    form.get_by_label("What shows it?").first.fill(evidence)
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)
    page.keyboard.press("Escape")
