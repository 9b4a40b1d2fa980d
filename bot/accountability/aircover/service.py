"""Air cover, put together: who would be asked, the owner's “I've got it”, and what a sponsor says."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.accountability import later
from bot.accountability.aircover import presenting
from bot.accountability.aircover.escalation import occasion_of
from bot.accountability.aircover.finding import Finding
from bot.accountability.aircover.looking import Looking
from bot.accountability.aircover.sending import Sending
from bot.accountability.aircover.store import EscalationStore
from bot.accountability.aircover.views import AskView, TalkForm, WarningView
from bot.accountability.commitments.commitment import LONGEST_TEXT, Change, Commitment, Deed, answer_call, call_off
from bot.accountability.commitments.doing import QUICKER, TRIES
from bot.accountability.commitments.origins import Origin, Subject, written
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.store import CommitmentStore, Quicker
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.claiming import Days
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.outside import Guidance, no_guidance
from bot.accountability.sending import Sender
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.accountability.troubles.service import Troubles
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Changes, Due
from bot.scheduler.runner import Handler
from bot.scheduler.store import saving
from bot.storage.writing import together
from bot.surroundings import Surroundings

OVERDUE_FOR = timedelta(days=14)
AFTER_GIVING_UP = timedelta(days=1)

NOT_YOURS = "Only whoever it is with now can call this off. Ask them."
NOT_WARNED = "I'm not about to ask anybody about this, so there is nothing to call off."
TOO_LATE = "The sponsor has been asked already. Tell them that it moves again, or set a new date."
NOT_SPONSOR = "You no longer sponsor the sessions in that channel, so this is for somebody else to answer now."


class AirCover:
    """The use cases. What happens by itself is in `handlers`, by kind of action."""

    def __init__(
        self,
        around: Surroundings,
        commitments: CommitmentService,
        acquaintances: Acquaintances,
        sender: Sender,
        troubles: Troubles,
        overdue_for: timedelta = OVERDUE_FOR,
        guidance: Guidance = no_guidance,
    ) -> None:
        self._commitments = commitments
        self._store = CommitmentStore(around.database)
        self._escalations = EscalationStore(around.database)
        self._guidance = guidance
        self._clock = around.clock
        self._wake = around.wake
        self._schedule, self._troubles = around.schedule, troubles
        series, clock = SeriesStore(around.database), around.clock
        self._finding = Finding(self._store, series, self._escalations, acquaintances, troubles, overdue_for)
        looking = Looking(self._finding, self._escalations, around.schedule, clock)
        days = Days(PeopleStore(around.database))
        self._sending = sending = Sending(
            self._finding, self._store, self._escalations, sender, troubles, days, guidance, clock
        )
        self.handlers: Mapping[str, Handler] = {
            later.AIR_COVER: looking.look,
            later.WARN_OF_AIR_COVER: sending.warn,
            later.ASK_FOR_AIR_COVER: sending.ask,
        }

    def given_up(self, key: WorkspaceKey, due: Due) -> None:
        """Something failed for about a day: whoever leads is told, and what else is stuck there goes on."""
        kind, subject = due.action.kind, due.action.subject
        if kind == later.AIR_COVER:
            self._troubles.given_up_in(key, subject)
            self._schedule.plan(key, later.look(kind, subject, self._clock() + AFTER_GIVING_UP))
            return
        if kind == later.WARN_OF_AIR_COVER:
            self._sending.give_up_warning(key, due)
        if of := self._store.get(key, subject):
            self._troubles.given_up_in(key, of.channel_id)

    def asks(self, key: WorkspaceKey, channel_id: str) -> str:
        """The sponsor whom a cry for help in a channel goes to; empty where nobody has agreed to it."""
        series = self._finding.series(key, channel_id) if channel_id else None
        return series.sponsor if series else ""

    # The owner

    def call_off(self, key: WorkspaceKey, commitment_id: str, by: str) -> WarningView:
        """They've got it: they have as long again. Refused once the sponsor was asked. Done twice, it is done once."""
        for _ in range(TRIES):
            of, now = self._commitments.get(key, commitment_id), self._clock()
            if by != of.owner:
                raise Refusal(NOT_YOURS)
            off, change = call_off(of, by, now)
            called_off_at = self._called_off_at(key, of) or now
            if called_off_at == now and not self._save_called_off(key, off, change):
                continue
            until, sponsor = called_off_at + self._finding.overdue_for, self.asks(key, of.channel_id)
            return presenting.warning(of, sponsor, until, self._finding.overdue_for, called_off=True)
        raise Refusal(QUICKER)

    def _called_off_at(self, key: WorkspaceKey, of: Commitment) -> datetime | None:
        """When that was done since the last warning. Refused where there is nothing to call off, or no longer."""
        so_far = next((one for one in self._escalations.so_far(key, of.id) if one.occasion == occasion_of(of)), None)
        if so_far is None or so_far.warned_at is None:
            raise Refusal(NOT_WARNED)
        if so_far.told_at:
            raise Refusal(TOO_LATE)
        off_at = so_far.called_off_at
        return off_at if off_at and off_at >= so_far.warned_at else None

    def _save_called_off(self, key: WorkspaceKey, off: Commitment, change: Change) -> bool:
        """False when somebody was quicker: the owner with something else, or the schedule with asking."""
        saved, entailed = self._store.saving(key, off, change), saving(key, later.on_change(off, change.at))
        try:
            return self._escalations.call_off(key, off.id, occasion_of(off), change.at, also=together(saved, entailed))
        except Quicker:
            return False

    # The sponsor

    def talk_form(self, key: WorkspaceKey, commitment_id: str, by: str, origin: Origin) -> TalkForm:
        of = self._commitments.get(key, commitment_id)
        self._sponsored(key, of, by)
        return TalkForm(of.what, of.owner, LONGEST_TEXT, written(Subject(of.id, origin)))

    def step_in(self, key: WorkspaceKey, commitment_id: str, by: str) -> AskView:
        """The owner hears of it, and whoever leads the sessions."""
        return self._answer(key, commitment_id, by, Deed.STEP_IN)

    def talk(self, key: WorkspaceKey, commitment_id: str, by: str, note: str) -> AskView:
        """The owner hears that, and what, the sponsor would like to say."""
        return self._answer(key, commitment_id, by, Deed.TALK, note)

    def not_now(self, key: WorkspaceKey, commitment_id: str, by: str) -> AskView:
        """It rests. The owner hears that nobody comes just now, and not why."""
        return self._answer(key, commitment_id, by, Deed.NOT_NOW)

    def _answer(self, key: WorkspaceKey, commitment_id: str, by: str, deed: Deed, note: str = "") -> AskView:
        """The same answer given twice, or a click that came twice, is one."""
        for _ in range(TRIES):
            of, now = self._commitments.get(key, commitment_id), self._clock()
            series = self._sponsored(key, of, by)
            changes = self._store.changes(key, of.id)
            if not _says_so_already(changes, by, deed):
                of, change = answer_call(of, by, deed, now, note)
                if not self._store.save(key, of, change, also=saving(key, _entailed(of, change, series))):
                    continue
                self._wake()
            return presenting.ask(of, changes, series, self._guidance, now, answer=deed)
        raise Refusal(QUICKER)

    def _sponsored(self, key: WorkspaceKey, of: Commitment, by: str) -> SessionSeries:
        series = self._finding.sponsored_by(key, of.channel_id, by)
        if series is None:
            raise Refusal(NOT_SPONSOR)
        return series


def _says_so_already(changes: list[Change], by: str, deed: Deed) -> bool:
    last = changes[-1]
    return (last.by, last.deed) == (by, deed)


def _entailed(of: Commitment, change: Change, series: SessionSeries) -> Changes:
    readers = {of.owner} | ({series.facilitator} if change.deed is Deed.STEP_IN else set())
    told = tuple(later.tell(of, reader, change.at) for reader in sorted(readers - {change.by, ""}))
    return Changes(new=(*later.on_change(of, change.at).new, *told))
