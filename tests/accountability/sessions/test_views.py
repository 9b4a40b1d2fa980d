"""Every view of sessions as Slack gets it: within its limits, inert, and in the words that were promised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings

from bot.accountability.calendar.recurrence import Series, change_from
from bot.accountability.calendar.rules import Rule
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.commitments.kept import KeptRate
from bot.accountability.sessions import views
from bot.accountability.sessions.agenda import Agenda, item_of
from bot.accountability.sessions.guidance_piece import Piece
from bot.accountability.sessions.items import Entry, Item, Kind, Status
from bot.accountability.sessions.papers import Listed, Meeting, Minutes, Rated
from bot.accountability.sessions.presenting import LISTED, Presenter
from bot.accountability.sessions.session import Session, close, open_, skip, with_agenda
from bot.accountability.sessions.summing_up import summary
from bot.accountability.yearone.steps import STEPS, Reached, progress
from bot.resources import TEMPLATES
from bot.slack import ids
from bot.slack.render import Renderer, View
from bot.workspace.blocks import elements_of
from tests.accountability.commitments.examples import ANA, BEN, CLEO, a_commitment
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of
from tests.accountability.sessions.examples import (
    BEFORE,
    GUEST,
    HOST,
    LAST,
    LENGTH,
    NEXT,
    SERIES,
    SESSION,
    SPONSOR,
    START,
    a_finding,
    a_session,
    a_topic,
    an_agenda,
    an_update,
)

FEWER = settings(max_examples=20)  # each is more than a hundred views
DAY = timedelta(days=1)
END = START + LENGTH
TIMES = Series(
    "s1", date(2026, 10, 6), time(10), 45, ZoneInfo("Europe/Berlin"), Rule.read("monthly on the first Tuesday")
)
OPENED = open_(SESSION, START)
CLOSED = close(OPENED, END)
PEOPLE = (HOST, SPONSOR, GUEST, ANA, BEN, CLEO)
VIEWS = [
    kind
    for kind in vars(views).values()
    if is_dataclass(kind) and "template" in {field.name for field in fields(kind)} and kind.__module__ == views.__name__
]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def presenter(words: str = "It slides down the agenda and drops off.") -> Presenter:
    return Presenter(lambda card: Piece(words[:150], words, words[:200]) if card else None)


def a_meeting(session: Session = SESSION, text: str = "", **more: Any) -> Meeting:
    series = replace(SERIES, name=text[:80] or SERIES.name, purpose=text, **more)
    return Meeting(series, (TIMES,), session)


def promises(count: int, text: str = "Publish the customer math", **more: Any) -> tuple[Commitment, ...]:
    owners = (ANA, BEN, CLEO)
    return tuple(
        a_commitment(f"c{n}", what=text or "x", owner=owners[n % 3], due=START + DAY, **more) for n in range(count)
    )


def agenda_of(text: str, each: int, **more: Any) -> Agenda:
    """One with everything in it, so many of each kind."""
    due, late = promises(each, text), promises(each, text)
    overdue = tuple(replace(one, id=f"o{one.id}", due=BEFORE - DAY) for one in late)
    stuck = tuple(replace(one, id=f"s{one.id}", needs_help_since=LAST) for one in late)
    asked = tuple(replace(one, id=f"a{one.id}", state=State.PROPOSED) for one in late[:1])
    done = tuple(replace(one, id=f"d{one.id}", state=State.DONE, ended_at=LAST + DAY) for one in late)
    updates = tuple(an_update(item_of(one).id, one.owner, text[:500] or "x") for one in (*due, *overdue))
    records = {
        "commitments": (*due, *overdue, *stuck, *asked, *done),
        "topics": tuple(a_topic(f"t{n}", text=text or "x") for n in range(each)),
        "findings": tuple(replace(a_finding(f"f{n}", is_split=n % 2 == 0), title=text or "x") for n in range(each)),
        "updates": updates,
        "carried": {item_of(one).id: n for n, one in enumerate(overdue)},
        "year_one": progress(None, (), START.date()),
        "missed": ("2026-11-17",),
    }
    return an_agenda(**{**records, **more})


def minutes_of(text: str, each: int, session: Session = CLOSED) -> Minutes:
    """Items of every kind and outcome."""
    listed = [*_promised(text, each), *_others(text, each)]
    known = {one.commitment.id: one.commitment for one in listed if one.commitment}
    new = {one.id: one for one in promises(each, text)}
    made = summary(
        session,
        [one.entry for one in listed],
        [*known.values(), *(replace(one, id=f"n{name}", made_at=START) for name, one in new.items())],
        END,
        since=LAST,
    )
    return Minutes(a_meeting(session, text), tuple(listed), made, known)


def _promised(text: str, each: int) -> Iterator[Listed]:
    for status in (Status.WAITING, Status.KEPT, Status.MISSED, Status.RENEGOTIATED, Status.NOT_REACHED):
        for of in promises(each, text, made_at=LAST - DAY):
            renamed = replace(of, id=f"{status}{of.id}")
            by = "" if status in {Status.WAITING, Status.NOT_REACHED} else BEN
            updates = tuple(an_update(item_of(renamed).id, person, text or "x") for person in (ANA, BEN, CLEO, GUEST))
            state = State.DONE if status is Status.KEPT else State.OPEN
            renamed = replace(renamed, state=state, ended_at=START if status is Status.KEPT else None)
            yield Listed(Entry(item_of(renamed), 0, status, by, START), renamed, carried=2, updates=updates)
    dropped = a_commitment("dropped", what=text or "x", state=State.DROPPED, ended_at=START)
    yield Listed(Entry(item_of(dropped), 0, Status.RENEGOTIATED, ANA, START), dropped)
    handed = a_commitment("handed", what=text or "x", owner=CLEO, state=State.HANDED_OVER, previous_owner=ANA)
    yield Listed(Entry(item_of(handed), 0, Status.RENEGOTIATED, ANA, START), handed)
    helped = a_commitment("helped", what=text or "x", needs_help_since=LAST)
    yield Listed(Entry(item_of(helped), 0), helped)
    yield Listed(Entry(Item(Kind.COMMITMENT, "gone", text or "x"), 0))


def _others(text: str, each: int) -> Iterator[Listed]:
    for number in range(each):
        topic = a_topic(f"t{number}", text=text or "x")
        yield Listed(Entry(topic.item, 0, Status.DISCUSSED, GUEST, START), topic=topic, carried=1)
        finding = replace(a_finding(f"f{number}", card="metrics", is_split=number == 0), title=text or "x")
        yield Listed(Entry(finding.item, 0, Status.NOT_REACHED, HOST if number else "", START), finding=finding)
        yield Listed(Entry(Item(Kind.TOPIC, f"w{number}", text or "x"), 0))


RATED = Rated(date(2026, 11, 1), KeptRate(9, 3, 7))


def every_view(text: str = "Publish it", each: int = 2) -> Iterator[View]:
    """Every view, in every state that looks different."""
    show = presenter(text or "x")
    made = agenda_of(text, each)
    for session in (SESSION, with_agenda(SESSION, "a-card", is_late=True), skip(SESSION)):
        yield show.agenda(a_meeting(session, text, sponsor=""), made)
        yield show.agenda(a_meeting(session, text), made)
    yield show.agenda(a_meeting(), an_agenda())
    yield show.agenda(a_meeting(), agenda_of(text, each, year_one=_finished(), missed=("2026-11-17",) * 9))
    yield show.whole_agenda(a_meeting(text=text), made)
    yield show.item_form(a_meeting(text=text))
    yield show.item_form(a_meeting(OPENED, text))
    own = promises(each, text)
    yield show.update_form(a_meeting(text=text), own, {own[0].id: text[:500]} if text else {})
    for session in (OPENED, replace(OPENED, opened_at=START + LENGTH / 2), CLOSED):
        yield show.opening(a_meeting(session, text), each, END)
        yield show.opening(a_meeting(session, text), each, END, 900)
        minutes = minutes_of(text, each, session)
        for number, listed in enumerate(minutes.listed, 1):
            yield show.item(minutes.meeting, listed, number, START)
            yield show.item(minutes.meeting, listed, number, END + 2 * DAY)
    yield show.opening(a_meeting(OPENED), 0, END)
    full = minutes_of(text, each)
    yield show.summary(full)
    yield show.whole_summary(full)
    yield show.summary(Minutes(a_meeting(close(OPENED, END + DAY)), (), summary(CLOSED, (), (), END, since=LAST)))
    yield show.summary(quiet(text))
    yield show.summary(replace(full, rated=RATED))
    yield show.closing(a_meeting(CLOSED))


def _finished() -> Any:
    return progress(None, [Reached(step.id, LAST.date(), "It is.", HOST, LAST) for step in STEPS], START.date())


def quiet(text: str = "") -> Minutes:
    topic = a_topic(text=text or "x")
    entry = Entry(topic.item, 0, Status.NOT_REACHED)
    ended = replace(SERIES, ended_at=END)
    summed = summary(CLOSED, [entry], (), END, since=LAST, is_late=True)
    return Minutes(Meeting(ended, (TIMES,), CLOSED), (Listed(entry, topic=topic),), summed)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_view_has_its_template(view: Any) -> None:
    assert (TEMPLATES / view.template).is_file()


def test_every_template_has_its_view_and_is_filled_here() -> None:
    folder = TEMPLATES / "accountability" / "sessions"
    templates = {f"accountability/sessions/{path.name}" for path in folder.glob("*.json.j2")}
    assert {view.template for view in VIEWS} == templates
    assert {view.template for view in every_view()} == templates


@pytest.mark.parametrize("each", [1, 5, 6, 60, 200])
def test_a_list_of_any_length_can_be_shown(renderer: Renderer, each: int) -> None:
    for view in every_view(each=each) if each < 60 else long_lists(each):
        assert_sendable(renderer, view, *PEOPLE)


def long_lists(each: int, text: str = "Publish it") -> Iterator[View]:
    show, made, minutes = presenter(), agenda_of(text, each), minutes_of(text, each)
    yield from (show.agenda(a_meeting(text=text), made), show.whole_agenda(a_meeting(text=text), made))
    yield from (show.summary(minutes), show.whole_summary(minutes))
    yield show.update_form(a_meeting(text=text), promises(each, text), {})


@given(text=TEXTS)
@example(text=WORST[0])
@example(text=WORST[1])
@example(text=WORST[2])
@FEWER
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    for view in every_view(text.strip()):
        assert_sendable(renderer, view, *PEOPLE)


@pytest.mark.parametrize("text", WORST)
def test_the_longest_lists_in_the_worst_letters_can_be_shown(renderer: Renderer, text: str) -> None:
    for view in long_lists(60, text):
        rendered = assert_sendable(renderer, view, *PEOPLE)
        assert len(words_of(rendered)) < 250_000


def test_every_id_that_is_drawn_is_known(renderer: Renderer) -> None:
    known = {value for name, value in vars(ids).items() if name.isupper()}
    for view in every_view():
        rendered = renderer.render(view)
        drawn = [element["action_id"] for block in rendered["blocks"] for element in elements_of(block)]
        drawn += [block["block_id"] for block in rendered["blocks"] if "block_id" in block]
        drawn += [rendered["callback_id"]] if "callback_id" in rendered else []
        assert {name.partition(":")[0] for name in drawn} <= known


# What they say


def labels(rendered: dict[str, Any]) -> list[str]:
    buttons = (element for block in rendered["blocks"] for element in elements_of(block))
    return [button["text"]["text"] for button in buttons if button["type"] == "button"]


def shown(renderer: Renderer, view: View) -> tuple[str, list[str]]:
    rendered = renderer.render(view)
    return words_of(rendered), labels(rendered)


def test_an_agenda_says_when_and_who_and_has_each_section_with_its_number(renderer: Renderer) -> None:
    of = a_meeting(with_agenda(SESSION, "accountability-sessions"))
    words, pressed = shown(renderer, presenter().agenda(of, agenda_of("Publish it", 2)))
    for told in (
        "45 minutes, led by <@U0HOST>; sponsor <@U0SPON>",
        "*Overdue (2)*",
        "*Due before next time (3)*",
        "*Done since last time (2)*",
        "(seen differently)",
        "(missing)",
        "step 1 of 8 is next: the problem is admitted",
        "From the guidance",
        "Still to say how theirs stands: <@U0ANA>, <@U0BEN>. One sentence is enough.",
        "Not held since the last one: Tue 17 Nov",
    ):
        assert told in words, told
    assert pressed == ["Read the guidance", "Add an item", "Give my update", "Manage"]


def test_a_session_is_in_its_own_zone_also_when_later_ones_are_in_another() -> None:
    here, elsewhere = change_from(TIMES, date(2027, 1, 5), new_id="s2", zone=ZoneInfo("America/New_York"))
    of, later = (Meeting(SERIES, (here, elsewhere), a_session(name)) for name in ("2026-12-01", "2027-01-05"))
    assert presenter().agenda(of, an_agenda()).starts.words.endswith(", 10:00 (Europe/Berlin)")
    assert presenter().agenda(later, an_agenda()).starts.words.endswith("(America/New_York)")


def test_what_does_not_fit_is_counted_and_shown_on_request(renderer: Renderer) -> None:
    made = agenda_of("Publish it", 12)
    words, pressed = shown(renderer, presenter().agenda(a_meeting(), made))
    assert "and 7 more" in words
    assert "Show all of it" in pressed
    whole, _ = shown(renderer, presenter().whole_agenda(a_meeting(), made))
    assert whole.count("• *Publish it*") == len(made.items) + len(made.done)


def test_a_list_longer_than_a_modal_holds_says_how_much_it_shows(renderer: Renderer) -> None:
    made = an_agenda(commitments=promises(LISTED + 10))
    whole, _ = shown(renderer, presenter().whole_agenda(a_meeting(), made))
    assert f"Due before next time ({LISTED + 10})*, the first {LISTED} of them" in whole


def test_an_empty_agenda_asks_for_items(renderer: Renderer) -> None:
    words, pressed = shown(renderer, presenter().agenda(a_meeting(), an_agenda()))
    assert "Nothing is open." in words
    assert pressed == ["Add an item", "Give my update", "Manage"]


def test_a_skipped_session_takes_nothing(renderer: Renderer) -> None:
    words, pressed = shown(renderer, presenter().agenda(a_meeting(skip(SESSION)), an_agenda()))
    assert "*Skipped.*" in words
    assert pressed == ["Manage"]


def item(renderer: Renderer, listed: Listed, session: Session = OPENED) -> tuple[str, list[str]]:
    return shown(renderer, presenter().item(a_meeting(session), listed, 1, START))


def test_an_item_has_the_ticks_of_its_kind(renderer: Renderer) -> None:
    of = a_commitment()
    _, promised = item(renderer, Listed(Entry(item_of(of), 0), of))
    assert promised == ["Done", "New date", "Missed, next time", "I need help"]
    _, added = item(renderer, Listed(Entry(a_topic().item, 0), topic=a_topic()))
    assert added == ["Talked about", "Not today"]
    found = a_finding(card="metrics")
    _, finding = item(renderer, Listed(Entry(found.item, 0), finding=found))
    assert finding == ["Talked about", "Not today", "Make a commitment", "Read the guidance"]


def test_a_ticked_item_says_how_it_came_out_and_who_said_so(renderer: Renderer) -> None:
    of = a_commitment()
    words, pressed = item(renderer, Listed(Entry(item_of(of), 0, Status.MISSED, BEN, START), of))
    assert "*Missed.* It comes up next time. Ticked by <@U0BEN>." in words
    assert pressed == ["Done", "New date", "I need help"]
    done = replace(of, state=State.DONE, ended_at=START)
    words, pressed = item(renderer, Listed(Entry(item_of(of), 0, Status.KEPT, ANA, START), done))
    assert "*Done.* Ticked by <@U0ANA>." in words
    assert pressed == []


def test_nothing_is_offered_when_slips_cannot_be_put_right_any_more(renderer: Renderer) -> None:
    of = a_commitment()
    view = presenter().item(a_meeting(CLOSED), Listed(Entry(item_of(of), 0, Status.NOT_REACHED), of), 1, END + DAY)
    assert shown(renderer, view)[1] == []


def test_an_item_repeats_what_was_said_before_and_how_often_it_was_left(renderer: Renderer) -> None:
    of = a_commitment()
    updates = (an_update(item_of(of).id, ANA, "Half of it is done."),)
    words, _ = item(renderer, Listed(Entry(item_of(of), 0), of, carried=2, updates=updates))
    assert "<@U0ANA>: “Half of it is done.”" in words
    assert "left open 2 times in a row" in words


def test_an_opening_says_how_it_works_and_a_closed_one_takes_nothing(renderer: Renderer) -> None:
    words, pressed = shown(renderer, presenter().opening(a_meeting(OPENED, "Ask for performance."), 3, END))
    for told in ("Ask for performance.", "3 items are in the thread", "Led by <@U0HOST>", "It closes by itself"):
        assert told in words
    assert pressed == ["Add an item", "Close the session"]
    assert "more" not in words
    words, pressed = shown(renderer, presenter().opening(a_meeting(OPENED), 100, END, 900))
    assert "100 items are in the thread." in words
    assert "900 more commitments are on the list" in words
    assert pressed == ["Add an item", "Show all of it", "Close the session"]
    words, pressed = shown(renderer, presenter().opening(a_meeting(CLOSED), 3, END))
    assert "is closed" in words
    assert pressed == []


def test_a_summary_counts_what_came_of_it(renderer: Renderer) -> None:
    words, _ = shown(renderer, presenter().summary(minutes_of("Publish it", 1)))
    assert "Kept *1* · missed *1* · renegotiated *3*" in words
    assert "dropped" in words
    assert "handed over to <@U0CLEO>" in words
    next_start = f"<!date^{int(NEXT.timestamp())}^"
    assert f"What was missed or not reached comes up again {next_start}" in words


def test_no_line_begins_with_a_small_letter(renderer: Renderer) -> None:
    """Slack shows a near time as “today at 10:00”."""
    made = agenda_of("Publish it", 2)
    views = (presenter().agenda(a_meeting(), made), presenter().whole_agenda(a_meeting(), made))
    for view in (*views, presenter().summary(quiet()), presenter().summary(minutes_of("Publish it", 1))):
        for block in renderer.render(view)["blocks"]:
            lines = block.get("text", {}).get("text", "").split("\n")
            assert [line for line in lines if line.startswith("<!date") or line[:1].islower()] == []
    assert "Not reached *1*" in shown(renderer, presenter().summary(quiet()))[0]


def test_a_session_that_nobody_ticked_is_told_without_blame(renderer: Renderer) -> None:
    words, _ = shown(renderer, presenter().summary(quiet()))
    assert "Nothing was ticked this time. All of it stays on the list, nothing is lost." in words
    assert "No session follows this one." in words
    assert "comes late" in words


def test_the_summary_tells_how_much_of_a_month_was_kept_where_that_may_be_told(renderer: Renderer) -> None:
    minutes = minutes_of("Publish it", 1)
    words, _ = shown(renderer, presenter().summary(replace(minutes, rated=RATED)))
    assert "Of what was due in November 2026, 7 people together kept 9 of 12." in words
    words, _ = shown(renderer, presenter().summary(minutes))
    assert "together kept" not in words
