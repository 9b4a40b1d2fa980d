"""What may be missing, and under which name the schedule remembers that it was told.

Schedule names are done once, so a name says how long a trouble counts as the same. Trouble with a person is told once a
channel, however many commitments they have there; trouble with a series once for each person whom it concerns, so that
a new sponsor who leaves as well is told of, and a new facilitator hears what the one before did. What lasts, or comes
back, for longer than the schedule remembers what was done (half a year) is told once more.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from zlib import crc32


class Trouble(StrEnum):
    """What whoever leads is told of."""

    OWNER_GONE = "owner_gone"
    DM_REFUSED = "dm_refused"
    CHANNEL_CLOSED = "channel_closed"
    SPONSOR_GONE = "sponsor_gone"
    FACILITATOR_GONE = "facilitator_gone"
    GIVEN_UP = "given_up"  # something that was due, after failing for about a day

    @property
    def is_with_owner(self) -> bool:
        """Is it about somebody's commitments? The others are about a series."""
        return self in {Trouble.OWNER_GONE, Trouble.DM_REFUSED}


@dataclass(frozen=True)
class Telling:
    """A trouble, with whom or what: a person's id, or a series'.

    `number` tells one telling from another: whom it concerns of a series, or how many were told of an owner before.
    """

    what: Trouble
    about: str
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.what} {self.about} {self.number}"

    @property
    def next(self) -> "Telling":
        return replace(self, number=self.number + 1)


def of_series(what: Trouble, series_id: str, concerned: str) -> Telling:
    """`concerned` is who left, or who is to be told that the channel is closed."""
    return Telling(what, series_id, crc32(concerned.encode()))


def telling(name: str) -> Telling:
    what, about, number = name.split(" ")
    return Telling(Trouble(what), about, int(number))
