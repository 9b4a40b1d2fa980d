"""What the two messages about troubles may see."""

from dataclasses import dataclass

from bot.accountability.troubles.trouble import Trouble
from bot.slack.moments import Moment


@dataclass(frozen=True)
class Held:
    """A commitment that waits for somebody who can keep it."""

    commitment_id: str
    what: str
    due: Moment


@dataclass(frozen=True)
class OwnerTroubleView:
    """Somebody can't be reminded. `more` of what they hold is not listed; `leads` says why the reader gets it."""

    what: Trouble
    owner: str
    channel_id: str
    held: tuple[Held, ...]
    more: int
    leads: bool
    template: str = "accountability/troubles/owner.json.j2"


@dataclass(frozen=True)
class SeriesTroubleView:
    """A series lacks its channel, or `who` is needed for it. `leads` says why the reader gets it."""

    what: Trouble
    series_id: str
    name: str
    channel_id: str
    who: str
    leads: bool
    template: str = "accountability/troubles/series.json.j2"
