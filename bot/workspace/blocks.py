"""Block Kit's limits as one table: what each block may hold, how long, on which surface.

The figures are those of Slack's reference pages; `problems` and `view_problems` answer in Slack's words, each
with a JSON pointer.
"""

from __future__ import annotations

from typing import Any

from bot.workspace.records import Json
from bot.workspace.rules import (
    Check,
    Rule,
    anything,
    fields,
    flag,
    items,
    kinds,
    number,
    one_of,
    open_fields,
    plain,
    string,
    text,
    whole,
)

# A table reads best as a table:
# fmt: off
ID = string(255, low=0)
TYPE: dict[str, Rule] = {"type_": anything}
NAMES = items(string(255), 100)
CONFIRM = fields(title_=plain(100), text_=text(300), confirm_=plain(30), deny_=plain(30),
                 style=one_of("primary", "danger"))
OPTION = fields(text_=text(75), value_=string(75), description=text(75), url=string(3000))
OPTIONS = items(OPTION, 100)
GROUPS = items(fields(label_=plain(75), options_=OPTIONS), 100)
RATING = fields(text_=plain(75), value_=string(2000), accessibility_label=string(75))
DISPATCH = fields(trigger_actions_on=items(one_of("on_enter_pressed", "on_character_entered"), 2))
FILE = open_fields()
LABELLED: dict[str, Rule] = {"text_": plain(75), "value": string(2000, low=0),
                            "accessibility_label": string(75)}
ACTIVE: dict[str, Rule] = {**TYPE, "action_id": ID, "confirm": CONFIRM, "focus_on_load": flag}
SELECT: dict[str, Rule] = {**ACTIVE, "placeholder": plain(150)}
MULTI: dict[str, Rule] = {**SELECT, "max_selected_items": whole(1, 10**6)}
LISTED: dict[str, Rule] = {"options": OPTIONS, "option_groups": GROUPS}
SEARCHED: dict[str, Rule] = {"min_query_length": whole(0, 3000)}
ROOMS: dict[str, Rule] = {"default_to_current_conversation": flag, "filter": anything}
CHOICES: dict[str, Rule] = {**ACTIVE, "options_": items(OPTION, 10)}
BARE: dict[str, Rule] = {**TYPE, "action_id": ID, "placeholder": plain(150), "focus_on_load": flag,
                         "dispatch_action_config": DISPATCH}
TYPED: dict[str, Rule] = {**BARE, "initial_value": string(3000, low=0)}

ELEMENTS: dict[str, Rule] = {
    "button": fields(**ACTIVE, **LABELLED, url=string(3000), style=one_of("primary", "danger")),
    "icon_button": fields(**ACTIVE, **LABELLED, icon_=one_of("trash"), visible_to_user_ids=NAMES),
    "feedback_buttons": fields(**TYPE, action_id=ID, positive_button_=RATING, negative_button_=RATING),
    "overflow": fields(**TYPE, action_id=ID, confirm=CONFIRM, options_=items(OPTION, 5)),
    "static_select": fields(**SELECT, **LISTED, initial_option=OPTION),
    "external_select": fields(**SELECT, **SEARCHED, initial_option=OPTION),
    "users_select": fields(**SELECT, initial_user=ID),
    "channels_select": fields(**SELECT, initial_channel=ID, response_url_enabled=flag),
    "conversations_select": fields(**SELECT, **ROOMS, initial_conversation=ID, response_url_enabled=flag),
    "multi_static_select": fields(**MULTI, **LISTED, initial_options=OPTIONS),
    "multi_external_select": fields(**MULTI, **SEARCHED, initial_options=OPTIONS),
    "multi_users_select": fields(**MULTI, initial_users=NAMES),
    "multi_channels_select": fields(**MULTI, initial_channels=NAMES),
    "multi_conversations_select": fields(**MULTI, **ROOMS, initial_conversations=NAMES),
    "radio_buttons": fields(**CHOICES, initial_option=OPTION),
    "checkboxes": fields(**CHOICES, initial_options=items(OPTION, 10)),
    "datepicker": fields(**SELECT, initial_date=string(10, low=10)),
    "timepicker": fields(**SELECT, initial_time=string(5, low=5), timezone=string(100)),
    "datetimepicker": fields(**ACTIVE, initial_date_time=whole(10**9, 10**10 - 1)),
    "plain_text_input": fields(**TYPED, multiline=flag, min_length=whole(0, 3000),
                               max_length=whole(1, 3000)),
    "number_input": fields(**TYPED, is_decimal_allowed_=flag, min_value=anything, max_value=anything),
    "email_text_input": fields(**TYPED),
    "url_text_input": fields(**TYPED),
    "rich_text_input": fields(**BARE, initial_value=anything),
    "file_input": fields(**TYPE, action_id=ID, filetypes=NAMES, max_files=whole(1, 10)),
    "image": fields(**TYPE, alt_text_=string(2000), image_url=string(3000), slack_file=FILE),
}
PICKERS = ("static_select", "external_select", "users_select", "channels_select", "conversations_select")
CHOOSERS = (*PICKERS, *(f"multi_{name}" for name in PICKERS), "radio_buttons", "checkboxes", "datepicker",
            "timepicker")
