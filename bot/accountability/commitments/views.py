"""What each template of commitments may see."""

from dataclasses import dataclass

from bot.accountability.commitments.shown import Shown
from bot.slack.moments import Moment


@dataclass(frozen=True)
class Done:
    """What was last done to it, as `reader` is told. `is_back` is for one that was handed over and declined."""

    deed: str
    by: str
    reader: str
    owner: str  # afterwards
    reason: str = ""
    is_back: bool = False


@dataclass(frozen=True)
class CommitmentMessage:
    """One commitment as it stands, what was last done to it, and what its reader may do next."""

    commitment: Shown
    done: Done
    offers: tuple[str, ...]
    template: str = "accountability/commitments/message.json.j2"


@dataclass(frozen=True)
class Line:
    """One change of a commitment's history."""

    deed: str
    by: str
    owner: str
    at: Moment
    due: Moment
    reason: str


@dataclass(frozen=True)
class CommitmentModal:
    """Everything about a commitment. `done` is what its reader did just now; `earlier` lines are not shown."""

    commitment: Shown
    lines: tuple[Line, ...]
    offers: tuple[str, ...]
    about: str
    done: Done | None = None
    earlier: int = 0
    template: str = "accountability/commitments/modal.json.j2"


@dataclass(frozen=True)
class DateForm:
    """Asks for another date: `purpose` is new_date, propose_date or snooze."""

    commitment: Shown
    purpose: str
    about: str
    template: str = "accountability/commitments/date_form.json.j2"


@dataclass(frozen=True)
class DateConfirmation:
    """The date in words, before it is saved."""

    commitment: Shown
    purpose: str
    words: str
    reason: str
    about: str
    template: str = "accountability/commitments/date_confirmation.json.j2"


@dataclass(frozen=True)
class HandOverForm:
    commitment: Shown
    about: str
    template: str = "accountability/commitments/hand_over_form.json.j2"


@dataclass(frozen=True)
class ReasonForm:
    """Asks why: `purpose` is drop or decline."""

    commitment: Shown
    purpose: str
    about: str
    template: str = "accountability/commitments/reason_form.json.j2"


@dataclass(frozen=True)
class HelpForm:
    commitment: Shown
    about: str
    template: str = "accountability/commitments/help_form.json.j2"
