"""The app the workspace is tested with: a little of everything an app can do."""

from __future__ import annotations

from typing import Any

from slack_bolt import App

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(text: str, action_id: str, value: str = "1", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value, **more}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name.lower()} for name in names]


CONFIRM = {
    "title": plain("Sure?"), "text": plain("There is no way back."),
    "confirm": plain("Yes"), "deny": plain("No"),
}  # fmt: skip
RATING = {
    "type": "feedback_buttons", "action_id": "rate",
    "positive_button": {"text": plain("Helpful"), "value": "up"},
    "negative_button": {"text": plain("Not helpful"), "value": "down"},
}  # fmt: skip
MENU = {"type": "overflow", "action_id": "more", "options": options("Mute", "Leave")}
PICK = {
    "type": "static_select", "action_id": "pick", "options": options("Red", "Blue"),
    "placeholder": plain("Pick one"),
}  # fmt: skip
BOLD = {"type": "text", "text": "bold", "style": {"bold": True}}
LINK = {"type": "link", "url": "https://example.com/", "text": "a link"}
LIST = {
    "type": "rich_text_list", "style": "bullet", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "plain "}, BOLD]},
        {"type": "rich_text_section", "elements": [LINK]},
    ],
}  # fmt: skip
TEXT = (
    "*Bold*, _italic_, ~strike~, `code` and <https://example.com/|a link>, for <@{user}> in <#{channel}>.\n"
    "&gt; A quoted line\n• One\n• Two &amp; &lt;three&gt;\n"
    "Closes <!date^1780000000^{{date_short_pretty}} at {{time}}|28 May 2026, 20:26 UTC>."
)


def everything(user: str, channel: str) -> list[Json]:
    """One message with every block and element the page draws, and one that it does not know."""
    return [
        {"type": "header", "text": plain("Everything at once")},
        {"type": "section", "text": mrkdwn(TEXT.format(user=user, channel=channel)), "accessory": MENU},
        {"type": "section", "fields": [mrkdwn("*Owner*\nAna Weber"), mrkdwn("*Due*\nFriday")]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A bar chart of answers"},
        {"type": "rich_text", "elements": [LIST]},
        {"type": "actions", "block_id": "buttons", "elements": [
            button("Open form", "form", style="primary"),
            button("Delete", "delete", style="danger", confirm=CONFIRM), button("Count", "count"), PICK]},
        {"type": "context", "elements": [mrkdwn("_From the guidance_, compared on 12 Nov 2026")]},
        {"type": "context_actions", "elements": [RATING]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "A"}], [{"type": "raw_text", "text": "1"}]]},
    ]  # fmt: skip


def form(title: str = "A form") -> Json:
    radio = {"type": "radio_buttons", "action_id": "r", "options": options("Yes", "No")}
    boxes = {"type": "checkboxes", "action_id": "c", "options": options("Mail", "Phone")}
    return {
        "type": "modal", "callback_id": "form", "title": plain(title), "submit": plain("Save"),
        "close": plain("Cancel"), "notify_on_close": True, "private_metadata": "opaque",
        "blocks": [
            {"type": "section", "text": mrkdwn("Tell us *more*.")},
            {"type": "input", "block_id": "name", "label": plain("Name"),
             "hint": plain("At least three letters"),
             "element": {"type": "plain_text_input", "action_id": "n", "min_length": 3}},
            {"type": "input", "block_id": "agree", "label": plain("Do you agree?"), "element": radio},
            {"type": "input", "block_id": "ways", "label": plain("Ways"), "optional": True, "element": boxes},
            {"type": "input", "block_id": "colour", "label": plain("Colour"), "optional": True,
             "element": PICK},
        ],
    }  # fmt: skip


def register(app: App) -> None:
    @app.event("app_mention")
    def mentioned(event: Json, say: Any) -> None:
        if "everything" in event["text"]:
            say(text="Everything", blocks=everything(event["user"], event["channel"]), thread_ts=event["ts"])
        else:
            say(text=f"You said: {event['text']}", thread_ts=event["ts"])

    @app.event("message")
    def written(event: Json, say: Any) -> None:
        say(f"In private: {event['text']}")

    @app.event("app_home_opened")
    def opened(event: Json, client: Any) -> None:
        press = {"type": "actions", "block_id": "h", "elements": [button("Open form", "form")]}
        blocks = [{"type": "header", "text": plain("Your home")}, press]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    @app.command("/guest")
    def commanded(ack: Any, command: Json, client: Any) -> None:
        if command["text"] == "silence":
            return
        if command["text"] == "form":
            ack()
            client.views_open(trigger_id=command["trigger_id"], view=form())
        else:
            ack(f"Only you see this: {command['text']}")

    @app.action("form")
    def pressed(ack: Any, body: Json, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("count")
    def counted(ack: Any, body: Json, client: Any) -> None:
        ack()
        text = f"{body['message']['text']}!"
        blocks = [{"type": "section", "text": plain(text)}]
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text=text, blocks=blocks)

    @app.action("delete")
    def deleted(ack: Any, respond: Any) -> None:
        ack()
        respond(delete_original=True)

    @app.action("pick")
    @app.action("more")
    @app.action("rate")
    def chosen(ack: Any, action: Json, respond: Any) -> None:
        ack()
        value = action.get("value") or action["selected_option"]["value"]
        respond(text=f"You chose {value}", replace_original=False)

    @app.view("form")
    def submitted(ack: Any, view: Json, body: Json, client: Any) -> None:
        values = view["state"]["values"]
        name = values["name"]["n"]["value"]
        if name == "silence":
            return
        if name == "taken":
            ack(response_action="errors", errors={"name": "This name is taken."})
        elif name == "again":
            ack(response_action="update", view=form("Once more"))
        else:
            ack()
            agreed = values["agree"]["r"]["selected_option"]["value"]
            client.chat_postMessage(channel=body["user"]["id"], text=f"Saved {name}: {agreed}")

    @app.view_closed("form")
    def cancelled(ack: Any, body: Json, client: Any) -> None:
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text="You cancelled.")

    @app.shortcut("note")
    def noted(ack: Any, shortcut: Json, client: Any) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=form("A note"))

    @app.shortcut("keep")
    def kept(ack: Any, shortcut: Json, respond: Any) -> None:
        ack()
        respond(f"Kept: {shortcut['message']['text']}")
