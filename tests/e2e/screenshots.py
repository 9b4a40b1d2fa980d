"""The pictures in the documentation: `python -m tests.e2e.screenshots` (or `make screenshots`) takes them anew.

It starts the demo, does what a person does, and writes a picture of each scene to docs/.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import CHROMIUM, NO_CHROMIUM, go_to, running_browser, write
from tests.e2e.demo import PATIENCE, Demo, running_demo
from tests.e2e.months import (
    LEADER,
    SPONSOR,
    commit,
    directly,
    in_channel,
    open_sessions_confirmation,
    reach_step,
    save,
    set_up_sessions,
    take_on,
    tick,
    until,
    whisper,
)
from tests.e2e.rounds import (
    FIRST,
    SECOND,
    Team,
    act_as,
    choice,
    messages,
    only_for_me,
    open_form,
    open_poll,
    open_thread,
    posted,
    start,
    thread,
    to_the_close,
    vote,
)

DOCS = Path(__file__).parents[2] / "docs"
WINDOW = {"width": 1280, "height": 900}
SHEET = {"width": 960, "height": 1320}  # the upper part of the board page


def answer(page: Page) -> None:
    """An answer in a thread, from its title to its source."""
    write(page, "@cco How long does this work take?")
    page.get_by_role("button", name="1 reply").click()
    reply = page.get_by_role("log", name="Thread messages").get_by_role("article").last
    expect(reply).to_contain_text("Our summary of “")
    to_its_top(reply)


def to_its_top(message: Locator) -> None:
    message.evaluate("node => node.scrollIntoView({block: 'start'})")


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


def readiness(page: Page, demo: Demo) -> Iterator[str]:
    """A readiness check from its form to its second round; yields the name of each picture when it can be taken."""
    team = Team(demo)
    form = open_form(page)
    yield "check-form"
    form.get_by_role("button", name="Next").click()
    confirmation = page.get_by_role("dialog", name="Before I post")
    expect(confirmation).to_contain_text("posts 12 messages")
    yield "check-confirmation"
    confirmation.get_by_role("button", name="Start").click()
    open_thread(posted(page, demo), page)
    team.answer(FIRST, but=4)
    vote(page, 1, "Yes")
    expect(only_for_me(page, "Saved.")).to_be_visible()
    expect(open_poll(page)).to_contain_text("5 of 8 have answered")
    to_its_top(thread(page).last)
    yield "check-poll"
    act_as(page, "Ben Okafor")
    open_poll(page).get_by_role("button", name="Vote on all 11").click()
    for number, answer in enumerate(("Yes", "No", "Yes", "No"), 1):
        choice(page.get_by_role("dialog"), number, answer).check()
    to_its_top(page.locator("#modal .body > *").first)
    yield "check-vote"
    page.keyboard.press("Escape")
    act_as(page, "Ana Weber")
    team.answer(FIRST)
    to_its_top(to_the_close(page, demo))
    yield "check-results"
    start(page, demo)
    team.answer(SECOND)
    found = to_the_close(page, demo)
    found.get_by_role("button", name="1 reply").click()
    expect(thread(page).last).to_contain_text("8 of 8 also voted last time.")
    to_its_top(found)
    yield "check-movement"


def accountability(page: Page) -> Iterator[str]:
    """A month from the first promise to air cover; yields the name of each picture when it can be taken."""
    confirmation = open_sessions_confirmation(page)
    yield "sessions-confirmation"
    set_up_sessions(page, confirmation)
    in_channel(page, LEADER)
    save(page, commit(page, "@emeka Agree owners for the billing hand-offs by tomorrow 6pm"))
    for words in ("Publish the customer math", "Name the three worst moments of a customer"):
        save(page, commit(page, f"@ben {words} in 6 days"))
    save(page, commit(page, "@chloe Reward whoever puts a customer’s problem right in three weeks"))
    take_on(page, "Emeka Nwosu")
    take_on(page, "Ben Okafor", items=2)
    take_on(page, "Chloe Martin")
    in_channel(page, LEADER)
    reach_step(page, "1 · The problem is admitted", "The CEO said so to all managers")
    reach_step(page, "2 · The issues are agreed on", "Five issues, signed by every head of function")
    commit(page, "@hana Tell the board what customers lose us by 18 Dec")
    yield "commitment"
    directly(page, "Ben Okafor")
    until(page, "Your commitments:")
    yield "reminder"
    in_channel(page, LEADER)
    to_its_top(until(page, "Overdue (1)"))
    yield "agenda"
    opened = until(page, "Customer accountability session is open")
    until(page, "3 replies")
    opened.get_by_role("button", name="3 replies").click()
    tick(page, "Agree owners", "Missed, next time")
    tick(page, "Publish the customer math", "Done")
    to_its_top(thread(page).nth(1))
    yield "session"
    opened.get_by_role("button", name="Close the session").click()
    page.get_by_role("dialog").get_by_role("button", name="Close it").click()
    to_its_top(until(page, "what came of it"))
    yield "summary"
    page.get_by_role("button", name="Close thread").click()
    until(page, "This week")
    to_its_top(messages(page).filter(has_text="This week").last)
    yield "weekly-digest"
    directly(page, SPONSOR)
    to_its_top(until(page, "One thing needs you."))
    yield "air-cover"
    in_channel(page, LEADER)
    write(page, "/cco year-one")
    to_its_top(whisper(page, "2 of 8 steps are reached"))
    yield "year-one"


def board_page(page: Page) -> str:
    """Has the page for the board sent; gives its address."""
    messages(page).last.get_by_role("button", name="Board page and CSV").click()
    go_to(page, "CCO Advisor")
    return str(page.get_by_role("link", name="Board page").evaluate("node => node.href"))


@contextmanager
def playing(browser: Browser) -> Iterator[tuple[Page, Demo]]:
    """A demo of its own, and its page."""
    with tempfile.TemporaryDirectory() as temporary, running_demo(Path(temporary), rate_limits=False) as demo:
        page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(demo.url)
        expect(page.get_by_role("heading", name="# leadership")).to_be_visible()
        yield page, demo
        page.close()
        demo.interrupt()


def picture(page: Page, path: Path) -> None:
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=path)


def take(folder: Path) -> None:
    """Plays each scene in a demo of its own and writes its picture; a readiness check has several."""
    with running_browser() as browser:
        for name, scene in SCENES.items():
            with playing(browser) as (page, _):
                scene(page)
                picture(page, folder / f"{name}.png")
        with playing(browser) as (page, demo):
            for name in readiness(page, demo):
                picture(page, folder / f"{name}.png")
            address = board_page(page)
            for name, scheme in (("board-page", "light"), ("board-page-dark", "dark")):
                sheet = browser.new_page(viewport=SHEET, color_scheme=scheme)  # type: ignore[arg-type]
                sheet.goto(address)
                picture(sheet, folder / f"{name}.png")
                sheet.close()
        with playing(browser) as (page, _):
            for name in accountability(page):
                picture(page, folder / f"{name}.png")


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(NO_CHROMIUM)
    take(DOCS)
