"""What people do in the workspace: say, command, press, submit, open. Used by the page and by tests alike."""

from __future__ import annotations

from typing import Any

from bot.workspace import forms, hooks, modals, payloads, posting
from bot.workspace.blocks import elements_of
from bot.workspace.records import Channel, Delivery, Json, NotAllowed, NotAnswered, Person, SlackError
from bot.workspace.words import typed
from bot.workspace.world import World


class Workspace(World):
    """The workspace in the hands of people and tests; messages and views come in Slack's own shapes, and a
    message carries its `channel` too."""

    # -- talking

    def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> Json:
        """Posts what the person typed (`@cco`, `#channel` and URLs become links, `<>&` are escaped)."""
        with self.lock:
            channel = self._room(user_id, channel_id)
            content = {"text": self._typed(text), "client_msg_id": self.next_id("client-")}
            message = posting.publish(self, posting.message_by(self, user_id, channel.id, content, thread_ts))
            is_mention = f"<@{self.team.bot_user}>" in message["text"]
            if is_mention and not channel.is_im and self.bot_is_in(channel):
                self.emit("app_mention", payloads.app_mention(message), channel.id)
            return dict(message)

    def _typed(self, text: str, mentions: bool = True) -> str:
        return typed(text, self.people.values(), self.channels.values(), mentions)

    def _room(self, user_id: str, channel_id: str) -> Channel:
        channel, person = self.channel(channel_id), self._active(user_id)
        if person.id not in channel.members:
            raise NotAllowed(f"{person.real_name} is not in #{channel.name}.")
        if channel.is_archived:
            raise NotAllowed(f"#{channel.name} is archived.")
        return channel

    def _active(self, user_id: str) -> Person:
        person = self.person(user_id)
        if person.is_deleted:
            raise NotAllowed(f"{person.real_name} is deactivated.")
        return person

    def _of_ours(self, user_id: str) -> Person:
        person = self._active(user_id)
        is_of_organisation = bool(person.enterprise_id) and person.enterprise_id == self.team.enterprise_id
        if person.team_id not in ("", self.team.id) and not is_of_organisation:
            raise NotAllowed(f"{person.real_name} is of another company: only the app's own has its commands.")
        return person

    def command(self, user_id: str, channel_id: str, name: str, text: str = "", thread_ts: str | None = None) -> None:
        """Runs a slash command of the manifest; Slack has none in threads, so neither have we."""
        with self.lock:
            channel, person = self._room(user_id, channel_id), self._of_ours(user_id)
            known = {entry["command"]: entry for entry in self.team.commands}
            if thread_ts:
                raise NotAllowed(f"{name} is not supported in threads. Sorry!")
            if name not in known:
                raise NotAllowed(f"{name} is not a valid command.")
            words = self._typed(text, mentions=bool(known[name].get("should_escape")))
            hook = self.new_hook(user_id, channel_id)
            payload = payloads.command(self.team, name, words, person, channel, self.new_trigger(user_id), hook)
            self._send("slash_commands", payload, user_id, channel_id)

    def _send(
        self, kind: str, payload: Json, user_id: str, channel_id: str = "", thread_ts: str | None = None
    ) -> Delivery:
        return self.dispatch(Delivery(self.next_id("e"), kind, payload, user_id, channel_id, thread_ts))

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
            block, element = forms.pressed(source.get("blocks", []), action_id, value, block_id)
            given = forms.with_entry(values, block["block_id"], action_id, value)
            parts: Json = {
                "actions": [forms.action(block, element, value, self.next_ts())],
                "state": {"values": forms.state_values(source["blocks"], given)},
            }
            parts |= self._in_view(source, parts["state"]) if is_view else self._in_message(user_id, source)
            trigger = self.new_trigger(user_id)
            payload = payloads.interaction(self.team, "block_actions", self._active(user_id), trigger, **parts)
            thread_ts = source.get("thread_ts") if source.get("thread_ts") != source.get("ts") else None
            return self._send("interactive", payload, user_id, source.get("channel", ""), thread_ts)

    def suggest(self, user_id: str, ref: Json | str, action_id: str, value: str, block_id: str | None = None) -> Json:
        """What the app offers for the words typed in an external select: `options` or `option_groups`."""
        with self.lock:
            source, is_view = self._source(user_id, ref)
            block, element = forms.pressed(source.get("blocks", []), action_id, None, block_id)
            where = self._in_view(source, source["state"]) if is_view else self._in_message(user_id, source)
            parts = {**where, "action_id": element["action_id"], "block_id": block["block_id"], "value": value}
            payload = payloads.interaction(self.team, "block_suggestion", self.person(user_id), "", **parts)
            asked = {name: part for name, part in payload.items() if name not in ("trigger_id", "response_url")}
            delivery = self._send("interactive", asked, user_id)
        self.wait_for(lambda: delivery.is_settled, self.courier.ack_seconds + 2)
        if delivery.failure:
            raise NotAnswered(delivery.failure)
        return delivery.answer or {}

    def _source(self, user_id: str, ref: Json | str) -> tuple[Json, bool]:
        """The message or view as it is now, and whether it is a view."""
        name = ref if isinstance(ref, str) else ref["id"] if "id" in ref else ref["ts"]
        view = self.find_view(name)
        if view and view[0] == user_id:
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
        hook = self.new_hook(user_id, channel.id, message_ts=message["ts"], is_ephemeral=is_ephemeral, **thread)
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
                self._of_ours(user_id),
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
            state = forms.state_values(view["blocks"], values or {})
            errors = forms.missing(view["blocks"], state)
            if errors:
                return {"response_action": "errors", "errors": errors}
            payload = payloads.interaction(
                self.team,
                "view_submission",
                self._active(user_id),
                self.new_trigger(user_id),
                view={**view, "state": {"values": state}},
                response_urls=self._response_urls(user_id, view, state),
            )
            delivery = self._send("interactive", payload, user_id)
        self.wait_for(lambda: delivery.is_settled, self.courier.ack_seconds + 2)
        if delivery.failure:
            raise NotAnswered(delivery.failure)
        return delivery.answer or None

    def _response_urls(self, user_id: str, view: Json, state: Json) -> list[Json]:
        """One for each conversation chosen in a select that asks for it."""
        urls = []
        for block in view["blocks"]:
            for element in elements_of(block):
                entry = state.get(block["block_id"], {}).get(element.get("action_id"), {})
                room = entry.get("selected_conversation") or entry.get("selected_channel")
                if element.get("response_url_enabled") and room:
                    place = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": room}
                    urls.append({**place, "response_url": self.new_hook(user_id, room)})
        return urls

    def close_view(self, user_id: str, view_id: str | None = None) -> None:
        """Cancels the visible modal (or the given one); the app hears of it if it asked to."""
        with self.lock:
            stack = self.modals[user_id]
            depth, view = len(stack), modals.close(self, user_id, view_id or (stack[-1]["id"] if stack else ""))
            if view and view["clear_on_close"]:
                stack.clear()
            if view and view["notify_on_close"]:
                is_cleared = depth > 1 and not stack
                payload = payloads.interaction(
                    self.team, "view_closed", self.person(user_id), "", view=view, is_cleared=is_cleared
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
                seconds = self.courier.ack_seconds if timeout is None else timeout
                self.changed.wait_for(lambda: user_id in self.homes, seconds)
            return self.homes.get(user_id)

    def on_ack(self, delivery: Delivery) -> None:
        try:
            if delivery.type == "slash_commands" and delivery.answer:
                hooks.from_ack(self, delivery.payload["response_url"].rsplit("/", 1)[1], delivery.answer)
            elif delivery.payload.get("type") == "view_submission":
                modals.after_submission(self, delivery.user_id, delivery.payload["view"]["id"], delivery.answer)
        except SlackError as refusal:
            delivery.failure, delivery.rule = f"the app's answer was refused: {refusal.answer()}", refusal.rule
            self.tell(delivery.user_id, delivery.channel_id, "That didn't work: Slack refused the app's answer.")
