"""Fills the views of sessions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.outside import Guidance
from bot.accountability.sessions import later
from bot.accountability.sessions.agenda import Agenda
from bot.accountability.sessions.agenda import Line as AgendaLine
from bot.accountability.sessions.items import Item, Kind, Update
from bot.accountability.sessions.papers import Listed, Meeting, Minutes, Rated
from bot.accountability.sessions.session import AMENDS, Session
from bot.accountability.sessions.session import State as SessionState
from bot.accountability.sessions.views import (
    AgendaView,
    Asked,
    ClosingView,
    Guided,
    ItemForm,
    ItemView,
    Line,
    OpeningView,
    Rate,
    Said,
    Section,
    SummaryView,
    UpdateForm,
    WholeList,
)
from bot.accountability.yearone.steps import STEPS, Progress
from bot.slack.moments import Moment, moment

SHOWN = 5  # lines of a section in a message
LISTED = 120  # in a modal, all sections together: two a block, and with their headings under Slack's 100 blocks
NAMED = 20  # people who are asked for an update
ASKED = 20  # commitments in a form
SAID = 4  # updates shown with an item
ASIDES = {State.PROPOSED: "waiting", State.HANDED_OVER: "handed_over", State.DROPPED: "dropped"}


class Presenter:
    """Times are told in each reader's zone, and by the series' where Slack can't."""

    def __init__(self, guidance: Guidance) -> None:
        self._guidance = guidance

    # Before it

    def agenda(self, of: Meeting, made: Agenda) -> AgendaView:
        session, step = of.session, _next_step(made.year_one)
        return AgendaView(
            series_id=of.series.id,
            session_id=session.id,
            name=of.series.name,
            starts=_at(of, session.starts_at),
            minutes=_minutes(session),
            facilitator=of.series.facilitator,
            sponsor=of.series.sponsor,
            sections=_shortened(_sections(of, made)),
            missing=made.missing[:NAMED],
            more_missing=max(0, len(made.missing) - NAMED),
            year_one=made.year_one is not None,
            step=step.number if step else 0,
            steps=len(STEPS),
            step_title=step.title if step else "",
            missed=tuple(map(_day, made.missed)),
            guided=self._guided(session.card),
            late=session.agenda_late,
            skipped=session.state is SessionState.SKIPPED or (session.is_to_come and not of.series.is_running),
        )

    def whole_agenda(self, of: Meeting, made: Agenda) -> WholeList:
        return WholeList(
            "The whole agenda", of.series.name, _at(of, of.session.starts_at), _listed(_sections(of, made))
        )

    def item_form(self, of: Meeting) -> ItemForm:
        session = of.session
        return ItemForm(session.id, of.series.name, _at(of, session.starts_at), session.state is SessionState.OPEN)

    def update_form(self, of: Meeting, own: Sequence[Commitment], said: Mapping[str, str]) -> UpdateForm:
        """`said` is what was said of them so far, by their ids."""
        asked = (Asked(one.id, one.what, _at(of, one.due), said.get(one.id, "")) for one in own[:ASKED])
        starts, more = _at(of, of.session.starts_at), max(0, len(own) - ASKED)
        return UpdateForm(of.session.id, of.series.name, starts, tuple(asked), more)

    # While it is open

    def opening(self, of: Meeting, count: int, closes_at: datetime, more: int = 0) -> OpeningView:
        """`count` items are in its thread, `more` on its list alone."""
        series, session = of.series, of.session
        return OpeningView(
            session_id=session.id,
            name=series.name,
            purpose=series.purpose,
            facilitator=series.facilitator,
            sponsor=series.sponsor,
            count=count,
            more=more,
            ends=_at(of, session.closed_at or closes_at),
            late=later.opened_late(session),
            closed=session.state is SessionState.CLOSED,
        )

    def item(self, of: Meeting, listed: Listed, number: int, now: datetime) -> ItemView:
        entry = listed.entry
        bare = ItemView(
            value=f"{of.session.id}/{entry.item.id}",
            kind=entry.item.kind,
            number=number,
            line=_line_of(of, listed),
            status=entry.status,
            by=entry.by,
            takes=of.session.takes_statuses(now),
        )
        return replace(bare, **self._about(of, listed))

    def _about(self, of: Meeting, listed: Listed) -> dict[str, Any]:
        if (commitment := listed.commitment) is not None:
            since = commitment.needs_help_since
            help_since = _at(of, since) if since else None
            return {"commitment_id": commitment.id, "live": commitment.is_live, "help_since": help_since}
        if (topic := listed.topic) is not None:
            return {"added_by": topic.by}
        if listed.entry.item.kind is not Kind.FINDING:
            return {}
        found, ref = listed.finding, listed.entry.item.ref
        card = found.card if found and self._guidance(found.card) else ""
        return {"finding_ref": ref, "split": bool(found and found.is_split), "card_id": card}

    # After it

    def summary(self, minutes: Minutes) -> SummaryView:
        of = minutes.meeting
        return SummaryView(
            session_id=of.session.id,
            name=of.series.name,
            starts=_at(of, of.session.starts_at),
            sections=_shortened(_results(minutes)),
            listed=len(minutes.listed),
            quiet=minutes.is_quiet,
            next=_at(of, of.next_start) if of.next_start else None,
            amends=_amends(of),
            late=minutes.summary.is_late,
            rated=_rate(minutes.rated) if minutes.rated else None,
        )

    def whole_summary(self, minutes: Minutes) -> WholeList:
        of = minutes.meeting
        return WholeList("The whole summary", of.series.name, _at(of, of.session.starts_at), _listed(_results(minutes)))

    def closing(self, of: Meeting) -> ClosingView:
        return ClosingView(_amends(of))

    def _guided(self, card_id: str) -> Guided | None:
        piece = self._guidance(card_id) if card_id else None
        return Guided(card_id, piece.title, piece.short, piece.source) if piece else None


