"""What each template of this wing may see. Only that of a round with names holds people and votes together."""

from dataclasses import dataclass
from enum import StrEnum

from bot.slack.moments import Moment


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    text: str


@dataclass(frozen=True)
class StartForm:
    """Asks what to start. Filled in already with the defaults, or with what was chosen before."""

    checks: tuple[Choice, ...]
    check: Choice
    deadline: int
    channel_id: str = ""
    chosen_people: tuple[str, ...] = ()
    anonymous: bool = True
    live: bool = False
    smallest_group: int = 5
    smallest_possible: int = 3
    co_facilitator: str = ""
    repeats: tuple[Choice, ...] = ()
    repeat: str = ""
    template: str = "readiness/start_form.json.j2"


@dataclass(frozen=True)
class RepeatLine:
    """A check that repeats, and when it starts next. `may_stop` says whether its reader runs it."""

    repeat_id: str
    title: str
    every: str
    next: Moment
    may_stop: bool = False

    @property
    def line(self) -> str:
        return f"{self.title} – repeats {self.every}, next {self.next.words}"


@dataclass(frozen=True)
class StartConfirmation:
    """Says how many people and messages it will be, before anything is posted.

    `left_out` are those chosen who can't be asked: not in the channel, of another company, deactivated or a bot.
    """

    draft_id: str
    title: str
    channel_id: str
    asked: int
    messages: int
    closes: Moment
    anonymous: bool
    live: bool
    smallest_group: int
    left_out: int = 0
    repeats: RepeatLine | None = None
    template: str = "readiness/start_confirmation.json.j2"


@dataclass(frozen=True)
class RepeatView:
    """To whoever runs it: a check is about to start by itself. `start` names which time.

    Once they pressed a button it says what became of that; `next` is then the start after the one left out.
    """

    repeat_id: str
    start: str
    title: str
    channel_id: str
    every: str
    next: Moment
    skipped: bool = False
    stopped: bool = False
    template: str = "readiness/repeat.json.j2"


@dataclass(frozen=True)
class NotRepeatedView:
    """To whoever runs it: why a check did not start by itself, and when it does next."""

    repeat_id: str
    title: str
    channel_id: str
    reason: str
    next: Moment
    smallest_group: int
    template: str = "readiness/not_repeated.json.j2"


@dataclass(frozen=True)
class RepeatEndedView:
    """To an administrator: a check repeats no more, because whoever ran it has left."""

    title: str
    channel_id: str
    template: str = "readiness/repeat_ended.json.j2"


@dataclass(frozen=True)
class Recalled:
    """What a repeated round opens with: see rounds.SinceLast."""

    since: Moment
    kept: int | None
    missed: int | None
    up: int | None
    down: int | None
    same: int | None


@dataclass(frozen=True)
class ParentView:
    """The message over the statements."""

    round_id: str
    title: str
    intro: str
    statements: int
    voted: int
    asked: int
    closes: Moment
    starter: str
    co_facilitator: str
    anonymous: bool
    live: bool
    smallest_group: int
    closed: bool = False
    cancelled: bool = False
    recalled: Recalled | None = None
    template: str = "readiness/parent.json.j2"


@dataclass(frozen=True)
class StatementView:
    """One statement in the thread. `tally` is empty but in a round that shows it live."""

    number: int
    statements: int
    title: str
    text: str
    card_id: str
    buttons: tuple[Choice, ...]
    tally: str = ""
    closed: bool = False
    template: str = "readiness/statement.json.j2"


@dataclass(frozen=True)
class Question:
    """A statement in the modal; `given` is the answer its reader has given, if any."""

    statement_id: str
    number: int
    title: str
    text: str
    given: str = ""


@dataclass(frozen=True)
class VoteForm:
    """All statements in one modal, as its reader has answered them so far."""

    round_id: str
    title: str
    questions: tuple[Question, ...]
    answers: tuple[str, ...]
    closes: Moment
    anonymous: bool
    template: str = "readiness/vote_form.json.j2"


@dataclass(frozen=True)
class SavedView:
    """The modal after it was submitted."""

    title: str
    lines: tuple[str, ...]
    answered: int
    closes: Moment
    template: str = "readiness/saved.json.j2"


@dataclass(frozen=True)
class MyAnswersView:
    """Somebody's own answers, for themselves alone."""

    round_id: str
    title: str
    lines: tuple[str, ...]
    answered: int
    closes: Moment
    takes_votes: bool
    erased: bool
    template: str = "readiness/my_answers.json.j2"


@dataclass(frozen=True)
class ConfirmationView:
    """What of somebody's answers was saved since the last confirmation, for themselves alone."""

    round_id: str
    lines: tuple[str, ...]
    more: int
    answered: int
    statements: int
    template: str = "readiness/confirmation.json.j2"


@dataclass(frozen=True)
class ChaseView:
    """To one who has not answered: `half` of the time is over; `stopped` once they said to leave it at that."""

    round_id: str
    title: str
    channel_id: str
    statements: int
    closes: Moment
    anonymous: bool
    last: bool
    half: bool = False
    stopped: bool = False
    template: str = "readiness/chase.json.j2"


@dataclass(frozen=True)
class ManageForm:
    """What those who run a round can do with it."""

    round_id: str
    title: str
    voted: int
    asked: int
    closes: Moment
    starter: str
    co_facilitator: str
    anonymous: bool
    smallest_group: int
    template: str = "readiness/manage_form.json.j2"


