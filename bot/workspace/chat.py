"""The Web API's `chat.*` methods; those about scheduled messages are in `scheduling`."""

from __future__ import annotations

from bot.workspace import posting
from bot.workspace.arguments import any_message, is_true, own_message, permalink, writable_channel
from bot.workspace.posting import structured
from bot.workspace.records import Channel, Json, SlackError
from bot.workspace.state import State


def post_message(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    content = posting.checked_content(state, args)
    if args.get("thread_ts") and is_true(args, "reply_broadcast"):
        content["subtype"] = "thread_broadcast"
    message = posting.post_as_bot(state, channel, content, posting.thread_of(args))
    return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": posting.public(message)}


def me_message(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    content = {**posting.checked_content(state, {"text": args.get("text")}), "subtype": "me_message"}
    return {"ok": True, "channel": channel.id, "ts": posting.post_as_bot(state, channel, content)["ts"]}


def update_message(state: State, args: Json) -> Json:
    if len(str(args.get("text") or "")) > posting.LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    channel, message = own_message(state, args, "cant_update_message")
    changed = posting.change(state, message, posting.checked_content(state, args))
    return {
        "ok": True,
        "channel": channel.id,
        "ts": changed["ts"],
        "text": changed["text"],
        "message": {name: value for name, value in posting.public(changed).items() if name != "ts"},
    }


def delete_message(state: State, args: Json) -> Json:
    channel, message = own_message(state, args, "cant_delete_message")
    posting.remove(state, channel, message["ts"])
    return {"ok": True, "channel": channel.id, "ts": message["ts"]}


def post_ephemeral(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    user = str(args.get("user", ""))
    if user not in state.people or user not in channel.members:
        raise SlackError("user_not_in_channel")
    if len(str(args.get("text") or "").encode("utf-8", "replace")) > posting.LONGEST_EPHEMERAL:
        raise SlackError("msg_too_long")
    content = posting.checked_content(state, args)
    message = posting.ephemeral(state, user, channel.id, content, posting.thread_of(args))
    return {"ok": True, "message_ts": message["ts"]}


def get_permalink(state: State, args: Json) -> Json:
    channel, message = any_message(state, args, "message_ts")
    return {"ok": True, "channel": channel.id, "permalink": permalink(state, channel, message)}


def unfurl(state: State, args: Json) -> Json:
    _, message = any_message(state, args)
    unfurls = structured(args, "unfurls", "cannot_parse_attachment")
    if not isinstance(unfurls, dict) or not all(isinstance(shown, dict) for shown in unfurls.values()):
        raise SlackError("cannot_parse_attachment")
    if any(url.replace("&", "&amp;") not in message["text"] and url not in message["text"] for url in unfurls):
        raise SlackError("cannot_unfurl_url", "Only a link that is in the message can be unfurled.")
    shown = [{"from_url": url, **unfurled} for url, unfurled in unfurls.items()]
    message["attachments"] = posting.checked_content(state, {"attachments": shown}).get("attachments", [])
    state.note("edited", message)
    return {"ok": True}


# -- streams: a message that grows


def start_stream(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    if not args.get("thread_ts"):
        raise SlackError("invalid_arguments", "A stream always answers in a thread: thread_ts is needed.")
    for name in ("recipient_user_id", "recipient_team_id"):
        if not channel.is_im and not args.get(name):
            raise SlackError(f"missing_{name}")
    content = {"text": "", "streaming_state": "in_progress"}
    message = posting.message_by(state, state.team.bot_user, channel.id, content, posting.thread_of(args))
    _grow(state, message, args)
    posting.publish(state, message)
    return {"ok": True, "channel": channel.id, "ts": message["ts"]}


def append_stream(state: State, args: Json) -> Json:
    channel, message = _stream(state, args)
    _grow(state, message, args)
    state.note("edited", message)
    return {"ok": True, "channel": channel.id, "ts": message["ts"]}


def stop_stream(state: State, args: Json) -> Json:
    channel, message = _stream(state, args)
    blocks = structured(args, "blocks", "invalid_blocks_format")
    more = posting.checked_content(state, {"blocks": blocks})["blocks"] if blocks else []
    _grow(state, message, args)
    message |= {"streaming_state": "completed", "blocks": [*message.get("blocks", []), *more]}
    state.note("edited", message)
    return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": posting.public(message)}


def _stream(state: State, args: Json) -> tuple[Channel, Json]:
    channel, message = own_message(state, args, "message_not_owned_by_app")
    if message.get("streaming_state") != "in_progress":
        raise SlackError("message_not_in_streaming_state")
    return channel, message


def _grow(state: State, message: Json, args: Json) -> None:
    chunks = structured(args, "chunks", "invalid_chunks") or []
    if not isinstance(chunks, list) or not all(isinstance(chunk, dict) for chunk in chunks):
        raise SlackError("invalid_chunks")
    texts = [chunk.get("text", "") for chunk in chunks if chunk.get("type") == "markdown_text"]
    markdown = posting.checked_markdown("".join(map(str, [args.get("markdown_text") or "", *texts])))
    whole = posting.checked_markdown(message["text"] + markdown)
    message["text"] = whole
    if whole:
        message["blocks"] = posting.with_block_ids(state, [{"type": "markdown", "text": whole}])
