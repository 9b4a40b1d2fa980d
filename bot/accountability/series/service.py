"""Series of sessions, put together: what their listeners call, and what the scheduler does for them."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from bot.accountability.knowing import Acquaintances
from bot.accountability.sending import Sender
from bot.accountability.series import later, presenting
from bot.accountability.series.announcing import Announcing
from bot.accountability.series.calendars import Calendars
from bot.accountability.series.changing import Changing
from bot.accountability.series.finding import Finder
from bot.accountability.series.later import Event
from bot.accountability.series.rescheduling import Rescheduling
from bot.accountability.series.retiming import Retiming
from bot.accountability.series.sponsoring import Sponsoring
from bot.accountability.series.starting import Starting
from bot.accountability.series.store import CalendarLinkStore, SeriesDraftStore
from bot.accountability.series.views import EventView, OverviewView
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.store import SessionStore
from bot.accountability.troubles.service import Troubles
from bot.keys import WorkspaceKey
from bot.scheduler.runner import Handler
from bot.surroundings import Surroundings

DRAFTS_KEPT = timedelta(days=1)


class SeriesService:
    """The use cases by theme: `starting`, `changing`, `retiming`, `rescheduling`, `sponsoring`, `calendars`."""

    def __init__(
        self,
        around: Surroundings,
        acquaintances: Acquaintances,
        sender: Sender,
        troubles: Troubles,
        admins: Collection[str] = (),
        country: str = "",
        public_url: str = "",
    ) -> None:
        database, gateway, clock = around.database, around.gateway, around.clock
        series, sessions, drafts = SeriesStore(database), SessionStore(database), SeriesDraftStore(database)
        finder = Finder(series, sessions, acquaintances, admins)
        self._series, self._drafts, self._finder, self._clock = series, drafts, finder, clock
        self.wake = around.wake
        self.starting = Starting(series, drafts, acquaintances, gateway, country, clock)
        self.changing = Changing(series, finder, acquaintances, clock)
        self.rescheduling = Rescheduling(series, drafts, finder, clock)
        self.retiming = Retiming(series, sessions, drafts, finder, clock)
        self.sponsoring = Sponsoring(series, finder, sender, troubles, clock)
        self.calendars = Calendars(series, CalendarLinkStore(database), finder, gateway, public_url, clock)
        announcing = Announcing(series, sessions, finder, sender, troubles, clock)
        self.handlers: Mapping[str, Handler] = {
            later.ASK_SPONSOR: self.sponsoring.ask,
            later.TELL_LEADER: announcing.tell_leader,
            later.ANNOUNCE: announcing.announce,
        }

    def overview(self, key: WorkspaceKey, channel_id: str, reader: str) -> OverviewView | None:
        """The series of a channel as this reader sees them. None where there is none."""
        found, now = self._series.of_channel(key, channel_id), self._clock()
        cards = [presenting.card(of, self._series.times(key, of.id), now) for of in found]
        return presenting.overview(channel_id, cards, reader) if cards else None

    def save(self, key: WorkspaceKey, user_id: str, draft_id: str) -> EventView:
        """Make the series of a draft, and say what it is."""
        of = self.starting.save(key, user_id, draft_id)
        times = self._series.times(key, of.id)
        return presenting.event(Event.STARTED, presenting.card(of, times, self._clock()), times)

    def clean(self) -> int:
        """Forget what nobody confirmed."""
        return self._drafts.clean(self._clock() - DRAFTS_KEPT)