@dataclass(frozen=True)
class Summary:
    """How many statements stand where."""

    strong: int
    gap: int
    split: int
    too_few: int
    not_shown: int
    strong_from: str
    gap_to: str


@dataclass(frozen=True)
class ResultItem:
    """A statement and its result; `tally` is empty and `withheld` says why when there are no numbers to show.

    `card_id` is empty when there is no such card to read; `weakness` names the statement where it is one, see
    `weakness_name`, and is empty elsewhere.
    """

    number: int
    title: str
    text: str
    tally: str
    bar: str
    withheld: str = ""
    card_id: str = ""
    advice: str = ""
    weakness: str = ""

    @property
    def line(self) -> str:
        """The result in words alone."""
        return f"{self.number} · {self.title}: {self.tally or self.withheld}"


@dataclass(frozen=True)
class ResultGroup:
    """Statements that stand at the same place."""

    heading: str
    items: tuple[ResultItem, ...]


@dataclass(frozen=True)
class Bar:
    """A statement in the chart."""

    label: str
    yes: int
    no: int
    not_sure: int


@dataclass(frozen=True)
class ResultsView:
    """The results, or a page of them. `bars` draws the chart, `lines` say the same in words and more."""

    round_id: str
    title: str
    page: int
    pages: int
    voted: int
    asked: int
    smallest_group: int
    anonymous: bool
    summary: Summary
    groups: tuple[ResultGroup, ...]
    bars: tuple[Bar, ...]
    lines: tuple[str, ...]
    reality_check: bool
    template: str = "readiness/results.json.j2"


@dataclass(frozen=True)
class NamedAnswers:
    """A statement of a round with names, and for each answer the ids of those who gave it, many of them in parts."""

    number: int
    title: str
    given: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class NamesView:
    """Who said what in a round that was not anonymous: a page of it."""

    round_id: str
    title: str
    page: int
    pages: int
    statements: tuple[NamedAnswers, ...]
    template: str = "readiness/names.json.j2"


@dataclass(frozen=True)
class MovementView:
    """What moved since the round before. `comparable` is false when the people changed too much."""

    title: str
    before: Moment
    both: int
    voted: int
    comparable: bool
    lines: tuple[str, ...]
    template: str = "readiness/movement.json.j2"


@dataclass(frozen=True)
class RoundLine:
    """A round in the list of a channel."""

    round_id: str
    title: str
    ends: Moment
    voted: int
    asked: int
    is_open: bool
    standing: str = ""

    @property
    def line(self) -> str:
        state = "open until" if self.is_open else "closed"
        words = f"{self.title} – {state} {self.ends.words}, {self.voted} of {self.asked} answered"
        return f"{words}, {self.standing}" if self.standing else words


@dataclass(frozen=True)
class RoundsView:
    """The rounds of a channel, the newest first."""

    channel_id: str
    rounds: tuple[RoundLine, ...]
    repeats: tuple[RepeatLine, ...] = ()
    template: str = "readiness/rounds.json.j2"


class Refused(StrEnum):
    """Why somebody can't do what they tried."""

    NOT_YOURS = "not_yours"
    MAY_NOT_START = "may_not_start"
    CLOSED = "closed"
    NOT_ASKED = "not_asked"
    ALREADY_OPEN = "already_open"
    TOO_FEW_PEOPLE = "too_few_people"
    NOT_IN_CHANNEL = "not_in_channel"
    STARTER_OUTSIDE = "starter_outside"
    NOT_YOUR_FILES = "not_your_files"
    NOT_YOUR_REALITY_CHECK = "not_your_reality_check"
    NOBODY_TO_ASK = "nobody_to_ask"


@dataclass(frozen=True)
class RefusalView:
    """A friendly no, and what to do instead."""

    reason: Refused
    channel_id: str = ""
    title: str = ""
    starter: str = ""
    co_facilitator: str = ""
    link: str = ""
    asked: int = 0
    smallest_group: int = 0
    template: str = "readiness/refusal.json.j2"


@dataclass(frozen=True)
class InvitationView:
    """Offers to set a check up, where Slack allows no form at once. `channel_id` is empty in a direct message."""

    channel_id: str
    template: str = "readiness/invitation.json.j2"


@dataclass(frozen=True)
class CountingView:
    """Stands in the modal while those who are asked are counted."""

    external_id: str
    channel_id: str
    template: str = "readiness/counting.json.j2"


@dataclass(frozen=True)
class TroubleView:
    """To the starter: what happened to a round, and what they can do."""

    round_id: str
    title: str
    channel_id: str
    what: str
    is_open: bool
    template: str = "readiness/trouble.json.j2"


@dataclass(frozen=True)
class FilesView:
    """Over the files of a round; or, where they can't be sent, how to get them."""

    round_id: str
    title: str
    can_send: bool = True
    template: str = "readiness/files.json.j2"


def vote_value(round_id: str, statement_id: str, answer: str) -> str:
    """What a voting button says when it is pressed."""
    return f"{round_id}:{statement_id}:{answer}"


def weakness_name(round_id: str, statement_id: str) -> str:
    """A statement of a round, as a button names what somebody promises to do something about."""
    return f"{round_id}/{statement_id}"


def read_vote(value: str) -> tuple[str, str, str] | None:
    """Round, statement and answer of such a button; None for anything else. None of them is known to exist."""
    parts = value.split(":")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None
