"""Modals on the page: three deep, errors in place, updates under one's hands, and the way back by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from slack_sdk.errors import SlackApiError

from tests.browser import IN_A_BROWSER
from tests.e2e.conftest import Showcase
from tests.workspace.every_block import Json, first

pytestmark = IN_A_BROWSER


@pytest.fixture
def opener(show: Callable[[str], Locator]) -> Locator:
    """The button that opens the first of three views."""
    return show("presses").get_by_role("button", name="Open the stack")


def go_deep(page: Page, opener: Locator) -> Locator:
    """Opens the first view, pushes the second by a submission and the third by a press; gives the dialog."""
    opener.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your name").fill("Ana")
    dialog.get_by_role("button", name="Save").click()
    dialog.get_by_role("button", name="Go deeper").click()
    expect(page.get_by_role("dialog", name="Third")).to_be_visible()
    return dialog


def save_word(dialog: Locator, word: str) -> None:
    dialog.get_by_label("One word").fill(word)
    dialog.get_by_role("button", name="Save").click()


def test_views_stack_three_deep_and_back_leads_where_one_was(page: Page, opener: Locator, showcase: Showcase) -> None:
    dialog = go_deep(page, opener)
    expect(dialog).to_contain_text("View 3 of at most 3")
    expect(dialog.get_by_label("One word")).to_be_focused()
    dialog.get_by_role("button", name="Back").click()
    expect(page.get_by_role("dialog", name="Second")).to_contain_text("View 2 of at most 3")
    expect(dialog.get_by_role("button", name="Go deeper")).to_be_focused()
    page.keyboard.press("Escape")
    showcase.receives({"closed": "second", "is_cleared": False})
    expect(page.get_by_role("dialog", name="First")).to_be_visible()
    expect(dialog.get_by_label("Your name")).to_have_value("Ana")
    dialog.get_by_role("button", name="Not now").click()
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_errors_stand_at_their_field_and_take_the_focus(page: Page, opener: Locator, showcase: Showcase) -> None:
    dialog = go_deep(page, opener)
    field = dialog.get_by_label("One word")
    dialog.get_by_role("button", name="Save").click()
    expect(field).to_have_accessible_description("Please complete this required field.")
    save_word(dialog, "errors")
    expect(field).to_have_accessible_description("That word is taken.")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    showcase.receives({"private_metadata": "opaque"})


def test_an_answer_can_replace_the_view(page: Page, opener: Locator) -> None:
    dialog = go_deep(page, opener)
    save_word(dialog, "update")
    expect(page.get_by_role("dialog", name="Third, new")).to_contain_text("View 3 of at most 3")


def test_an_answer_can_close_them_all(page: Page, opener: Locator) -> None:
    dialog = go_deep(page, opener)
    save_word(dialog, "clear")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_cross_closes_them_all(page: Page, opener: Locator, showcase: Showcase) -> None:
    dialog = go_deep(page, opener)
    dialog.get_by_role("button", name="Close all").click()
    expect(dialog).to_be_hidden()
    assert showcase.views() == []


def test_escape_closes_one_view_after_another(page: Page, opener: Locator) -> None:
    dialog = go_deep(page, opener)
    for title in ("Second", "First"):
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_view_may_ask_to_take_the_others_with_it(page: Page, opener: Locator, showcase: Showcase) -> None:
    dialog = go_deep(page, opener)
    changed: Json = {**first(), "clear_on_close": True, "notify_on_close": True}
    showcase.client.views_update(view_id=showcase.views()[-1]["id"], view=changed)
    page.get_by_role("dialog", name="First").get_by_role("button", name="Back").click()
    expect(dialog).to_be_hidden()
    showcase.receives({"closed": "first", "is_cleared": True})


def test_an_update_leaves_what_is_being_typed(page: Page, opener: Locator, showcase: Showcase) -> None:
    opener.click()
    field = page.get_by_role("dialog").get_by_label("Your name")
    field.press_sequentially("Ana We")
    view = showcase.views()[-1]
    showcase.client.views_update(view_id=view["id"], hash=view["hash"], view=first("Another word from us."))
    expect(page.get_by_text("Another word from us.")).to_be_visible()
    expect(field).to_be_focused()
    field.press_sequentially("ber")
    expect(field).to_have_value("Ana Weber")
    with pytest.raises(SlackApiError, match="hash_conflict"):
        showcase.client.views_update(view_id=view["id"], hash=view["hash"], view=first())


def test_a_press_in_a_view_carries_what_was_typed_and_updates_it(page: Page, opener: Locator) -> None:
    opener.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your name").fill("Ana")
    dialog.get_by_role("button", name="Ask again").click()
    expect(dialog).to_contain_text("Take your time, Ana.")
    expect(dialog.get_by_label("Your name")).to_have_value("Ana")


def test_a_disabled_submit_waits_for_an_entry(page: Page, opener: Locator, showcase: Showcase) -> None:
    opener.click()
    save = page.get_by_role("dialog", name="First").get_by_role("button", name="Save")
    expect(save).to_be_enabled()
    showcase.client.views_update(view_id=showcase.views()[-1]["id"], view={**first(), "submit_disabled": True})
    expect(save).to_be_disabled()
    page.get_by_label("Your name").fill("A")
    expect(save).to_be_enabled()


@pytest.fixture
def form(page: Page) -> Locator:
    """The form of every input, opened by the global shortcut."""
    page.get_by_label("Shortcuts").click()
    page.get_by_role("button", name="Open the form").click()
    dialog = page.get_by_role("dialog", name="Form of everything")
    expect(dialog).to_be_visible()
    return dialog


def labelled(form: Locator, kind: str) -> Locator:
    return form.get_by_label(f"Label of {kind}", exact=True)


FILLED = {
    "plain_text_input": "Two\nlines", "number_input": "2.5", "email_text_input": "ana@example.com",
    "url_text_input": "https://example.com/", "rich_text_input": "Rich", "datepicker": "2026-12-24",
    "timepicker": "09:30", "datetimepicker": "2026-07-01T12:00",
}  # fmt: skip
RICH = {"type": "rich_text", "elements": [{"elements": [{"type": "text", "text": "Rich"}]}]}
STATE: dict[str, Json] = {
    "plain_text_input": {"value": "Two\nlines"},
    "number_input": {"value": "2.5"},
    "email_text_input": {"value": "ana@example.com"},
    "url_text_input": {"value": "https://example.com/"},
    "rich_text_input": {"rich_text_value": RICH},
    "datepicker": {"selected_date": "2026-12-24"},
    "timepicker": {"selected_time": "09:30"},
    "datetimepicker": {"selected_date_time": 1_782_900_000},
    "static_select": {"selected_option": {"value": "blue"}},
    "radio_buttons": {"selected_option": {"value": "yes"}},
    "checkboxes": {"selected_options": [{"value": "phone"}]},
    "multi_static_select": {"selected_options": [{"value": "red"}, {"value": "green"}]},
    "external_select": {"selected_option": {"value": "oslo"}},
    "users_select": {"selected_user": None},
    "multi_users_select": {"selected_users": []},
    "file_input": {"files": []},
}


def test_every_input_reaches_the_app_as_slack_would_send_it(form: Locator, showcase: Showcase) -> None:
    for kind, text in FILLED.items():
        labelled(form, kind).fill(text)
    labelled(form, "static_select").select_option(label="Blue")
    labelled(form, "radio_buttons").get_by_label("Yes").check()
    labelled(form, "checkboxes").get_by_label("Phone").check()
    form.get_by_text("Pick: multi_static_select").click()
    labelled(form, "multi_static_select").get_by_label("Red").check()
    labelled(form, "multi_static_select").get_by_label("Green").check()
    form.page.keyboard.press("Escape")
    form.get_by_text("Pick: external_select").click()
    form.get_by_label("Search: Label of external_select").fill("os")
    form.get_by_label("Oslo").click()
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    showcase.receives({kind: {kind: {"type": kind, **entry}} for kind, entry in STATE.items()})


def test_alerts_say_their_level(form: Locator) -> None:
    for level, word in (("info", "Note"), ("warning", "Warning"), ("error", "Error"), ("success", "Done")):
        alert = form.get_by_role("note").filter(has_text=f"An alert of level {level}")
        expect(alert).to_contain_text(word)


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("email_text_input", "ana", "Please enter an email address."),
        ("url_text_input", "javascript:alert(1)", "Please enter a link that begins with https://."),
        ("number_input", "0.5", "Please enter 1 or more."),
    ],
)
def test_what_cannot_be_right_is_told_at_its_field(
    form: Locator, showcase: Showcase, kind: str, text: str, words: str
) -> None:
    labelled(form, kind).fill(text)
    form.get_by_role("button", name="Save").click()
    expect(labelled(form, kind)).to_have_accessible_description(words)
    expect(labelled(form, kind)).to_be_focused()
    assert showcase.sent == []


def test_a_message_shortcut_opens_a_view_about_it(page: Page, show: Callable[[str], Locator]) -> None:
    card = show("tables")
    card.hover()
    card.get_by_label("More actions").click()
    page.get_by_role("button", name="Stack from here").locator("visible=true").click()
    expect(page.get_by_role("dialog", name="First")).to_be_visible()
