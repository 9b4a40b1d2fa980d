"""Messages coming into being, changing and going: checked, stored, and told to the app as events."""

from __future__ import annotations

from typing import Any

from bot.workspace import blocks as block_kit
from bot.workspace.payloads import message_changed, message_event
from bot.workspace.records import Channel, Json, SlackError, from_json
from bot.workspace.state import State

LONGEST_POST, LONGEST_UPDATE, LONGEST_MARKDOWN, LONGEST_EPHEMERAL = 40_000, 4_000, 12_000, 4_000
MOST_ATTACHMENTS = 100
SUBSCRIPTION = {kind: f"message.{kind}" for kind in ("im", "mpim", "groups", "channels")}

BUTTONS_IN = {"actions": ["elements"], "context_actions": ["elements"], "card": ["actions"]}
BLOCKS_IN = {"container": ["child_blocks"], "carousel": ["elements"]}


def structured(args: Json, name: str, error: str) -> Any:
    """An argument that is a JSON value, or a string holding one (as form bodies carry it)."""
    value = args.get(name)
    if isinstance(value, str) and value:
        try:
            return from_json(value)
        except ValueError:
            raise SlackError(error) from None
    return value or None


def thread_of(args: Json) -> str | None:
    return str(args["thread_ts"]) if args.get("thread_ts") else None


def refuse_blocks(found: list[str], error: str = "invalid_blocks") -> None:
    if found:
        messages = [f"[ERROR] {problem}" for problem in found]
        extra: Json = {"errors": found} if error == "invalid_blocks" else {}
        raise SlackError(error, f"Block Kit: {found[0]}", **extra, response_metadata={"messages": messages})


def with_block_ids(state: State, blocks: list[Json]) -> list[Json]:
    """Slack names the blocks and elements that the app left unnamed."""
    given = _without_nulls(blocks)
    named = [block if _has_own_id(block) else {**block, "block_id": state.next_id("b")} for block in given]
    for block in named:
        for place in BUTTONS_IN.get(block["type"], ()):
            if place in block:
                block[place] = [{"action_id": state.next_id("a"), **element} for element in block[place]]
        for place in BLOCKS_IN.get(block["type"], ()):
            block[place] = with_block_ids(state, block[place])
        for place in ("accessory", "element"):
            if place in block and block[place]["type"] != "image":
                block[place] = {"action_id": state.next_id("a"), **block[place]}
    return named


def _without_nulls(value: Any) -> Any:
    """A copy; a field that is null is one that the app left out."""
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(part) for part in value] if isinstance(value, list) else value


def _has_own_id(block: Json) -> bool:
    return bool(block.get("block_id")) and block["type"] != "markdown"  # a markdown block's is not kept


def checked_content(state: State, args: Json) -> Json:
    """The text, blocks and attachments of a message as they will be kept; refuses what Slack refuses."""
    blocks = structured(args, "blocks", "invalid_blocks_format")
    attachments = structured(args, "attachments", "invalid_attachments")
    text, markdown = args.get("text"), args.get("markdown_text")
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if markdown:
        text = checked_markdown(markdown)
        blocks = [{"type": "markdown", "text": text}]
    if not text and not blocks and not attachments:
        raise SlackError("no_text")
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    refuse_blocks(block_kit.problems(blocks or []))
    metadata = structured(args, "metadata", "invalid_metadata_format")
    content: Json = {"text": str(text or "")[:LONGEST_POST]}
    if blocks:
        content["blocks"] = with_block_ids(state, blocks)
    if attachments:
        content["attachments"] = _checked_attachments(attachments)
    return {**content, "metadata": metadata} if metadata else content


def checked_markdown(markdown: Any) -> str:
    if len(str(markdown)) > LONGEST_MARKDOWN:
        raise SlackError("msg_too_long")
    return str(markdown)


def _checked_attachments(attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for one in attachments:
        refuse_blocks(block_kit.problems(one.get("blocks") or []))
    return [{"id": number, **one} for number, one in enumerate(attachments, 1)]


def message_by(state: State, user_id: str, channel_id: str, content: Json, thread_ts: str | None) -> Json:
    message: Json = {
        "type": "message",
        "user": user_id,
        "ts": state.next_ts(),
        "team": state.person(user_id).team_id or state.team.id,
        **content,
        "channel": channel_id,
    }
    if user_id == state.team.bot_user:
        message |= {
            "bot_id": state.team.bot_id,
            "app_id": state.team.app_id,
            "bot_profile": bot_profile(state),
        }
    if thread_ts:
        parent = state.find(channel_id, thread_ts)
        message["thread_ts"] = parent.get("thread_ts", thread_ts) if parent else thread_ts
        if parent and parent.get("subtype") != "tombstone":
            message["parent_user_id"] = parent["user"]
    return message


def bot_profile(state: State) -> Json:
    team = state.team
    return {
        "id": team.bot_id,
        "app_id": team.app_id,
        "name": team.app_name,
        "deleted": False,
        "team_id": team.id,
        "icons": {},
        "updated": 0,
    }


def publish(state: State, message: Json) -> Json:
    """Stores a new message and sends the event that goes with it."""
    channel = state.channel(message["channel"])
    state.store(message)
    if state.bot_is_in(channel):
        state.emit(SUBSCRIPTION[channel.kind], message_event(message, channel), channel.id)
    return message


def post_as_bot(state: State, channel: Channel, content: Json, thread_ts: str | None = None) -> Json:
    return publish(state, message_by(state, state.team.bot_user, channel.id, content, thread_ts))


def change(state: State, message: Json, content: Json) -> Json:
    """Edits a message in place: text without blocks removes the blocks, blocks without text keep the text."""
    with state.lock:
        before, channel = dict(message), state.channel(message["channel"])
        if "blocks" not in content:
            message.pop("blocks", None)
        kept = {k: v for k, v in content.items() if k != "text" or v}
        message.update(kept, edited={"user": state.team.bot_user, "ts": state.next_ts()})
        state.note("edited", message)
        if state.bot_is_in(channel):
            state.emit(
                SUBSCRIPTION[channel.kind],
                message_changed(
                    channel,
                    "message_changed",
                    message["edited"]["ts"],
                    message=public(message),
                    previous_message=public(before),
                ),
                channel.id,
            )
        return message


def remove(state: State, channel: Channel, ts: str) -> None:
    with state.lock:
        gone = state.forget(channel.id, ts)
        if gone and state.bot_is_in(channel):
            state.emit(
                SUBSCRIPTION[channel.kind],
                message_changed(
                    channel,
                    "message_deleted",
                    state.next_ts(),
                    deleted_ts=ts,
                    previous_message=public(gone),
                ),
                channel.id,
            )


def public(message: Json) -> Json:
    """A message as history shows it: without the channel, which the reader knows."""
    return {key: value for key, value in message.items() if key != "channel"}


def ephemeral(state: State, user_id: str, channel_id: str, content: Json, thread_ts: str | None = None) -> Json:
    message = message_by(state, state.team.bot_user, channel_id, content, thread_ts)
    message["is_ephemeral"] = True
    state.show_only_to(user_id, message)
    return message
