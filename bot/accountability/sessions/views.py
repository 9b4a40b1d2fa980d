"""What each template of sessions may see."""

from dataclasses import dataclass

from bot.slack.moments import Moment


@dataclass(frozen=True)
class Said:
    """What somebody said of an item before the session."""

    by: str
    text: str


@dataclass(frozen=True)
class Line:
    """An item in a list. `aside` is one more thing about it, by a word that the template knows."""

    title: str
    owner: str = ""
    due: Moment | None = None
    carried: int = 0
    said: tuple[Said, ...] = ()
    aside: str = ""
    to: str = ""  # whom it was handed over to


@dataclass(frozen=True)
class Section:
    """A part of a list, by a name that the template has a heading for. `more` are left out."""

    name: str
    lines: tuple[Line, ...]
    more: int = 0

    @property
    def total(self) -> int:
        return len(self.lines) + self.more


@dataclass(frozen=True)
class Guided:
    """A piece of guidance and the id of its card."""

    card_id: str
    title: str
    short: str
    source: str


@dataclass(frozen=True)
class AgendaView:
    """What the next session is about. `step` is that of the first year that comes next, 0 when all are reached."""

    series_id: str
    session_id: str
    name: str
    starts: Moment
    minutes: int
    facilitator: str
    sponsor: str
    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    more_missing: int
    year_one: bool
    step: int
    steps: int
    step_title: str
    missed: tuple[str, ...]
    guided: Guided | None
    late: bool
    skipped: bool
    template: str = "accountability/sessions/agenda.json.j2"


@dataclass(frozen=True)
class WholeList:
    """A modal with all of a list."""

    title: str
    name: str
    starts: Moment
    sections: tuple[Section, ...]
    template: str = "accountability/sessions/whole_list.json.j2"


@dataclass(frozen=True)
class OpeningView:
    """The message over the items of a session. `more` are on its list that have no message."""

    session_id: str
    name: str
    purpose: str
    facilitator: str
    sponsor: str
    count: int
    more: int
    ends: Moment
    late: bool
    closed: bool
    template: str = "accountability/sessions/opening.json.j2"


@dataclass(frozen=True)
class ItemView:
    """One item in the thread. `value` names it in its buttons; `takes` is whether it can still be ticked."""

    value: str
    kind: str
    number: int
    line: Line
    status: str
    by: str
    takes: bool
    live: bool = False
    help_since: Moment | None = None
    commitment_id: str = ""
    added_by: str = ""
    split: bool = False
    finding_ref: str = ""
    card_id: str = ""
    template: str = "accountability/sessions/item.json.j2"


@dataclass(frozen=True)
class Rate:
    """How many people together kept how much of what was due in a month."""

    month: str
    kept: int
    due: int
    people: int


@dataclass(frozen=True)
class SummaryView:
    """What came of a session. `quiet`: nobody ticked anything. `rated` is there once a month, where it may be told."""

    session_id: str
    name: str
    starts: Moment
    sections: tuple[Section, ...]
    listed: int
    quiet: bool
    next: Moment | None
    amends: Moment
    late: bool
    rated: Rate | None = None
    template: str = "accountability/sessions/summary.json.j2"


@dataclass(frozen=True)
class ClosingView:
    """A line in the thread, when the summary is in the channel."""

    amends: Moment
    template: str = "accountability/sessions/closing.json.j2"


@dataclass(frozen=True)
class ItemForm:
    """Asks what to talk about."""

    session_id: str
    name: str
    starts: Moment
    opened: bool
    template: str = "accountability/sessions/item_form.json.j2"


@dataclass(frozen=True)
class Asked:
    """One of somebody's own commitments, and what they said of it so far."""

    commitment_id: str
    title: str
    due: Moment
    said: str = ""


@dataclass(frozen=True)
class UpdateForm:
    """Asks somebody how their commitments stand."""

    session_id: str
    name: str
    starts: Moment
    asked: tuple[Asked, ...]
    more: int
    template: str = "accountability/sessions/update_form.json.j2"