MODAL_ONLY = ("number_input", "email_text_input", "url_text_input", "file_input")
WRITERS = (*MODAL_ONLY, "plain_text_input", "rich_text_input")
CONTEXT = {"image": ELEMENTS["image"], "plain_text": text(2000), "mrkdwn": text(2000)}
RICH_PART = open_fields(elements_=items(open_fields(type_=string(50)), 1000, low=0))
RICH = {f"rich_text_{name}": RICH_PART for name in ("section", "list", "quote", "preformatted")}
BASE: dict[str, Rule] = {**TYPE, "block_id": ID}
IMAGE: dict[str, Rule] = {"image_url": string(3000), "slack_file": FILE, "alt_text_": string(2000)}
BUTTONS = items(kinds(ELEMENTS, "button", "icon_button"), 3)
ROWS = items(open_fields(type_=one_of("raw_text", "raw_number", "rich_text")), 20)
POINT = fields(label_=string(20), value_=number(-(10**15), 10**15))
SEGMENT = fields(label_=string(20), value_=number(10**-9, 10**15))
AXIS = fields(categories_=items(string(20), 20), x_label=string(50), y_label=string(50))
SERIES = items(fields(name_=string(20), data_=items(POINT, 20)), 12)
PLOT = fields(**TYPE, series_=SERIES, axis_config_=AXIS)
CHARTS = {"pie": fields(**TYPE, segments_=items(SEGMENT, 12)), "bar": PLOT, "area": PLOT, "line": PLOT}
CARD = fields(**BASE, title=text(150), subtitle=text(150), body=text(200), subtext=text(200),
              actions=BUTTONS, hero_image=open_fields(**IMAGE), icon=anything)
TASK: dict[str, Rule] = {**BASE, "task_id": string(255), "title_": string(256), "details": anything,
                         "output": anything, "sources": anything}
STATUSES = ("in_progress", "complete", "error")
PLANNED: dict[str, Rule] = {**TASK, "status": one_of("pending", *STATUSES)}


def any_block(value: Any, at: str, check: Check) -> None:
    kinds(BLOCKS)(value, at, check)


