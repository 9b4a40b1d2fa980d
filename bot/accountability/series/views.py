"""What each template about series may see."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from bot.accountability.series.later import Event
from bot.accountability.sessions.session import LONGEST_NAME, LONGEST_PURPOSE, About
from bot.slack.moments import Moment


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    text: str


@dataclass(frozen=True)
class Coming:
    """A session to come, or one that is skipped: `words` are its day and time on the wall of the series' zone."""

    session: str  # the series' id, a slash and the occurrence
    when: Moment
    words: str
    is_moved: bool = False
    is_skipped: bool = False

    @property
    def line(self) -> str:
        """In a list, as each reader's clock shows it."""
        if self.is_skipped:
            return f"• ~{self.when.shown}~ skipped"
        return f"• {self.when.shown}{' (moved)' if self.is_moved else ''}"


@dataclass(frozen=True)
class Card:
    """A series as its people see it."""

    series_id: str
    channel_id: str
    about: About
    rhythms: tuple[str, ...]
    coming: tuple[Coming, ...]
    sponsor_agreed: bool
    is_running: bool = True


@dataclass(frozen=True)
class OverviewView:
    """The series of a channel, for one reader. `more` are not shown."""

    channel_id: str
    series: tuple[Card, ...]
    reader: str
    more: int = 0
    template: str = "accountability/series/overview.json.j2"


@dataclass(frozen=True)
class TimesFields:
    """What a form about times has filled in already."""

    cadences: tuple[Choice, ...]
    cadence: Choice
    first_day: date
    at: time
    zone: str
    minutes: int
    shortest: int
    longest: int


@dataclass(frozen=True)
class SetUpForm:
    """Asks for a new series. Without a channel it asks for that as well."""

    channel_id: str
    facilitator: str
    country: str
    times: TimesFields
    longest_name: int = LONGEST_NAME
    longest_purpose: int = LONGEST_PURPOSE
    template: str = "accountability/series/set_up_form.json.j2"


@dataclass(frozen=True)
class SetUpConfirmation:
    """Says what it will be, before anything is saved."""

    draft_id: str
    card: Card
    country: str
    template: str = "accountability/series/set_up_confirmation.json.j2"


@dataclass(frozen=True)
class Difference:
    """What somebody else changed meanwhile, and to what: `value` is not to be escaped any more."""

    field: str
    value: str

    @property
    def line(self) -> str:
        return f"• {self.field}: {self.value}"


@dataclass(frozen=True)
class ManageForm:
    """What those who lead may change. `typed` is what stands in the form; `version` keeps it apart from another one.

    `marks` tell what it was opened with, `changed` what somebody else changed since. `coming` has the skipped ones too.
    """

    card: Card
    version: int
    typed: About
    marks: str
    coming: tuple[Coming, ...]
    note: str = ""
    changed: tuple[Difference, ...] = ()
    longest_name: int = LONGEST_NAME
    longest_purpose: int = LONGEST_PURPOSE
    template: str = "accountability/series/manage_form.json.j2"


@dataclass(frozen=True)
class TimesForm:
    """Asks for other times from a day on."""

    card: Card
    times: TimesFields
    template: str = "accountability/series/times_form.json.j2"


@dataclass(frozen=True)
class TimesConfirmation:
    """Says what it will be. `forgotten` is how many skipped or moved sessions the new rhythm does without."""

    draft_id: str
    card: Card
    words: str
    coming: tuple[Coming, ...]
    forgotten: int = 0
    template: str = "accountability/series/times_confirmation.json.j2"


@dataclass(frozen=True)
class MoveForm:
    """Asks for another time of one session."""

    name: str
    coming: Coming
    zone: str
    template: str = "accountability/series/move_form.json.j2"


@dataclass(frozen=True)
class MoveConfirmation:
    """Says from when to when."""

    draft_id: str
    name: str
    before: Coming
    after: Coming
    template: str = "accountability/series/move_confirmation.json.j2"


@dataclass(frozen=True)
class EventView:
    """What happened to a series: for its channel, or for whoever did it.

    `coming` is the session that it is about, or the first one; `following` the one that comes next.
    """

    event: Event
    card: Card
    words: str = ""
    coming: Coming | None = None
    following: Coming | None = None
    for_channel: bool = False
    template: str = "accountability/series/event.json.j2"


class SponsorState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    NOT_NOW = "not_now"


@dataclass(frozen=True)
class SponsorView:
    """Asks somebody to give air cover, and then says what they answered. `asked_by` named them."""

    card: Card
    state: SponsorState
    asked_by: str = ""
    template: str = "accountability/series/sponsor.json.j2"


@dataclass(frozen=True)
class AirCoverView:
    """What the sponsor changed about their air cover, where they did so."""

    card: Card
    template: str = "accountability/series/air_cover.json.j2"


@dataclass(frozen=True)
class LeaderView:
    """Tells somebody that they lead a series from now on."""

    card: Card
    template: str = "accountability/series/leader.json.j2"


@dataclass(frozen=True)
class LinkLine:
    """A link that works, by whom and since when."""

    digest: str
    made_by: str
    made_at: Moment


@dataclass(frozen=True)
class CalendarView:
    """The calendar of a series: the file follows, or what to do where it can't be sent.

    `links` are those that the reader may revoke, `more` how many are not listed.
    """

    card: Card
    can_send: bool = True
    has_address: bool = False
    links: tuple[LinkLine, ...] = ()
    more: int = 0
    template: str = "accountability/series/calendar.json.j2"


@dataclass(frozen=True)
class LinkView:
    """A new link, shown this once."""

    name: str
    address: str
    digest: str
    template: str = "accountability/series/link.json.j2"


class Refused(StrEnum):
    NOT_IN_CHANNEL = "not_in_channel"
    NOT_YOURS = "not_yours"
    NOT_YOUR_LINK = "not_your_link"
    ELSEWHERE = "elsewhere"  # somebody of another company


@dataclass(frozen=True)
class RefusalView:
    """Why not, whom to ask and what to do."""

    reason: Refused
    channel_id: str = ""
    facilitator: str = ""
    name: str = ""
    template: str = "accountability/series/refusal.json.j2"
