"""Whom the bot writes to: their zone and whether they are still there, as Slack tells, and what they chose."""

import threading
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.accountability.nudges.people import Person, ZoneSeen, person
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
    """Asks Slack about people, not again within ten minutes. Any thread may ask.

    Zones are kept in the database: after a restart, and with very many people, each is asked about once all the same.
    """

    def __init__(self, people: PeopleStore, gateway: Gateway, clock: Clock, country: str = "") -> None:
        self._people = people
        self._gateway = gateway
        self._clock = clock
        self.country = country  # whose holidays count for those who chose none
        self._known: dict[tuple[WorkspaceKey, str], tuple[datetime, Profile | None]] = {}
        self._lock = threading.Lock()

    def profile(self, key: WorkspaceKey, user_id: str, *, at_once: bool = False) -> Profile | None:
        """None for somebody whom Slack does not show to us. Raises Unavailable when it doesn't answer.

        `at_once` is for what Slack itself waits for: nothing is waited out, and two seconds are the longest.
        """
        now = self._clock()
        with self._lock:
            asked_at, known = self._known.get((key, user_id), (None, None))
        if asked_at is not None and asked_at <= now < asked_at + FRESH:
            return known
        return self._ask(key, user_id, at_once=at_once)

    def is_there(self, key: WorkspaceKey, user_id: str) -> bool:
        """Are they still in the workspace, as Slack tells just now?"""
        return _is_active(self._ask(key, user_id))

    def was_there(self, key: WorkspaceKey, user_id: str) -> bool:
        """The same as it was ten minutes ago at most."""
        return _is_active(self.profile(key, user_id))

    def person(self, key: WorkspaceKey, user_id: str, *, at_once: bool = False) -> Person:
        """Somebody to be reminded, as they chose. Raises Unavailable where Slack never told and doesn't answer now."""
        chosen, seen = self._people.known(key, user_id)
        zone = zone_named(chosen.zone or self._zone(key, user_id, seen, at_once=at_once))
        return person(user_id, chosen, zone, self.country)

    def slack_zone(self, key: WorkspaceKey, user_id: str) -> ZoneInfo:
        """The one in their Slack profile, whatever they chose here; UTC where Slack doesn't answer in two seconds."""
        with suppress(Unavailable):
            _, seen = self._people.known(key, user_id)
            return zone_named(self._zone(key, user_id, seen, at_once=True))
        return zone_named(UTC_ZONE)

    def zone_at_once(self, key: WorkspaceKey, user_id: str) -> ZoneInfo | None:
        """The zone that somebody writes dates in: None where Slack doesn't tell within two seconds, to be said then."""
        with suppress(Unavailable):
            return self.person(key, user_id, at_once=True).zone
        return None

    def why_not(self, key: WorkspaceKey, user_id: str) -> str:
        """Why somebody can't take anything on, in one sentence; empty when they can. Within two seconds.

        Raises Unavailable when Slack doesn't answer.
        """
        profile = self.profile(key, user_id, at_once=True)
        if profile is None:
            return "Slack doesn't show me that person. Choose somebody of this workspace."
        if profile.is_bot:
            return "A bot can't keep a promise. Choose a person."
        if not profile.is_active:
            return "That person's account is deactivated. Choose somebody who is still there."
        if not profile.belongs_to(key):
            return "That person is of another company. Choose somebody of this workspace."
        return ""

    def is_ours(self, key: WorkspaceKey, user_id: str) -> bool:
        """Are they of our company? Raises Unavailable when Slack doesn't answer within two seconds."""
        profile = self.profile(key, user_id, at_once=True)
        return profile is not None and profile.belongs_to(key)

    def is_admin(self, key: WorkspaceKey, user_id: str) -> bool:
        """Are they an administrator of the workspace, as far as Slack tells within two seconds?"""
        with suppress(Unavailable):
            profile = self.profile(key, user_id, at_once=True)
            return profile is not None and profile.is_admin and profile.belongs_to(key)
        return False

    def _zone(self, key: WorkspaceKey, user_id: str, seen: ZoneSeen | None, *, at_once: bool) -> str:
        """The zone in somebody's profile; where Slack doesn't answer, the one that was `seen` there last."""
        now = self._clock()
        if seen and seen.at <= now < seen.at + FRESH:
            return seen.zone
        try:
            profile = self.profile(key, user_id, at_once=at_once)
        except Unavailable:
            if seen is None:
                raise
            return seen.zone
        if profile is None:
            return seen.zone if seen else UTC_ZONE
        self._people.note_zone(key, user_id, ZoneSeen(profile.zone, now))
        return profile.zone

    def _ask(self, key: WorkspaceKey, user_id: str, *, at_once: bool = False) -> Profile | None:
        now, found = self._clock(), self._asked(user_id, at_once=at_once)
        with self._lock:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[(key, user_id)] = (now, found)
        return found

    def _asked(self, user_id: str, *, at_once: bool) -> Profile | None:
        try:
            return self._gateway.person_at_once(user_id) if at_once else self._gateway.person(user_id)
        except ChannelClosed:
            return None


def _is_active(profile: Profile | None) -> bool:
    return profile is not None and profile.is_active
