"""Asks sponsors whether they give air cover, and keeps their answer, which they may change at any time."""

from bot.accountability.sending import Attempt, Outcome, Sender
from bot.accountability.series import later, presenting
from bot.accountability.series.finding import Finder
from bot.accountability.series.later import person_named
from bot.accountability.series.views import AirCoverView, SponsorState, SponsorView
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries, answer_as_sponsor
from bot.accountability.troubles.service import Troubles
from bot.accountability.troubles.trouble import Trouble
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Action, Due
from bot.scheduler.store import saving

TRIES = 3  # of one who keeps being overtaken

BUSY = "Others are changing this series at this moment. Press it again."
ENDED = "“{}” has ended, so nobody is asked for air cover there any more."


class Sponsoring:
    """Only the sponsor answers for themselves; nobody else is told but by what the series shows."""

    def __init__(self, series: SeriesStore, finder: Finder, sender: Sender, troubles: Troubles, clock: Clock) -> None:
        self._series = series
        self._finder = finder
        self._sender = sender
        self._troubles = troubles
        self._clock = clock

    def answer(self, key: WorkspaceKey, user_id: str, series_id: str, *, agrees: bool) -> SessionSeries:
        """Keep the answer. Once more does nothing, and returns the same."""
        for _ in range(TRIES):
            of, now = self._finder.series(key, series_id), self._clock()
            answered = answer_as_sponsor(of, user_id, agrees=agrees)
            if not of.is_running:
                raise Refusal(ENDED.format(of.name))
            if of.sponsor_agreed == agrees:
                return of
            if self._series.save(key, answered, also=saving(key, later.on_answer(answered, now))):
                return answered
        raise Refusal(BUSY)

    def answered(self, key: WorkspaceKey, of: SessionSeries) -> SponsorView:
        """What the question says once it is answered."""
        state = SponsorState.AGREED if of.sponsor_agreed else SponsorState.NOT_NOW
        return self._view(key, of, state)

    def air_cover(self, key: WorkspaceKey, of: SessionSeries) -> AirCoverView:
        """The same where it was changed on another message."""
        return AirCoverView(presenting.card(of, self._series.times(key, of.id), self._clock()))

    def ask(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Do what is due, unless they are no longer the sponsor or have answered by themselves."""
        of = self._series.get(key, due.action.subject)
        if of is None or not of.is_running or of.sponsor_agreed or of.sponsor != person_named(due.action.occurrence):
            return None
        view = self._view(key, of, SponsorState.ASKED)
        sent = self._sender.direct(key, of.sponsor, view, Attempt.of(due))
        if sent.outcome is Outcome.CLOSED:
            self._troubles.tell(key, of.channel_id, Trouble.SPONSOR_GONE, of.id)
        return None

    def _view(self, key: WorkspaceKey, of: SessionSeries, state: SponsorState) -> SponsorView:
        card = presenting.card(of, self._series.times(key, of.id), self._clock())
        return SponsorView(card, state, of.facilitator if of.version > 1 else of.made_by)
