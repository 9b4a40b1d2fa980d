"""What a person pressed, chose and typed, in the form Slack sends it: actions and `state.values`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.workspace.blocks import elements_of
from bot.workspace.records import Json, NotAllowed

ONE_CHOICE = ("static_select", "radio_buttons", "overflow", "external_select")
MANY_CHOICES = ("checkboxes", "multi_static_select", "multi_external_select")
NAMED = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "datepicker": "selected_date",
    "conversations_select": "selected_conversation",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
STATELESS = ("button", "overflow", "feedback_buttons", "icon_button", "image")


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    initial = [element["initial_option"]] if element.get("initial_option") else element.get("initial_options", [])
    return [*element.get("options", []), *grouped, *initial]


def entered(element: Json, value: Any) -> Json:
    """The element's part of `state.values` (and of an action) when a person gave `value`."""
    kind = element["type"]
    if kind in ONE_CHOICE:
        return {"selected_option": None if value is None else _chosen(element, value)}
    if kind in MANY_CHOICES:
        wanted = [value] if isinstance(value, str) else value or []
        return {"selected_options": [_chosen(element, one) for one in wanted]}
    if kind in NAMED:
        return {NAMED[kind]: value}
    return {"value": None if value == "" else value}


def _chosen(element: Json, value: Any) -> Json:
    """An option by its value; one that the app offered to an external select comes whole."""
    if isinstance(value, dict) and "external" in element["type"]:
        return value
    for option in options_of(element):
        if option["value"] == value:
            return dict(option)
    raise NotAllowed(f"{value} is not among the options of {element['action_id']}.")


def initial(element: Json) -> Any:
    """What an untouched element holds, in the form `entered` takes."""
    for name, value in element.items():
        if name == "initial_option":
            return value["value"]
        if name == "initial_options":
            return [option["value"] for option in value]
        if name.startswith("initial_"):
            return value
    return [] if element["type"] in MANY_CHOICES or element["type"].startswith(("multi_", "file_")) else None


def with_entry(values: Json | None, block_id: str, action_id: str, value: Any) -> Json:
    """The entries of a form once `value` was picked in it too."""
    nested = (values or {}).get(block_id)
    entry = {} if value is None else {action_id: value}
    return {**(values or {}), block_id: {**(nested if isinstance(nested, dict) else {}), **entry}}


def given(values: Json, block_id: str, element: Json) -> Any:
    """A person's entry, found under block id, action id, or both; else what the element holds by itself."""
    inner = values.get(block_id, values)
    if not isinstance(inner, dict):
        return inner
    return inner.get(element["action_id"], values.get(element["action_id"], initial(element)))


def state_values(blocks: list[Json], values: Json) -> Json:
    state: Json = {}
    for block, element in placed(blocks):
        if element["type"] not in STATELESS:
            inner = {
                "type": element["type"],
                **entered(element, given(values, block["block_id"], element)),
            }
            state.setdefault(block["block_id"], {})[element["action_id"]] = inner
    return state


def placed(blocks: list[Json]) -> list[tuple[Json, Json]]:
    """Every element, with the innermost block that holds it."""
    return list({id(element): (block, element) for block in _nested(blocks) for element in elements_of(block)}.values())


def _nested(blocks: list[Json]) -> Iterator[Json]:
    """The blocks, and those within containers and carousels after them."""
    for block in blocks:
        yield block
        cards = block["elements"] if block["type"] == "carousel" else []
        yield from _nested([*block.get("child_blocks", []), *cards])


def action(block: Json, element: Json, value: Any, ts: str) -> Json:
    base: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if element["type"] in ("button", "icon_button"):
        return {
            **base,
            "text": element["text"],
            **({"value": element["value"]} if "value" in element else {}),
            **({"style": element["style"]} if "style" in element else {}),
        }
    if element["type"] == "feedback_buttons":
        sides = [element["positive_button"], element["negative_button"]]
        pressed = next((side for side in sides if side["value"] == value), sides[0])
        return {**base, "text": pressed["text"], "value": pressed["value"]}
    return {**base, **entered(element, value)}


def pressed(blocks: list[Json], action_id: str, value: Any, block_id: str | None) -> tuple[Json, Json]:
    """The element to press. Among several with the same action id, the one whose value was asked for."""
    found = [
        (block, element)
        for block, element in placed(blocks)
        if block_id in (None, block["block_id"]) and element["action_id"] == action_id
    ]
    if not found:
        raise NotAllowed(f"There is nothing to press with the action id {action_id}.")
    same_value = [pair for pair in found if value is not None and pair[1].get("value") == value]
    return (same_value or found)[0]


def missing(blocks: list[Json], state: Json) -> dict[str, str]:
    """Inputs that Slack's own client would not let go."""
    errors = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        entry = state.get(block["block_id"], {}).get(block["element"].get("action_id", ""), {})
        filled = [value for key, value in entry.items() if key != "type" and value not in (None, "", [])]
        least, most = block["element"].get("min_length", 0), block["element"].get("max_length", 3000)
        if not filled and not block.get("optional"):
            errors[block["block_id"]] = "Please complete this required field."
        elif filled and isinstance(filled[0], str) and not least <= len(filled[0]) <= most:
            errors[block["block_id"]] = f"Please enter between {least} and {most} characters."
        elif filled and (problem := _malformed(block["element"], filled[0])):
            errors[block["block_id"]] = problem
    return errors


PATTERNS = {
    "email_text_input": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Please enter an email address."),
    "url_text_input": (re.compile(r"https?://\S+"), "Please enter a link that begins with https://."),
    "number_input": (re.compile(r"-?\d+(\.\d+)?"), "Please enter a number."),
}


def _malformed(element: Json, value: Any) -> str:
    """What is wrong with an email address, a link or a number, in words."""
    pattern, words = PATTERNS.get(element["type"], (None, ""))
    if pattern is None or not pattern.fullmatch(str(value)):
        return words
    return _off_limits(element, str(value)) if element["type"] == "number_input" else ""


def _off_limits(element: Json, number: str) -> str:
    least, most = element.get("min_value"), element.get("max_value")
    if "." in number and not element.get("is_decimal_allowed"):
        return "Please enter a whole number."
    if least is not None and float(number) < float(least):
        return f"Please enter {least} or more."
    return f"Please enter {most} or less." if most is not None and float(number) > float(most) else ""
