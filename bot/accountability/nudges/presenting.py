"""Fills the views of reminders: what is shown of each commitment, and where it came from."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges.describing import VOLUMES, as_typed, changed, next_sentence, notes, sentences
from bot.accountability.nudges.explaining import (
    day_words,
    explain,
    heading,
    held_back,
    late_since,
    next_words,
    stands,
    when,
    why,
)
from bot.accountability.nudges.finding import Standing
from bot.accountability.nudges.nudging import Decision, Digest, Nudge, Upcoming
from bot.accountability.nudges.people import Person, Settings
from bot.accountability.nudges.views import (
    MOST_LINES,
    SILENT,
    WITH_BUTTONS,
    Choice,
    Coming,
    Item,
    Kind,
    NudgeView,
    SettingsForm,
    SettingsView,
    UpcomingView,
    WhyView,
)
from bot.accountability.outside import StatementOf, no_statement
from bot.keys import WorkspaceKey
from bot.slack.render import clip, escape

NAMED = 3  # of the commitments that a message to come is about
MOST_EXPLAINED = 20
LONGEST_QUOTE = 200  # characters
LONGEST_LINK = 200  # characters; a longer one is none of Slack's

Said = tuple[Nudge, Commitment]  # what a reminder says, and the commitment as it is now

HasSessions = Callable[[WorkspaceKey, str], bool]  # is anything talked about in a channel?


class ReminderPresenter:
    """Knows which statement commitments came from, and whether a session talks about them."""

    def __init__(self, has_sessions: HasSessions, statement: StatementOf = no_statement) -> None:
        self._has_sessions = has_sessions
        self._statement = statement

    def nudge(self, key: WorkspaceKey, said: Sequence[Said], person: Person, then: Digest | None) -> NudgeView:
        """A message, as it is sent or as it is drawn anew; `then` is the one after it."""
        nudges, zone = [nudge for nudge, _ in said], person.zone
        open_ones = [nudge for nudge, now in said if _kind(now, person.id) is not Kind.OVER]
        items = [self._item(key, *one, person) for one in said]
        ours = items[:WITH_BUTTONS]
        lines = items[len(ours) : len(ours) + MOST_LINES]
        return NudgeView(
            heading=heading(open_ones, zone),
            items=tuple(ours),
            lines=tuple(lines),
            more=len(items) - len(ours) - len(lines),
            why=why(nudges) if open_ones else "",
            held_back=held_back(nudges) if open_ones else "",
            late=late_since(nudges, person),
            next=next_words(then, nudges[0].at, zone),
        )

    def is_talked_about(self, key: WorkspaceKey, of: Commitment) -> bool:
        """Does a session come back to it?"""
        return bool(of.channel_id) and self._has_sessions(key, of.channel_id)

    def form(self, chosen: Settings, slack_zone: ZoneInfo, default_country: str, now: datetime) -> SettingsForm:
        typed = as_typed(chosen, ZoneInfo(chosen.zone) if chosen.zone else slack_zone, now)
        choices = tuple(Choice(str(volume), words) for volume, words in VOLUMES.items())
        return SettingsForm(
            volume=SILENT if chosen.muted else str(chosen.volume),
            choices=(*choices, Choice(SILENT, "no reminders until I choose otherwise")),
            slack_zone=slack_zone.key,
            default_country=default_country,
            **typed,
        )

    def settings(
        self, before: Settings, standing: Standing, following: Digest | None, default_country: str, now: datetime
    ) -> SettingsView:
        """After a change. `before` is what was chosen until then."""
        person = standing.person
        came_to = changed(before, person.settings, person.zone)
        then = next_sentence(following, person, now, has_any=bool(standing.cases))
        about = [nudge.commitment.what for nudge in following.nudges] if following else []
        held = tuple(sentences(person, default_country, now))
        return SettingsView(came_to, held, then, tuple(about[:NAMED]), _beyond(about))

    def saved(self) -> SettingsView:
        """The same where Slack doesn't tell somebody's zone, without which nothing can be said of times."""
        return SettingsView(
            "Saved.", (), "Slack doesn't tell me your time zone just now, so ask for the next one later"
        )

    def why(self, past: Sequence[Nudge], now: Sequence[Decision], person: Person) -> WhyView:
        """What people typed is escaped here: the sentences mention people."""
        said, decided = [[explain(_escaped(one), person.zone) for one in some] for some in (past, now)]
        return WhyView(tuple(said), tuple(decided[:MOST_EXPLAINED]), len(decided[MOST_EXPLAINED:]))

    def upcoming(self, found: Sequence[Upcoming], standing: Standing, now: datetime) -> UpcomingView:
        person = standing.person
        messages = tuple(self._coming(one, person, now) for one in found)
        reason = "" if found else next_sentence(None, person, now, has_any=bool(standing.cases))
        return UpcomingView(messages, person.zone.key, reason)

    def _coming(self, one: Upcoming, person: Person, now: datetime) -> Coming:
        about = [nudge.commitment.what for nudge in one.digest.nudges]
        year = one.digest.day.year
        at = when(one.digest.at, person.zone) + (f" {year}" if year != person.day_of(now).year else "")
        return Coming(at, tuple(about[:NAMED]), _beyond(about), tuple(notes(one, person)))

    def _item(self, key: WorkspaceKey, nudge: Nudge, now: Commitment, person: Person) -> Item:
        made_by = "" if now.assigner == now.owner else now.assigner
        awaits_others = now.proposed_due is not None and now.awaits_answer
        return Item(
            commitment_id=now.id,
            what=now.what,
            stands=stands(nudge, now, person.id, person.zone),
            kind=_kind(now, person.id),
            made_on=day_words(now.made_at, person.zone, person.day_of(nudge.at)),
            asked_by=made_by,
            handed_by=now.previous_owner if now.state is State.HANDED_OVER else "",
            waits=now.awaits_answer and not awaits_others,
            proposed=when(now.proposed_due, person.zone) if now.proposed_due else "",
            channel_id=now.channel_id if now.channel_id.startswith(("C", "G")) else "",
            statement=(self._statement(key, now.round_id, now.statement_id) or "") if now.statement_id else "",
            link=now.link if len(now.link) <= LONGEST_LINK else "",
            at_session=bool(now.series_id),
            is_last=nudge.is_last and now.is_live,
            has_sessions=self.is_talked_about(key, now),
        )


def _escaped(decision: Decision) -> Decision:
    of = decision.commitment
    return replace(decision, commitment=replace(of, what=escape(clip(of.what, LONGEST_QUOTE))))


def _beyond(about: Sequence[str]) -> int:
    return len(about[NAMED:])


def _kind(now: Commitment, reader: str) -> Kind:
    if not now.is_live or now.owner != reader:
        return Kind.OVER
    return Kind.ASKED if now.awaits_answer else Kind.OPEN
