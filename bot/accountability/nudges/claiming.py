"""The one message that somebody gets a day, claimed in the database right before it is sent, whatever it is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from bot.accountability.nudges.finding import LOOKED_BACK
from bot.accountability.nudges.nudging import Nudge, free_from
from bot.accountability.nudges.people import Person
from bot.accountability.nudges.store import PeopleStore
from bot.errors import TryLater
from bot.keys import WorkspaceKey

CLAIMED_FOR = 5.0  # seconds: by then whoever claimed it has probably sent it


class Days:
    """People's days, and which of them are taken."""

    def __init__(self, people: PeopleStore) -> None:
        self._people = people

    def free_from(self, key: WorkspaceKey, person: Person, now: datetime) -> datetime:
        """The first moment from now on at which they may be written to, on a day without a message."""
        messages = self._people.messages(key, person.id, person.day_of(now) - LOOKED_BACK)
        return free_from(person.reachable_from(now), person, {message.day for message in messages})

    @contextmanager
    def claim(
        self,
        key: WorkspaceKey,
        user_id: str,
        day: date,
        now: datetime,
        tried: int = 0,
        nudges: Sequence[Nudge] = (),
        *,
        had_it: bool = False,
    ) -> Iterator[Callable[[], None]]:
        """What claims the message, to be called right before it is sent. Taken back where it certainly was not.

        `had_it` is for whoever claimed the day before and sends once more: nobody else has to let them.
        """
        is_ours = False

        def begin() -> None:
            nonlocal is_ours
            is_ours = self._people.begin_message(key, user_id, day, tried, nudges, now)
            if not is_ours and not had_it:
                raise TryLater("another process is at it", CLAIMED_FOR)

        try:
            yield begin
        except TryLater:
            if is_ours:
                self._people.not_sent(key, user_id, day, tried)
            raise

    def sent(self, key: WorkspaceKey, user_id: str, day: date, ts: str, now: datetime) -> None:
        """It is there, or nobody knows: the day is taken."""
        self._people.sent(key, user_id, day, ts, now)

    def refused(self, key: WorkspaceKey, user_id: str, day: date) -> None:
        """Slack took no message, so the day is free again."""
        self._people.not_sent(key, user_id, day, 0)
