"""Modal views and Home tabs: opened by a trigger, updated, pushed, answered."""

from __future__ import annotations

import json
from typing import Any

from bot.workspace import blocks as block_kit
from bot.workspace.posting import refuse_blocks, structured, with_block_ids
from bot.workspace.records import Json, SlackError
from bot.workspace.state import State

DEEPEST_STACK = 3
LARGEST_VIEW = 250_000
KEPT = (
    "type",
    "title",
    "submit",
    "close",
    "private_metadata",
    "callback_id",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
    "external_id",
)


def checked_view(args: Json, kind: str) -> Json:
    view = structured(args, "view", "invalid_arguments")
    if not isinstance(view, dict):
        refuse_blocks(["must provide an object [json-pointer:/view]"], "invalid_arguments")
    if view.get("type") != kind:
        refuse_blocks([f"must be a valid enum value: {kind} [json-pointer:/view/type]"], "invalid_arguments")
    refuse_blocks(block_kit.view_problems(view), "invalid_arguments")
    if len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace")) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    return dict(view)


def build(state: State, view: Json, **identity: Any) -> Json:
    """The view object as Slack keeps it and sends it back."""
    team = state.team
    defaults: Json = {
        "title": None,
        "submit": None,
        "close": None,
        "private_metadata": "",
        "callback_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
    }
    view_id = state.next_id("V")
    return {
        "id": view_id,
        "team_id": team.id,
        **defaults,
        **{k: view[k] for k in KEPT if k in view},
        "blocks": with_block_ids(state, view["blocks"]),
        "state": {"values": {}},
        "hash": new_hash(state),
        "root_view_id": view_id,
        "previous_view_id": None,
        "app_id": team.app_id,
        "bot_id": team.bot_id,
        "app_installed_team_id": team.id,
        **identity,
    }


def new_hash(state: State) -> str:
    return f"{int(state.now().timestamp())}.{state.next_id('h')}"


def open_view(state: State, args: Json) -> Json:
    view = checked_view(args, "modal")
    _refuse_duplicate(state, view)
    trigger = state.use_trigger(str(args.get("trigger_id", "")))
    opened = build(state, view)
    state.modals[trigger.user_id] = [opened]
    state.note("view", opened)
    return {"ok": True, "view": opened}


def push_view(state: State, args: Json) -> Json:
    view = checked_view(args, "modal")
    _refuse_duplicate(state, view)
    trigger = state.use_trigger(str(args.get("trigger_id", "")))
    return {"ok": True, "view": push(state, trigger.user_id, view)}


def push(state: State, user_id: str, view: Json) -> Json:
    stack = state.modals[user_id]
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= DEEPEST_STACK:
        raise SlackError("push_limit_reached")
    pushed = build(state, view, root_view_id=stack[0]["id"], previous_view_id=stack[-1]["id"])
    stack.append(pushed)
    state.note("view", pushed)
    return pushed


def _refuse_duplicate(state: State, view: Json) -> None:
    if view.get("external_id") and state.find_view(view["external_id"]):
        raise SlackError("duplicate_external_id")


def update_view(state: State, args: Json) -> Json:
    found = state.find_view(str(args.get("view_id") or args.get("external_id") or ""))
    if found is None:
        raise SlackError("not_found")
    user_id, current = found
    view = checked_view(args, current["type"])
    if args.get("hash") and args["hash"] != current["hash"]:
        raise SlackError("hash_conflict")
    return {"ok": True, "view": replace(state, user_id, current, view)}


def replace(state: State, user_id: str, current: Json, view: Json) -> Json:
    """Puts a new version in the place of `current`: same id, same place in the stack, new hash."""
    same = {k: current[k] for k in ("id", "root_view_id", "previous_view_id")}
    changed = build(state, view, **same)
    if current["type"] == "home":
        state.homes[user_id] = changed
    else:
        stack = state.modals[user_id]
        stack[:] = [changed if v["id"] == current["id"] else v for v in stack]
    state.note("view", changed)
    return changed


def publish_home(state: State, args: Json) -> Json:
    user = state.person(str(args.get("user_id", "")))
    view = checked_view(args, "home")
    current = state.homes.get(user.id)
    if current and args.get("hash") and args["hash"] != current["hash"]:
        raise SlackError("hash_conflict")
    if current:
        return {"ok": True, "view": replace(state, user.id, current, view)}
    state.homes[user.id] = build(state, view)
    state.note("view", state.homes[user.id])
    return {"ok": True, "view": state.homes[user.id]}


def close(state: State, user_id: str, view_id: str) -> Json | None:
    """Takes one view off the person's stack, with all that lie on top of it."""
    stack = state.modals[user_id]
    for position, view in enumerate(stack):
        if view["id"] == view_id:
            del stack[position:]
            state.note("closed", view)
            return view
    return None


def after_submission(state: State, user_id: str, view_id: str, answer: Json | None) -> None:
    """Carries out the `response_action` that came with the acknowledgement; none closes the view."""
    answer = answer or {}
    match answer.get("response_action"):
        case None:
            close(state, user_id, view_id)
        case "clear":
            state.modals[user_id].clear()
        case "update" | "push" as step:
            view, found = checked_view(answer, "modal"), state.find_view(view_id)
            if step == "push":
                push(state, user_id, view)
            elif found:
                replace(state, user_id, found[1], view)
