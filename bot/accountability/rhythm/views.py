"""What the two digests may see, and a refusal."""

from dataclasses import dataclass

from bot.slack.moments import Moment


@dataclass(frozen=True)
class Line:
    """A commitment in a digest. `owner` is empty where nobody is to be named."""

    what: str
    due: Moment
    owner: str = ""
    is_taken: bool = True  # False while its owner has yet to say whether they take it on

    @property
    def words(self) -> str:
        return f"{self.what} – due {self.due.words}"


@dataclass(frozen=True)
class Section:
    """Commitments that stand alike; `more` of them are not listed."""

    heading: str
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True)
class WeeklyView:
    """The digest of a channel. `late` is when it was due, where it comes late."""

    series_id: str
    name: str
    sections: tuple[Section, ...]
    next_session: Moment | None = None
    late: Moment | None = None
    template: str = "accountability/rhythm/weekly.json.j2"


@dataclass(frozen=True)
class MonthlyView:
    """The digest of a sponsor. `kept` of `due` is the rate of all together; None where that is not told."""

    series_id: str
    name: str
    channel_id: str
    month: str
    sections: tuple[Section, ...]
    kept: int | None
    due: int | None
    people: int | None
    smallest_group: int
    year_one: str = ""
    late: Moment | None = None
    template: str = "accountability/rhythm/monthly.json.j2"


@dataclass(frozen=True)
class NotYoursView:
    """Who can stop a digest, to somebody who can't."""

    facilitator: str
    sponsor: str = ""
    template: str = "accountability/rhythm/not_yours.json.j2"
