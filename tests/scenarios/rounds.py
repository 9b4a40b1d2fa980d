"""What people do with a readiness check: start it, vote, run it, read what came of it. Time passes as it is needed."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from bot.workspace.records import Channel, Delivery, Json, Person
from tests.scenarios.stage import PATIENCE, Stage, texts

YES, NO, NOT_SURE, NOT_MY_AREA = "Yes", "No", "Not sure", "Not my area"
SHORT, LONG = "reality-check", "readiness"  # three statements and eleven

Found = TypeVar("Found")

_numbers = count(1)


# Time


def pass_time(stage: Stage, **span: float) -> None:
    stage.pass_by(timedelta(**span))


def hasten(stage: Stage, found: Callable[[], Found]) -> Found:
    """The value as soon as it is true; while nothing happens, time goes on to what the bots will do next."""
    until = time.monotonic() + PATIENCE
    while not (result := found()):
        assert time.monotonic() < until, f"nothing within {PATIENCE} s:\n{stage.workspace.transcript()[-4000:]}"
        if is_still(stage, 0.02) and not to_next_due(stage) and is_still(stage, 0.08):
            pass_time(stage, seconds=1)  # they wait for their turn to edit, which is in no schedule
    return result


def is_still(stage: Stage, seconds: float) -> bool:
    with stage.workspace.lock:
        return not stage.workspace.changed.wait(seconds)


def to_next_due(stage: Stage) -> bool:
    """Moves time to what is due within a minute; False when nothing is."""
    planned = [due for bot in stage.bots if (due := bot.ticker.next_due())]
    ahead = min(planned) - stage.clock() if planned else timedelta(0)
    is_near = timedelta(0) < ahead < timedelta(minutes=1)
    if is_near:
        stage.pass_by(ahead)
    return is_near


# People


def people(stage: Stage, many: int, **flags: Any) -> list[Person]:
    numbers = [next(_numbers) for _ in range(many)]
    return [stage.workspace.add_person(f"voter{n}", f"Voter {n}", "Europe/Berlin", **flags) for n in numbers]


def channel(stage: Stage, *members: Person, with_bot: bool = True) -> Channel:
    return stage.room(f"leaders-{next(_numbers)}", *members, with_bot=with_bot)


def settled(stage: Stage, delivery: Delivery) -> Delivery:
    stage.workspace.wait_for(lambda: delivery.is_settled, PATIENCE)
    return delivery


def heard(stage: Stage, person: Person, words: str) -> list[Json]:
    """What only this person sees and that contains the words."""
    return [message for message in stage.workspace.ephemerals(person.id) if words in texts(message) + message["text"]]


def told(stage: Stage, person: Person, words: str) -> Json:
    """The first of it, as soon as it comes."""
    return stage.workspace.wait_for(lambda: heard(stage, person, words), PATIENCE)[0]


def written_to(stage: Stage, person: Person) -> list[Json]:
    """What the bot has written to this person directly."""
    return stage.said(stage.dm(person))


def resend(stage: Stage, delivery: Delivery, change: Callable[[Json], None]) -> Delivery:
    """Something like this delivery arrives: what a person's own client would not send, or late."""
    payload = copy.deepcopy(delivery.payload)
    change(payload)
    fresh = replace(delivery, envelope_id=stage.workspace.next_id("e"), payload=payload)
    fresh.acked_at, fresh.failure, fresh.answer = None, "", None
    return settled(stage, stage.workspace.dispatch(fresh))


# Starting


def start_form(stage: Stage, person: Person, room: Channel) -> Json:
    return stage.opened(person, lambda: stage.workspace.command(person.id, room.id, "/cco", "check"))


def filled_in(stage: Stage, person: Person, room: Channel, **values: Any) -> Json:
    """What the form leads to: the confirmation, or a word why not."""
    form = start_form(stage, person, room)
    given = {f"start_{name}": value for name, value in {"check": SHORT, **values}.items()}
    answer = stage.workspace.submit(person.id, form["id"], given)
    assert (answer or {}).get("response_action") == "push", answer
    return counted(stage, person)


def counted(stage: Stage, person: Person) -> Json:
    def shown() -> list[Json]:
        return [view for view in stage.workspace.views(person.id)[-1:] if "Looking who is in" not in texts(view)]

    view = stage.workspace.wait_for(shown, PATIENCE)[0]
    forgive(stage, "views.update", "not_found")  # Slack may get to know a modal after our first update of it
    return view


def forgive(stage: Stage, method: str, error: str) -> None:
    """Leaves out of the scene's record what may happen in it and is made good."""
    with stage.workspace.lock:
        calls = stage.workspace.calls
        calls[:] = [call for call in calls if (call.method, call.answer.get("error")) != (method, error)]


