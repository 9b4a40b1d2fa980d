"""What people do about commitments: make them, answer, renegotiate, look at them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.workspace.records import Channel, Delivery, Json, Person
from tests.scenarios.rounds import hasten, heard, pass_time, resend, settled
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts

MATH = "publish the customer math"


def typed(stage: Stage, person: Person, room: Channel | str, text: str) -> Json:
    """What only the writer sees after `/cco commit …`: what it was read as."""
    return stage.command(person, room, f"commit {text}")


def form_after(stage: Stage, person: Person, room: Channel | str, text: str) -> Json:
    """The form that opens after `/cco commit …`."""
    place = room if isinstance(room, str) else room.id
    return stage.opened(person, lambda: stage.workspace.command(person.id, place, "/cco", f"commit {text}".strip()))


def commit(stage: Stage, person: Person, room: Channel, text: str) -> Promised:
    """Makes one in one sentence; returns it."""
    return saved_by(stage, person, typed(stage, person, room, text))


def saved_by(stage: Stage, person: Person, echo: Json) -> Promised:
    """What Save makes of what was said back, once that says so: its address would not outlive a moved clock."""
    draft = next(value for action, value, _ in buttons(echo) if action == "commit_save")
    settled(stage, stage.press(person, echo, "commit_save"))
    stage.workspace.wait_for(
        lambda: [one for one in heard(stage, person, "Saved.") if one["ts"] == echo["ts"]], PATIENCE
    )
    ((text,),) = stage.rows("select draft from commitment_drafts where id = ?", draft)
    return Promised(stage, json.loads(text)["root"])


def problems(answer: Json | None) -> dict[str, str]:
    assert answer is not None, "the form was taken as it is"
    assert answer.get("response_action") == "errors", answer
    return {name.removeprefix("in_commit_").removeprefix("in_"): words for name, words in answer["errors"].items()}


def field(form: Json, name: str) -> str:
    """What stands in an input of a form."""
    element = next(block["element"] for block in form["blocks"] if block.get("block_id") == name)
    found = [value for key, value in element.items() if key.startswith("initial_")]
    return str(found[0]) if found else ""


def labels(source: Json) -> list[str]:
    return [words for _, _, words in buttons(source)]


@dataclass(frozen=True)
class Promised:
    """A commitment on a stage."""

    stage: Stage
    id: str

    @property
    def state(self) -> str:
        return str(self._one("state"))

    @property
    def owner(self) -> str:
        return str(self._one("owner"))

    @property
    def due(self) -> str:
        return str(self._one("due"))

    @property
    def deeds(self) -> list[str]:
        query = "select deed from commitment_changes where commitment_id = ? order by number"
        return [deed for (deed,) in self.stage.rows(query, self.id)]

    def told(self, person: Person, words: str) -> Json:
        """What the bot writes to somebody about it, as soon as it does."""

        def found() -> list[Json]:
            said = self.stage.said(self.stage.dm(person))
            return [one for one in said if words in texts(one) and self.is_in(one)]

        return hasten(self.stage, found)[0]

    def is_in(self, message: Json) -> bool:
        return any(value == self.id for _, value, _ in buttons(message))

    def press(self, person: Person, message: Json, label: str) -> Delivery:
        """Presses the button with these words, after a moment to read them."""
        pass_time(self.stage, seconds=4)
        action = next(action for action, _, words in buttons(message) if words == label)
        return settled(self.stage, self.stage.workspace.click(person.id, message, action, self.id))

    def press_in(self, person: Person, message: Json, action: str) -> Delivery:
        """Presses a button that the message had before it was redrawn."""
        current = next(
            action for action, _, _ in buttons(self.stage.workspace.find(message["channel"], message["ts"]) or {})
        )
        pressed = settled(self.stage, self.stage.workspace.click(person.id, message, current, self.id))
        self.stage.workspace.close_view(person.id)

        def instead(payload: Json) -> None:
            payload["actions"] = [{"action_id": action, "type": "button", "value": self.id, "action_ts": "1.3"}]

        return resend(self.stage, pressed, instead)

    def press_unseen(self, person: Person, action: str) -> Delivery:
        """Presses a button on it that another theme drew in a channel, where this person sees it."""
        stage = self.stage
        note = stage.command(person, stage.dm(person), "mine")
        shown = settled(stage, stage.workspace.click(person.id, note, "list_commitments_filter", "own/all//1"))

        def instead(payload: Json) -> None:
            payload["actions"] = [{"action_id": action, "type": "button", "value": self.id, "action_ts": "1.2"}]

        return resend(stage, shown, instead)

    def form(self, person: Person, source: Json, label: str) -> Json:
        """The form that a button opens."""
        before = len(self.stage.workspace.views(person.id))
        self.press(person, source, label)
        return self.stage.workspace.wait_for(lambda: self.stage.workspace.views(person.id)[before:], PATIENCE)[0]

    def fill(self, person: Person, form: Json, /, **values: Any) -> Json | None:
        given = {f"in_commitment_{name}": value for name, value in values.items()}
        return self.stage.workspace.submit(person.id, form["id"], given)

    def confirm(self, person: Person) -> Json | None:
        """Saves what the modal on top says, once it is read."""
        pass_time(self.stage, seconds=4)
        return self.stage.workspace.submit(person.id, self.stage.workspace.views(person.id)[-1]["id"])

    def redrawn(self, message: Json, words: str) -> Json:
        """A message once it says this."""

        def found() -> list[Json]:
            now = self.stage.workspace.find(message["channel"], message["ts"])
            return [now] if now and words in texts(now) else []

        return hasten(self.stage, found)[0]

    def _one(self, column: str) -> Any:
        ((value,),) = self.stage.rows(f"select {column} from commitments where id = ?", self.id)
        return value
