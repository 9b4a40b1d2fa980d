"""What is known of somebody when it has to be decided whether they are reminded."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.nudging import Case, Message, Nudge
from bot.accountability.nudges.people import Person
from bot.accountability.nudges.store import PeopleStore
from bot.keys import WorkspaceKey

LOOKED_BACK = timedelta(days=7)  # for messages whose fate nobody knows, and days that had one


@dataclass(frozen=True)
class Standing:
    """Somebody, all that they may be reminded of, and the messages of their last days."""

    person: Person
    cases: tuple[Case, ...]
    messages: tuple[Message, ...]

    @property
    def taken(self) -> frozenset[date]:
        """The days that had a message, whether or not it is known to be there."""
        return frozenset(message.day for message in self.messages)


class Standings:
    """Loads them."""

    def __init__(self, commitments: CommitmentStore, people: PeopleStore, acquaintances: Acquaintances) -> None:
        self._commitments = commitments
        self._people = people
        self._acquaintances = acquaintances

    def of(self, key: WorkspaceKey, user_id: str, now: datetime, *, at_once: bool = False) -> Standing:
        """Raises Unavailable where nobody can say which zone they are in; `at_once`, within two seconds."""
        person = self._acquaintances.person(key, user_id, at_once=at_once)
        live = self._commitments.live_of(key, user_id)
        since = person.day_of(now) - LOOKED_BACK
        messages, history = self._people.log(key, user_id, since, [of.id for of in live])
        return Standing(person, tuple(Case(of, history.get(of.id, ())) for of in live), messages)

    def said(self, key: WorkspaceKey, user_id: str, day: date) -> list[tuple[Nudge, Commitment]]:
        """What the message of a day says, and each commitment as it is now."""
        said = self._people.said(key, user_id, day)
        known = self._commitments.some(key, [one.commitment_id for one in said])
        return [(one.nudge(of), of) for one in said if (of := known.get(one.commitment_id))]
