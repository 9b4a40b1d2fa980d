"""A round of the readiness check in the demo: started on the page, and answered by those who have no page open."""

from __future__ import annotations

import time
from typing import Any, Literal

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser import PATIENCE, write
from tests.e2e.demo import Demo

MINUTE = 60.0  # seconds
YES, NO, NOT_SURE, NOT_MY_AREA = range(1, 5)  # the buttons of a statement
LETTERS = {"Y": YES, "N": NO, "?": NOT_SURE, "-": NOT_MY_AREA}

# A statement a line, a person a column: Ana, Ben, Chloe, Deniz, Emeka, Freya, Goran, Hana.
FIRST = (
    "YYYYYNYY", "YNYN?NYY", "NYNNNNNY", "NNNNYNN?", "NYNNY?YN", "YYYNYY?Y",
    "NNNYN-?N", "YNYYNNYN", "YYY?YYYY", "NNNN?NNN", "N-Y?YNNN",
)  # fmt: skip
SECOND = (
    "YYYYYYYY", "YYYY?YYY", "YYNYNNYY", "YNYNYNN?", "NYYYY?YN", "YYYNYY?Y",
    "NNNYN-?N", "YNNNNNYN", "YYY?YYYY", "NNNN?NNN", "N-Y?YYYN",
)  # fmt: skip


def messages(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages", exact=True).get_by_role("article")


def thread(page: Page) -> Locator:
    return page.get_by_role("log", name="Thread messages").get_by_role("article")


def only_for_me(page: Page, text: str) -> Locator:
    shown = page.get_by_role("article").filter(has_text="Only visible to you")
    return shown.filter(has_text=text)


def act_as(page: Page, name: str) -> None:
    """Once the page shows their places."""
    (user_id,) = page.get_by_label("Acting as").select_option(label=name)
    expect(page.locator("body")).to_have_attribute("data-user", user_id)


def to_next_due(page: Page, within: float | None = None) -> None:
    """Moves the workspace's clock to whatever is due next, and waits until it is done."""
    due = page.locator("#due")
    before = due.text_content() or ""
    page.get_by_role("button", name="To the next due action").click()
    expect(due).not_to_have_text(before, timeout=within)


def hasten(demo: Demo, locator: Locator, state: Literal["visible", "hidden"]) -> None:
    """Until this is shown or gone, a second passes in each tenth of one: what the bot sends has its turn."""
    until = time.monotonic() + PATIENCE
    while not _is_soon(locator, state):
        assert time.monotonic() < until, f"{locator} is not {state}"
        demo.do("clock", hours=1 / 3600)


def _is_soon(locator: Locator, state: Literal["visible", "hidden"]) -> bool:
    try:
        locator.wait_for(state=state, timeout=100)
    except TimeoutError:
        return False
    return True


def to_the_close(page: Page, demo: Demo) -> Locator:
    """Past the reminders to the results; gives them."""
    found = results(page).nth(results(page).count())
    until = time.monotonic() + PATIENCE
    while not _is_soon(found, "visible"):
        assert time.monotonic() < until, "no results"
        if demo.due_in() > MINUTE:  # what is due sooner happens by itself
            to_next_due(page)
    return results(page).last


def results(page: Page) -> Locator:
    return messages(page).filter(has_text="of 8 people think")


def open_form(page: Page) -> Locator:
    write(page, "/cco check")
    form = page.get_by_role("dialog", name="Run a readiness check")
    expect(form).to_be_visible()
    return form


def open_confirmation(page: Page) -> Locator:
    """From the form to the number of people and messages."""
    open_form(page).get_by_role("button", name="Next").click()
    asked = page.get_by_role("dialog", name="Before I post")
    expect(asked).to_contain_text("posts 12 messages")
    return asked


def start(page: Page, demo: Demo) -> Locator:
    """Starts the 11 statements with all that the form suggests; gives the message over them once all are there."""
    hasten(demo, open_poll(page), "hidden")  # the one before is marked as closed
    open_confirmation(page).get_by_role("button", name="Start").click()
    return posted(page, demo)


def open_poll(page: Page) -> Locator:
    """The message over the statements of the round that is open."""
    can_vote = page.get_by_role("button", name="Vote on all 11")
    return messages(page).filter(has_text="11 statements for").filter(has=can_vote)


def posted(page: Page, demo: Demo) -> Locator:
    parent = open_poll(page)
    hasten(demo, parent.get_by_role("button", name="11 replies"), "visible")
    return parent


def open_thread(parent: Locator, page: Page) -> None:
    parent.get_by_role("button", name="11 replies").click()
    expect(statement(page, 11)).to_be_visible()


def statement(page: Page, number: int) -> Locator:
    return thread(page).nth(number)  # under the message they belong to


def vote(page: Page, number: int, answer: str) -> None:
    """Presses a button in the thread."""
    statement(page, number).get_by_role("button", name=answer, exact=True).click()


def choice(form: Locator, number: int, answer: str) -> Locator:
    """An answer in the modal of all statements."""
    return form.get_by_role("radiogroup").nth(number - 1).get_by_label(answer, exact=True)


class Team:
    """The people of #leadership, who answer the newest round by the buttons in its thread."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        first = demo.seen()
        self.people = [person["id"] for person in first["people"] if not person["is_bot"]]
        self.room = next(channel["id"] for channel in first["channels"] if channel["name"] == "leadership")

    def answer(self, answers: tuple[str, ...], *, but: int = 0) -> None:
        """Everybody answers as written, but the first so many."""
        statements = self._statements()
        for letters, message in zip(answers, statements, strict=True):
            for person, letter in list(zip(self.people, letters, strict=True))[but:]:
                self._press(person, message, f"vote:{LETTERS[letter]}")

    def _statements(self) -> list[dict[str, Any]]:
        seen = self._demo.seen(channel=self.room)
        parent = [message for message in seen["messages"] if message.get("reply_count") == 11][-1]
        return list(self._demo.seen(channel=self.room, thread=parent["ts"])["thread"][1:])

    def _press(self, person: str, message: dict[str, Any], action: str) -> None:
        elements = [element for block in message["blocks"] for element in block.get("elements", [])]
        value = next(element["value"] for element in elements if element.get("action_id") == action)
        self._demo.do("click", user=person, ref=message["ts"], action_id=action, value=value)
