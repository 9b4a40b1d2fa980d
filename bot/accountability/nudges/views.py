"""What each template of reminders may see."""

from dataclasses import dataclass
from enum import StrEnum

WITH_BUTTONS = 10  # of the commitments in one message; what a phone takes, and 50 blocks
MOST_LINES = 50  # beyond those


class Kind(StrEnum):
    """Which buttons a commitment has."""

    OPEN = "open"
    ASKED = "asked"  # it waits for its owner to take it on
    OVER = "over"


@dataclass(frozen=True)
class Item:
    """A commitment in a reminder. `stands` is read after `what`; the rest says where it came from."""

    commitment_id: str
    what: str
    stands: str
    kind: Kind
    made_on: str
    asked_by: str = ""
    handed_by: str = ""
    waits: bool = False
    proposed: str = ""
    channel_id: str = ""
    statement: str = ""
    link: str = ""
    at_session: bool = False
    is_last: bool = False
    has_sessions: bool = False  # in its channel


@dataclass(frozen=True)
class NudgeView:
    """A reminder: one commitment, or a line for each of several. `late` is when it was planned, if we are late.

    `items` have buttons, `lines` have none, and `more` are not even shown.
    """

    heading: str
    items: tuple[Item, ...]
    lines: tuple[Item, ...]
    more: int
    why: str
    held_back: str
    late: str
    next: str
    template: str = "accountability/nudges/nudge.json.j2"


SILENT = "off"  # of the choices: no reminders at all


@dataclass(frozen=True)
class Choice:
    """A volume to choose, and what it means."""

    value: str
    words: str


@dataclass(frozen=True)
class SettingsForm:
    """How somebody is reminded, to be changed. `slack_zone` and `default_country` hold where nothing is typed."""

    volume: str
    choices: tuple[Choice, ...]
    quiet: str
    zone: str
    slack_zone: str
    country: str
    default_country: str
    paused_until: str
    template: str = "accountability/nudges/settings_form.json.j2"


@dataclass(frozen=True)
class SettingsView:
    """How somebody is reminded, after a change: what it came to, the next reminder, and all that holds now."""

    changed: str
    sentences: tuple[str, ...]
    next: str
    about: tuple[str, ...] = ()
    more: int = 0
    template: str = "accountability/nudges/settings.json.j2"


@dataclass(frozen=True)
class WhyView:
    """The decisions behind the last reminders, and what is decided of each commitment now."""

    past: tuple[str, ...]
    now: tuple[str, ...]
    more: int = 0
    template: str = "accountability/nudges/why.json.j2"


@dataclass(frozen=True)
class Coming:
    """A message to come."""

    when: str
    about: tuple[str, ...]
    more: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class UpcomingView:
    """The next messages, if nothing is done about anything meanwhile."""

    messages: tuple[Coming, ...]
    zone: str
    reason: str = ""  # why there are none
    template: str = "accountability/nudges/upcoming.json.j2"
