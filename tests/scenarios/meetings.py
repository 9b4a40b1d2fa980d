"""What people do in a series of sessions, from the agenda to the summary. Time is moved to where something happens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability.calendar.recurrence import Occurrence, Series
from bot.accountability.calendar.recurrence import skip as left_out
from bot.accountability.calendar.rules import Rule
from bot.accountability.later import DRAW_SESSIONS, look
from bot.accountability.sessions import later
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import Session, SessionSeries, skip
from bot.accountability.sessions.store import SessionStore
from bot.scheduler.store import saving
from bot.storage.database import Database
from bot.workdays import Workdays
from bot.workspace.records import Channel, Delivery, Json, Person
from tests.scenarios.rounds import hasten
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts
from tests.scenarios.standing import key_of

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = 2
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

_numbers = count(1)


def move(stage: Stage, by: timedelta) -> None:
    stage.pass_by(by)


def move_to(stage: Stage, at: datetime) -> None:
    stage.pass_to(at)


@dataclass
class Table:
    """A series of sessions in a channel of its own, for three weeks from the next one on."""

    stage: Stage
    host: Person
    people: tuple[Person, ...] = ()
    rule: str = "weekly on Tuesday"
    sponsor: str = ""
    minutes: int = 45
    room: Channel = field(init=False)
    series: SessionSeries = field(init=False)
    times: Series = field(init=False)
    _seen: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        while self.stage.clock().weekday() < WEDNESDAY:  # else an agenda, or a session, is due at once
            move(self.stage, DAY)
        number, now = next(_numbers), self.stage.clock()
        self.room = self.stage.room(f"table-{number}", self.host, *self.people)
        name = f"Session {number}"
        self.series = SessionSeries(f"t{number}", self.room.id, name, self.host.id, self.host.id, now)
        self.series = replace(self.series, purpose="Ask for what was promised.", sponsor=self.sponsor)
        today = now.astimezone(BERLIN).date()
        rule = Rule.read(self.rule)
        self.times = Series(f"t{number}", today, time(10), self.minutes, BERLIN, rule, ends_on=today + 22 * DAY)
        also = saving(self.key, later.on_start(self.series, [self.times], now))
        assert SeriesStore(self.database).add(self.key, self.series, self.times, also=also)

    @property
    def key(self) -> Any:
        return key_of(self.stage)

    @property
    def database(self) -> Database:
        return self.stage.bots[-1].database

    def coming(self, number: int = 0) -> Occurrence:
        return later.coming([self.times], self.stage.clock(), 9)[number]

    def agenda_at(self, of: Occurrence) -> datetime:
        return later.agenda_at(of, BERLIN, Workdays())

    @property
    def first(self) -> Occurrence:
        return later.coming([self.times], self.series.made_at, 1)[0]

    def settle(self) -> None:
        """All that is due by now is done."""
        kinds = "('post_agenda', 'open_session', 'close_session', 'list_topic', 'draw_sessions')"
        planned = f"select 1 from due_actions where state = 'planned' and kind in {kinds} and due_at <= ?"
        hasten(self.stage, lambda: not self.stage.rows(planned, f"{self.stage.clock():%Y-%m-%dT%H:%M:%S.%fZ}"))

    def skip(self, of: Occurrence) -> None:
        """As whoever leads does it; the use case is another's."""
        series, now = SeriesStore(self.database), self.stage.clock()
        session = SessionStore(self.database).get(self.key, self.series.id, of.id)
        session = skip(session or later.session_of(self.series, of))
        left = [left_out(stretch, of.day) for stretch in series.times(self.key, self.series.id)]
        planned = later.on_change(self.series, left, now)
        looks = replace(planned, new=(*planned.new, look(DRAW_SESSIONS, self.room.id, now)))
        assert series.skip(self.key, session, also=saving(self.key, looks))

    # Its messages

    def look_at_all(self) -> list[Json]:
        """What has come so far; it is not fresh any more."""
        found = self.fresh()
        self._seen |= {one["ts"] for one in found}
        return found

    def fresh(self) -> list[Json]:
        """What came into the channel and was not looked at yet."""
        return [one for one in self.stage.said(self.room.id) if one["ts"] not in self._seen]

    def next_message(self) -> Json:
        message = hasten(self.stage, self.fresh)[0]
        self._seen.add(message["ts"])
        return message

    def now(self, message: Json) -> Json:
        """The message as it stands now."""
        found = [one for one in self.stage.workspace.everything_in(self.room.id) if one["ts"] == message["ts"]]
        return found[0]

    def until(self, message: Json, *words: str) -> Json:
        """The message as soon as it says all this."""
        hasten(self.stage, lambda: all(word in texts(self.now(message)) for word in words))
        return self.now(message)

    def agenda(self, of: Occurrence | None = None) -> Json:
        """The next agenda, when its time has come."""
        move_to(self.stage, self.agenda_at(of or self.coming()))
        return self.next_message()

    def opening(self, items: int, of: Occurrence | None = None) -> Json:
        """The session, when it has begun and everything is in its thread."""
        move_to(self.stage, (of or self.coming()).starts_at)
        message = self.next_message()
        hasten(self.stage, lambda: len(self.thread(message)) >= items)
        return message

    def thread(self, opening: Json) -> list[Json]:
        return [one for one in self.stage.said(self.room.id, opening["ts"]) if one["ts"] != opening["ts"]]

    def item(self, opening: Json, title: str) -> Json:
        return next(one for one in self.thread(opening) if title in texts(one))

    def summary(self) -> Json:
        """What came of the session that is open, when its time is over."""
        move(self.stage, self.minutes * MINUTE)
        return self.next_message()

    def stored(self, occurrence: str) -> Session:
        found = SessionStore(self.database).get(self.key, self.series.id, occurrence)
        assert found is not None
        return found

    # What people do

    def press(self, person: Person, message: Json, action: str) -> Delivery:
        """Presses a button and waits until that is acknowledged."""
        delivery = self.stage.press(person, self.now(message), action)
        self.stage.workspace.wait_for(lambda: delivery.is_settled, PATIENCE)
        return delivery

    def refused(self, person: Person, message: Json, action: str) -> str:
        """What only this person is told about it."""
        return texts(self.stage.shown(person, lambda: self.press(person, message, action)))

    def add_item(self, person: Person, message: Json, text: str) -> Json | None:
        form = self.stage.opened(person, lambda: self.press(person, message, "add_item"))
        return self.stage.workspace.submit(person.id, form["id"], {"in_item_text": text})

    def update_form(self, person: Person, message: Json) -> Json:
        return self.stage.opened(person, lambda: self.press(person, message, "give_update"))

    def give_update(self, person: Person, message: Json, *said: str) -> Json | None:
        """Says of each of their commitments, in the order of the form."""
        form = self.update_form(person, message)
        names = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
        values = {name: {"input": text} for name, text in zip(names, said, strict=False)}
        return self.stage.workspace.submit(person.id, form["id"], values)

    def new_date(self, person: Person, message: Json, text: str) -> None:
        form = self.stage.opened(person, lambda: self.press(person, message, "commitment_new_date"))
        self.stage.workspace.submit(person.id, form["id"], {"in_commitment_date": text})
        view = self.stage.workspace.views(person.id)[-1]
        self.stage.workspace.submit(person.id, view["id"], {})


def pressable(message: Json) -> list[str]:
    return [words for _, _, words in buttons(message)]


def submission(stage: Stage) -> Delivery:
    """The modal that was sent last."""
    return next(one for one in reversed(stage.workspace.deliveries) if one.payload.get("type") == "view_submission")