def confirm(stage: Stage, person: Person, confirmation: Json) -> Json | None:
    assert confirmation["callback_id"] == "start_confirmation", texts(confirmation)
    return stage.workspace.submit(person.id, confirmation["id"])


def start(stage: Stage, person: Person, room: Channel, **values: Any) -> Poll:
    """A round with all its messages."""
    known = {message["ts"] for message in stage.said(room.id)}
    confirmation = filled_in(stage, person, room, **values)
    answer = confirm(stage, person, confirmation)
    assert (answer or {}).get("response_action") == "clear", answer
    fresh = hasten(stage, lambda: [one for one in stage.said(room.id) if one["ts"] not in known])
    statements = {SHORT: 3, LONG: 11}[values.get("check", SHORT)]
    poll = Poll(stage, room, fresh[0]["ts"], confirmation["private_metadata"])
    hasten(stage, lambda: len(poll.statements) == statements)
    return poll


@dataclass(frozen=True)
class Poll:
    """A round on a stage."""

    stage: Stage
    room: Channel
    ts: str
    id: str

    @property
    def parent(self) -> Json:
        return next(one for one in self.stage.said(self.room.id) if one["ts"] == self.ts)

    @property
    def statements(self) -> list[Json]:
        return self.stage.said(self.room.id, self.ts)[1:]

    # Voting

    def click(self, person: Person, number: int, answer: str) -> Delivery:
        """Presses a button of a statement, the first being 1."""
        message = self.statements[number - 1]
        buttons = next(block for block in message["blocks"] if block["type"] == "actions")["elements"]
        pressed = next(button for button in buttons if button["text"]["text"] == answer)
        return self.stage.workspace.click(person.id, message, pressed["action_id"], pressed["value"])

    def vote(self, person: Person, number: int, answer: str) -> Delivery:
        """The same, and waits until it is saved."""
        return settled(self.stage, self.click(person, number, answer))

    def form(self, person: Person) -> Json:
        return self.stage.opened(person, lambda: self.stage.press(person, self.parent, "vote_all"))

    def answer(self, person: Person, *answers: str) -> Json:
        """Fills in the modal, from the first statement on; returns what it shows then."""
        form = self.form(person)
        self.submit(person, form, *answers)
        shown = self.stage.workspace.views(person.id)[-1]
        self.stage.workspace.close_view(person.id)
        return shown

    def submit(self, person: Person, form: Json, *answers: str) -> Json | None:
        blocks = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
        values = {name: {"input": answer} for name, answer in zip(blocks, answers, strict=False) if answer}
        return self.stage.workspace.submit(person.id, form["id"], values)

    def answers(self, person: Person) -> dict[int, str]:
        """What the modal has filled in already."""
        form = self.form(person)
        self.stage.workspace.close_view(person.id)
        return filled(form)

    # Running

    def managed(self, person: Person) -> Json:
        return self.stage.opened(person, lambda: self.stage.press(person, self.parent, "manage_round"))

    def manage(self, person: Person, **values: Any) -> Json | None:
        form = self.managed(person)
        given = {f"manage_{name}": value for name, value in values.items()}
        return self.stage.workspace.submit(person.id, form["id"], given)

    def press_in_form(self, person: Person, action: str) -> None:
        form = self.managed(person)
        self.stage.workspace.click(person.id, form["id"], action)
        self.stage.workspace.wait_for(
            lambda: self.stage.workspace.views(person.id)[-1]["hash"] != form["hash"], PATIENCE
        )
        self.stage.workspace.close_view(person.id)

    def close(self, person: Person) -> list[Json]:
        """Closes it now; returns the messages with the results."""
        self.press_in_form(person, "close_round")
        return self.results()

    def results(self) -> list[Json]:
        """The results and what is said in their thread, as soon as they are there."""
        first = hasten(self.stage, self._results)[0]
        return [first, *self.stage.said(self.room.id, first["ts"])[1:]]

    def movement(self) -> Json:
        """What moved since last time: in the results' thread."""
        return hasten(self.stage, lambda: self.results()[1:])[0]

    def is_closed(self) -> bool:
        return "vote_all" not in str(self.parent["blocks"])

    def _results(self) -> list[Json]:
        """Messages that can be told from a parent: they say how many think what."""
        found = [one for one in self.stage.said(self.room.id) if one["ts"] > self.ts]
        return [one for one in found if " – what " in one["text"]]


def filled(form: Json) -> dict[int, str]:
    """The answers that stand in the modal, by number."""
    inputs = [block for block in form["blocks"] if block["type"] == "input"]
    given = {number: block["element"].get("initial_option") for number, block in enumerate(inputs, 1)}
    return {number: option["value"] for number, option in given.items() if option}
