"""What each template about the first year may see."""

from dataclasses import dataclass
from datetime import date

from bot.accountability.yearone.steps import Standing


@dataclass(frozen=True)
class StepLine:
    """A step, where it stands, and what was said of it. `when` is a day in words."""

    id: str
    number: int
    title: str
    meaning: str
    card: str
    standing: Standing
    when: str = ""
    evidence: str = ""
    by: str = ""

    @property
    def line(self) -> str:
        """It in words alone."""
        where = {Standing.REACHED: f"reached {self.when}", Standing.NEXT: "next", Standing.AHEAD: "ahead"}
        return f"{self.number} · {self.title}: {where[self.standing]}"


@dataclass(frozen=True)
class YearOneView:
    """The eight steps as a timeline. `change` is what was just done; `shown_by` is who shows it to the channel."""

    channel_id: str
    steps: tuple[StepLine, ...]
    reached: int
    steps_bar: str
    year_bar: str
    year: str
    change: str = ""
    shown_by: str = ""
    template: str = "accountability/yearone/timeline.json.j2"

    @property
    def is_shared(self) -> bool:
        return bool(self.shown_by)


@dataclass(frozen=True)
class StepForm:
    """Asks which step was reached, when, and what shows it."""

    channel_id: str
    steps: tuple[StepLine, ...]
    today: date
    longest: int
    template: str = "accountability/yearone/step_form.json.j2"


@dataclass(frozen=True)
class BeginForm:
    """Asks when the year began."""

    channel_id: str
    begun_on: date
    template: str = "accountability/yearone/begin_form.json.j2"


@dataclass(frozen=True)
class WaitingView:
    """Stands in the modal while it is looked who is in the channel."""

    external_id: str
    channel_id: str
    template: str = "accountability/yearone/waiting.json.j2"


@dataclass(frozen=True)
class SavedView:
    """The modal after it was submitted."""

    channel_id: str
    change: str
    reached: int
    steps_bar: str
    next_title: str
    template: str = "accountability/yearone/saved.json.j2"


@dataclass(frozen=True)
class NotYoursView:
    """A friendly no. `leaders` are those to ask; without any, it takes somebody in the channel.

    `unseen` where Slack doesn't tell who is in it.
    """

    channel_id: str
    leaders: tuple[str, ...] = ()
    unseen: bool = False
    template: str = "accountability/yearone/not_yours.json.j2"
