"""`response_url`: answers to one interaction, five times within thirty minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.workspace import posting
from bot.workspace.records import Call, Hook, Json, SlackError
from bot.workspace.state import State

MOST_USES = 5
HOOK_LIFE = timedelta(minutes=30)


def respond(state: State, token: str, body: Json) -> None:
    """Does what the body asks for, or raises SlackError in Slack's words; kept among the app's calls."""
    with state.lock:
        call = Call("response_url", body, {"ok": True}, state.now())
        try:
            _use(state, token, body)
        except SlackError as refusal:
            call = replace(call, answer=refusal.answer(), status=400, rule=refusal.rule)
            raise
        finally:
            state.calls.append(call)
            state.note("call", call)


def _use(state: State, token: str, body: Json) -> None:
    hook = state.hooks.get(token)
    if hook is None or state.now() - hook.at > HOOK_LIFE:
        raise SlackError("expired_url")
    if hook.uses >= MOST_USES:
        raise SlackError("used_url")
    hook.uses += 1
    _apply(state, hook, body)


def from_ack(state: State, token: str, body: Json) -> None:
    """An answer that came with the acknowledgement: it is none of the five."""
    _apply(state, state.hooks[token], body)


def _apply(state: State, hook: Hook, body: Json) -> None:
    if body.get("delete_original"):
        _delete(state, hook)
        return
    content = posting.checked_content(state, body)
    if body.get("replace_original") and hook.message_ts:
        _replace(state, hook, content)
    elif body.get("response_type") == "in_channel":
        posting.post_as_bot(state, state.channel(hook.channel_id), content, posting.thread_of(body))
    else:
        posting.ephemeral(state, hook.user_id, hook.channel_id, content)


def _delete(state: State, hook: Hook) -> None:
    if hook.is_ephemeral and hook.message_ts:
        state.replace_ephemeral(hook.user_id, hook.message_ts, None)
    elif hook.message_ts:
        posting.remove(state, state.channel(hook.channel_id), hook.message_ts)


def _replace(state: State, hook: Hook, content: Json) -> None:
    """An ephemeral stays ephemeral and a public message stays public, whatever `response_type` says."""
    assert hook.message_ts
    if hook.is_ephemeral:
        message = posting.message_by(state, state.team.bot_user, hook.channel_id, content, hook.thread_ts)
        message |= {"ts": hook.message_ts, "is_ephemeral": True}
        state.replace_ephemeral(hook.user_id, hook.message_ts, message)
        return
    original = state.find(hook.channel_id, hook.message_ts)
    if original is None:
        raise SlackError("message_not_found")
    posting.change(state, original, content)
