"""Fills the views of commitments."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.accountability.commitments.commitment import Change, Commitment, Deed, State
from bot.accountability.commitments.origins import Origin, Subject, written
from bot.accountability.commitments.shown import Shown
from bot.accountability.commitments.sides import Offer
from bot.accountability.commitments.views import (
    CommitmentMessage,
    CommitmentModal,
    DateConfirmation,
    DateForm,
    Done,
    HandOverForm,
    HelpForm,
    Line,
    ReasonForm,
)
from bot.accountability.outside import StatementOf
from bot.clock import Clock
from bot.keys import WorkspaceKey
from bot.slack.moments import Moment, moment, zone_named

SILENCE = "silence"  # told like a deed: that nothing was done
LINES = 40  # of a history: with all else under the hundred blocks of a modal
LINES_IN_ACK = 3  # with the longest reasons, what an ack may carry

OfferedTo = Callable[[WorkspaceKey, Commitment, str], tuple[Offer, ...]]


class Presenter:
    """`statement_of` gives the title of a readiness round's statement; `offered_to` what a reader may do next."""

    def __init__(self, statement_of: StatementOf, offered_to: OfferedTo, clock: Clock) -> None:
        self._statement_of = statement_of
        self._offered_to = offered_to
        self._clock = clock

    def shown(self, key: WorkspaceKey, of: Commitment) -> Shown:
        now = self._clock()
        return Shown(
            id=of.id,
            what=of.what,
            owner=of.owner,
            assigner=of.assigner,
            previous_owner=of.previous_owner,
            due=_at(of, of.due),
            standing=standing(of, now),
            is_live=of.is_live,
            proposed_due=_at(of, of.proposed_due) if of.proposed_due else None,
            quiet_until=_at(of, of.snoozed_until) if of.snoozed_until and of.snoozed_until > now else None,
            link=of.link,
            statement=self.statement(key, of.round_id, of.statement_id),
        )

    def statement(self, key: WorkspaceKey, round_id: str, statement_id: str) -> str:
        """The title of the statement that it is about; empty where there is none."""
        return (self._statement_of(key, round_id, statement_id) or "") if statement_id else ""

    def message(self, key: WorkspaceKey, of: Commitment, change: Change, reader: str) -> CommitmentMessage:
        """`change` is what is told of; `of` is as it is now, and so is what may be done next."""
        offers = self._offered_to(key, of, reader)
        return CommitmentMessage(self.shown(key, of), _done(change, reader), tuple(map(str, offers)))

    def silence(self, key: WorkspaceKey, of: Commitment) -> CommitmentMessage:
        """For whoever asked for it: its owner answers no reminder."""
        offers = self._offered_to(key, of, of.assigner)
        return CommitmentMessage(
            self.shown(key, of), Done(SILENCE, of.owner, of.assigner, of.owner), tuple(map(str, offers))
        )

    def modal(
        self,
        key: WorkspaceKey,
        of: Commitment,
        changes: Sequence[Change],
        reader: str,
        origin: Origin,
        *,
        just_done: bool = False,
        lines: int = LINES,
    ) -> CommitmentModal:
        """`just_done` says what the last change was: its reader's own deed."""
        return CommitmentModal(
            commitment=self.shown(key, of),
            lines=tuple(_line(of, change) for change in reversed(changes[-lines:])),
            offers=tuple(map(str, self._offered_to(key, of, reader))),
            about=written(Subject(of.id, origin)),
            done=_done(changes[-1], reader) if just_done else None,
            earlier=max(0, len(changes) - lines),
        )

    # What is asked for

    def date_form(self, key: WorkspaceKey, of: Commitment, offer: Offer, origin: Origin) -> DateForm:
        return DateForm(self.shown(key, of), offer, written(Subject(of.id, origin, offer)))

    def date_confirmation(
        self, key: WorkspaceKey, of: Commitment, offer: Offer, words: str, reason: str, draft_id: str
    ) -> DateConfirmation:
        return DateConfirmation(self.shown(key, of), offer, words, reason, draft_id)

    def hand_over_form(self, key: WorkspaceKey, of: Commitment, origin: Origin) -> HandOverForm:
        return HandOverForm(self.shown(key, of), written(Subject(of.id, origin)))

    def reason_form(self, key: WorkspaceKey, of: Commitment, offer: Offer, origin: Origin) -> ReasonForm:
        return ReasonForm(self.shown(key, of), offer, written(Subject(of.id, origin, offer)))

    def help_form(self, key: WorkspaceKey, of: Commitment, origin: Origin) -> HelpForm:
        return HelpForm(self.shown(key, of), written(Subject(of.id, origin)))


def standing(of: Commitment, now: datetime) -> str:
    """How it stands, in a few words."""
    if of.state is State.DONE:
        return "done"
    if of.state is State.DROPPED:
        return "dropped"
    words = ["overdue"] if of.is_overdue(now) else [] if of.awaits_answer else ["open"]
    if of.proposed_due:
        words.append("another date is proposed")
    elif of.awaits_answer:
        words.append("not taken on yet")
    if of.needs_help_since:
        words.append("needs help")
    return ", ".join(words)


def _at(of: Commitment, at: datetime) -> Moment:
    return moment(at, zone_named(of.zone))


def _done(change: Change, reader: str) -> Done:
    is_back = change.deed is Deed.DECLINE and change.state is State.OPEN
    return Done(change.deed, change.by, reader, change.owner, change.reason, is_back)


def _line(of: Commitment, change: Change) -> Line:
    at, due = _at(of, change.at), _at(of, change.due)
    return Line(change.deed, change.by, change.owner, at, due, change.reason)