BLOCKS: dict[str, Rule] = {
    "section": fields(**BASE, text=text(3000), fields=items(text(2000), 10), expand=flag,
                      accessory=kinds(ELEMENTS, "button", "image", "overflow", *CHOOSERS)),
    "header": fields(**BASE, text_=plain(150), level=whole(1, 4)),
    "divider": fields(**BASE),
    "context": fields(**BASE, elements_=items(kinds(CONTEXT), 10)),
    "actions": fields(**BASE, elements_=items(kinds(ELEMENTS, "button", "overflow", "datetimepicker",
                                                    *CHOOSERS), 25)),
    "input": fields(**BASE, label_=plain(2000), hint=plain(2000), optional=flag, dispatch_action=flag,
                    element_=kinds(ELEMENTS, "datetimepicker", *CHOOSERS, *WRITERS)),
    "image": fields(**BASE, **IMAGE, title=plain(2000)),
    "rich_text": fields(**BASE, elements_=items(kinds(RICH), 1000, low=0)),
    "markdown": fields(**BASE, text_=string(12_000)),
    "table": fields(**BASE, rows_=items(ROWS, 100), column_settings=items(anything, 20)),
    "data_table": fields(**BASE, caption_=string(2000), rows_=items(ROWS, 201, low=2),
                         page_size=whole(1, 100), row_header_column_index=whole(0, 19)),
    "data_visualization": fields(**BASE, title_=string(50), chart_=kinds(CHARTS)),
    "context_actions": fields(**BASE, elements_=items(kinds(ELEMENTS, "feedback_buttons", "icon_button"), 5)),
    "card": CARD,
    "carousel": fields(**BASE, elements_=items(kinds({"card": CARD}), 10)),
    "container": open_fields(**BASE, subtitle=text(150), child_blocks_=items(any_block, 10),
                             is_collapsible=flag),
    "alert": fields(**BASE, text_=text(200),
                    level=one_of("default", "info", "warning", "error", "success")),
    "task_card": fields(**TASK, status=one_of(*STATUSES)),
    "plan": fields(**BASE, title_=string(256), tasks=items(open_fields(**PLANNED), 50)),
    "video": open_fields(**BASE, title_=plain(200), alt_text_=string(2000)),
}
MESSAGE, MODAL, HOME = {"message"}, {"modal"}, {"home"}
NOT_ON = {  # where a block or an element may not appear
    "markdown": MODAL | HOME, "table": MODAL, "data_table": MODAL, "data_visualization": MODAL | HOME,
    "context_actions": MODAL | HOME, "carousel": MODAL, "container": MODAL, "alert": MESSAGE | HOME,
    "task_card": MODAL | HOME, "plan": MODAL | HOME, "datetimepicker": HOME,
    **dict.fromkeys(MODAL_ONLY, MESSAGE | HOME),
}
VIEW: dict[str, Rule] = {**TYPE, "callback_id": ID, "external_id": ID,
                         "private_metadata": string(3000, low=0), "blocks_": items(any_block, 100, low=0)}
VIEWS = {
    "home": fields(**VIEW, title=anything, close=anything, submit=anything),
    "modal": fields(**VIEW, title_=plain(24), submit=plain(24), close=plain(24), clear_on_close=flag,
                    notify_on_close=flag, submit_disabled=flag),
}
ONE_OF = {  # at least one of these
    "section": ("text", "fields"), "image": ("image_url", "slack_file"), "container": ("title", "rich_text_title"),
    "card": ("title", "hero_image", "actions", "body"),
}
# A cell, a chart and a text count over the whole payload: block type -> (most blocks, most characters)
TOTALS = {"table": (1, 10_000), "data_table": (50, 20_000), "data_visualization": (2, 10**6),
          "markdown": (50, 12_000)}
# fmt: on


def problems(blocks: Any, surface: str = "message") -> list[str]:
    """What Slack would refuse in the blocks of a message, each as `text [json-pointer:/blocks/…]`."""
    check = Check(surface)
    items(any_block, 50, low=0)(blocks, "/blocks", check)
    _whole_payload(blocks, "/blocks", check)
    return check.report()


def view_problems(view: Any) -> list[str]:
    """What Slack would refuse in a modal or a Home view."""
    surface = str(view.get("type")) if isinstance(view, dict) else ""
    check = Check(surface)
    kinds(VIEWS)(view, "/view", check)
    blocks = view.get("blocks") if isinstance(view, dict) else None
    _whole_payload(blocks, "/view/blocks", check)
    has_input = isinstance(blocks, list) and any(_type(block) == "input" for block in blocks)
    if surface == "modal" and has_input and not view.get("submit"):
        check.wrong("/view/submit", "missing required field: submit")
    return check.report()


def elements_of(block: Json) -> list[Json]:
    """Every interactive element of a block, wherever that kind of block keeps it."""
    own = [element for element in _own_elements(block) if "action_id" in element]
    return own + [element for _, child in _nested(_children(block), "") for element in elements_of(child)]


