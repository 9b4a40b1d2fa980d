"""How people want to be reminded: by command or in a form, confirmed in words with what it comes to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability import later
from bot.accountability.knowing import Acquaintances
from bot.accountability.nudges.finding import Standings
from bot.accountability.nudges.nudging import next_message
from bot.accountability.nudges.people import Settings, Volume
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.nudges.views import SettingsForm, SettingsView
from bot.accountability.nudges.wishes import means_off, read_country, read_pause, read_quiet, read_zone_name
from bot.clock import Clock
from bot.errors import Refusal, Unavailable
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Changes
from bot.scheduler.store import saving


@dataclass(frozen=True)
class Wish:
    """What somebody filled into the form, as they typed it."""

    volume: str = Volume.STANDARD
    quiet: str = ""
    zone: str = ""
    country: str = ""
    paused_until: str = ""


class Choosing:
    """Each change is saved with a look at what is due for them now."""

    def __init__(
        self,
        people: PeopleStore,
        standings: Standings,
        acquaintances: Acquaintances,
        presenter: ReminderPresenter,
        clock: Clock,
    ) -> None:
        self._people = people
        self._standings = standings
        self._acquaintances = acquaintances
        self._presenter = presenter
        self._clock = clock

    def pause(self, key: WorkspaceKey, user_id: str, words: str) -> SettingsView:
        """`/cco pause until Monday`, `/cco pause off`."""
        chosen = self._people.settings(key, user_id)
        if means_off(words):
            return self.save(key, user_id, replace(chosen, paused_until=None))
        zone = self._zone(key, user_id, chosen.zone)
        return self.save(key, user_id, replace(chosen, paused_until=read_pause(words, self._clock(), zone)))

    def quiet(self, key: WorkspaceKey, user_id: str, words: str) -> SettingsView:
        """`/cco quiet`, `/cco quiet off`, `/cco quiet 18:00-8:00`. Off ends the quiet, or else the quiet hours."""
        chosen = self._people.settings(key, user_id)
        if not words:
            return self.save(key, user_id, replace(chosen, muted=True))
        if means_off(words):
            loud = chosen.loud(self._clock()) if chosen.muted else replace(chosen, quiet=None)
            return self.save(key, user_id, loud)
        return self.save(key, user_id, replace(chosen, quiet=read_quiet(words)))

    def form(self, key: WorkspaceKey, user_id: str) -> SettingsForm:
        chosen = self._people.settings(key, user_id)
        slack_zone = self._acquaintances.slack_zone(key, user_id)
        return self._presenter.form(chosen, slack_zone, self._acquaintances.country, self._clock())

    def read(self, key: WorkspaceKey, user_id: str, wish: Wish) -> tuple[Settings, dict[str, str]]:
        """The settings that somebody filled in, and a sentence by the field of what has to change."""
        reader = _Reader(self._people.settings(key, user_id))
        reader.read("zone", wish.zone, read_zone_name)
        zone = self._zone(key, user_id, reader.chosen.zone)
        reader.read("country", wish.country, read_country)
        reader.read("quiet", wish.quiet, read_quiet, empty=None)
        reader.read("paused_until", wish.paused_until, lambda words: read_pause(words, self._clock(), zone), empty=None)
        if wish.volume in set(Volume):
            return replace(reader.chosen, volume=Volume(wish.volume)).loud(self._clock()), reader.problems
        return replace(reader.chosen, muted=True), reader.problems

    def save(self, key: WorkspaceKey, user_id: str, chosen: Settings) -> SettingsView:
        """Save it; returns what holds now, and when the next reminder comes."""
        now, before = self._clock(), self._people.settings(key, user_id)
        look = Changes(new=(later.look(later.NUDGE, user_id, now),))
        self._people.save_settings(key, user_id, chosen, also=saving(key, look))
        try:
            standing = self._standings.of(key, user_id, now, at_once=True)
        except Unavailable:
            return self._presenter.saved()
        following = next_message(standing.cases, standing.person, now, standing.taken)
        return self._presenter.settings(before, standing, following, self._acquaintances.country, now)

    def _zone(self, key: WorkspaceKey, user_id: str, chosen: str) -> ZoneInfo:
        return ZoneInfo(chosen) if chosen else self._acquaintances.slack_zone(key, user_id)


class _Reader:
    """Reads one field after the other; what can't be read stays as it was, and is said."""

    def __init__(self, chosen: Settings) -> None:
        self.chosen = chosen
        self.problems: dict[str, str] = {}

    def read(self, name: str, words: str, read: Callable[[str], Any], empty: Any = "") -> None:
        try:
            self.chosen = replace(self.chosen, **{name: read(words) if words.strip() else empty})
        except Refusal as refusal:
            self.problems[name] = str(refusal)
