"""The papers of a session: its agenda, its list and its summary, put together from what is stored."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.accountability.calendar.recurrence import Series
from bot.accountability.commitments.commitment import Change, Commitment
from bot.accountability.commitments.kept import KeptRate
from bot.accountability.commitments.listing import Wanted, Which
from bot.accountability.commitments.rates import month_before
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.outside import Findings
from bot.accountability.sessions import later, summing_up
from bot.accountability.sessions.agenda import Agenda, Finding, Records, agenda
from bot.accountability.sessions.guidance_piece import LATELY, piece_for
from bot.accountability.sessions.items import Entry, Kind, Status, Topic, Update
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import Session, SessionSeries
from bot.accountability.sessions.store import SessionStore
from bot.accountability.sessions.summing_up import DATED, TOLD_BY, Summary, came_out, told_by_deeds
from bot.accountability.yearone.steps import Progress
from bot.keys import WorkspaceKey

A_PAGE = 500  # commitments read at once
MOST_POSTED = 100  # commitments in a thread: Slack takes a message a second, and nobody talks about more

TeamRate = Callable[[WorkspaceKey, str, date], KeptRate | None]  # of a channel's month, by its first day
YearOne = Callable[[WorkspaceKey, str], Progress | None]  # None where the channel tracks none


@dataclass(frozen=True)
class Meeting:
    """A session, the series that it is of, and when that meets."""

    series: SessionSeries
    times: tuple[Series, ...]
    session: Session

    @property
    def zone(self) -> ZoneInfo:
        """In which it lives on the wall; later ones may live in another."""
        return later.holding(self.times, date.fromisoformat(self.session.occurrence)).zone

    @property
    def next_start(self) -> datetime | None:
        """When the one after it starts; None where there is none."""
        if not self.series.is_running:
            return None
        following = later.coming(self.times, self.session.starts_at, 2)
        return next((one.starts_at for one in following if one.id != self.session.occurrence), None)


@dataclass(frozen=True)
class Listed:
    """An item on the list of a session that has begun: how it came out, and what is known of it."""

    entry: Entry
    commitment: Commitment | None = None
    topic: Topic | None = None
    finding: Finding | None = None
    carried: int = 0
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True)
class Rated:
    """How much of a month, named by its first day, was kept by all together."""

    month: date
    rate: KeptRate


@dataclass(frozen=True)
class Minutes:
    """The list of a session that has begun, and what came of it so far, or in the end.

    `told` is how each item came out that nobody ticked.
    """

    meeting: Meeting
    listed: tuple[Listed, ...]
    summary: Summary
    known: Mapping[str, Commitment] = field(default_factory=dict)
    told: tuple[Entry, ...] = ()
    rated: Rated | None = None

    @property
    def in_thread(self) -> tuple[Listed, ...]:
        """What has a message of its own: the first commitments, and all that people added or a check found."""
        promised = [one for one in self.listed if one.entry.item.kind is Kind.COMMITMENT]
        left_out = {one.entry.item.id for one in promised[MOST_POSTED:]}
        return tuple(one for one in self.listed if one.entry.item.id not in left_out)

    @property
    def is_quiet(self) -> bool:
        """Did nobody tick anything?"""
        return not any(one.entry.by for one in self.listed)


class Papers:
    """Reads; what it finds is decided upon by others."""

    def __init__(
        self,
        series: SeriesStore,
        sessions: SessionStore,
        commitments: CommitmentStore,
        findings: Findings,
        year_one: YearOne,
        team_rate: TeamRate,
    ) -> None:
        self._series = series
        self._sessions = sessions
        self._commitments = commitments
        self._findings = findings
        self._year_one = year_one
        self._team_rate = team_rate

    def meeting(self, key: WorkspaceKey, series_id: str, occurrence: str) -> Meeting | None:
        """None where there is no such session, nor will be."""
        series = self._series.get(key, series_id)
        if series is None:
            return None
        times = self._series.times(key, series_id)
        session = self._sessions.get(key, series_id, occurrence) or _planned(series, times, occurrence)
        return Meeting(series, times, session) if session else None

    def shown(self, key: WorkspaceKey, channel_id: str, since: datetime) -> Iterator[Meeting]:
        """The sessions of a channel whose messages may have to change: not over, or closed since a moment."""
        for series in self._series.of_channel(key, channel_id, since):
            times = self._series.times(key, series.id)
            yield from (Meeting(series, times, one) for one in self._sessions.shown(key, series.id, since))

    # Before it

    def agenda(self, key: WorkspaceKey, of: Meeting, now: datetime) -> Agenda:
        since = self._since(key, of)
        channel_id, session = of.series.channel_id, of.session
        records = Records(
            commitments=tuple(self._of_channel(key, channel_id, since, now).values()),
            topics=tuple(self._sessions.topics(key, of.series.id)),
            findings=tuple(self._findings(key, channel_id)),
            updates=tuple(self._sessions.updates(key, of.series.id, since)),
            year_one=self._year_one(key, channel_id),
            missed=self._missed(key, of, now),
        )
        bare = agenda(session, records, now, since=since, until=of.next_start)
        carried = self._sessions.carried(key, of.series.id, [item.id for item in bare.items])
        records = replace(records, carried=carried)
        return agenda(session, records, now, since=since, until=of.next_start, is_late=session.agenda_late)

    def card(self, key: WorkspaceKey, made: Agenda) -> str:
        """The guidance that goes with a new agenda."""
        before = self._sessions.of_series(key, made.session.series_id, LATELY, made.session.starts_at)
        return piece_for(made, [one.card for one in before])

    # While it is open, and after it

    def minutes(self, key: WorkspaceKey, of: Meeting, now: datetime) -> Minutes:
        since = self._since(key, of)
        known = self._of_channel(key, of.series.channel_id, since, now)
        entries = self._sessions.entries(key, of.session)
        listed = tuple(self._listed(key, of, entries, known, since))
        known |= {one.commitment.id: one.commitment for one in listed if one.commitment}
        session, ended = of.session, of.session.closed_at or now
        changes = self._commitments.changes_in(key, of.series.channel_id, DATED, since)
        dated = frozenset(name for name, change in changes if change.at <= ended)
        summed = summing_up.summary(
            session,
            entries,
            known.values(),
            ended,
            since=since,
            new_dates=dated,
            is_late=later.closed_late(session),
        )
        unticked = (one for one in entries if one.status is Status.WAITING)
        told = tuple(replace(one, status=came_out(one, known, dated, ended)) for one in unticked)
        return Minutes(of, listed, summed, known, told, self._rated(key, of, since))

    def _rated(self, key: WorkspaceKey, of: Meeting, since: datetime) -> Rated | None:
        """The first session to close in a month tells of the month before, where that may be told."""
        if of.session.closed_at is None:
            return None
        zone = of.zone
        month = of.session.closed_at.astimezone(zone).date().replace(day=1)
        if since.astimezone(zone).date() >= month:
            return None
        rate = self._team_rate(key, of.series.channel_id, month_before(month))
        return Rated(month_before(month), rate) if rate else None

    def told_meanwhile(self, key: WorkspaceKey, of: Meeting) -> Iterator[Entry]:
        """The entries that what was done about their commitments since has made others."""
        if of.session.opened_at is None:
            return
        done = self._commitments.changes_in(key, of.series.channel_id, TOLD_BY, of.session.opened_at)
        by_commitment: dict[str, list[Change]] = {}
        for name, change in done:
            by_commitment.setdefault(name, []).append(change)
        for entry in self._sessions.entries(key, of.session):
            if entry.item.kind is Kind.COMMITMENT:
                told = told_by_deeds(entry, of.session, by_commitment.get(entry.item.ref, ()))
                if told != entry:
                    yield told

    def updates(self, key: WorkspaceKey, of: Meeting) -> list[Update]:
        """What was said of its items since the session before it."""
        return self._sessions.updates(key, of.series.id, self._since(key, of))

    def _since(self, key: WorkspaceKey, of: Meeting) -> datetime:
        """When the session before this one closed, or the series was made."""
        before = self._sessions.last_closed(key, of.series.id, of.session.closed_at)
        return before.closed_at if before and before.closed_at else of.series.made_at

    def _missed(self, key: WorkspaceKey, of: Meeting, now: datetime) -> tuple[str, ...]:
        """Since the last one that was held began: it may have been closed late, after others had passed."""
        stored, own = self._sessions.of_series(key, of.series.id, later.AT_MOST, now), of.session.occurrence
        held = self._sessions.last_closed(key, of.series.id)
        since = held.starts_at if held else of.series.made_at
        return tuple(one for one in later.missed(of.times, stored, since, now) if one != own)

    def _of_channel(self, key: WorkspaceKey, channel_id: str, since: datetime, now: datetime) -> dict[str, Commitment]:
        """What lives, and what has ended since."""
        live = Wanted(channel_id=channel_id)
        ended = Wanted(channel_id=channel_id, which=Which.ENDED, ended_since=since)
        return {one.id: one for wanted in (ended, live) for one in self._all(key, wanted, now)}

    def _all(self, key: WorkspaceKey, wanted: Wanted, now: datetime) -> Iterator[Commitment]:
        number, pages = 1, 1
        while number <= pages:
            page = self._commitments.find(key, wanted, now, number, A_PAGE)
            yield from page.commitments
            number, pages = number + 1, page.pages

    def _listed(
        self, key: WorkspaceKey, of: Meeting, entries: list[Entry], known: dict[str, Commitment], since: datetime
    ) -> Iterator[Listed]:
        series_id = of.series.id
        topics = self._sessions.named_topics(key, series_id, _refs(entries, Kind.TOPIC))
        findings = {one.item.id: one for one in self._findings(key, of.series.channel_id)}
        item_ids = [entry.item.id for entry in entries]
        carried = self._sessions.carried(key, series_id, item_ids, of.session.closed_at)
        said: dict[str, list[Update]] = {}
        for update in self._sessions.updates(key, series_id, since):
            said.setdefault(update.item_id, []).append(update)
        for entry in entries:
            item = entry.item
            yield Listed(
                entry,
                commitment=self._promise(key, item.ref, known) if item.kind is Kind.COMMITMENT else None,
                topic=topics.get(item.ref),
                finding=findings.get(item.id),
                carried=carried.get(item.id, 0),
                updates=tuple(said.get(item.id, ())),
            )

    def _promise(self, key: WorkspaceKey, name: str, known: dict[str, Commitment]) -> Commitment | None:
        return known.get(name) or self._commitments.get(key, name)


def _refs(entries: list[Entry], kind: Kind) -> list[str]:
    return [entry.item.ref for entry in entries if entry.item.kind is kind]


def _planned(series: SessionSeries, times: tuple[Series, ...], occurrence: str) -> Session | None:
    """The session as its times have it, where nothing is stored of it yet."""
    found = later.named(times, occurrence)
    return later.session_of(series, found) if found else None
