"""Posting the messages of a session, one by one, whatever Slack says and whoever else is at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.accountability.sending import Attempt, Outcome, Sent
from bot.accountability.sessions.papers import Meeting
from bot.accountability.sessions.posting import CLAIMED_FOR, ENDS_AFTER, Part, SessionPoster, Worth
from bot.accountability.sessions.session import OPENING
from bot.accountability.sessions.store import SessionStore
from bot.errors import TryLater, Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.slack.gateway import UnknownOutcome
from bot.slack.messages import Notice
from bot.slack.render import View
from bot.storage.database import Database
from tests.accountability.commitments.examples import OURS
from tests.accountability.sessions.examples import SERIES, SESSION, START

SECOND, MINUTE, HOUR = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours"))
OF = Meeting(SERIES, (), SESSION)
PARTS = [Part(OPENING, Notice("It is open.")), *(Part(name, Notice(name), OPENING) for name in ("topic:1", "topic:2"))]
WORTH = Worth(START + 3 * HOUR, HOUR)
DUE = Due(Action("open_session", "s1", START, SESSION.occurrence), "lease", START, 1, turn=START)


@dataclass
class Post:
    """Stands where the sender does, and says of each message what it is told to; SENT if nothing."""

    says: dict[str, list[Outcome | Exception]] = field(default_factory=dict)
    got: list[tuple[str, str, Attempt]] = field(default_factory=list)

    def post(self, key: WorkspaceKey, channel_id: str, view: View, attempt: Attempt, thread_ts: str = "") -> Sent:
        assert (key, channel_id) == (OURS, "C1")
        assert isinstance(view, Notice)
        self.got.append((view.text, thread_ts, attempt))
        said = next(iter(self.says.get(view.text, ())), Outcome.SENT)
        self.says[view.text] = self.says.get(view.text, [])[1:]
        if isinstance(said, Exception):
            raise said
        return Sent(said, channel_id, f"{len(self.got)}.0" if said is Outcome.SENT else "")

    @property
    def texts(self) -> list[str]:
        return [text for text, _, _ in self.got]


@dataclass
class Desk:
    """A poster at a time that a test sets."""

    sessions: SessionStore
    sent: Post = field(default_factory=Post)
    now: datetime = START
    told: list[tuple[str, str]] = field(default_factory=list)

    def post(self) -> None:
        poster = SessionPoster(self.sessions, self.sent, self.tell, lambda: self.now)  # type: ignore[arg-type]
        poster.post(OURS, OF, PARTS, WORTH, DUE)

    def tell(self, key: WorkspaceKey, channel_id: str, what: str, about: str) -> None:
        assert (key, channel_id) == (OURS, "C1")
        self.told.append((what, about))

    @property
    def places(self) -> dict[str, str]:
        return {one.part: "gone" if one.gone else one.ts for one in self.sessions.messages(OURS, SESSION)}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(SessionStore(database))


def test_each_message_is_posted_once_in_its_order_and_its_thread(desk: Desk) -> None:
    desk.post()
    desk.post()
    assert [(text, thread) for text, thread, _ in desk.sent.got] == [
        ("It is open.", ""),
        ("topic:1", "1.0"),
        ("topic:2", "1.0"),
    ]
    assert desk.places == {OPENING: "1.0", "topic:1": "2.0", "topic:2": "3.0"}


def test_the_turn_that_was_kept_is_for_the_first_of_them(desk: Desk) -> None:
    desk.post()
    assert [attempt.turn for _, _, attempt in desk.sent.got] == [START, None, None]
    assert len({attempt.id for _, _, attempt in desk.sent.got}) == 3


def test_one_whose_turn_has_not_come_is_posted_as_if_it_had_never_been_tried(desk: Desk) -> None:
    desk.sent.says["topic:1"] = [TryLater("its turn comes", 1)]
    with pytest.raises(TryLater):
        desk.post()
    desk.post()
    assert [(text, attempt.number) for text, _, attempt in desk.sent.got][1:] == [
        ("topic:1", 1),
        ("topic:1", 1),
        ("topic:2", 1),
    ]


def test_nobody_touches_a_message_while_another_may_be_at_it(desk: Desk) -> None:
    assert desk.sessions.begin_posting(OURS, SESSION, OPENING, 0, START)
    desk.now = START + CLAIMED_FOR - SECOND
    with pytest.raises(TryLater):
        desk.post()
    assert desk.sent.got == []


def test_what_nobody_knows_the_outcome_of_is_tried_a_second_time_from_when_it_was_begun(desk: Desk) -> None:
    desk.sent.says["topic:1"] = [UnknownOutcome("chat.postMessage", "no answer")]
    with pytest.raises(Unavailable):
        desk.post()
    desk.now = START + CLAIMED_FOR + SECOND
    desk.post()
    again = desk.sent.got[2][2]
    assert (again.number, again.since) == (2, START)
    assert again.until is not None
    assert again.until > START
    assert desk.sent.texts == ["It is open.", "topic:1", "topic:1", "topic:2"]


def test_it_is_looked_for_since_it_was_sent_however_often_looking_fails(desk: Desk) -> None:
    no_answer, can_not_look = UnknownOutcome("chat.postMessage", "no answer"), TryLater("can't look", 30)
    desk.sent.says["topic:1"] = [no_answer, *[can_not_look] * 9]
    for number in range(10):
        with pytest.raises(Unavailable):
            desk.post()
        desk.now = START + CLAIMED_FOR + number * MINUTE
    desk.post()
    looks = [attempt for text, _, attempt in desk.sent.got if text == "topic:1"][1:]
    assert {(one.number, one.since, one.until) for one in looks} == {(2, START, START + ENDS_AFTER)}
    assert len(looks) == 10


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
def test_one_that_is_lost_holds_up_no_other_and_is_not_tried_again(desk: Desk, outcome: Outcome) -> None:
    desk.sent.says["topic:1"] = [outcome]
    desk.post()
    desk.post()
    assert desk.sent.texts == ["It is open.", "topic:1", "topic:2"]
    assert desk.places == {OPENING: "1.0", "topic:1": "gone", "topic:2": "3.0"}


def test_without_its_first_message_there_is_no_thread(desk: Desk) -> None:
    desk.sent.says["It is open."] = [Outcome.REFUSED]
    desk.post()
    desk.post()
    assert desk.sent.texts == ["It is open."]


def test_a_channel_that_takes_nothing_is_told_of_and_tried_again_while_it_is_worth_it(desk: Desk) -> None:
    desk.sent.says["topic:1"] = [Outcome.CLOSED, Outcome.CLOSED]
    with pytest.raises(TryLater) as later:
        desk.post()
    assert later.value.retry_after == HOUR.total_seconds()
    assert desk.told == [("channel_closed", "s1")]
    desk.now = WORTH.until - HOUR
    desk.post()
    assert desk.sent.texts == ["It is open.", "topic:1", "topic:1"]
    assert [attempt.number for _, _, attempt in desk.sent.got] == [1, 1, 1]
    desk.post()
    assert desk.places == {OPENING: "1.0", "topic:1": "4.0", "topic:2": "5.0"}
