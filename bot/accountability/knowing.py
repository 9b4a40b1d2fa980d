"""Whom the bot writes to: their zone and whether they are still there, as Slack tells, and what they chose."""

import threading
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.accountability.nudges.people import Person, person
from bot.accountability.nudges.store import PeopleStore
from bot.clock import Clock
from bot.errors import Unavailable
from bot.keys import WorkspaceKey
from bot.slack.gateway import ChannelClosed, Gateway
from bot.slack.gateway import Person as Profile
from bot.slack.moments import zone_named

FRESH = timedelta(minutes=10)  # somebody who moves zone is known there by then
MOST_KNOWN = 5_000

UTC_ZONE = "UTC"


class Acquaintances:
    """Asks Slack about people, not again within ten minutes. Any thread may ask."""

    def __init__(self, people: PeopleStore, gateway: Gateway, clock: Clock, country: str = "") -> None:
        self._people = people
        self._gateway = gateway
        self._clock = clock
        self._country = country  # whose holidays count for those who chose none
        self._known: dict[tuple[WorkspaceKey, str], tuple[datetime, Profile | None]] = {}
        self._lock = threading.Lock()

    def profile(self, key: WorkspaceKey, user_id: str) -> Profile | None:
        """None for somebody whom Slack does not show to us. Raises Unavailable when it doesn't answer."""
        now = self._clock()
        with self._lock:
            asked_at, known = self._known.get((key, user_id), (None, None))
        if asked_at is not None and asked_at <= now < asked_at + FRESH:
            return known
        found = self._asked(user_id)
        with self._lock:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[(key, user_id)] = (now, found)
        return found

    def person(self, key: WorkspaceKey, user_id: str) -> Person:
        """Somebody to be reminded, as they chose. Raises Unavailable as `profile` does."""
        chosen = self._people.settings(key, user_id)
        profile = None if chosen.zone else self.profile(key, user_id)
        zone = zone_named(chosen.zone or (profile.zone if profile else UTC_ZONE))
        return person(user_id, chosen, zone, self._country)

    def zone(self, key: WorkspaceKey, user_id: str) -> ZoneInfo:
        """For reading and showing dates, which can't wait for Slack: UTC where it doesn't answer."""
        with suppress(Unavailable):
            return self.person(key, user_id).zone
        return zone_named(UTC_ZONE)

    def can_promise(self, key: WorkspaceKey, user_id: str) -> bool:
        """May they own something? Not bots, those who have left, or people of other companies."""
        profile = self.profile(key, user_id)
        return profile is not None and profile.is_active and not profile.is_bot and profile.team_id == key.team_id

    def _asked(self, user_id: str) -> Profile | None:
        try:
            return self._gateway.person(user_id)
        except ChannelClosed:
            return None
