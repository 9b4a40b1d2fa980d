"""Every view of reminders as Slack gets it: within its limits, inert, and in the words that were promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given

from bot.accountability.calendar.workdays import Quiet
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges import views
from bot.accountability.nudges.finding import Standing
from bot.accountability.nudges.nudging import (
    Case,
    Digest,
    Move,
    Nudge,
    Occasion,
    Silence,
    Silent,
    next_message,
    upcoming,
)
from bot.accountability.nudges.people import NO_COUNTRY, Settings, Volume
from bot.accountability.nudges.presenting import ReminderPresenter
from bot.resources import TEMPLATES
from bot.slack.render import Renderer, View
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    BERLIN,
    DAY,
    DUE,
    FEW,
    HOUR,
    MONDAY,
    OURS,
    WEEK,
    a_commitment,
    asked_of,
    handed_to,
    on,
    somebody,
)
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of
from tests.scenarios.stage import texts

MORNING = on(date(2026, 12, 11), 9)
LINK = "https://example.slack.com/archives/C1/p1?thread_ts=1&cid=C1"
KNOWN = (ANA, BEN, "C1", LINK.replace("&", "&amp;"))
VIEWS = [
    kind
    for kind in vars(views).values()
    if is_dataclass(kind) and "template" in {field.name for field in fields(kind)} and kind.__module__ == views.__name__
]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def presenter(text: str = "Measurement", *, has_sessions: bool = True) -> ReminderPresenter:
    return ReminderPresenter(lambda _key, _channel: has_sessions, lambda _key, _round, _statement: text)


def nudge(of: Commitment, **more: Any) -> Nudge:
    return replace(Nudge(of, MORNING, Occasion.DUE_DAY, MORNING), **more)


def commitments(text: str) -> list[Commitment]:
    """One of each kind, all of it Ana's."""
    from_a_message = {"link": LINK, "round_id": "r1", "statement_id": "s4"}
    return [
        a_commitment("c1", what=text),
        a_commitment("c2", what=text, due=DUE - WEEK, assigner=BEN, **from_a_message),
        a_commitment("c3", what=text, due=DUE + WEEK, channel_id="", snoozed_until=DUE + HOUR),
        replace(asked_of(ANA, what=text), id="c4", assigner=BEN),
        replace(asked_of(ANA, what=text), id="c5", assigner=BEN, proposed_due=DUE + WEEK),
        replace(handed_to(ANA, what=text), id="c6", previous_owner=BEN),
        a_commitment("c7", what=text, state=State.DONE),
        a_commitment("c8", what=text, state=State.DROPPED),
        a_commitment("c9", what=text, owner=BEN),
        a_commitment("c0", what=text, needs_help_since=DUE + DAY, due=DUE + DAY),
    ]


def standing(text: str, many: int = 3, **chosen: Any) -> Standing:
    cases = tuple(Case(a_commitment(f"c{number}", what=text, due=DUE + number * DAY)) for number in range(many))
    return Standing(somebody(**chosen), cases, ())


