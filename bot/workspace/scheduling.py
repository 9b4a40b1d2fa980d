"""The Web API's scheduled messages: `chat.scheduleMessage` and what lists and deletes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.workspace import posting
from bot.workspace.arguments import page, visible_channel, writable_channel
from bot.workspace.records import Channel, Json, SlackError
from bot.workspace.state import State

FARTHEST = timedelta(days=120)
MOST_PER_SLOT, SLOT_SECONDS = 30, 300
TOO_LATE_TO_DELETE = 60


def schedule_message(state: State, args: Json) -> Json:
    channel = writable_channel(state, args)
    at = _time(state, args)
    same = [s for s in state.scheduled.values() if s["channel_id"] == channel.id]
    if sum(s["post_at"] // SLOT_SECONDS == at // SLOT_SECONDS for s in same) >= MOST_PER_SLOT:
        raise SlackError("restricted_too_many")
    content, thread_ts = posting.checked_content(state, args), posting.thread_of(args)
    name = state.next_id("Q")
    entry = {"id": name, "channel_id": channel.id, "post_at": at, "text": content["text"]}
    state.scheduled[name] = {**entry, "date_created": int(state.now().timestamp())}
    due = datetime.fromtimestamp(at, UTC)
    state.agenda.plan(name, due, lambda: _post(state, name, channel, content, thread_ts))
    state.note("scheduled", state.scheduled[name])
    return {
        "ok": True,
        "scheduled_message_id": name,
        "channel": channel.id,
        "post_at": at,
        "message": {"type": "delayed_message", "bot_id": state.team.bot_id, "user": state.team.bot_user, **content},
    }


def _time(state: State, args: Json) -> int:
    try:
        at = int(args.get("post_at") or "")
        when = datetime.fromtimestamp(at, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise SlackError("invalid_time") from None
    if when <= state.now():
        raise SlackError("time_in_past")
    if when - state.now() > FARTHEST:
        raise SlackError("time_too_far")
    return at


def _post(state: State, name: str, channel: Channel, content: Json, thread_ts: str | None) -> None:
    """Nobody hears of one that can't be posted, nor (a bug that Slack documents) of one with `metadata`."""
    state.scheduled.pop(name, None)
    if state.bot_is_in(channel) and not channel.is_archived and "metadata" not in content:
        posting.post_as_bot(state, channel, content, thread_ts)


def delete_scheduled(state: State, args: Json) -> Json:
    channel, name = visible_channel(state, args), str(args.get("scheduled_message_id", ""))
    found = state.scheduled.get(name)
    if found is None or found["channel_id"] != channel.id:
        raise SlackError("invalid_scheduled_message_id")
    if found["post_at"] - state.now().timestamp() < TOO_LATE_TO_DELETE:
        raise SlackError("invalid_scheduled_message_id")
    del state.scheduled[name]
    state.agenda.drop(name)
    return {"ok": True}


def list_scheduled(state: State, args: Json) -> Json:
    channel_id = visible_channel(state, args).id if args.get("channel") else ""
    try:
        oldest, latest = float(args.get("oldest") or 0), float(args.get("latest") or "inf")
    except (ValueError, TypeError):
        raise SlackError("invalid_time") from None
    found = [s for s in state.scheduled.values() if channel_id in ("", s["channel_id"])]
    inside = [s for s in found if oldest <= s["post_at"] <= latest]
    entries, metadata = page(args, sorted(inside, key=lambda entry: int(entry["post_at"])))
    return {"ok": True, "scheduled_messages": entries, "response_metadata": metadata}
