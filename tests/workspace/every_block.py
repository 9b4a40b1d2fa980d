"""A test app that shows every block and element, stacks three modals, and keeps what people send it."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import App

from tests.workspace.guest import CONFIRM, RATING, Json, button, mrkdwn, options, plain

MANIFEST: Json = {
    "display_information": {"name": "Showcase"},
    "features": {
        "bot_user": {"display_name": "showcase"},
        "slash_commands": [{"command": "/show", "description": "Show one page of blocks"}],
        "shortcuts": [
            {"name": "Open the form", "type": "global", "callback_id": "open_form", "description": "Every input"},
            {"name": "Stack from here", "type": "message", "callback_id": "stack_here", "description": "Three deep"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["app_mentions:read", "channels:read", "chat:write", "commands", "users:read"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_home_opened", "app_mention"]}},
}
PICTURE = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 320 120' width='320' height='120'>"
    "<rect width='320' height='120' fill='%2312506b'/><circle cx='250' cy='60' r='34' fill='%23e0b13c'/></svg>"
)
OWN = {"type": "image", "image_url": f"data:image/svg+xml,{PICTURE}", "alt_text": "A sun over the sea"}
FOREIGN = {"type": "image", "image_url": "https://example.com/office.png", "alt_text": "The office"}
DUE = 1_780_000_000  # 28 May 2026, 20:26:40 UTC


# fmt: off
def leaf(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def rich(*leaves: Json, kind: str = "section") -> Json:
    return {"type": f"rich_text_{kind}", "elements": list(leaves)}


def rich_text(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def row(*cells: str | int | Json) -> list[Json]:
    kinds: dict[type, Any] = {
        str: lambda cell: {"type": "raw_text", "text": cell},
        int: lambda cell: {"type": "raw_number", "value": cell, "text": str(cell)},
        dict: lambda cell: cell,
    }
    return [kinds[type(cell)](cell) for cell in cells]


def plot(kind: str, categories: list[str], **series: list[int]) -> Json:
    return {
        "type": kind, "axis_config": {"categories": categories, "x_label": "Statement", "y_label": "People"},
        "series": [{"name": name, "data": [{"label": label, "value": value}
                                           for label, value in zip(categories, values, strict=True)]}
                   for name, values in series.items()],
    }


def chart(title: str, shown: Json) -> Json:
    return {"type": "data_visualization", "title": title, "chart": shown}


MARKDOWN = """# A heading
Some **bold**, *italic*, ~~gone~~ and `code`, with [a link](https://example.com/) and :tada:.

1. First
2. Second
   - Inner

- [x] Decided
- [ ] Still open

> A quoted line

| Owner | Due |
| --- | --- |
| Ana | Friday |

```
plain <b>text</b>
```
<b>not bold</b> [press](javascript:alert(5))"""
MRKDWN = (
    "*Bold*, _italic_, ~strike~, `code`, <https://example.com/|a link> for <@{user}> in <#{room}> and "
    "<!subteam^S012|@board>, <!here>. :wave::skin-tone-3: :no_such_emoji:\n&gt; A quoted line\n"
    f"Closes <!date^{DUE}^{{{{date_num}}}} {{{{time}}}}|28 May 2026, 20:26 UTC>."
)
STATEMENTS = ["Mandate", "Resources", "Measurement", "Recognition"]
CARD = {"type": "card", "title": plain("Political air cover"), "subtitle": plain("Sponsor"), "icon": OWN,
        "hero_image": OWN, "body": mrkdwn("Somebody at the *very top*."), "subtext": plain("Two minutes"),
        "actions": [button("Read the card", "card")]}
TASK = {"type": "task_card", "task_id": "t1", "title": "Read the guidance", "status": "complete",
        "details": rich_text(rich(leaf("Eleven statements"))), "output": rich_text(rich(leaf("Four are open"))),
        "sources": [{"type": "url", "url": "https://example.com/guide", "text": "The guide"}]}
LISTS = rich_text(
    rich(leaf("Bold", bold=True), leaf(" *as typed* "),
         {"type": "link", "url": "https://example.com/", "text": "a link"},
         {"type": "emoji", "name": "rocket"}, {"type": "broadcast", "range": "here"}),
    {"type": "rich_text_list", "style": "ordered", "elements": [rich(leaf("One")), rich(leaf("Two"))]},
    {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [rich(leaf("Inner"))]},
    rich(leaf("Quoted"), kind="quote"), rich(leaf("code()"), kind="preformatted"))
ROWS = [row("Name", "Yes", "No"), *[row(f"Statement {number}", number, 12 - number) for number in range(1, 8)]]


def texts(user: str, room: str) -> list[Json]:
    return [
        {"type": "header", "text": plain("Every text :sparkles:"), "level": 1},
        {"type": "section", "text": mrkdwn(MRKDWN.format(user=user, room=room)), "accessory": OWN},
        {"type": "section", "fields": [mrkdwn("*Owner*\nAna Weber"), mrkdwn("*Due*\nFriday")]},
        {"type": "divider"},
        LISTS,
        {"type": "context", "elements": [OWN, mrkdwn("_From the guidance_"), FOREIGN]},
        {**OWN, "title": plain("An image of its own")},
        FOREIGN,
        {"type": "markdown", "text": MARKDOWN},
    ]


TABLES = [
    {"type": "table", "column_settings": [{"align": "left"}, {"align": "center"}],
     "rows": [row("Owner", "Due"), row("Ana Weber", rich_text(rich(leaf("Friday", bold=True))))]},
    {"type": "data_table", "caption": "How we voted", "rows": ROWS, "page_size": 5},
]
CHARTS = {
    "bars": [chart("Yes and no by statement", plot("bar", STATEMENTS, Yes=[3, 6, 8, 2], No=[7, 5, 2, 9])),
             chart("Yes over time", plot("line", ["Q1", "Q2", "Q3", "Q4"], Yes=[3, 4, 6, 8], No=[8, 7, 5, -2]))],
    "shares": [chart("Answers over time", plot("area", ["Q1", "Q2", "Q3", "Q4"], Answers=[5, 9, 11, 12])),
               chart("Who answered", {"type": "pie", "segments": [
                   {"label": "Yes", "value": 6}, {"label": "No", "value": 3}, {"label": "Not sure", "value": 1}]})],
}
CARDS = [
    CARD,
    {"type": "carousel", "elements": [{**CARD, "title": plain(name), "actions": [button(name, f"go_{name}")]}
                                      for name in ("First", "Second", "Third")]},
    {"type": "container", "title": plain("More about it"), "subtitle": plain("Folded away"), "is_collapsible": True,
     "child_blocks": [{"type": "section", "text": mrkdwn("The *inside*")},
                      {"type": "actions", "block_id": "inside", "elements": [button("Inside", "inner", "deep")]}]},
    TASK,
    {"type": "plan", "title": "The first year", "tasks": [
        {"type": "task_card", "task_id": "p1", "title": "Agree the mandate", "status": "in_progress"},
        {"type": "task_card", "task_id": "p2", "title": "Publish the figures", "status": "pending"}]},
    {"type": "video", "title": plain("A talk"), "title_url": "https://example.com/v", "alt_text": "A talk on stage",
     "video_url": "https://example.com/video", "thumbnail_url": "https://example.com/v.png"},
    {"type": "context_actions", "elements": [RATING, {"type": "icon_button", "icon": "trash", "action_id": "bin",
                                                     "text": plain("Remove"), "value": "bin"}]},
]


def choose(kind: str, **more: Any) -> Json:
    return {"type": kind, "action_id": kind, "placeholder": plain(f"Pick: {kind}"), **more}


GROUPS = [{"label": plain("Warm"), "options": options("Red")}, {"label": plain("Cold"), "options": options("Blue")}]
SELECTS = [
    choose("static_select", option_groups=GROUPS), choose("external_select", min_query_length=2),
    choose("users_select"), choose("channels_select"), choose("conversations_select"),
    choose("multi_static_select", options=options("Red", "Blue", "Green"), max_selected_items=2),
    choose("multi_external_select", min_query_length=0), choose("multi_users_select"), choose("multi_channels_select"),
    choose("multi_conversations_select"),
]
PICKERS = [
    choose("datepicker"), choose("timepicker"), {"type": "datetimepicker", "action_id": "datetimepicker"},
    {"type": "radio_buttons", "action_id": "radio_buttons", "options": options("Yes", "No")},
    {"type": "checkboxes", "action_id": "checkboxes", "options": options("Mail", "Phone")},
]
WRITERS = [
    choose("plain_text_input", multiline=True), choose("number_input", is_decimal_allowed=True, min_value="1"),
    choose("email_text_input"), choose("url_text_input"), choose("rich_text_input"),
    {"type": "file_input", "action_id": "file_input"},
]
NOW = {"trigger_actions_on": ["on_enter_pressed"]}
PRESSES = [
    {"type": "actions", "block_id": "buttons", "elements": [
        button("Open the stack", "stack"), button("Plain", "plain", "p"),
        button("Primary", "primary", "one", style="primary"),
        button("Danger", "danger", "two", style="danger", confirm=CONFIRM),
        {"type": "overflow", "action_id": "overflow", "options": options("Mute", "Leave")}]},
    {"type": "actions", "block_id": "selects", "elements": SELECTS},
    {"type": "actions", "block_id": "pickers", "elements": PICKERS},
    {"type": "input", "block_id": "typed", "label": plain("Say it at once"), "dispatch_action": True,
     "element": {"type": "plain_text_input", "action_id": "typed", "dispatch_action_config": NOW}},
]


def pages(user: str, room: str) -> dict[str, list[Json]]:
    """What `/show NAME` posts: no message may hold them all."""
    return {"texts": texts(user, room), "tables": TABLES, "cards": CARDS, "presses": PRESSES, **CHARTS}


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "submit": plain("Save"), "close": plain("Not now"),
            "callback_id": title.split()[0].lower(), "private_metadata": "opaque", "blocks": list(blocks), **more}


def ask(block_id: str, label: str, element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}


def form() -> Json:
    alerts = [{"type": "alert", "level": level, "text": mrkdwn(f"An alert of level *{level}*")}
              for level in ("default", "info", "warning", "error", "success")]
    inputs = [ask(part["type"], f"Label of {part['type']}", part, optional=True)
              for part in (*SELECTS, *PICKERS, *WRITERS)]
    return modal("Form of everything", *alerts, *inputs)


def first(note: str = "Say who you are.") -> Json:
    name = {"type": "plain_text_input", "action_id": "name"}
    return modal("First", {"type": "section", "block_id": "note", "text": plain(note)}, ask("who", "Your name", name),
                 {"type": "actions", "block_id": "more", "elements": [button("Ask again", "refresh")]})


SECOND = modal("Second", {"type": "section", "text": plain("Halfway")},
               {"type": "actions", "elements": [button("Go deeper", "deeper")]}, notify_on_close=True)
THIRD = modal("Third", ask("word", "One word", {"type": "plain_text_input", "action_id": "word"}))
HOME = {"type": "home", "blocks": [
    {"type": "header", "text": plain("Your home")},
    {"type": "actions", "block_id": "home", "elements": [button("From home", "home", "h")]}]}
# fmt: on
RESPONSES: dict[str, Json] = {  # to the word on the third view
    "errors": {"response_action": "errors", "errors": {"word": "That word is taken."}},
    "update": {"response_action": "update", "view": modal("Third, new", {"type": "divider"})},
    "clear": {"response_action": "clear"},
}


def register(app: App, sent: list[Json]) -> None:
    """Registers the listeners; `sent` collects every action and submission as the app receives it."""

    @app.command("/show")
    def show(ack: Any, command: Json, client: Any) -> None:
        ack()
        blocks = pages(command["user_id"], command["channel_id"])[command["text"]]
        client.chat_postMessage(channel=command["channel_id"], text=command["text"], blocks=blocks)

    @app.event("app_mention")
    def mentioned(event: Json, client: Any) -> None:
        client.chat_postEphemeral(channel=event["channel"], user=event["user"], text="For your eyes only")

    @app.event("app_home_opened")
    def opened(event: Json, client: Any) -> None:
        client.views_publish(user_id=event["user"], view=HOME)

    @app.shortcut("open_form")
    def open_form(ack: Any, shortcut: Json, client: Any) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=form())

    @app.action("stack")
    @app.shortcut("stack_here")
    def stack(ack: Any, body: Json, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=first())

    @app.action("refresh")
    def refresh(ack: Any, body: Json, client: Any) -> None:
        ack()
        view = body["view"]
        name = view["state"]["values"]["who"]["name"]["value"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=first(f"Take your time, {name}."))

    @app.action("deeper")
    def deeper(ack: Any, body: Json, client: Any) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=THIRD)

    @app.action(re.compile(".*"))
    def pressed(ack: Any, action: Json) -> None:
        ack()
        sent.append(action)

    @app.options(re.compile(".*"))
    def suggest(ack: Any, payload: Json) -> None:
        names = [name for name in ("Berlin", "Bern", "Oslo") if payload["value"].lower() in name.lower()]
        ack(options=options(*names))

    @app.view("form")
    def filled(ack: Any, view: Json) -> None:
        ack()
        sent.append(view["state"]["values"])

    @app.view("first")
    def named(ack: Any, view: Json) -> None:
        sent.append(view["state"]["values"])
        ack(response_action="push", view=SECOND)

    @app.view("third")
    def worded(ack: Any, view: Json) -> None:
        sent.append({"private_metadata": view["private_metadata"]})
        ack(**RESPONSES[view["state"]["values"]["word"]["word"]["value"]])

    @app.view_closed(re.compile(".*"))
    def closed(ack: Any, body: Json) -> None:
        ack()
        sent.append({"closed": body["view"]["callback_id"], "is_cleared": body["is_cleared"]})