def _sections(of: Meeting, made: Agenda) -> tuple[Section, ...]:
    zone = of.zone
    found = {
        "stuck": [_promised(line, zone) for line in made.stuck],
        "overdue": [_promised(line, zone) for line in made.overdue],
        "due": [_promised(line, zone) for line in made.due],
        "topics": [replace(_line(line), owner=line.about.by) for line in made.topics],
        "findings": [replace(_line(line), aside="split" if line.about.is_split else "gap") for line in made.findings],
        "done": [Line(one.what, one.owner) for one in made.done],
    }
    return tuple(Section(name, tuple(lines)) for name, lines in found.items() if lines)


def _results(minutes: Minutes) -> tuple[Section, ...]:
    summed, zone = minutes.summary, minutes.meeting.zone
    found = {
        "kept": [_resulting(item, minutes, zone) for item in summed.kept],
        "missed": [_resulting(item, minutes, zone) for item in summed.missed],
        "renegotiated": [_resulting(item, minutes, zone, retold=True) for item in summed.renegotiated],
        "new": [Line(one.what, one.owner, moment(one.due, zone)) for one in summed.new],
        "discussed": [_resulting(item, minutes, zone) for item in summed.discussed],
        "not_reached": [_resulting(item, minutes, zone) for item in summed.not_reached],
    }
    return tuple(Section(name, tuple(lines)) for name, lines in found.items() if lines)


def _resulting(item: Item, minutes: Minutes, zone: ZoneInfo, *, retold: bool = False) -> Line:
    """An item in a summary; `retold` says what became of its commitment."""
    of = minutes.known.get(item.ref) if item.kind is Kind.COMMITMENT else None
    if of is None:
        return Line(item.title)
    return _retold(of, zone) if retold else Line(item.title, of.owner)


def _retold(of: Commitment, zone: ZoneInfo) -> Line:
    if of.state is State.DROPPED:
        return Line(of.what, of.owner, aside="dropped")
    if of.state is State.HANDED_OVER:
        return Line(of.what, of.previous_owner, moment(of.due, zone), aside="handed_over", to=of.owner)
    return Line(of.what, of.owner, moment(of.due, zone), aside="now_due")


def _promised(line: AgendaLine[Commitment], zone: ZoneInfo) -> Line:
    of = line.about
    aside = "waiting" if of.awaits_answer else ""
    return replace(_line(line), owner=of.owner, due=moment(of.due, zone), aside=aside)


def _line(line: AgendaLine[Any]) -> Line:
    """With what was said last."""
    return Line(line.item.title, carried=line.carried, said=_said(line.updates[-1:]))


def _line_of(of: Meeting, listed: Listed) -> Line:
    title = listed.entry.item.title
    commitment = listed.commitment
    bare = Line(title, carried=listed.carried, said=_said(listed.updates[-SAID:]))
    if commitment is None:
        return bare
    aside = ASIDES.get(commitment.state, "")
    return replace(bare, owner=commitment.owner, due=_at(of, commitment.due), aside=aside)


def _said(updates: Iterable[Update]) -> tuple[Said, ...]:
    return tuple(Said(one.by, one.text) for one in updates)


def _shortened(sections: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(_first(section, SHOWN) for section in sections)


def _listed(sections: Iterable[Section]) -> tuple[Section, ...]:
    """As much as a modal holds, the first sections whole."""
    left, found = LISTED, []
    for section in sections:
        found.append(_first(section, left))
        left = max(0, left - len(section.lines))
    return tuple(found)


def _first(section: Section, count: int) -> Section:
    """One line more than that is shown rather than counted."""
    if len(section.lines) <= count:
        return section
    return replace(section, lines=section.lines[:count], more=len(section.lines) - count)


def _next_step(year: Progress | None) -> Any:
    return year.next_step if year else None


def _minutes(session: Session) -> int:
    return round((session.ends_at - session.starts_at).total_seconds() / 60)


def _day(occurrence: str) -> str:
    day = date.fromisoformat(occurrence)
    return f"{day:%a} {day.day} {day:%b}"


def _amends(of: Meeting) -> Moment:
    return _at(of, (of.session.closed_at or of.session.ends_at) + AMENDS)


def _at(of: Meeting, at: datetime) -> Moment:
    return moment(at, of.zone)


def _rate(rated: Rated) -> Rate:
    rate = rated.rate
    return Rate(f"{rated.month:%B %Y}", rate.kept, rate.kept + rate.missed, rate.people)
