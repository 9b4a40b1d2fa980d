"""Gives people the calendar of a series: as a file, and under a link that can be revoked."""

import re
import secrets
from datetime import UTC, datetime
from hashlib import sha256

from bot.accountability.series import presenting
from bot.accountability.series.finding import Finder
from bot.accountability.series.ics import calendar_file, entries_of
from bot.accountability.series.links import Feed, Link, digest_of
from bot.accountability.series.store import CalendarLinkStore
from bot.accountability.series.views import CalendarView, LinkLine, LinkView, RefusalView, Refused
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.slack.gateway import File, Gateway, SlackRefused
from bot.slack.messages import Declined
from bot.slack.moments import moment

MISSING_SCOPE = "missing_scope"
LISTED = 10  # links in one message
NO_ADDRESS = "No public address is set up for me, so there are no links. The Calendar button still sends the file."
NO_LINK = "That link works no more."
REVOKED = "The link is revoked: calendars that follow it get nothing from it any more."
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # stamps what is compared, so that only what the file says counts


class Calendars:
    """`public_url` is the address under which the bot is reached from outside; empty where there is none."""

    def __init__(
        self,
        series: SeriesStore,
        links: CalendarLinkStore,
        finder: Finder,
        gateway: Gateway,
        public_url: str,
        clock: Clock,
    ) -> None:
        self._series = series
        self._links = links
        self._finder = finder
        self._gateway = gateway
        self._public_url = public_url
        self._clock = clock

    def send(self, key: WorkspaceKey, user_id: str, series_id: str) -> None:
        """Send the file directly; say what to do where files can't be sent."""
        of = self._finder.series(key, series_id)
        sent = self._gateway.post(user_id, self._view(key, user_id, of))
        try:
            self._gateway.send_files(sent.channel, [self._file(key, of)], of.name)
        except SlackRefused as error:
            if error.code != MISSING_SCOPE:
                raise
            self._gateway.edit(sent.channel, sent.ts, self._view(key, user_id, of, can_send=False))

    def new_link(self, key: WorkspaceKey, user_id: str, series_id: str) -> LinkView:
        """Make a link. This is the only time that it is shown."""
        if not self._public_url:
            raise Refusal(NO_ADDRESS)
        of, now, token = self._finder.series(key, series_id), self._clock(), secrets.token_urlsafe(32)
        digest = digest_of(token)
        self._links.add(key, Link(digest, of.id, user_id, now, now))
        return LinkView(of.name, f"{self._public_url}/calendar/{token}.ics", digest)

    def revoke(self, key: WorkspaceKey, user_id: str, digest: str) -> str:
        """End a link, for whoever made it or leads the series. Once more says the same."""
        link = self._links.get(key, digest)
        if link is None:
            raise Refusal(NO_LINK)
        of = self._finder.series(key, link.series_id)
        if user_id != link.made_by and not self._finder.leads(key, of, user_id):
            raise Declined(RefusalView(Refused.NOT_YOUR_LINK, of.channel_id, of.facilitator, of.name))
        self._links.revoke(key, digest, self._clock())
        return REVOKED

    def feed(self, token: str) -> Feed | None:
        """What is served under a link. None for one that does not work."""
        found = self._links.named(digest_of(token))
        of = self._series.get(found[0], found[1].series_id) if found else None
        if found is None or of is None:
            return None
        key, link = found
        now, entries = self._clock(), entries_of(of, self._series.times(key, of.id))
        etag, changed_at = sha256(calendar_file(entries, now, ALWAYS)).hexdigest(), link.changed_at
        if etag != link.etag:
            changed_at = now
            self._links.note(key, link.digest, etag, now)
        return Feed(calendar_file(entries, now, changed_at), etag, changed_at)

    def _view(self, key: WorkspaceKey, user_id: str, of: SessionSeries, *, can_send: bool = True) -> CalendarView:
        now, times = self._clock(), self._series.times(key, of.id)
        card = presenting.card(of, times, now)
        if not self._public_url:
            return CalendarView(card, can_send)
        leads = self._finder.leads(key, of, user_id)
        links = [one for one in self._links.live(key, of.id) if leads or one.made_by == user_id]
        lines = tuple(LinkLine(one.digest, one.made_by, moment(one.made_at, times[-1].zone)) for one in links[:LISTED])
        return CalendarView(card, can_send, has_address=True, links=lines, more=max(0, len(links) - LISTED))

    def _file(self, key: WorkspaceKey, of: SessionSeries) -> File:
        content = calendar_file(entries_of(of, self._series.times(key, of.id)), self._clock())
        return File(file_name(of), f"Calendar: {of.name}", content)


def file_name(of: SessionSeries) -> str:
    """The name in letters that every file system takes."""
    plain = re.sub("[^a-z0-9]+", "-", of.name.lower()).strip("-")
    return f"{plain or 'sessions'}.ics"
