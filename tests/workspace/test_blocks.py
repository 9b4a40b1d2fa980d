"""Block Kit's limits: what is refused, where, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.blocks import BLOCKS, problems, view_problems
from tests.workspace.guest import button, everything, form, mrkdwn, options, plain

Json = dict[str, Any]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def test_a_message_with_every_common_block_passes() -> None:
    assert problems(everything("U1", "C1")) == []


def test_a_modal_with_inputs_passes() -> None:
    assert view_problems(form()) == []


def section(**parts: Any) -> Json:
    return {"type": "section", **parts}


def field(element: Json) -> Json:
    return {"type": "input", "label": plain("Q"), "element": {"action_id": "a", **element}}


def picker(**parts: Any) -> Json:
    return actions({"type": "static_select", "action_id": "s", "options": options("A"), **parts})


def cells(count: int, letters: int = 1) -> list[Json]:
    return [{"type": "raw_text", "text": "x" * letters}] * count


def grid(rows: int = 2, columns: int = 1) -> Json:
    return {"type": "data_table", "caption": "C", "rows": [cells(columns)] * rows}


def chart(kind: str, **parts: Any) -> Json:
    return {"type": "data_visualization", "title": "T", "chart": {"type": kind, **parts}}


def pie(segments: int = 1, label: int = 1) -> Json:
    return chart("pie", segments=[{"label": "x" * label, "value": 1}] * segments)


def bars(series: int = 1, points: int = 1) -> Json:
    names = [f"p{n}" for n in range(points)]
    data = [{"label": name, "value": 1} for name in names]
    return chart("bar", series=[{"name": "s", "data": data}] * series, axis_config={"categories": names})


def card(**parts: Any) -> Json:
    return {"type": "card", "title": plain("T"), **parts}


def container(children: int = 1, **parts: Any) -> Json:
    return {"type": "container", "title": plain("T"), "child_blocks": [{"type": "divider"}] * children, **parts}


def tasks(count: int) -> Json:
    return {
        "type": "plan",
        "title": "P",
        "tasks": [{"type": "task_card", "task_id": f"t{n}", "title": "T", "status": "pending"} for n in range(count)],
    }


def sure(**parts: Any) -> Json:
    texts = {"title": plain("T"), "text": plain("T"), "confirm": plain("Y"), "deny": plain("N")}
    return actions(button("B", "a", confirm={**texts, **parts}))


def rating(text: str = "T", value: str = "v") -> Json:
    side, other = {"text": plain(text), "value": value}, {"text": plain("N"), "value": "n"}
    element = {"type": "feedback_buttons", "action_id": "f", "positive_button": side, "negative_button": other}
    return {"type": "context_actions", "elements": [element]}


def several(element: Json, count: int) -> list[Json]:
    return [{**element, "action_id": f"a{n}"} for n in range(count)]


GROUP = {"label": plain("L"), "options": options("A")}
# What holds so many of something: the fewest and the most that Slack takes.
# fmt: off
LIMITS: dict[str, tuple[Callable[[int], Json], int, int]] = {
    "section text": (lambda n: section(text=mrkdwn("x" * n)), 1, 3000),
    "section fields": (lambda n: section(fields=[mrkdwn("x")] * n), 1, 10),
    "section field": (lambda n: section(fields=[mrkdwn("x" * n)]), 1, 2000),
    "header": (lambda n: {"type": "header", "text": plain("x" * n)}, 1, 150),
    "header level": (lambda n: {"type": "header", "text": plain("x"), "level": n}, 1, 4),
    "context": (lambda n: {"type": "context", "elements": [mrkdwn("x")] * n}, 1, 10),
    "actions": (lambda n: actions(*several(button("B", "a"), n)), 1, 25),
    "input label": (lambda n: {**field({"type": "plain_text_input"}), "label": plain("x" * n)}, 1, 2000),
    "input hint": (lambda n: {**field({"type": "plain_text_input"}), "hint": plain("x" * n)}, 1, 2000),
    "image alt text": (lambda n: {"type": "image", "image_url": "https://e.com", "alt_text": "x" * n}, 1, 2000),
    "image address": (lambda n: {"type": "image", "image_url": "x" * n, "alt_text": "A"}, 1, 3000),
    "image title": (lambda n: {"type": "image", "image_url": "x", "alt_text": "A", "title": plain("x" * n)}, 1, 2000),
    "markdown": (lambda n: {"type": "markdown", "text": "x" * n}, 1, 12_000),
    "table rows": (lambda n: {"type": "table", "rows": [cells(1)] * n}, 1, 100),
    "table cells": (lambda n: {"type": "table", "rows": [cells(n)]}, 1, 20),
    "table columns": (lambda n: {"type": "table", "rows": [cells(1)], "column_settings": [{}] * n}, 1, 20),
    "table letters": (lambda n: {"type": "table", "rows": [cells(1, n)]}, 0, 10_000),
    "data table rows": (lambda n: grid(rows=n), 2, 201),
    "data table columns": (lambda n: grid(columns=n), 1, 20),
    "data table page": (lambda n: {**grid(), "page_size": n}, 1, 100),
    "data table letters": (lambda n: {**grid(), "rows": [cells(1, n), cells(1, 0)]}, 0, 20_000),
    "chart title": (lambda n: {**pie(), "title": "x" * n}, 1, 50),
    "pie segments": (lambda n: pie(n), 1, 12),
    "pie label": (lambda n: pie(label=n), 1, 20),
    "chart series": (lambda n: bars(n), 1, 12),
    "chart points": (lambda n: bars(points=n), 1, 20),
    "context actions": (lambda n: {"type": "context_actions", "elements": several(rating()["elements"][0], n)}, 1, 5),
    "rating text": (lambda n: rating("x" * n), 1, 75),
    "rating value": (lambda n: rating(value="x" * n), 1, 2000),
    "card title": (lambda n: card(title=plain("x" * n)), 1, 150),
    "card subtitle": (lambda n: card(subtitle=plain("x" * n)), 1, 150),
    "card body": (lambda n: card(body=mrkdwn("x" * n)), 1, 200),
    "card subtext": (lambda n: card(subtext=mrkdwn("x" * n)), 1, 200),
    "card actions": (lambda n: card(actions=several(button("B", "a"), n)), 1, 3),
    "carousel": (lambda n: {"type": "carousel", "elements": [card()] * n}, 1, 10),
    "container": (container, 1, 10),
    "container subtitle": (lambda n: container(subtitle=plain("x" * n)), 1, 150),
    "plan": (tasks, 1, 50),
    "action id": (lambda n: actions(button("B", "x" * n)), 0, 255),
    "block id": (lambda n: {"type": "divider", "block_id": "x" * n}, 0, 255),
    "button text": (lambda n: actions(button("x" * n, "a")), 1, 75),
    "button value": (lambda n: actions(button("B", "a", "x" * n)), 0, 2000),
    "button address": (lambda n: actions(button("B", "a", url="x" * n)), 1, 3000),
    "button label": (lambda n: actions(button("B", "a", accessibility_label="x" * n)), 1, 75),
    "options": (lambda n: picker(options=options(*map(str, range(n)))), 1, 100),
    "option groups": (lambda n: picker(options=None, option_groups=[GROUP] * n), 1, 100),
    "placeholder": (lambda n: picker(placeholder=plain("x" * n)), 1, 150),
    "option text": (lambda n: picker(options=[{"text": plain("x" * n), "value": "v"}]), 1, 75),
    "option description": (lambda n: picker(options=[{**options("A")[0], "description": plain("x" * n)}]), 1, 75),
    "option value": (lambda n: picker(options=[{"text": plain("A"), "value": "x" * n}]), 1, 75),
    "overflow": (lambda n: actions({"type": "overflow", "action_id": "o", "options": options(*"abcdefg"[:n])}), 1, 5),
    "radio buttons": (lambda n: field({"type": "radio_buttons", "options": options(*"abcdefghijk"[:n])}), 1, 10),
    "checkboxes": (lambda n: field({"type": "checkboxes", "options": options(*"abcdefghijk"[:n])}), 1, 10),
    "confirm title": (lambda n: sure(title=plain("x" * n)), 1, 100),
    "confirm text": (lambda n: sure(text=plain("x" * n)), 1, 300),
    "confirm button": (lambda n: sure(confirm=plain("x" * n)), 1, 30),
    "deny button": (lambda n: sure(deny=plain("x" * n)), 1, 30),
    "shortest input": (lambda n: field({"type": "plain_text_input", "min_length": n}), 0, 3000),
    "longest input": (lambda n: field({"type": "plain_text_input", "max_length": n}), 1, 3000),
}
# fmt: on


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_kept_to_the_last_one(name: str) -> None:
    make, fewest, most = LIMITS[name]
    assert [problems([make(count)]) for count in (fewest, most)] == [[], []]
    beyond = [most + 1, *([fewest - 1] if fewest else [])]
    assert [bool(problems([make(count)])) for count in beyond] == [True] * len(beyond)


def modal(**parts: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "blocks": [], **parts}


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (lambda n: modal(title=plain("x" * n)), 24),
        (lambda n: modal(submit=plain("x" * n)), 24),
        (lambda n: modal(close=plain("x" * n)), 24),
        (lambda n: modal(private_metadata="x" * n), 3000),
        (lambda n: modal(callback_id="x" * n), 255),
        (lambda n: modal(external_id="x" * n), 255),
        (lambda n: modal(blocks=[{"type": "divider"}] * n), 100),
        (lambda n: {"type": "home", "blocks": [{"type": "divider"}] * n}, 100),
        (lambda n: modal(blocks=[{"type": "alert", "text": plain("x" * n)}]), 200),
        (lambda n: modal(submit=plain("S"), blocks=[field({"type": "file_input", "max_files": n})]), 10),
    ],
)
def test_a_view_s_limit_is_kept_to_the_last_one(make: Callable[[int], Json], most: int) -> None:
    assert view_problems(make(most)) == []
    assert view_problems(make(most + 1)) != []


def test_what_is_too_long_is_refused_with_a_pointer_to_it() -> None:
    assert problems([section(text=mrkdwn("x" * 3001))]) == [
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
    inside = container(child_blocks=[{"type": "header", "text": plain("x" * 151)}])
    assert problems([inside]) == ["must be less than 151 characters [json-pointer:/blocks/0/child_blocks/0/text/text]"]


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([{"type": "table", "rows": [cells(1)]}] * 2, "no more than 1 table blocks allowed"),
        ([pie()] * 3, "no more than 2 data_visualization blocks allowed"),
        ([grid(), {**grid(), "rows": [cells(1, 20_000)] * 2}], "data_table blocks must be less than 20001 characters"),
        ([{"type": "markdown", "text": "x" * 6001}] * 2, "markdown blocks must be less than 12001 characters together"),
        (
            [{"type": "table", "rows": [cells(1)]}, container(child_blocks=[{"type": "table", "rows": [cells(1)]}])],
            "no more than 1 table blocks allowed",
        ),
    ],
)
def test_some_limits_hold_for_the_whole_message(blocks: list[Json], message: str) -> None:
    assert any(problem.startswith(message) for problem in problems(blocks))


SURFACES = {
    "markdown": ({"type": "markdown", "text": "x"}, {"message"}),
    "table": ({"type": "table", "rows": [cells(1)]}, {"message", "home"}),
    "data_table": (grid(), {"message", "home"}),
    "data_visualization": (pie(), {"message"}),
    "context_actions": (rating(), {"message"}),
    "card": (card(), {"message", "modal", "home"}),
    "carousel": ({"type": "carousel", "elements": [card()]}, {"message", "home"}),
    "container": (container(), {"message", "home"}),
    "alert": ({"type": "alert", "text": plain("x")}, {"modal"}),
    "task_card": ({"type": "task_card", "task_id": "t", "title": "T"}, {"message"}),
    "plan": (tasks(1), {"message"}),
    "file_input": (field({"type": "file_input"}), {"modal"}),
    "number_input": (field({"type": "number_input", "is_decimal_allowed": True}), {"modal"}),
    "email_text_input": (field({"type": "email_text_input"}), {"modal"}),
    "url_text_input": (field({"type": "url_text_input"}), {"modal"}),
    "datetimepicker": (field({"type": "datetimepicker"}), {"message", "modal"}),
    "plain_text_input": (field({"type": "plain_text_input"}), {"message", "modal", "home"}),
}


@pytest.mark.parametrize("name", SURFACES)
def test_a_block_appears_where_it_may(name: str) -> None:
    block, surfaces = SURFACES[name]
    found = {
        "message": problems([block]),
        "modal": view_problems(modal(blocks=[block], submit=plain("S"))),
        "home": view_problems({"type": "home", "blocks": [block]}),
    }
    assert {surface for surface, problem in found.items() if not problem} == surfaces


MALFORMED = [
    ({"type": "sektion"}, "unsupported type: sektion [json-pointer:/blocks/0/type]"),
    ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
    ({"type": "divider", "colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
    ({"type": "header", "text": mrkdwn("x")}, "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"),
    ("text", "must provide an object [json-pointer:/blocks/0]"),
    ({"type": "input", "label": plain("Q"), "element": button("x", "a")}, "unsupported type: button"),
    ({"type": "image", "alt_text": "a"}, "missing required field: image_url"),
    ({"type": "alert", "text": plain("x")}, "unsupported type: alert"),
    (actions({"type": "static_select", "action_id": "s"}), "must provide either options or option_groups"),
    (actions(button("x", "same"), button("y", "same")), "action_id must be unique within the block: same"),
    (container(child_blocks=[actions(button("x", "a"), button("y", "a"))]), "action_id must be unique"),
    (container(child_blocks=[{"type": "divider", "block_id": "b"}] * 2), "block_id must be unique"),
    (container(title=None), "missing required field: title"),
    (container(child_blocks=[{"type": "alert", "text": plain("x")}]), "unsupported type: alert"),
    ({"type": "carousel", "elements": [{"type": "card", "subtitle": plain("S")}]}, "missing required field: title"),
    ({"type": "carousel", "elements": [{"type": "divider"}]}, "unsupported type: divider"),
    ({"type": "plan", "title": "P", "tasks": tasks(1)["tasks"] * 2}, "task_id must be unique within the plan"),
    ({"type": "task_card", "task_id": "t", "title": "T", "status": "pending"}, "must be a valid enum value"),
    ({"type": "task_card", "task_id": "t", "title": plain("T")}, "must provide a string"),
    ({"type": "header", "text": plain("x"), "level": 1.5}, "must provide an integer"),
    (chart("pie", segments=[{"label": "x", "value": 0}]), "must be between"),
    ({"type": "data_table", "rows": [cells(1)] * 2}, "missing required field: caption"),
    (
        {"type": "input", "label": plain("Q"), "element": {"type": "number_input", "is_decimal_allowed": True}},
        "unsupported type: number_input",
    ),
    (actions(button("x", "a", style="huge")), "must be a valid enum value: primary, danger"),
]


@pytest.mark.parametrize(("block", "message"), MALFORMED)
def test_what_is_malformed_is_refused(block: Any, message: str) -> None:
    assert any(problem.startswith(message) for problem in problems([block]))


def test_more_than_fifty_blocks_in_a_message_are_refused_and_a_hundred_in_a_modal_pass() -> None:
    dividers = [{"type": "divider"}] * 51
    assert problems(dividers) == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert view_problems({"type": "modal", "title": plain("T"), "blocks": dividers}) == []


def test_block_ids_must_differ_within_a_payload() -> None:
    same = {"type": "divider", "block_id": "b"}
    assert problems([same, same]) == ["block_id must be unique within the payload [json-pointer:/blocks/1/block_id]"]


def test_a_chart_whose_labels_are_not_its_categories_is_refused() -> None:
    series = [{"name": "s", "data": [{"label": "a", "value": 1}]}]
    chart = {"type": "bar", "series": series, "axis_config": {"categories": ["b"]}}
    block = {"type": "data_visualization", "title": "T", "chart": chart}
    assert problems([block]) == [
        "labels must match axis_config.categories [json-pointer:/blocks/0/chart/series/0/data]"
    ]


def test_a_modal_with_inputs_needs_a_submit_button_and_a_short_title() -> None:
    found = view_problems({**form(), "submit": None, "title": plain("x" * 25)})
    assert "missing required field: submit [json-pointer:/view/submit]" in found
    assert "must be less than 25 characters [json-pointer:/view/title/text]" in found


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(sorted(BLOCKS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "element", "options", "child_blocks"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_whatever_breaks_the_validation(value: Any) -> None:
    assert isinstance(problems(value), list)
    assert isinstance(problems([value]), list)
    assert isinstance(view_problems(value), list)