def every_view(text: str = "Publish the customer math", many: int = 60) -> Iterator[View]:
    """Every view, in every state that looks different."""
    show, ana = presenter(text), somebody()
    then = Digest(MORNING + DAY, date(2026, 12, 12), ())
    for of in commitments(text):
        for later in (then, None):
            yield show.nudge(OURS, [(nudge(of), of)], ana, later)
        late = nudge(of, moved=(Move.PAUSED, Move.WEEKEND, Move.LATE), occasion=Occasion.WEEKLY, unanswered=2)
        yield show.nudge(OURS, [(late, of)], ana, None)
    said = [(nudge(of), of) for of in commitments(text) * (many // 10)]
    yield show.nudge(OURS, said, ana, then)
    yield show.nudge(OURS, said[:5], ana, then)
    quiet = Quiet(time(18), time(8))
    for chosen in (
        Settings(),
        Settings(muted=True, volume=Volume.ACTIVE),
        Settings("Asia/Tokyo", "DE", Volume.LIGHT, quiet, paused_until=DUE),
        Settings(country=NO_COUNTRY, quiet=Quiet(time(12), time(14))),
    ):
        for default in ("", "FR"):
            yield show.form(chosen, BERLIN, default, MONDAY)
        here = replace(standing(text), person=replace(ana, settings=chosen))
        for following in (next_message(here.cases, here.person, MONDAY), None):
            yield show.settings(Settings(), here, following, "FR", MONDAY)
        yield show.upcoming(upcoming(here.cases, here.person, MONDAY), here, MONDAY)
    yield show.saved()
    yield show.upcoming((), Standing(ana, (), ()), MONDAY)
    decided: Sequence[Any] = [nudge(of) for of in commitments(text)]
    silent = [Silent(a_commitment(what=text), why) for why in Silence]
    yield show.why(decided, [*decided, *silent] * 3, ana)
    yield show.why([], [], ana)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_view_has_its_template(view: Any) -> None:
    assert (TEMPLATES / view.template).is_file()


def test_every_template_is_filled_here() -> None:
    templates = {f"accountability/nudges/{path.name}" for path in (TEMPLATES / "accountability/nudges").glob("*.j2")}
    assert {view.template for view in VIEWS} == {view.template for view in every_view()} == templates


@pytest.mark.parametrize("text", WORST)
@pytest.mark.parametrize("many", [10, 60, 80])
def test_the_worst_texts_can_be_sent_in_any_number(renderer: Renderer, text: str, many: int) -> None:
    for view in every_view(text, many):
        assert_sendable(renderer, view, *KNOWN)


@given(TEXTS)
@FEW
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


def test_a_link_that_is_none_of_slack_s_is_left_out(renderer: Renderer) -> None:
    of = a_commitment(link="https://example.com/" + "x" * 400)
    assert "example.com" not in words_of(renderer.render(presenter().nudge(OURS, [(nudge(of), of)], somebody(), None)))


# What it says


def shown(renderer: Renderer, of: Commitment, then: Digest | None = None, **more: Any) -> str:
    return texts(renderer.render(presenter().nudge(OURS, [(nudge(of, **more), of)], somebody(), then)))


def test_one_says_what_is_due_where_it_came_from_why_it_came_what_comes_next_and_how_to_stop_it(
    renderer: Renderer,
) -> None:
    of = a_commitment(link=LINK, statement_id="s4", round_id="r1")
    said = shown(renderer, of, Digest(MORNING + DAY, date(2026, 12, 12), ()))
    assert "*Publish the customer math* is due today at 17:00." in said
    assert "You promised it on 2 November in <#C1>, for “Measurement” of a readiness check" in said
    assert "|message>" in said
    assert "You get this because it's due and still open. Next: tomorrow at 09:00." in said
    assert "`/cco pause`" in said


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (a_commitment(assigner=BEN), f"<@{BEN}> asked for it on 2 November in <#C1>."),
        (
            replace(asked_of(ANA), assigner=BEN),
            f"<@{BEN}> asked for it on 2 November in <#C1> and waits for your answer.",
        ),
        (
            replace(asked_of(ANA), assigner=BEN, proposed_due=DUE + WEEK),
            "; you proposed Friday 18 December, 17:00 and wait for an answer.",
        ),
        (replace(handed_to(ANA), previous_owner=BEN), f"<@{BEN}> handed it over to you in <#C1> and waits"),
        (a_commitment(made_at=MONDAY - 52 * WEEK, due=DUE), "You promised it on 3 November 2025 in <#C1>."),
    ],
)
def test_it_says_who_asked_and_who_waits_for_whom(renderer: Renderer, of: Commitment, words: str) -> None:
    assert words in shown(renderer, of)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"state": State.DONE}, "is done."),
        ({"state": State.DROPPED}, "is dropped."),
        ({"owner": BEN}, f"is <@{BEN}>'s now."),
        ({"snoozed_until": DUE}, "comes back on Friday 11 December, 17:00."),
        ({"needs_help_since": MORNING + HOUR}, "needs help; it is due today at 17:00."),
        ({"due": DUE + WEEK}, "is due on Friday 18 December, 17:00 now."),
        ({"due": DUE + DAY}, "is due tomorrow at 17:00 now."),
    ],
)
def test_drawn_anew_it_says_how_each_stands_by_now(renderer: Renderer, now: dict[str, Any], words: str) -> None:
    of = a_commitment()
    view = presenter().nudge(OURS, [(nudge(of), replace(of, **now))], somebody(), None)
    assert f"*Publish the customer math* {words}" in texts(renderer.render(view))


def test_what_is_settled_has_no_buttons_and_gives_no_reasons(renderer: Renderer) -> None:
    of = a_commitment()
    settled = replace(of, state=State.DONE)
    said = words_of(renderer.render(presenter().nudge(OURS, [(nudge(of), settled)], somebody(), None)))
    assert "commitment_done" not in said
    assert "still open" not in said


def test_the_last_one_says_so_and_what_follows(renderer: Renderer) -> None:
    of = a_commitment(due=DUE - WEEK)
    said = shown(renderer, of, unanswered=2)
    assert "*This is the last reminder:* three had no answer, so the next session talks about it." in said
    assert "Next: none." in said


def test_what_was_promised_in_a_session_says_so(renderer: Renderer) -> None:
    assert "You took it on at the session of" in shown(renderer, a_commitment(series_id="s1"))
    assert "at the session of" not in shown(renderer, a_commitment())


@pytest.mark.parametrize("channel", ["C1", ""])
def test_the_last_one_promises_no_session_where_there_are_none(renderer: Renderer, channel: str) -> None:
    last = nudge(a_commitment(due=DUE - WEEK, channel_id=channel), unanswered=2)
    view = presenter(has_sessions=not channel).nudge(OURS, [(last, last.commitment)], somebody(), None)
    assert "three had no answer. It stays open, and `/cco mine` lists it." in texts(renderer.render(view))


def test_several_are_counted_by_how_far_they_are(renderer: Renderer) -> None:
    said = [(nudge(of), of) for of in commitments("x")]
    rendered = texts(renderer.render(presenter().nudge(OURS, said, somebody(), None)))
    assert "*Your commitments:* 1 overdue, 4 due today, 2 due soon." in rendered


def test_what_is_not_shown_is_counted(renderer: Renderer) -> None:
    said = [(nudge(of), of) for of in commitments("x") * 8]
    assert "And 20 more. `/cco mine`" in texts(renderer.render(presenter().nudge(OURS, said, somebody(), None)))


def test_holidays_and_changes_of_the_clock_are_marked_by_name(renderer: Renderer) -> None:
    here = Standing(somebody(country="DE"), (Case(a_commitment(due=on(date(2026, 12, 24), 17))),), ())
    said = texts(renderer.render(presenter().upcoming(upcoming(here.cases, here.person, MONDAY), here, MONDAY)))
    assert "*Monday 28 December, 09:00*: “Publish the customer math” _(later because of Christmas Day" in said
    assert "*Monday 4 January, 09:00 2027*" in said
    spring = Standing(somebody(), (Case(a_commitment(due=on(date(2027, 3, 26), 17))),), ())
    said = texts(renderer.render(presenter().upcoming(upcoming(spring.cases, spring.person, MONDAY), spring, MONDAY)))
    assert said.count("_(the clocks change before it)_") == 1
