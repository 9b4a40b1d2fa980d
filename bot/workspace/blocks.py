"""Block Kit's rules as one table: what each block may hold, how long, on which surface.

`problems(...)` answers in Slack's words, each with a JSON pointer. The limits are those of Slack's reference
pages. A rule is a function of (value, pointer, check) that reports to the check.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.workspace.records import Json


class Check:
    """One validation run: the surface it is for, what was seen, and what was found wrong."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.found: list[tuple[str, str]] = []

    def wrong(self, pointer: str, message: str) -> None:
        self.found.append((pointer, message))


Rule = Callable[[Any, str, Check], None]


def string(high: int, low: int = 1) -> Rule:
    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, str):
            check.wrong(at, "must provide a string")
        elif len(value) > high:
            check.wrong(at, f"must be less than {high + 1} characters")
        elif len(value) < low:
            check.wrong(at, f"must be more than {low - 1} characters")

    return rule


def one_of(*choices: str) -> Rule:
    def rule(value: Any, at: str, check: Check) -> None:
        if value not in choices:
            check.wrong(at, f"must be a valid enum value: {', '.join(choices)}")

    return rule


def number(low: float, high: float) -> Rule:
    def rule(value: Any, at: str, check: Check) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            check.wrong(at, "must provide a number")
        elif not low <= value <= high:
            check.wrong(at, f"must be between {low} and {high}")

    return rule


def flag(value: Any, at: str, check: Check) -> None:
    if not isinstance(value, bool):
        check.wrong(at, "must provide a boolean")


def anything(value: Any, at: str, check: Check) -> None:
    return None


def items(rule: Rule, high: int, low: int = 1) -> Rule:
    def each(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, list):
            return check.wrong(at, "must provide an array")
        if len(value) > high:
            check.wrong(at, f"no more than {high} items allowed")
        if len(value) < low:
            check.wrong(at, f"no less than {low} items allowed")
        for number, item in enumerate(value):
            rule(item, f"{at}/{number}", check)

    return each


def fields(**rules: Rule) -> Rule:
    """An object with these fields and no others; a name ending in an underscore is required."""
    return _object(rules, is_open=False)


def open_fields(**rules: Rule) -> Rule:
    """An object that may hold more than these fields."""
    return _object(rules, is_open=True)


def _object(rules: dict[str, Rule], is_open: bool) -> Rule:
    table = {name.rstrip("_"): rule for name, rule in rules.items()}
    required = [name.rstrip("_") for name in rules if name.endswith("_")]

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, dict):
            return check.wrong(at, "must provide an object")
        for name in required:
            if value.get(name) is None:
                check.wrong(at, f"missing required field: {name}")
        for name, inner in value.items():
            if name in table and inner is not None:
                table[name](inner, f"{at}/{name}", check)
            elif name not in table and not is_open:
                check.wrong(at, f"invalid additional property: {name}")

    return rule


def kinds(table: dict[str, Rule], *names: str) -> Rule:
    """An object whose `type` chooses its rule among `names` (all of the table when none is given)."""

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, dict):
            return check.wrong(at, "must provide an object")
        name = value.get("type")
        if not isinstance(name, str) or name not in table or (names and name not in names):
            return check.wrong(f"{at}/type", f"unsupported type: {name}")
        table[name](value, at, check)

    return rule


def text(high: int, *types: str) -> Rule:
    return kinds(
        {
            "plain_text": fields(type_=anything, text_=string(high), emoji=flag),
            "mrkdwn": fields(type_=anything, text_=string(high), verbatim=flag),
        },
        *types,
    )


def plain(high: int) -> Rule:
    return text(high, "plain_text")


