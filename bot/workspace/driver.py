"""What people do in the workspace: say, command, press, submit, open. Used by the page and by tests alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from bot.workspace import hooks, modals, payloads, posting
from bot.workspace.blocks import elements_of
from bot.workspace.records import Channel, Delivery, Json, NotAllowed, NotAnswered, Person, SlackError
from bot.workspace.state import State
from bot.workspace.transcript import transcript

Found = TypeVar("Found")


class Workspace(State):
    """The workspace in the hands of people and tests; messages and views come in Slack's own shapes, and a
    message carries its `channel` too."""

    # -- talking

    def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> Json:
        """Posts what the person typed (`@cco`, `#channel` and URLs become links, `<>&` are escaped)."""
        with self.lock:
            channel = self._room(user_id, channel_id)
            content = {"text": self.typed(text), "client_msg_id": self.next_id("client-")}
            message = posting.publish(self, posting.message_by(self, user_id, channel.id, content, thread_ts))
            is_mention = f"<@{self.team.bot_user}>" in message["text"]
            if is_mention and not channel.is_im and self.bot_is_in(channel):
                self.emit("app_mention", payloads.app_mention(message), channel.id)
            return dict(message)

    def _room(self, user_id: str, channel_id: str) -> Channel:
        channel, person = self.channel(channel_id), self.person(user_id)
        if person.id not in channel.members:
            raise NotAllowed(f"{person.real_name} is not in #{channel.name}.")
        if channel.is_archived:
            raise NotAllowed(f"#{channel.name} is archived.")
        return channel

    def command(
        self, user_id: str, channel_id: str, name: str, text: str = "", thread_ts: str | None = None
    ) -> None:
        """Runs a slash command of the manifest; Slack has none in threads, so neither have we."""
        with self.lock:
            channel, person = self._room(user_id, channel_id), self.person(user_id)
            known = {entry["command"]: entry for entry in self.team.commands}
            if thread_ts:
                raise NotAllowed(f"{name} is not supported in threads. Sorry!")
            if name not in known:
                raise NotAllowed(f"{name} is not a valid command.")
            words = self.typed(text, mentions=bool(known[name].get("should_escape")))
            hook = self.new_hook(user_id, channel_id)
            payload = payloads.command(
                self.team, name, words, person, channel, self.new_trigger(user_id), hook
            )
            self._send("slash_commands", payload, user_id, channel_id)

    def _send(
        self, kind: str, payload: Json, user_id: str, channel_id: str = "", thread_ts: str | None = None
    ) -> Delivery:
        return self.sockets.dispatch(
            Delivery(self.next_id("e"), kind, payload, user_id, channel_id, thread_ts)
        )

    # -- pressing

    def click(
        self,
        user_id: str,
        ref: Json | str,
        action_id: str,
        value: Any = None,
        block_id: str | None = None,
        values: Json | None = None,
    ) -> Delivery:
        """Presses a button, or picks `value` in a select, a menu, checkboxes …, of a message or a view: the
        thing itself, its `ts` or its id. `values` is what else was entered there, as for `submit`."""
        with self.lock:
            source, is_view = self._source(user_id, ref)
            block, element = _element(source.get("blocks", []), action_id, value, block_id)
            given = dict(values or {})
            if value is not None:
                given[block["block_id"]] = {**given.get(block["block_id"], {}), action_id: value}
            parts: Json = {
                "actions": [payloads.action(block, element, value, self.next_ts())],
                "state": {"values": payloads.state_values(source["blocks"], given)},
            }
            parts |= self._in_view(source, parts["state"]) if is_view else self._in_message(user_id, source)
            trigger = self.new_trigger(
                user_id, source["id"] if is_view and source["type"] == "modal" else None
            )
            payload = payloads.interaction(self.team, "block_actions", self.person(user_id), trigger, **parts)
            return self._send(
                "interactive", payload, user_id, source.get("channel", ""), source.get("thread_ts")
            )

    def _source(self, user_id: str, ref: Json | str) -> tuple[Json, bool]:
        """The message or view as it is now, and whether it is a view."""
        name = ref if isinstance(ref, str) else ref["id"] if "id" in ref else ref["ts"]
        view = self.find_view(name)
        if view:
            return view[1], True
        rooms = [self._messages[c.id] for c in self.channels.values() if user_id in c.members]
        shown = [room[name] for room in rooms if name in room]
        shown += [m for m in self._ephemerals[user_id] if m["ts"] == name]
        if not shown:
            raise NotAllowed(f"Nothing with the id {name} is shown to {self.person(user_id).real_name}.")
        return shown[0], False

    def _in_message(self, user_id: str, message: Json) -> Json:
        channel, is_ephemeral = self.channel(message["channel"]), bool(message.get("is_ephemeral"))
        thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
        hook = self.new_hook(
            user_id, channel.id, message_ts=message["ts"], is_ephemeral=is_ephemeral, **thread
        )
        parts: Json = {
            "container": {
                "type": "message",
                "message_ts": message["ts"],
                "channel_id": channel.id,
                "is_ephemeral": is_ephemeral,
                **thread,
            },
            "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
            "response_url": hook,
        }
        return parts if is_ephemeral else {**parts, "message": posting.public(message)}

    def _in_view(self, view: Json, state: Json) -> Json:
        return {"container": {"type": "view", "view_id": view["id"]}, "view": {**view, "state": state}}

    def shortcut(self, user_id: str, callback_id: str, message: Json | None = None) -> Delivery:
        """Runs a global shortcut, or a message shortcut when a message is given."""
        with self.lock:
            kind = "message" if message else "global"
            if not any((s["callback_id"], s["type"]) == (callback_id, kind) for s in self.team.shortcuts):
                raise NotAllowed(f"The manifest has no {kind} shortcut {callback_id}.")
            parts: Json = {"callback_id": callback_id, "action_ts": self.next_ts()}
            if message:
                place = self._in_message(user_id, message)
                parts |= {k: place[k] for k in ("channel", "message", "response_url")}
                parts["message_ts"] = message["ts"]
            payload = payloads.interaction(
                self.team,
                "message_action" if message else "shortcut",
                self.person(user_id),
                self.new_trigger(user_id),
                **parts,
            )
            return self._send("interactive", payload, user_id, message["channel"] if message else "")

    # -- modals and Home

    def submit(self, user_id: str, view_id: str, values: Json | None = None) -> Json | None:
        """Submits a modal and waits for the app's answer: its `response_action`, or None if the modal closed.

        `values` is keyed by block id, by action id, or nested as in `state.values` with bare values.
        Raises NotAnswered after three seconds, as Slack's client shows an error then.
        """
        with self.lock:
            view = next((v for v in self.modals[user_id] if v["id"] == view_id), None)
            if view is None:
                raise NotAllowed(f"No modal {view_id} is open.")
            state = payloads.state_values(view["blocks"], values or {})
            errors = _missing(view["blocks"], state)
            if errors:
                return {"response_action": "errors", "errors": errors}
            payload = payloads.interaction(
                self.team,
                "view_submission",
                self.person(user_id),
                self.new_trigger(user_id, view_id),
                view={**view, "state": {"values": state}},
                response_urls=[],
            )
            delivery = self._send("interactive", payload, user_id)
        self.wait_for(lambda: delivery.is_settled, self.sockets.ack_seconds + 2)
        if delivery.failure:
            raise NotAnswered(delivery.failure)
        return delivery.answer or None

    def close_view(self, user_id: str, view_id: str | None = None) -> None:
        """Cancels the visible modal (or the given one); the app hears of it if it asked to."""
        with self.lock:
            stack = self.modals[user_id]
            view = modals.close(self, user_id, view_id or (stack[-1]["id"] if stack else ""))
            if view and view["notify_on_close"]:
                payload = payloads.interaction(
                    self.team, "view_closed", self.person(user_id), "", view=view, is_cleared=False
                )
                del payload["trigger_id"]
                self._send("interactive", payload, user_id)

    def open_home(self, user_id: str, tab: str = "home", timeout: float | None = None) -> Json | None:
        """Opens the app's Home (or `messages`) tab. Waits for a first view if there never was one; a newer
        one may follow, which `wait_for` can await."""
        with self.lock:
            event: Json = {
                "type": "app_home_opened",
                "user": user_id,
                "channel": self.dm_of(user_id).id,
                "tab": tab,
                "event_ts": self.next_ts(),
            }
            shown = self.homes.get(user_id)
            self.emit("app_home_opened", {**event, **({"view": shown} if shown and tab == "home" else {})})
            if tab == "home" and not shown:
                seconds = self.sockets.ack_seconds if timeout is None else timeout
                self.changed.wait_for(lambda: user_id in self.homes, seconds)
            return self.homes.get(user_id)

    def on_ack(self, delivery: Delivery) -> None:
        try:
            if delivery.type == "slash_commands" and delivery.answer:
                hooks.respond(self, delivery.payload["response_url"].rsplit("/", 1)[1], delivery.answer)
            elif delivery.payload.get("type") == "view_submission":
                modals.after_submission(
                    self, delivery.user_id, delivery.payload["view"]["id"], delivery.answer
                )
        except SlackError as refusal:
            delivery.failure = f"the app's answer was refused: {refusal.answer()}"
            self.tell(
                delivery.user_id, delivery.channel_id, "That didn't work: Slack refused the app's answer."
            )

    # -- the rest of the world

    def invite_bot(self, channel: Channel | str) -> None:
        self._join(channel, self.team.bot_user)

    def join(self, user_id: str, channel: Channel | str) -> None:
        self._join(channel, user_id)

    def _join(self, channel: Channel | str, user_id: str) -> None:
        with self.lock:
            room = self._of(channel)
            if user_id not in room.members:
                room.members.append(user_id)
                self.note("joined", (room, user_id))
                self.emit(
                    "member_joined_channel", self._membership("member_joined_channel", room, user_id), room.id
                )

    def remove_bot(self, channel: Channel | str) -> None:
        with self.lock:
            room = self._of(channel)
            if self.bot_is_in(room):
                room.members.remove(self.team.bot_user)
                self.note("left", (room, self.team.bot_user))
                self.emit(
                    "member_left_channel",
                    self._membership("member_left_channel", room, self.team.bot_user),
                    room.id,
                )

    def _membership(self, kind: str, room: Channel, user_id: str) -> Json:
        return {
            "type": kind,
            "user": user_id,
            "channel": room.id,
            "team": self.team.id,
            "event_ts": self.next_ts(),
            "channel_type": "G" if room.is_private else "C",
        }

    def archive(self, channel: Channel | str) -> None:
        with self.lock:
            room = self._of(channel)
            room.is_archived = True
            self.note("archived", room)
            event = {"type": "channel_archive", "channel": room.id, "user": "", "event_ts": self.next_ts()}
            self.emit("channel_archive", event, room.id)

    def delete_message(self, channel_id: str, ts: str) -> None:
        """Somebody with the right to do so deletes the message."""
        posting.remove(self, self.channel(channel_id), ts)

    def revoke_token(self) -> None:
        """From now on every call answers `token_revoked`."""
        with self.lock:
            self.token_revoked = True
            self.note("revoked", self.team)

    def _of(self, channel: Channel | str) -> Channel:
        return self.channel(channel if isinstance(channel, str) else channel.id)

    def everyone(self) -> list[Person]:
        with self.lock:
            return [person for person in self.people.values() if not person.is_bot]

    # -- waiting

    def wait_for(self, predicate: Callable[[], Found], timeout: float = 5.0) -> Found:
        """The predicate's value as soon as it is true; asked again after every change, not by polling."""
        deadline = time.monotonic() + timeout
        with self.lock:
            while not (found := predicate()):
                if (
                    not self.changed.wait(max(0.0, deadline - time.monotonic()))
                    and time.monotonic() >= deadline
                ):
                    raise AssertionError(f"nothing within {timeout} s; what happened:\n{self.transcript()}")
            return found

    def transcript(self) -> str:
        """Everything that happened so far, a line each."""
        with self.lock:
            return transcript(self)


def _element(blocks: list[Json], action_id: str, value: Any, block_id: str | None) -> tuple[Json, Json]:
    """The element to press. Among several with the same action id, the one whose value was asked for."""
    found = [
        (block, element)
        for block in blocks
        if block_id in (None, block["block_id"])
        for element in elements_of(block)
        if element["action_id"] == action_id
    ]
    if not found:
        raise NotAllowed(f"There is nothing to press with the action id {action_id}.")
    same_value = [pair for pair in found if value is not None and pair[1].get("value") == value]
    return (same_value or found)[0]


def _missing(blocks: list[Json], state: Json) -> dict[str, str]:
    """Inputs that Slack's own client would not let go."""
    errors = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        entry = state.get(block["block_id"], {}).get(block["element"].get("action_id", ""), {})
        filled = [value for key, value in entry.items() if key != "type" and value not in (None, "", [])]
        least, most = block["element"].get("min_length", 0), block["element"].get("max_length", 3000)
        if not filled and not block.get("optional"):
            errors[block["block_id"]] = "Please complete this required field."
        elif filled and isinstance(filled[0], str) and not least <= len(filled[0]) <= most:
            errors[block["block_id"]] = f"Please enter between {least} and {most} characters."
    return errors
