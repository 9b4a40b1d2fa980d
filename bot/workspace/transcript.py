"""The workspace's log as text: what a failing test shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.workspace.records import Call, Delivery, Json, Notice

if TYPE_CHECKING:
    from bot.workspace.state import State


def transcript(state: State) -> str:
    lines = [_line(state, kind, what) for kind, what in state.log]
    return "\n".join(line for line in lines if line) or "(nothing happened)"


def _line(state: State, kind: str, what: Any) -> str:
    if isinstance(what, Delivery):
        return _delivery(kind, what)
    if isinstance(what, Call):
        error = "" if what.answer.get("ok") else f" -> {what.answer.get('error')} {what.answer.get('errors', '')}"
        return f"  app called {what.method}{error}"
    if isinstance(what, Notice):
        return f"[only {_name(state, what.user_id)}] {what.text}"
    match kind, what:
        case (("message" | "edited" | "deleted"), dict()):
            return _message(state, kind, what)
        case "ephemeral", (str() as user, dict() as message):
            return f"[only {_name(state, user)}] {_message(state, kind, message)}"
        case "view" | "closed", dict():
            title = (what.get("title") or {}).get("text", "Home")
            return f"  {what['type']} {'closed' if kind == 'closed' else 'shown'}: {title} ({what['id']})"
        case "connected" | "disconnected", int():
            return f"  app {kind} ({what} connections)"
        case "bad frame", str():
            return f"  app sent a frame that is no acknowledgement: {what}"
    return ""


def _delivery(kind: str, delivery: Delivery) -> str:
    name = f"  {delivery.envelope_id} {delivery.subject}"
    if kind == "acked":
        return f"{name}: acknowledged after {delivery.ack_seconds or 0:.3f} s"
    return f"{name}: {delivery.failure}" if kind == "failed" else f"{name} sent (attempt {delivery.attempt + 1})"


def _message(state: State, kind: str, message: Json) -> str:
    room = state.channels[message["channel"]]
    place = f"DM {room.name}" if room.is_im else f"#{room.name}"
    thread = " (thread)" if message.get("thread_ts", message["ts"]) != message["ts"] else ""
    verb = "" if kind in ("message", "ephemeral") else f" {kind}"
    return f"{place}{thread} {_name(state, message['user'])}{verb}: {message['text']}"


def _name(state: State, user_id: str) -> str:
    return state.people[user_id].name if user_id in state.people else user_id