def _own_elements(block: Json) -> list[Json]:
    inner = [block.get("accessory"), block.get("element")]
    for name in ("elements", "actions"):
        if isinstance(block.get(name), list) and block.get("type") != "rich_text":
            inner += block[name]
    return [element for element in inner if isinstance(element, dict) and _type(element) in ELEMENTS]


def _children(block: Json) -> Any:
    return block.get({"container": "child_blocks", "carousel": "elements"}.get(_type(block), ""))


def _nested(blocks: Any, at: str) -> list[tuple[str, Json]]:
    """Blocks with their pointers."""
    return [(f"{at}/{n}", b) for n, b in enumerate(blocks) if isinstance(b, dict)] if isinstance(blocks, list) else []


def _every_block(blocks: Any, at: str) -> list[tuple[str, Json]]:
    """The same, with the blocks inside containers and carousels."""
    found: list[tuple[str, Json]] = []
    for pointer, block in _nested(blocks, at):
        inner = "child_blocks" if _type(block) == "container" else "elements"
        found += [(pointer, block), *_every_block(_children(block), f"{pointer}/{inner}")]
    return found


def _type(value: Any) -> str:
    return str(value.get("type")) if isinstance(value, dict) else ""


def _whole_payload(blocks: Any, at: str, check: Check) -> None:
    """The rules that one block alone cannot break, and those about a block's parts together."""
    seen: set[str] = set()
    known = _every_block(blocks, at)
    for pointer, block in known:
        _one_block(block, pointer, check)
        if block.get("block_id") and str(block["block_id"]) in seen:
            check.wrong(f"{pointer}/block_id", "block_id must be unique within the payload")
        seen.add(str(block.get("block_id")))
    for name, (most, letters) in TOTALS.items():
        same = [block for _, block in known if _type(block) == name]
        if len(same) > most:
            check.wrong(at, f"no more than {most} {name} blocks allowed")
        if sum(_letters(block) for block in same) > letters:
            check.wrong(at, f"{name} blocks must be less than {letters + 1} characters together")


def _one_block(block: Json, at: str, check: Check) -> None:
    name = _type(block)
    if check.surface in NOT_ON.get(name, ()):
        check.wrong(f"{at}/type", f"unsupported type: {name}")
    if name in ONE_OF and not any(block.get(part) for part in ONE_OF[name]):
        check.wrong(at, f"missing required field: {ONE_OF[name][0]}")
    if name == "data_visualization":
        _chart(block.get("chart"), f"{at}/chart", check)
    if name == "plan":
        ids = [task.get("task_id") for _, task in _nested(block.get("tasks"), at)]
        if any(ids.count(task_id) > 1 for task_id in ids):
            check.wrong(f"{at}/tasks", "task_id must be unique within the plan")
    _elements(block, at, check)


def _elements(block: Json, at: str, check: Check) -> None:
    seen: set[str] = set()
    for element in _own_elements(block):
        kind, action = _type(element), str(element.get("action_id", ""))
        if action and action in seen:
            check.wrong(at, f"action_id must be unique within the block: {action}")
        seen.add(action)
        if check.surface in NOT_ON.get(kind, ()):
            check.wrong(f"{at}/element/type", f"unsupported type: {kind}")
        has_options, has_groups = bool(element.get("options")), bool(element.get("option_groups"))
        if kind in ("static_select", "multi_static_select") and has_options == has_groups:
            check.wrong(at, "must provide either options or option_groups")


def _chart(chart: Any, at: str, check: Check) -> None:
    if not isinstance(chart, dict) or not isinstance(chart.get("series"), list):
        return
    axis = chart.get("axis_config")
    categories = axis.get("categories") if isinstance(axis, dict) else None
    for place, series in enumerate(chart["series"]):
        points = series.get("data") if isinstance(series, dict) else None
        labels = [p.get("label") for p in points if isinstance(p, dict)] if isinstance(points, list) else []
        if labels != categories:
            check.wrong(f"{at}/series/{place}/data", "labels must match axis_config.categories")


def _letters(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _letters(v) for k, v in value.items())
    return sum(_letters(item) for item in value) if isinstance(value, list) else 0
