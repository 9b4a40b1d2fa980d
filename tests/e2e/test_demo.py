"""The demo as a person uses it: `cco demo` in a process of its own, its page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import IN_A_BROWSER, go_to, watched_pages, write
from tests.e2e.demo import Demo, running_demo

QUESTION = "@cco where should the CCO report?"
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> what is customer math?"
_numbers = count(1)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo"), cache) as running:
        yield running


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    with watched_pages(browser) as open_page:
        opened = open_page(demo.url)
        expect(opened.get_by_role("heading", name="# leadership")).to_be_visible()
        yield opened


def messages(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages", exact=True).get_by_role("article")


def thread(page: Page) -> Locator:
    return page.get_by_role("log", name="Thread messages").get_by_role("article")


def ask(page: Page, question: str = QUESTION) -> Locator:
    """Mentions the bot and opens the thread of the answer."""
    unique = f"{question} ({next(_numbers)})"
    write(page, unique)
    asked = messages(page).filter(has_text=unique.removeprefix("@cco "))
    asked.get_by_role("button", name="1 reply").click()
    expect(thread(page)).to_have_count(2)
    return thread(page).last


def only_for_me(page: Page, text: str) -> Locator:
    return messages(page).filter(has_text="Only visible to you").filter(has_text=text)


def test_a_mention_is_answered_in_the_thread_and_followed_up_there(page: Page) -> None:
    answer = ask(page, "@cco what is option 4, the line leader with a dispersed team?")
    expect(answer).to_contain_text("Our summary of “")
    expect(answer).to_contain_text("Watch out")
    write(page, "@cco and the cons?", "Reply")
    expect(thread(page)).to_have_count(4)
    expect(thread(page).last).to_contain_text("Option 4: line leader with a dispersed team: cons")


def test_a_command_is_answered_to_one_person_and_shared(page: Page) -> None:
    write(page, "/cco ask what is political air cover?")
    answer = only_for_me(page, "You asked: what is political air cover?")
    expect(answer).to_contain_text("Our summary of “")
    answer.get_by_role("button", name="Share in channel").click()
    shared = messages(page).filter(has_text="Shared by @Ana Weber")
    expect(shared).to_contain_text("Asked: what is political air cover?")
    page.get_by_label("Acting as").select_option(label="Ben Okafor")
    expect(shared).to_be_visible()
    expect(answer).to_be_hidden()


def test_a_suggestion_leads_to_its_card(page: Page) -> None:
    ask(page).get_by_role("button", name="four structures").click()
    expect(thread(page)).to_have_count(3)
    expect(thread(page).last).to_contain_text("Our summary of “")


def test_a_thumb_down_is_explained_in_a_form(page: Page) -> None:
    ask(page).get_by_role("button", name="This answer did not help").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_role("heading", name="What was missing?")).to_be_visible()
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("Please complete this required field.")).to_be_visible()
    form.get_by_label("It leaves out what I needed").check()
    form.get_by_label("Anything to add?").fill("Our board wants an example.")
    form.get_by_role("button", name="Send").click()
    expect(form).to_be_hidden()


def test_a_follow_up_to_a_private_answer_is_read_in_its_form(page: Page) -> None:
    write(page, "/cco ask what is option 1?")
    only_for_me(page, "You asked: what is option 1?").get_by_role("button", name="Ask a follow-up").click()
    form = page.get_by_role("dialog")
    form.get_by_role("textbox").fill("and the cons?")
    form.get_by_role("button", name="Ask", exact=True).click()
    expect(form).to_contain_text("You asked: and the cons?")
    expect(form).to_contain_text("Only you see this.")
    form.get_by_role("button", name="Close").first.click()
    expect(form).to_be_hidden()


def test_a_starting_question_of_app_home_is_answered_in_messages(page: Page) -> None:
    go_to(page, "App Home")
    expect(page.get_by_role("heading", name="Guidance on the Chief Customer Officer")).to_be_visible()
    page.get_by_role("button", name="How do we decide whether we need a CCO?").click()
    go_to(page, "CCO Advisor")
    expect(messages(page).last).to_contain_text("Our summary of “")


def test_what_is_not_covered_can_be_taken_back(page: Page) -> None:
    write(page, "/cco ask what does a CCO earn?")
    reply = only_for_me(page, "The guidance doesn't cover what a CCO earns.")
    reply.get_by_role("button", name="Don't keep").click()
    expect(reply).to_contain_text("Your question is not kept.")


def test_hostile_text_shows_as_text(page: Page) -> None:
    write(page, f"/cco ask {HOSTILE}")
    expect(only_for_me(page, f"You asked: {HOSTILE}")).to_be_visible()
    ask(page, f"@cco {HOSTILE}")
    page.get_by_role("button", name="Close thread").click()
    ask(page).get_by_role("button", name="Ask a follow-up").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(HOSTILE)
    page.get_by_role("dialog").get_by_role("button", name="Ask", exact=True).click()
    expect(thread(page).last).to_contain_text(f"@Ana Weber asked: {HOSTILE}")
    assert page.locator("#messages img, #messages script, #thread img, #thread script").count() == 0


def test_ctrl_c_ends_it_and_leaves_nothing_behind(tmp_path: Path, cache: Path) -> None:
    with running_demo(tmp_path, cache) as demo:
        assert list(tmp_path.iterdir()) != []
        code, said = demo.interrupt()
    assert code == 0
    assert said.splitlines()[-1] == "Stopped. Nothing was left behind."
    assert list(tmp_path.iterdir()) == []
