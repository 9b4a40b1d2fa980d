"""What happens around the app: people join, channels are archived, tokens revoked; and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from bot.workspace import expecting, posting
from bot.workspace.inspector import transcript
from bot.workspace.records import Channel, Json, Person
from bot.workspace.state import State

Found = TypeVar("Found")
PATIENCE = 15.0  # seconds; a machine that does much else besides answers slowly


class World(State):
    """The state, with everything that can befall it but what people do with the app."""

    def invite_bot(self, channel: Channel | str) -> None:
        self.join(self.team.bot_user, channel)

    def join(self, user_id: str, channel: Channel | str) -> None:
        with self.lock:
            room = self._of(channel)
            if user_id not in room.members:
                room.members.append(user_id)
                self.note("joined", (room, user_id))
                self.emit("member_joined_channel", self._membership("member_joined_channel", room, user_id), room.id)

    def remove_bot(self, channel: Channel | str) -> None:
        self.leave(self.team.bot_user, channel)

    def leave(self, user_id: str, channel: Channel | str) -> None:
        with self.lock:
            room = self._of(channel)
            if user_id in room.members:
                room.members.remove(user_id)
                self.note("left", (room, user_id))
                self.emit("member_left_channel", self._membership("member_left_channel", room, user_id), room.id)

    def _membership(self, kind: str, room: Channel, user_id: str) -> Json:
        return {
            "type": kind,
            "user": user_id,
            "channel": room.id,
            "team": self.team.id,
            "event_ts": self.next_ts(),
            "channel_type": "G" if room.is_private else "C",
        }

    def deactivate(self, user_id: str) -> None:
        """The person leaves the company: known still, but able to do nothing, and out of reach."""
        with self.lock:
            self.people[user_id] = replace(self.person(user_id), is_deleted=True)
            self.note("person", self.people[user_id])

    def share(self, channel: Channel | str, *strangers: str) -> None:
        """The channel is another company's as well from now on, and these people of theirs are in it."""
        with self.lock:
            room = self._of(channel)
            room.is_ext_shared = True
            self.note("channel", room)
        for user_id in strangers:
            self.join(user_id, room)

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
            tokens = {"oauth": [], "bot": [self.team.bot_user]}
            self.emit("tokens_revoked", {"type": "tokens_revoked", "tokens": tokens})

    def install(self) -> None:
        """The app may work here, again if its token was revoked."""
        with self.lock:
            self.token_revoked = False
            self.note("installed", self.team)

    def _of(self, channel: Channel | str) -> Channel:
        return self.channel(channel if isinstance(channel, str) else channel.id)

    def everyone(self) -> list[Person]:
        with self.lock:
            return [person for person in self.people.values() if not (person.is_bot or person.is_deleted)]

    def wait_for(self, predicate: Callable[[], Found], timeout: float = PATIENCE) -> Found:
        """The predicate's value as soon as it is true; asked again after every change, not by polling."""
        deadline = time.monotonic() + timeout
        with self.lock:
            while not (found := predicate()):
                if not self.changed.wait(max(0.0, deadline - time.monotonic())) and time.monotonic() >= deadline:
                    raise AssertionError(f"nothing within {timeout} s; what happened:\n{self.transcript()}")
            return found

    def expect(
        self,
        match: expecting.Match = "",
        kind: str = "message",
        *,
        to: str | None = None,
        timeout: float = PATIENCE,
        **fields: Any,
    ) -> Json:
        """Waits for the newest `message`, `ephemeral`, `modal` or `home` that the app shows (`to` this person) and that
        contains the text, or that `match` approves of, and whose fields (`channel`, `thread_ts`, …) are these."""
        if kind not in expecting.KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(expecting.KINDS)}")
        try:
            found = self.wait_for(lambda: expecting.find(self, match, kind, to, fields), timeout)
        except AssertionError as nothing:
            words = expecting.wanted(match, kind, to and self.person(to).name, fields)
            raise AssertionError(f"Expected {words}, but {nothing}") from None
        assert found
        return found

    def transcript(self) -> str:
        """Everything that happened so far, a line each."""
        with self.lock:
            return transcript(self)