ID = string(255, low=0)
CONFIRM = fields(
    title_=plain(100), text_=text(300), confirm_=plain(30), deny_=plain(30), style=one_of("primary", "danger")
)
OPTION = fields(text_=text(75), value_=string(150), description=text(75), url=string(3000))
OPTIONS = items(OPTION, 100)
GROUPS = items(fields(label_=plain(75), options_=OPTIONS), 100)
ACTIVE: dict[str, Rule] = {"type_": anything, "action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
SELECT = {**ACTIVE, "placeholder": plain(150)}
MULTI = {**SELECT, "max_selected_items": number(1, 10**6)}
CHOICES: dict[str, Rule] = {**ACTIVE, "options_": items(OPTION, 10)}
DISPATCH = fields(trigger_actions_on=items(one_of("on_enter_pressed", "on_character_entered"), 2))
TYPED: dict[str, Rule] = {
    "type_": anything,
    "action_id": ID,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
    "initial_value": string(3000, low=0),
}
RATING = fields(text_=plain(75), value_=string(2000), accessibility_label=string(75))
FILE = open_fields()

ELEMENTS: dict[str, Rule] = {
    "button": fields(
        **ACTIVE,
        text_=plain(75),
        value=string(2000, low=0),
        url=string(3000),
        style=one_of("primary", "danger"),
        accessibility_label=string(75),
    ),
    "static_select": fields(**SELECT, options=OPTIONS, option_groups=GROUPS, initial_option=OPTION),
    "multi_static_select": fields(**MULTI, options=OPTIONS, option_groups=GROUPS, initial_options=OPTIONS),
    "external_select": fields(**SELECT, initial_option=OPTION, min_query_length=number(0, 3000)),
    "multi_external_select": fields(**MULTI, initial_options=OPTIONS, min_query_length=number(0, 3000)),
    "users_select": fields(**SELECT, initial_user=string(255)),
    "multi_users_select": fields(**MULTI, initial_users=items(string(255), 100)),
    "channels_select": fields(**SELECT, initial_channel=string(255), response_url_enabled=flag),
    "multi_channels_select": fields(**MULTI, initial_channels=items(string(255), 100)),
    "conversations_select": fields(
        **SELECT,
        initial_conversation=string(255),
        response_url_enabled=flag,
        default_to_current_conversation=flag,
        filter=anything,
    ),
    "multi_conversations_select": fields(
        **MULTI,
        initial_conversations=items(string(255), 100),
        filter=anything,
        default_to_current_conversation=flag,
    ),
    "overflow": fields(type_=anything, action_id=ID, confirm=CONFIRM, options_=items(OPTION, 5)),
    "radio_buttons": fields(**CHOICES, initial_option=OPTION),
    "checkboxes": fields(**CHOICES, initial_options=items(OPTION, 10)),
    "datepicker": fields(**SELECT, initial_date=string(10, low=10)),
    "timepicker": fields(**SELECT, initial_time=string(5, low=5), timezone=string(100)),
    "datetimepicker": fields(**ACTIVE, initial_date_time=number(10**9, 10**10 - 1)),
    "plain_text_input": fields(
        **TYPED, multiline=flag, min_length=number(0, 3000), max_length=number(1, 3000)
    ),
    "number_input": fields(**TYPED, is_decimal_allowed_=flag, min_value=anything, max_value=anything),
    "email_text_input": fields(**TYPED),
    "url_text_input": fields(**TYPED),
    "rich_text_input": fields(
        type_=anything,
        action_id=ID,
        placeholder=plain(150),
        focus_on_load=flag,
        dispatch_action_config=DISPATCH,
        initial_value=anything,
    ),
    "file_input": fields(
        type_=anything, action_id=ID, filetypes=items(string(20), 100), max_files=number(1, 10)
    ),
    "feedback_buttons": fields(
        type_=anything, action_id=ID, positive_button_=RATING, negative_button_=RATING
    ),
    "icon_button": fields(
        **ACTIVE,
        icon_=one_of("trash"),
        text_=plain(75),
        value=string(2000, low=0),
        accessibility_label=string(75),
        visible_to_user_ids=items(string(255), 1000),
    ),
    "image": fields(type_=anything, alt_text_=string(2000), image_url=string(3000), slack_file=FILE),
}
PICKERS = ("static_select", "external_select", "users_select", "channels_select", "conversations_select")
MULTI_PICKERS = tuple(f"multi_{name}" for name in PICKERS)
CHOOSERS = ("radio_buttons", "checkboxes", "datepicker", "timepicker")
WRITERS = (
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
)
DATED = ("datetimepicker",)
CONTEXT = {"image": ELEMENTS["image"], "plain_text": text(2000), "mrkdwn": text(2000)}
RICH = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
RICH_PARTS: dict[str, Rule] = {
    name: open_fields(elements_=items(open_fields(type_=string(50)), 1000, low=0)) for name in RICH
}
BASE: dict[str, Rule] = {"type_": anything, "block_id": ID}
IMAGE = {"image_url": string(3000), "slack_file": FILE, "alt_text_": string(2000)}
BUTTONS = items(kinds(ELEMENTS, "button", "icon_button"), 3)
CELL = open_fields(type_=one_of("raw_text", "raw_number", "rich_text"))
POINT = fields(label_=string(20), value_=number(-(10**15), 10**15))
SEGMENT = fields(label_=string(20), value_=number(10**-9, 10**15))
SERIES: dict[str, Rule] = {
    "type_": anything,
    "series_": items(fields(name_=string(20), data_=items(POINT, 20)), 12),
    "axis_config_": fields(categories_=items(string(20), 20), x_label=string(50), y_label=string(50)),
}
CHARTS = {
    "pie": fields(type_=anything, segments_=items(SEGMENT, 12)),
    **{name: fields(**SERIES) for name in ("bar", "area", "line")},
}
TASK: dict[str, Rule] = {
    "task_id": string(255),
    "title_": string(256),
    "details": anything,
    "output": anything,
    "sources": anything,
}
CARD: dict[str, Rule] = {
    **BASE,
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "subtext": text(200),
    "actions": BUTTONS,
    "hero_image": open_fields(**IMAGE),
    "icon": anything,
}


def any_block(value: Any, at: str, check: Check) -> None:
    kinds(BLOCKS)(value, at, check)


BLOCKS: dict[str, Rule] = {
    "section": fields(
        **BASE,
        text=text(3000),
        fields=items(text(2000), 10),
        expand=flag,
        accessory=kinds(ELEMENTS, "button", "image", "overflow", *PICKERS, *MULTI_PICKERS, *CHOOSERS),
    ),
    "header": fields(**BASE, text_=plain(150), level=number(1, 4)),
    "divider": fields(**BASE),
    "context": fields(**BASE, elements_=items(kinds(CONTEXT), 10)),
    "actions": fields(
        **BASE,
        elements_=items(
            kinds(ELEMENTS, "button", "overflow", *PICKERS, *MULTI_PICKERS, *CHOOSERS, *DATED), 25
        ),
    ),
    "input": fields(
        **BASE,
        label_=plain(2000),
        hint=plain(2000),
        optional=flag,
        dispatch_action=flag,
        element_=kinds(ELEMENTS, *PICKERS, *MULTI_PICKERS, *CHOOSERS, *DATED, *WRITERS),
    ),
    "image": fields(**BASE, **IMAGE, title=plain(2000)),
    "rich_text": fields(**BASE, elements_=items(kinds(RICH_PARTS), 1000, low=0)),
    "markdown": fields(**BASE, text_=string(12_000)),
    "table": fields(**BASE, rows_=items(items(CELL, 20), 100), column_settings=items(anything, 20)),
    "data_table": fields(
        **BASE,
        caption_=string(2000),
        rows_=items(items(CELL, 20), 201, low=2),
        page_size=number(1, 100),
        row_header_column_index=number(0, 19),
    ),
    "data_visualization": fields(**BASE, title_=string(50), chart_=kinds(CHARTS)),
    "context_actions": fields(**BASE, elements_=items(kinds(ELEMENTS, "feedback_buttons", "icon_button"), 5)),
    "card": fields(**CARD),
    "carousel": fields(**BASE, elements_=items(fields(**CARD), 10)),
    "container": open_fields(**BASE, child_blocks_=items(any_block, 10), is_collapsible=flag),
    "alert": fields(**BASE, text_=text(200), level=one_of("default", "info", "warning", "error", "success")),
    "task_card": fields(**BASE, **TASK, status=one_of("in_progress", "complete", "error")),
    "plan": fields(**BASE, title_=string(256), tasks=items(open_fields(**TASK), 50)),
    "video": open_fields(**BASE, title_=plain(200), alt_text_=string(2000)),
}
MODAL, HOME = {"modal"}, {"home"}
NOT_ON = {  # surfaces a block may not appear on
    "markdown": MODAL | HOME,
    "table": MODAL,
    "data_table": MODAL,
    "data_visualization": MODAL | HOME,
    "context_actions": MODAL | HOME,
    "carousel": MODAL,
    "container": MODAL,
    "alert": {"message"} | HOME,
    "task_card": MODAL | HOME,
    "plan": MODAL | HOME,
}
ELEMENT_NOT_ON = {"datetimepicker": HOME, **{name: {"message"} | HOME for name in WRITERS[1:4] + WRITERS[5:]}}
VIEW: dict[str, Rule] = {
    "type_": one_of("modal", "home"),
    "callback_id": string(255, low=0),
    "external_id": ID,
    "private_metadata": string(3000, low=0),
    "blocks_": items(any_block, 100, low=0),
}
VIEWS = {
    "home": fields(**VIEW, title=anything, close=anything, submit=anything),
    "modal": fields(
        **VIEW,
        title_=plain(24),
        submit=plain(24),
        close=plain(24),
        clear_on_close=flag,
        notify_on_close=flag,
        submit_disabled=flag,
    ),
}


def problems(blocks: Any, surface: str = "message") -> list[str]:
    """What Slack would refuse in the blocks of a message, each as `text [json-pointer:/blocks/…]`."""
    check = Check(surface)
    items(any_block, 50, low=0)(blocks, "/blocks", check)
    if isinstance(blocks, list):
        _whole_payload(blocks, "/blocks", check)
    return [f"{message} [json-pointer:{pointer}]" for pointer, message in check.found]


def view_problems(view: Any) -> list[str]:
    """What Slack would refuse in a modal or a Home view."""
    surface = view.get("type") if isinstance(view, dict) else ""
    check = Check(str(surface))
    kinds(VIEWS)(view, "/view", check)
    blocks = view.get("blocks") if isinstance(view, dict) else None
    if isinstance(blocks, list):
        _whole_payload(blocks, "/view/blocks", check)
        if surface == "modal" and not view.get("submit") and any(_type(block) == "input" for block in blocks):
            check.wrong("/view/submit", "missing required field: submit")
    return [f"{message} [json-pointer:{pointer}]" for pointer, message in check.found]


def _type(block: Any) -> str:
    return str(block.get("type")) if isinstance(block, dict) else ""


def elements_of(block: Json) -> list[Json]:
    """Every interactive element of a block, wherever that kind of block keeps it."""
    inner = [block.get("accessory"), block.get("element")]
    for name in ("elements", "actions"):
        if isinstance(block.get(name), list) and block.get("type") != "rich_text":
            inner += block[name]
    found = [element for element in inner if isinstance(element, dict)]
    nested = [child for child in [*block.get("child_blocks", []), *found] if _type(child) in BLOCKS]
    return [e for e in found if "action_id" in e] + [e for child in nested for e in elements_of(child)]


def _whole_payload(blocks: list[Any], at: str, check: Check) -> None:
    """The rules that one block alone cannot break: unique ids, totals, surfaces."""
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        if isinstance(block, dict):
            _one_block(block, f"{at}/{number}", check)
            if block.get("block_id") in seen:
                check.wrong(f"{at}/{number}/block_id", "block_id must be unique within the payload")
            seen.add(block.get("block_id") or f"#{number}")
    _totals([block for block in blocks if isinstance(block, dict)], at, check)


def _one_block(block: Json, at: str, check: Check) -> None:
    name = _type(block)
    if check.surface in NOT_ON.get(name, ()):
        check.wrong(f"{at}/type", f"unsupported type: {name}")
    if name == "section" and not block.get("text") and not block.get("fields"):
        check.wrong(at, "missing required field: text")
    if name in ("image",) and not block.get("image_url") and not block.get("slack_file"):
        check.wrong(at, "missing required field: image_url")
    if name == "card" and not any(block.get(part) for part in ("hero_image", "title", "actions", "body")):
        check.wrong(at, "missing required field: title")
    if name == "data_visualization":
        _chart(block.get("chart"), f"{at}/chart", check)
    _elements(block, at, check)


def _elements(block: Json, at: str, check: Check) -> None:
    seen: set[str] = set()
    for element in elements_of(block) if _is_well_formed(block) else []:
        kind, action = _type(element), element["action_id"]
        if action in seen:
            check.wrong(at, f"action_id must be unique within the block: {action}")
        seen.add(str(action))
        if check.surface in ELEMENT_NOT_ON.get(kind, ()):
            check.wrong(f"{at}/element/type", f"unsupported type: {kind}")
        if kind.endswith("static_select") and bool(element.get("options")) == bool(
            element.get("option_groups")
        ):
            check.wrong(at, "must provide either options or option_groups")


def _is_well_formed(block: Json) -> bool:
    return all(isinstance(block.get(name, []), list) for name in ("elements", "actions", "child_blocks"))


def _chart(chart: Any, at: str, check: Check) -> None:
    if not isinstance(chart, dict) or not isinstance(chart.get("series"), list):
        return
    axis = chart.get("axis_config")
    categories = axis.get("categories") if isinstance(axis, dict) else None
    for number, series in enumerate(chart["series"]):
        points = series.get("data") if isinstance(series, dict) else None
        labels = [p.get("label") for p in points if isinstance(p, dict)] if isinstance(points, list) else []
        if labels != categories:
            check.wrong(f"{at}/series/{number}/data", "labels must match axis_config.categories")


def _totals(blocks: list[Json], at: str, check: Check) -> None:
    by_type: dict[str, list[Json]] = {}
    for block in blocks:
        by_type.setdefault(_type(block), []).append(block)
    if sum(len(str(block.get("text", ""))) for block in by_type.get("markdown", [])) > 12_000:
        check.wrong(at, "markdown blocks must be less than 12001 characters together")
    for name, most in (("table", 1), ("data_visualization", 2)):
        if len(by_type.get(name, [])) > most:
            check.wrong(at, f"no more than {most} {name} blocks allowed")
    for name, most in (("table", 10_000), ("data_table", 20_000)):
        if sum(_letters(block.get("rows")) for block in by_type.get(name, [])) > most:
            check.wrong(at, f"{name} cells must be less than {most + 1} characters together")


def _letters(value: Any) -> int:
    if isinstance(value, dict):
        return len(str(value.get("text", ""))) + sum(_letters(v) for k, v in value.items() if k != "text")
    return sum(_letters(item) for item in value) if isinstance(value, list) else 0


def size_of(view: Json) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode())
