"""What each template about air cover may see."""

from dataclasses import dataclass

from bot.accountability.sessions.guidance_piece import Piece
from bot.slack.moments import Moment


@dataclass(frozen=True)
class WarningView:
    """To an owner, before the sponsor is asked. Once it is called off, `at` is when it may come up again."""

    commitment_id: str
    what: str
    due: Moment
    sponsor: str
    at: Moment
    overdue_days: int
    called_off: bool = False
    template: str = "accountability/aircover/warning.json.j2"


@dataclass(frozen=True)
class AskView:
    """To a sponsor: what stands still, since when, and what was tried. `answer` is theirs, once they gave one.

    `moved` is how often its date was; `tried` are the owner's own words.
    """

    commitment_id: str
    what: str
    channel_id: str
    owner: str
    due: Moment
    needs_help: bool
    is_taken: bool  # did the owner say that they take it on?
    how_long: str
    moved: int
    tried: str
    link: str
    series_id: str
    series: str
    guidance: Piece | None
    card_id: str
    answer: str = ""
    template: str = "accountability/aircover/ask.json.j2"


@dataclass(frozen=True)
class TalkForm:
    """Asks a sponsor for a word to the owner. `about` is the commitment, and the message it was opened from."""

    what: str
    owner: str
    longest: int
    about: str
    template: str = "accountability/aircover/talk_form.json.j2"
