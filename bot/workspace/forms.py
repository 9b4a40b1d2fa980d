"""What a person pressed, chose and typed, in the form Slack sends it: actions and `state.values`."""

from __future__ import annotations

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
}
STATELESS = ("button", "overflow", "feedback_buttons", "icon_button", "image")


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


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
    return [] if element["type"] in MANY_CHOICES or element["type"].startswith("multi_") else None


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
    for block in blocks:
        for element in elements_of(block):
            if element["type"] not in STATELESS:
                inner = {
                    "type": element["type"],
                    **entered(element, given(values, block["block_id"], element)),
                }
                state.setdefault(block["block_id"], {})[element["action_id"]] = inner
    return state


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
        for block in blocks
        if block_id in (None, block["block_id"])
        for element in elements_of(block)
        if element["action_id"] == action_id
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
    return errors
