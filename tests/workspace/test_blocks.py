"""Block Kit's limits: what is refused, where, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
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


TOO_LONG = [
    (
        {"type": "section", "text": mrkdwn("x" * 3001)},
        "must be less than 3001 characters",
        "/blocks/0/text/text",
    ),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/blocks/0/text/text"),
    (actions(button("x" * 76, "a")), "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    (actions(button("x", "a", "v" * 2001)), "must be less than 2001", "/blocks/0/elements/0/value"),
    (actions(button("x", "a" * 256)), "must be less than 256", "/blocks/0/elements/0/action_id"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001", "/blocks/0/text"),
    ({"type": "section", "fields": [mrkdwn("x")] * 11}, "no more than 10 items", "/blocks/0/fields"),
    ({"type": "context", "elements": [mrkdwn("x")] * 11}, "no more than 10 items", "/blocks/0/elements"),
    (
        {"type": "actions", "elements": [button("x", f"a{n}") for n in range(26)]},
        "no more than 25",
        "/blocks/0/elements",
    ),
    (
        actions({"type": "overflow", "action_id": "o", "options": options(*"abcdef")}),
        "no more than 5",
        "/blocks/0/elements/0/options",
    ),
]


@pytest.mark.parametrize(("block", "message", "pointer"), TOO_LONG)
def test_what_is_too_long_is_refused_with_a_pointer_to_it(block: Json, message: str, pointer: str) -> None:
    problem = problems([block])[0]
    assert problem.startswith(message)
    assert problem.endswith(f"[json-pointer:{pointer}]")


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


def test_feedback_buttons_belong_on_messages_only() -> None:
    blocks = [block for block in everything("U1", "C1") if block["type"] == "context_actions"]
    assert problems(blocks) == []
    assert view_problems({"type": "home", "blocks": blocks}) != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(sorted(BLOCKS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "element", "options", "child_blocks"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_no_json_whatever_breaks_the_validation(value: Any) -> None:
    assert isinstance(problems(value), list)
    assert isinstance(problems([value]), list)
    assert isinstance(view_problems(value), list)
