"""The readiness check on the page: started, voted in by buttons and in the modal, closed by the clock, run again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import IN_A_BROWSER, go_to, watched_pages, write
from tests.e2e.demo import Demo, running_demo
from tests.e2e.rounds import (
    FIRST,
    SECOND,
    Team,
    act_as,
    choice,
    messages,
    only_for_me,
    open_confirmation,
    open_form,
    open_poll,
    open_thread,
    start,
    statement,
    thread,
    to_next_due,
    to_the_close,
    vote,
)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Demo]:
    """A demo with a round that Ana has started, and that stays open."""
    with running_demo(tmp_path_factory.mktemp("demo"), cache, rate_limits=False) as running:
        with watched_pages(browser) as open_page:
            start(open_page(running.url), running)
        yield running


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    with watched_pages(browser) as open_page:
        opened = open_page(demo.url)
        expect(open_poll(opened)).to_be_visible()
        yield opened


def test_the_form_says_at_the_field_what_contradicts_itself_and_keeps_the_rest(page: Page) -> None:
    act_as(page, "Ben Okafor")
    form = open_form(page)
    form.get_by_label("The people you choose: Choose…").click()
    form.get_by_label("Ben Okafor").check()
    form.get_by_role("button", name="Next").click()
    expect(form).to_contain_text("Above it says that everybody is asked.")
    form.get_by_label("Only the people I choose").check()
    form.get_by_label("Live, only in a round with names").check()
    form.get_by_role("button", name="Next").click()
    expect(form).to_contain_text("An anonymous round shows its results when it closes.")
    expect(form.get_by_label("The people you choose: Ben Okafor")).to_be_visible()


def test_a_second_start_leads_to_the_poll_that_is_open(page: Page) -> None:
    act_as(page, "Goran Petrovic")
    open_form(page).get_by_role("button", name="Next").click()
    told = page.get_by_role("dialog", name="CCO Advisor")
    expect(told).to_contain_text("is open in #leadership already")
    expect(told.get_by_role("link", name="Go to it")).to_be_visible()


def test_a_vote_by_a_button_is_told_to_its_voter_alone_and_can_be_changed(page: Page) -> None:
    act_as(page, "Chloe Martin")
    open_thread(open_poll(page), page)
    vote(page, 1, "Yes")
    expect(only_for_me(page, "Saved. 1 of 11 answered.")).to_contain_text("1 · Direction: Yes")
    open_poll(page).get_by_role("button", name="My answers").click()
    own = only_for_me(page, "You have answered 1 of 11.")
    expect(own).to_contain_text("2 · Alignment: not answered yet")
    own.get_by_role("button", name="Change my answers").click()
    choice(page.get_by_role("dialog"), 1, "No").check()
    page.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("dialog", name="Saved")).to_contain_text("1 · Direction: No")
    page.keyboard.press("Escape")
    expect(open_poll(page)).to_contain_text(re.compile(r"[1-8] of 8 ha"))
    act_as(page, "Deniz Arslan")
    expect(open_poll(page)).to_be_visible()
    expect(only_for_me(page, "answered")).to_have_count(0)


def test_all_statements_are_answered_in_one_modal_that_has_the_earlier_answers(page: Page) -> None:
    act_as(page, "Emeka Nwosu")
    open_thread(open_poll(page), page)
    vote(page, 3, "Not sure")
    expect(only_for_me(page, "Saved.")).to_be_visible()
    open_poll(page).get_by_role("button", name="Vote on all 11").click()
    form = page.get_by_role("dialog", name="Vote on all 11")
    expect(choice(form, 3, "Not sure")).to_be_checked()
    choice(form, 1, "Yes").check()
    choice(form, 3, "No").check()
    form.get_by_role("button", name="Save my answers").click()
    saved = page.get_by_role("dialog", name="Saved")
    expect(saved).to_contain_text("Your answers are saved. 2 of 11 answered")
    expect(saved).to_contain_text("3 · Road map: No")


def test_a_statement_leads_to_why_it_matters(page: Page) -> None:
    act_as(page, "Hana Sato")
    open_thread(open_poll(page), page)
    statement(page, 4).get_by_role("button", name="Why this matters").click()
    expect(page.get_by_role("dialog")).to_contain_text("Our summary of")


def test_who_does_not_run_the_round_is_told_whom_to_ask(page: Page) -> None:
    act_as(page, "Freya Lindqvist")
    open_poll(page).get_by_role("button", name="Manage").click()
    expect(only_for_me(page, "isn't yours to change. Ask @Ana Weber")).to_be_visible()


def test_a_round_is_run_again_after_its_reminders_its_results_and_its_files(
    browser: Browser, tmp_path: Path, cache: Path
) -> None:
    with running_demo(tmp_path, cache, rate_limits=False) as demo, watched_pages(browser) as open_page:
        page, team = open_page(demo.url), Team(demo)
        asked = open_confirmation(page)
        expect(asked).to_contain_text("This asks 8 people and posts 12 messages in #leadership")
        asked.get_by_role("button", name="Back").last.click()
        form = page.get_by_role("dialog", name="Run a readiness check")
        expect(form).to_be_visible()
        page.keyboard.press("Escape")
        expect(form).to_be_hidden()
        start(page, demo)
        team.answer(FIRST, but=1)
        answers_from_the_reminder(page)
        shows_results(page, demo)
        sends_files(page)
        offers_the_reality_check(page)
        start(page, demo)
        team.answer(SECOND)
        shows_movement(page, demo)
        lists_both(page)


def answers_from_the_reminder(page: Page) -> None:
    """Ana has not answered until half of the time has passed."""
    to_next_due(page)
    go_to(page, "CCO Advisor")
    reminder = messages(page).filter(has_text="You haven't answered yet.")
    reminder.get_by_role("button", name="Don't remind me of this one").click()
    stopped = messages(page).filter(has_text="I won't remind you of this one again.")
    stopped.get_by_role("button", name="Answer the 11 statements").click()
    form = page.get_by_role("dialog", name="Vote on all 11")
    for number, letters in enumerate(FIRST, 1):
        choice(form, number, {"Y": "Yes", "N": "No"}[letters[0]]).check()
    form.get_by_role("button", name="Save my answers").click()
    expect(page.get_by_role("dialog", name="Saved")).to_contain_text("11 of 11 answered")
    page.keyboard.press("Escape")
    go_to(page, "# leadership")
    expect(open_poll(page)).to_contain_text("8 of 8 have answered")


def shows_results(page: Page, demo: Demo) -> None:
    found = to_the_close(page, demo)
    expect(found).to_contain_text("in place: 3 · we agree it's missing: 4 · we see it differently: 4")
    expect(found.get_by_role("img", name="bar chart: Yes, no and not sure by statement")).to_be_visible()
    found.get_by_text("Figures", exact=True).click()
    expect(found.get_by_role("row", name=re.compile(r"^10 Marketing"))).to_have_text(re.compile(r"0\s*7\s*1$"))
    headings = found.get_by_text(re.compile("^(Talk about these first|Missing, and|In place, and)"))
    expect(headings).to_have_text(
        ["Talk about these first: we see them differently", "Missing, and we agree", "In place, and we agree"]
    )


def sends_files(page: Page) -> None:
    messages(page).last.get_by_role("button", name="Board page and CSV").click()
    expect(only_for_me(page, "I've sent you the board page and the CSV directly.")).to_be_visible()
    go_to(page, "CCO Advisor")
    expect(page.get_by_role("link", name="CSV: Do we need a Chief Customer Officer?")).to_be_visible()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Board page: Do we need a Chief Customer Officer?").click()
    board = opened.value
    expect(board.get_by_role("heading", name="Do we need a Chief Customer Officer?", level=1)).to_be_visible()
    expect(board.get_by_role("img", name="Share of Yes for each statement")).to_be_visible()
    board.close()
    go_to(page, "# leadership")


def offers_the_reality_check(page: Page) -> None:
    page.get_by_role("button", name="Start the reality check").click()
    form = page.get_by_role("dialog", name="Run a readiness check")
    chosen = form.get_by_label("Which check?").locator("option:checked")
    expect(chosen).to_have_text("The reality check: is anybody doing this?")
    form.get_by_role("button", name="Next").click()
    expect(page.get_by_role("dialog", name="Before I post")).to_contain_text("posts 4 messages")
    page.get_by_role("button", name="Close all").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Start the reality check")).to_be_focused()  # where one came from


def shows_movement(page: Page, demo: Demo) -> None:
    found = to_the_close(page, demo)
    found.get_by_role("button", name="1 reply").click()
    moved = thread(page).last
    expect(moved).to_contain_text("8 of 8 also voted last time.")
    expect(moved).to_contain_text("↑ 2 · Alignment: 4 of 8 said yes, now 7 of 8")
    expect(moved).to_contain_text("↓ 8 · Working together: 4 of 8 said yes, now 2 of 8")


def lists_both(page: Page) -> None:
    write(page, "/cco results")
    listed = only_for_me(page, "Checks run in #leadership")
    expect(listed.get_by_role("button", name="Show the results")).to_have_count(2)
