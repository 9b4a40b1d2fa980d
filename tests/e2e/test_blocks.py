"""Every block and element on the page: seen with its words, pressed with its value, and harmless whatever it holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.workspace.records import Json
from tests.browser import IN_A_BROWSER, go_to, write
from tests.e2e.conftest import Showcase
from tests.workspace.every_block import mrkdwn, plain, rich, rich_text, row

pytestmark = IN_A_BROWSER

Show = Callable[[str], Locator]
HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script>"
LINKS = "<javascript:alert(3)|press> [press](javascript:alert(4)) <data:text/html,x|press>"


def posted(page: Page, showcase: Showcase, *blocks: Any) -> Locator:
    """A message that no server has checked."""
    blocks_with_ids = [{"block_id": f"b{place}", **block} for place, block in enumerate(blocks)]
    message: Json = {"type": "message", "user": showcase.ana.id, "ts": showcase.workspace.next_ts(), "text": "x"}
    showcase.workspace.store({**message, "channel": showcase.room.id, "blocks": blocks_with_ids})
    return page.locator(f'[data-ts="{message["ts"]}"]')


WORDS = {
    "texts": [
        "Every text ✨", "for @Ana Weber in #leadership and @board, @here. 👋 :no_such_emoji:", "A quoted line",
        "Closes 2026-05-28 22:26.", "Owner", "Friday", "*as typed*", "🚀", "Inner", "Quoted", "code()",
        "From the guidance", "Image: The office", "An image of its own", "A heading", "and 🎉.", "Decided",
        "plain <b>text</b>", "<b>not bold</b> [press](javascript:alert(5))",
    ],
    "tables": ["Owner", "Ana Weber", "How we voted", "Statement 5", "1–5 of 7"],
    "bars": ["Yes and no by statement", "Measurement", "People", "Yes over time", "Q4"],
    "shares": ["Answers over time", "Who answered", "Not sure", "60 %"],
    "cards": [
        "Political air cover", "Somebody at the very top.", "Two minutes", "Read the card", "Second", "More about it",
        "Folded away", "The inside", "Read the guidance", "Eleven statements", "The guide", "The first year",
        "In progress", "To do", "Video: A talk", "Not helpful", "Remove",
    ],
    "presses": ["Plain", "Primary", "Danger", "Pick: users_select", "Phone", "Say it at once"],
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_every_block_is_seen_with_its_words(show: Show, name: str) -> None:
    card = show(name)
    for words in WORDS[name]:
        expect(card).to_contain_text(words)
    expect(card.get_by_text("this page cannot draw it")).to_have_count(0)


def test_text_is_drawn_as_what_it_means(show: Show) -> None:
    card = show("texts")
    for tag, words in (
        ("strong", "Bold"), ("em", "italic"), ("s", "strike"), ("s", "gone"), ("code", "code"), ("pre", "code()"),
        ("blockquote", "Quoted"), ("ol > li", "Second"), ("li li", "Inner"), ("th", "Owner"), ("td", "Ana"),
        ("h3", "A heading"),
    ):  # fmt: skip
        expect(card.locator(tag, has_text=words).first).to_be_visible()
    expect(card.get_by_label("Decided")).to_be_checked()
    expect(card.get_by_label("Still open")).not_to_be_checked()
    expect(card.get_by_role("link", name="a link").first).to_have_attribute("href", "https://example.com/")


def test_images_of_ones_own_are_loaded_and_no_others(show: Show, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    card = show("texts")
    pictures = card.get_by_role("img", name="A sun over the sea")
    expect(pictures).to_have_count(3)
    page.wait_for_function("[...document.images].every((image) => image.naturalWidth > 0)")
    expect(card.get_by_role("link", name="https://example.com/office.png")).to_be_visible()
    assert [url for url in asked if "example.com" in url] == []


def test_a_chart_tells_its_figures_to_those_who_do_not_see_it(show: Show) -> None:
    card = show("bars")
    expect(card.get_by_role("img", name="bar chart: Yes and no by statement")).to_be_visible()
    assert card.locator(".axes").first.locator("rect").count() == 8
    card.get_by_text("Figures").first.click()
    expect(card.get_by_role("row", name="Measurement 8 2")).to_be_visible()
    expect(card.locator(".legend").first).to_contain_text("YesNo")


def test_an_area_and_a_pie_are_drawn_from_their_values(show: Show) -> None:
    card = show("shares")
    expect(card.locator("polygon")).to_have_count(1)
    expect(card.locator(".slice path")).to_have_count(3)
    expect(card.get_by_role("img", name="pie chart: Who answered")).to_be_visible()


def test_a_long_table_is_turned_page_by_page(show: Show) -> None:
    card = show("tables")
    expect(card.get_by_role("table", name="How we voted")).to_be_visible()
    expect(card.get_by_role("rowheader", name="Statement 5")).to_be_visible()
    expect(card.get_by_text("Statement 6")).to_be_hidden()
    card.get_by_role("button", name="Next").click()
    expect(card.get_by_role("rowheader", name="Statement 6")).to_be_visible()
    expect(card.get_by_role("button", name="Next")).to_be_disabled()
    card.get_by_role("button", name="Previous").click()
    expect(card.get_by_text("1–5 of 7")).to_be_visible()


def test_a_container_folds(show: Show) -> None:
    card = show("cards")
    card.get_by_text("More about it").click()
    expect(card.get_by_text("The inside")).to_be_hidden()


BUTTONS = {
    "presses": {
        "Plain": {"action_id": "plain", "value": "p"},
        "Primary": {"action_id": "primary", "value": "one", "style": "primary"},
    },
    "cards": {
        "Read the card": {"action_id": "card"},
        "Second": {"action_id": "go_Second"},
        "Inside": {"action_id": "inner", "value": "deep", "block_id": "inside"},
        "Helpful": {"action_id": "rate", "value": "up"},
        "Not helpful": {"action_id": "rate", "value": "down"},
        "Remove": {"action_id": "bin", "type": "icon_button", "value": "bin"},
    },
}


@pytest.mark.parametrize("name", BUTTONS)
def test_a_press_reaches_the_app_with_its_value(show: Show, showcase: Showcase, name: str) -> None:
    card = show(name)
    for label, expected in BUTTONS[name].items():
        card.get_by_role("button", name=label, exact=True).click()
        showcase.receives(expected)


def test_a_press_counts_though_its_message_changes_in_its_midst(show: Show, showcase: Showcase, page: Page) -> None:
    card = show("presses")
    ts = str(card.get_attribute("data-ts"))
    message = showcase.workspace.find(showcase.room.id, ts)
    assert message
    card.get_by_role("button", name="Plain").hover()
    page.mouse.down()
    with page.expect_response("**/control/state?*"):
        showcase.client.chat_update(channel=showcase.room.id, ts=ts, text="New", blocks=message["blocks"])
    page.mouse.up()
    showcase.receives({"action_id": "plain"})
    expect(card.get_by_text("(edited)")).to_be_visible()


def test_a_question_comes_before_a_dangerous_press(show: Show, showcase: Showcase, page: Page) -> None:
    card = show("presses")
    card.get_by_role("button", name="Danger").click()
    expect(page.get_by_role("dialog", name="Sure?")).to_contain_text("There is no way back.")
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Danger").click()
    page.get_by_role("button", name="Yes", exact=True).click()
    showcase.receives({"action_id": "danger"})
    assert len(showcase.sent) == 1


def test_a_menu_holds_what_is_done_seldom(show: Show, showcase: Showcase, page: Page) -> None:
    show("presses").get_by_label("More options").click()
    page.get_by_role("button", name="Leave").click()
    showcase.receives({"action_id": "overflow", "selected_option": {"value": "leave"}})


def pick(card: Locator, kind: str, *names: str) -> None:
    """Ticks these in a list that opens at a press, and closes it."""
    card.get_by_text(f"Pick: {kind}").click()
    for name in names:
        card.locator("details[open]").get_by_label(name, exact=True).check()
    if kind.startswith("multi_"):
        card.page.keyboard.press("Escape")


CHOICES: dict[str, tuple[str, Any]] = {
    "static_select": ("Blue", {"selected_option": {"value": "blue"}}),
    "users_select": ("Ben Okafor", {"selected_user": "ben"}),
    "channels_select": ("#leadership", {"selected_channel": "room"}),
    "conversations_select": ("#leadership", {"selected_conversation": "room"}),
}
SEVERAL: dict[str, tuple[list[str], Any]] = {
    "multi_static_select": (["Red", "Blue"], {"selected_options": [{"value": "red"}, {"value": "blue"}]}),
    "multi_users_select": (["Ana Weber", "Ben Okafor"], {"selected_users": ["ana", "ben"]}),
    "multi_channels_select": (["#leadership"], {"selected_channels": ["room"]}),
    "multi_conversations_select": (["#leadership"], {"selected_conversations": ["room"]}),
}


def named(showcase: Showcase, expected: Any) -> Any:
    """The same, with ids in the place of names."""
    if isinstance(expected, dict):
        return {key: named(showcase, value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [named(showcase, value) for value in expected]
    return {"ana": showcase.ana.id, "ben": showcase.ben.id, "room": showcase.room.id}.get(expected, expected)


def test_a_choice_reaches_the_app(show: Show, showcase: Showcase) -> None:
    card = show("presses")
    for kind, (label, expected) in CHOICES.items():
        card.get_by_label(f"Pick: {kind}").select_option(label=label)
        showcase.receives({"type": kind, **named(showcase, expected)})


def test_several_choices_reach_the_app_together(show: Show, showcase: Showcase) -> None:
    card = show("presses")
    for kind, (labels, expected) in SEVERAL.items():
        pick(card, kind, *labels)
        showcase.receives({"type": kind, **named(showcase, expected)})
    assert len(showcase.sent) == len(SEVERAL)


def test_no_more_than_the_most_can_be_chosen(show: Show) -> None:
    card = show("presses")
    card.get_by_text("Pick: multi_static_select").click()
    card.get_by_label("Red", exact=True).check()
    card.get_by_label("Blue", exact=True).check()
    expect(card.get_by_label("Green", exact=True)).to_be_disabled()


def test_the_app_offers_what_fits_the_words_typed(show: Show, showcase: Showcase) -> None:
    card = show("presses")
    card.get_by_text("Pick: external_select").click()
    expect(card.get_by_text("Type 2 or more letters to search.")).to_be_visible()
    card.get_by_label("Search: Pick: external_select").fill("ber")
    expect(card.get_by_label("Oslo")).to_have_count(0)
    card.get_by_label("Berlin").click()
    showcase.receives({"type": "external_select", "selected_option": {"value": "berlin"}})
    pick(card, "multi_external_select", "Bern", "Oslo")
    showcase.receives({"selected_options": [{"value": "bern"}, {"value": "oslo"}]})


def test_dates_times_and_boxes_reach_the_app(show: Show, showcase: Showcase) -> None:
    card = show("presses")
    card.get_by_label("Pick: datepicker").fill("2026-12-24")
    showcase.receives({"selected_date": "2026-12-24"})
    card.get_by_label("Pick: timepicker").fill("09:30")
    showcase.receives({"selected_time": "09:30"})
    card.get_by_label("Date and time").fill("2026-12-24T10:30")  # in Berlin, where Ana is
    showcase.receives({"selected_date_time": 1_798_104_600})
    card.get_by_label("No", exact=True).check()
    showcase.receives({"selected_option": {"value": "no"}})
    card.get_by_label("Mail").check()
    card.get_by_label("Phone").check()
    showcase.receives({"selected_options": [{"value": "mail"}, {"value": "phone"}]})


def test_what_is_typed_is_told_at_enter(show: Show, showcase: Showcase) -> None:
    box = show("presses").get_by_label("Say it at once")
    box.fill("at once")
    box.press("Enter")
    showcase.receives({"type": "plain_text_input", "value": "at once"})


def test_home_is_drawn_and_can_be_pressed(page: Page, showcase: Showcase) -> None:
    go_to(page, "App Home")
    expect(page.get_by_role("heading", name="Your home")).to_be_visible()
    page.get_by_role("button", name="From home").click()
    showcase.receives({"action_id": "home", "value": "h"})


def test_an_ephemeral_is_seen_by_its_person_alone(page: Page) -> None:
    write(page, "@showcase whisper")
    whisper = page.get_by_role("article").filter(has_text="For your eyes only")
    expect(whisper).to_contain_text("Only visible to you")
    page.get_by_label("Acting as").select_option(label="Ben Okafor")
    expect(page.get_by_role("article").filter(has_text="@showcase whisper")).to_be_visible()
    expect(whisper).to_be_hidden()


def test_dates_are_told_in_the_readers_zone_and_words(page: Page, showcase: Showcase) -> None:
    now = int(showcase.workspace.now().timestamp())
    tokens = "{date_num}; {date}; {date_short}; {date_long}; {time}; {time_secs}"
    text = f"<!date^1709251199^{tokens}^https://example.com/|then> <!date^{now}^{{date_long_pretty}} {{odd}}|x>"
    late = f"<!date^{now - 10_800}^{{ago}}|x> <!date^soon^{{date}}|no date>"
    card = posted(page, showcase, {"type": "section", "text": mrkdwn(f"{text} {late}")})
    said = "2024-03-01; 1 March 2024; 1 Mar 2024; Friday, 1 March 2024; 00:59; 00:59:59"
    expect(card).to_contain_text(f"{said} today {{odd}} 3 hours ago no date")
    expect(card.get_by_role("link", name="2024-03-01")).to_have_attribute("href", "https://example.com/")


UNDRAWN: list[Any] = [
    {"type": "hologram", "depth": 3},
    {"type": "constructor"},
    {"type": "actions", "elements": [{"type": "dial", "action_id": "d"}]},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "gesture"}]}]},
    {"type": "rich_text", "elements": [{"type": "rich_text_table"}]},
    {"type": "context", "elements": [{"type": "smell"}]},
    {"type": "table", "rows": [[{"type": "raw_film"}]]},
    {"type": "table", "rows": None},
    {"type": "header"},
    {"type": "section", "text": {"type": "mrkdwn", "text": 7}},
    {"type": "data_visualization", "title": "T", "chart": {"type": "radar"}},
    {"type": "data_visualization", "title": "T", "chart": {"type": "pie", "segments": [{"label": "a", "value": "b"}]}},
    {"type": "input", "label": plain("L"), "element": {"type": "organ", "action_id": "o"}},
    {"type": "container", "title": plain("T"), "child_blocks": [{"type": "hologram"}]},
    {"type": "card", "title": plain("T"), "actions": [None]},
]


def test_what_the_page_cannot_draw_it_shows_as_it_came(page: Page, showcase: Showcase) -> None:
    card = posted(page, showcase, *UNDRAWN, {"type": "section", "text": plain("The rest is there.")})
    expect(card.get_by_text("The rest is there.")).to_be_visible()
    expect(card.locator(".unknown > summary", has_text="this page cannot draw it")).to_have_count(len(UNDRAWN))
    box = card.locator(".unknown", has_text="hologram").first
    box.locator("summary").click()
    expect(box.locator("pre")).to_contain_text('"depth": 3')


def test_hostile_words_and_links_stay_words(page: Page, showcase: Showcase) -> None:
    words = f"{HOSTILE} {LINKS}"
    link = {"type": "link", "url": "javascript:alert(6)", "text": "press"}
    series = [{"name": HOSTILE, "data": [{"label": HOSTILE, "value": 1}]}]
    card = posted(
        page, showcase,
        {"type": "section", "text": mrkdwn(words)}, {"type": "markdown", "text": words},
        {"type": "header", "text": plain(words)},
        rich_text(rich(link, {"type": "text", "text": words})), {"type": "table", "rows": [row(words), row(words)]},
        {"type": "image", "image_url": "javascript:alert(7)", "alt_text": words},
        {"type": "image", "image_url": "data:text/html,<script>alert(8)</script>", "alt_text": words},
        {"type": "video", "title": plain(words), "video_url": "javascript:alert(9)", "alt_text": "x"},
        {"type": "data_visualization", "title": words,
         "chart": {"type": "bar", "series": series, "axis_config": {"categories": [HOSTILE]}}},
        {"type": "card", "title": mrkdwn(words)}, {"type": HOSTILE},
    )  # fmt: skip
    expect(card.get_by_text("alert(2)").first).to_be_visible()
    expect(card.locator(".unknown")).to_have_count(1)
    assert card.locator("script, img, iframe, a, [onerror]").count() == 0


def test_a_narrow_window_holds_every_block(show: Show, page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 800})
    for name in WORDS:
        show(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("document.getElementById('messages').scrollWidth") <= 400
