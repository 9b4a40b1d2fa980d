"""A channel with a sponsor, where things stall; the bot's days are played, at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.accountability import later
from bot.accountability.aircover.store import EscalationStore
from bot.accountability.aircover.views import AskView, WarningView
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.commitments.views import CommitmentMessage
from bot.accountability.service import AccountabilityService
from bot.accountability.sessions.guidance_piece import Piece
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries, answer_as_sponsor, change
from bot.accountability.troubles.views import OwnerTroubleView, SeriesTroubleView
from bot.scheduler.actions import Changes, Due
from bot.scheduler.runner import Runner
from bot.scheduler.store import saving
from bot.slack.gateway import Posted, UnknownOutcome
from bot.slack.render import View
from bot.storage.database import Database
from tests.accountability.commitments.examples import DAN, DUE, MONDAY, OURS, a_commitment, made
from tests.accountability.sessions.examples import SERIES, TIMES
from tests.accountability.surroundings import FakeSlack, Scene, Time

Kind = TypeVar("Kind", AskView, WarningView, CommitmentMessage, OwnerTroubleView, SeriesTroubleView)

GUIDANCE = Piece("Political air cover", "Somebody at the very top steps in.", "")


@dataclass
class Stumbling(FakeSlack):
    """Gives no answer to the next posts: `before` doing anything or `after` it. Finds a message by its mark."""

    stumbles: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    clock: Time | None = None
    sent_at: list[tuple[datetime, str, View]] = field(default_factory=list)

    def post(self, channel: str, view: View, _thread: str = "", mark: Any = None, *_more: Any) -> Posted:
        stumble = self.stumbles.pop(0) if self.stumbles else ""
        if stumble == "before":
            raise UnknownOutcome("chat.postMessage", "TimeoutError")
        posted = super().post(channel, view)
        if self.clock:
            self.sent_at.append((self.clock.now, channel, view))
        self.marks[mark.id] = posted.ts
        if stumble == "after":
            raise UnknownOutcome("chat.postMessage", "TimeoutError")
        return posted

    def direct_message(self, user_id: str) -> str:
        return f"D{user_id}"

    def posted(self, _channel: str, _thread: str, mark: Any, *_more: Any) -> str | None:
        return self.marks.get(mark.id)


class Stalled:
    """Dan sponsors the sessions that Host leads in C1, and has agreed to give air cover."""

    def __init__(self, database: Database, start: datetime = MONDAY, *, reminds: bool = False, **options: Any) -> None:
        self.slack = Stumbling()
        self.scene = Scene(database, Time(start), self.slack)
        self.slack.clock = self.scene.time
        self.service = AccountabilityService(
            self.scene.around, guidance=lambda _: GUIDANCE, **{"air_cover_after": timedelta(days=14), **options}
        )
        self.cover = self.service.air_cover
        self.store, self.series_store = CommitmentStore(database), SeriesStore(database)
        self.escalations = EscalationStore(database)
        self.series = self.new_series()
        self.runner = Runner(self.scene.schedule, self.scene.time)
        told = {
            later.TELL_FACILITATOR: self.service.troubles.tell_now,
            later.TELL_OF_COMMITMENT: self.service.commitments.telling.tell_due,
            **({later.NUDGE: self.service.reminders.remind} if reminds else {}),
        }
        for kind, handler in {**self.cover.handlers, **told}.items():
            self.runner.register(
                kind, handler, on_given_up=self.cover.given_up if kind in self.cover.handlers else None
            )

    # Time

    def play(self, until: datetime) -> None:
        """All that is due by then is done at its time."""
        time = self.scene.time
        self.runner.run_due()  # also what a death left claimed, whose lease has ended
        while (due := self.runner.next_due()) and due <= until:
            time.now = max(time.now, due)
            self.runner.run_due()
        time.now = max(time.now, until)

    def sleep(self, until: datetime) -> None:
        """Nothing is done: the bot is down."""
        self.scene.time.now = until

    def die_at(self, kind: str) -> Due:
        """The bot is killed when it has claimed what is due of this kind; it may be claimed again in ten minutes."""
        claimed = self.scene.schedule.claim({kind: timedelta(minutes=5)}, self.scene.time(), 1)
        self.scene.time.now += timedelta(minutes=10)
        return claimed[0][1]

    # What stands there

    def new_series(self, series_id: str = "s1", channel_id: str = "C1", **fields: Any) -> SessionSeries:
        about = {"sponsor": DAN, "sponsor_agreed": True, **fields}
        of = replace(SERIES, id=series_id, channel_id=channel_id, **about)
        assert self.series_store.add(OURS, of, TIMES)
        return of

    def agree(self, *, agrees: bool) -> None:
        of = self._series_now()
        changed = answer_as_sponsor(of, of.sponsor, agrees=agrees)
        assert self.series_store.save(OURS, changed, also=saving(OURS, self.look()))

    def name_sponsor(self, user_id: str) -> None:
        of = self._series_now()
        changed = change(of, replace(of.about, sponsor=user_id), by=user_id)
        assert self.series_store.save(OURS, changed, also=saving(OURS, self.look()))

    def look(self) -> Changes:
        return Changes(new=(later.look(later.AIR_COVER, "C1", self.scene.time()),))

    def promise(self, commitment_id: str = "c1", **fields: Any) -> Commitment:
        of = a_commitment(commitment_id, **{"due": DUE, **fields})
        assert self.store.add(OURS, of, made(of), also=saving(OURS, later.on_change(of, self.scene.time())))
        return of

    def done_to(self, step: deeds.Step) -> Commitment:
        of, change = step
        assert self.store.save(OURS, of, change, also=saving(OURS, later.on_change(of, change.at)))
        return of

    def cry(self, of: Commitment, tried: str = "") -> Commitment:
        return self.done_to(deeds.need_help(of, of.owner, self.scene.time(), tried))

    def _series_now(self) -> SessionSeries:
        found = self.series_store.get(OURS, "s1")
        assert found is not None
        return found

    # What people got

    @property
    def sent_at(self) -> list[tuple[datetime, str, View]]:
        """All that was sent: when, to whom, what."""
        return self.slack.sent_at

    def got(self, user_id: str, kind: type[Kind]) -> list[Kind]:
        return [view for channel, view in self.slack.posts if channel == user_id and isinstance(view, kind)]

    @property
    def asked(self) -> list[AskView]:
        return [view for _, view in self.slack.posts if isinstance(view, AskView)]

    @property
    def warned(self) -> list[WarningView]:
        return [view for _, view in self.slack.posts if isinstance(view, WarningView)]
