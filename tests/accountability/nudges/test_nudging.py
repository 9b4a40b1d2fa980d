"""When people are reminded: as planned, never twice a day, never when they may not be written to, never lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.calendar.workdays import Quiet, is_allowed
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges.nudging import (
    MOST_UNANSWERED,
    Because,
    Case,
    Move,
    Nudge,
    Occasion,
    Sent,
    Silence,
    Silent,
    decide,
    digest,
    next_message,
    sent,
    upcoming,
)
from bot.accountability.nudges.people import Person, Settings, Volume, person
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    BERLIN,
    DAY,
    DUE,
    FEW,
    HOUR,
    MINUTE,
    MONDAY,
    WEEK,
    Mailbox,
    a_commitment,
    asked_of,
    handed_to,
    mailbox,
    on,
    somebody,
)

NEW_YORK = ZoneInfo("America/New_York")
DUE_DAY = date(2026, 12, 11)
LONG_AFTER = DUE + 26 * WEEK


def next_nudge(
    of: Commitment, history: Iterable[Sent], person: Person, now: datetime, taken: Collection[date] = ()
) -> Nudge | None:
    decision = decide(Case(of, tuple(history)), person, now, taken)
    return decision if isinstance(decision, Nudge) else None


def mornings(box: Mailbox) -> list[str]:
    """When each message came, as the wall showed it."""
    return [f"{message.at.astimezone(box.person.zone):%a %d %b %H:%M}" for message in box.got]


def played(owner: Person, *commitments: Commitment, until: datetime = LONG_AFTER) -> Mailbox:
    box = mailbox(owner, *commitments)
    box.play(MONDAY, until)
    return box


def occasions(box: Mailbox) -> list[Occasion]:
    return [nudge.occasion for message in box.got for nudge in message.nudges]


# The plan


def test_three_working_days_before_on_the_day_the_day_after_then_weekly_until_three_had_no_answer() -> None:
    box = played(somebody(), a_commitment(due=on(date(2026, 12, 10), 17)))
    assert mornings(box) == [
        "Mon 07 Dec 09:00",
        "Thu 10 Dec 09:00",
        "Fri 11 Dec 09:00",
        "Fri 18 Dec 09:00",
        "Fri 25 Dec 09:00",
    ]
    assert occasions(box) == [Occasion.AHEAD, Occasion.DUE_DAY, Occasion.NEXT_DAY, Occasion.WEEKLY, Occasion.WEEKLY]


def test_light_is_on_the_day_and_weekly() -> None:
    box = played(somebody(volume=Volume.LIGHT), a_commitment())
    assert mornings(box) == ["Fri 11 Dec 09:00", "Fri 18 Dec 09:00", "Fri 25 Dec 09:00", "Fri 01 Jan 09:00"]


def test_active_is_daily_once_it_is_overdue() -> None:
    box = played(somebody(volume=Volume.ACTIVE), a_commitment(due=on(date(2026, 12, 10), 17)))
    assert mornings(box)[2:] == ["Fri 11 Dec 09:00", "Mon 14 Dec 09:00", "Tue 15 Dec 09:00"]


def test_the_third_without_an_answer_says_that_it_is_the_last() -> None:
    box = played(somebody(), a_commitment())
    assert [message.nudges[0].is_last for message in box.got] == [False, False, False, False, True]
    assert decide(box.cases[0], box.person, LONG_AFTER) == Silent(a_commitment(), Silence.GIVEN_UP)


def test_what_a_sponsor_says_is_no_answer_of_the_owner() -> None:
    box = played(somebody(), a_commitment())
    said, _ = deeds.answer_call(a_commitment(), BEN, deeds.Deed.STEP_IN, LONG_AFTER)
    assert decide(Case(said, box.cases[0].history), box.person, LONG_AFTER) == Silent(said, Silence.GIVEN_UP)


def test_those_before_it_was_due_ask_for_no_answer() -> None:
    box = played(somebody(), a_commitment(), until=DUE)
    assert len(box.got) == 2
    following = next_nudge(box.cases[0].commitment, box.cases[0].history, box.person, DUE)
    assert following is not None
    assert following.unanswered == 0


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"])
def test_mornings_are_the_owner_s(zone: str) -> None:
    box = played(somebody(zone), a_commitment())
    assert {text[-5:] for text in mornings(box)} == {"09:00"}


def test_what_is_due_before_its_morning_is_reminded_of_the_working_day_before() -> None:
    in_tokyo = played(somebody("Asia/Tokyo"), a_commitment())  # due on Saturday at 1:00 there
    assert mornings(in_tokyo)[:3] == ["Tue 08 Dec 09:00", "Fri 11 Dec 09:00", "Mon 14 Dec 09:00"]
    early = played(somebody(), a_commitment(due=on(date(2026, 12, 14), 8)))
    assert mornings(early)[:3] == ["Tue 08 Dec 09:00", "Fri 11 Dec 09:00", "Tue 15 Dec 09:00"]


def test_what_is_due_at_a_weekend_is_reminded_of_before_it() -> None:
    box = played(somebody(), a_commitment(due=on(date(2026, 12, 13), 17)))
    assert mornings(box)[:3] == ["Tue 08 Dec 09:00", "Fri 11 Dec 09:00", "Mon 14 Dec 09:00"]


def test_a_promise_for_today_is_not_reminded_of_today() -> None:
    made = datetime(2026, 12, 11, 9, tzinfo=UTC)  # 10:00 in Berlin
    nudge = next_nudge(a_commitment(made_at=made, changed_at=made), (), somebody(), made)
    assert nudge is not None
    assert (nudge.occasion, nudge.at) == (Occasion.NEXT_DAY, on(date(2026, 12, 14), 9))
    assert nudge.moved == (Move.WEEKEND,)


def test_who_asked_or_handed_over_is_why_it_comes() -> None:
    ben = somebody(user_id=BEN)
    for of, because in ((asked_of(BEN), Because.ASKED), (handed_to(BEN), Because.HANDED_OVER)):
        nudge = next_nudge(of, (), ben, MONDAY)
        assert nudge is not None
        assert nudge.because is because
    own = next_nudge(a_commitment(), (), somebody(), MONDAY)
    assert own is not None
    assert own.because is Because.PROMISED


# When it may not come


def test_a_public_holiday_is_no_working_day() -> None:
    box = played(somebody(country="DE"), a_commitment(due=on(date(2026, 12, 24), 17)))
    assert mornings(box)[:3] == ["Mon 21 Dec 09:00", "Thu 24 Dec 09:00", "Mon 28 Dec 09:00"]
    assert box.got[2].nudges[0].moved == (Move.WEEKEND, Move.HOLIDAY)


def test_quiet_hours_move_it_to_their_end() -> None:
    box = played(somebody(quiet=Quiet(time(8), time(11, 30))), a_commitment())
    assert mornings(box)[1] == "Fri 11 Dec 11:30"
    assert box.got[1].nudges[0].moved == (Move.QUIET_HOURS,)


def test_a_pause_moves_it_to_its_end() -> None:
    box = played(somebody(paused_until=on(date(2026, 12, 16), 9)), a_commitment())
    assert mornings(box)[0] == "Wed 16 Dec 09:00"
    first = box.got[0].nudges[0]
    assert (first.occasion, first.is_overdue) == (Occasion.NEXT_DAY, True)  # the latest of those it held back
    assert first.moved[0] is Move.PAUSED


def test_a_snooze_is_over_when_it_says_so() -> None:
    snoozed, _ = deeds.snooze(a_commitment(), ANA, on(date(2026, 12, 16), 14), MONDAY)
    box = played(somebody(), snoozed)
    assert mornings(box)[:2] == ["Wed 16 Dec 14:00", "Mon 21 Dec 09:00"]
    assert occasions(box)[0] is Occasion.SNOOZED


def test_whoever_is_muted_hears_nothing_and_what_has_ended_says_nothing() -> None:
    muted = decide(Case(a_commitment()), somebody(muted=True), MONDAY)
    assert muted == Silent(a_commitment(), Silence.MUTED)
    done = a_commitment(state=State.DONE)
    assert decide(Case(done), somebody(), MONDAY) == Silent(done, Silence.ENDED)
    assert next_nudge(done, (), somebody(), MONDAY) is None
    assert next_message([Case(done)], somebody(), MONDAY) is None


# Answers


def test_whatever_is_done_about_it_is_an_answer() -> None:
    box = played(somebody(), a_commitment(), until=DUE + 2 * WEEK)
    assert [message.nudges[0].unanswered for message in box.got[-2:]] == [0, 1]
    now = DUE + 2 * WEEK
    helped, _ = deeds.need_help(box.cases[0].commitment, ANA, now)
    nudge = next_nudge(helped, box.cases[0].history, box.person, now)
    assert nudge is not None
    assert nudge.unanswered == 0


def test_a_new_date_is_a_new_plan() -> None:
    box = played(somebody(), a_commitment())
    moved, _ = deeds.new_date(box.cases[0].commitment, ANA, DUE + 10 * WEEK, DUE + 8 * WEEK)
    nudge = next_nudge(moved, box.cases[0].history, box.person, DUE + 8 * WEEK)
    assert nudge is not None
    assert (nudge.occasion, nudge.at) == (Occasion.AHEAD, on(DUE_DAY + timedelta(days=67), 9))


def test_reminders_of_the_one_before_do_not_count_against_the_next() -> None:
    box = played(somebody(), a_commitment())
    handed, _ = deeds.hand_over(box.cases[0].commitment, ANA, BEN, LONG_AFTER)
    nudge = next_nudge(handed, box.cases[0].history, somebody(user_id=BEN), LONG_AFTER)
    assert nudge is not None
    assert nudge.unanswered == 0


# One message a day


def test_what_is_due_on_one_day_comes_as_one_message_the_longest_overdue_first() -> None:
    box = played(somebody(), a_commitment("b"), a_commitment("a"), a_commitment("older", due=DUE - DAY))
    on_the_day = next(message for message in box.got if message.day == DUE_DAY)
    assert [nudge.commitment.id for nudge in on_the_day.nudges] == ["older", "a", "b"]
    assert len({message.day for message in box.got}) == len(box.got)


def test_what_is_snoozed_to_later_on_a_day_with_a_message_waits_for_the_next() -> None:
    snoozed, _ = deeds.snooze(a_commitment("later"), ANA, on(DUE_DAY, 14), MONDAY)
    box = played(somebody(), a_commitment(), snoozed)
    days = {nudge.commitment.id: message.day for message in reversed(box.got) for nudge in message.nudges}
    assert days == {"c1": date(2026, 12, 8), "later": date(2026, 12, 14)}
    on_tuesday, _ = deeds.snooze(a_commitment(), ANA, on(date(2026, 12, 8), 14), MONDAY)
    waiting = next_nudge(on_tuesday, (), somebody(), MONDAY, taken=[date(2026, 12, 8)])
    assert waiting is not None
    assert (waiting.at, waiting.moved) == (on(date(2026, 12, 9), 9), (Move.DAY_TAKEN,))


def test_after_downtime_there_is_one_message_and_it_says_that_it_is_late() -> None:
    box = mailbox(somebody(), a_commitment())
    back = on(date(2026, 12, 21), 13)
    box.play(MONDAY, LONG_AFTER, [(MONDAY, back)])
    assert mornings(box)[:2] == ["Mon 21 Dec 13:00", "Mon 28 Dec 09:00"]
    assert Move.LATE in box.got[0].nudges[0].moved
    assert box.got[0].nudges[0].occasion is Occasion.WEEKLY


def test_a_message_is_as_late_as_the_latest_of_its_reminders() -> None:
    early, late = (next_nudge(a_commitment(name), (), somebody(), MONDAY + DAY) for name in "ab")
    assert early is not None
    assert late is not None
    message = digest([replace(late, at=late.at + HOUR), early], somebody())
    assert message.at == late.at + HOUR


def test_what_was_sent_is_remembered_as_it_was_decided() -> None:
    message = next_message([Case(a_commitment())], somebody(), MONDAY)
    assert message is not None
    (one,) = sent(message, somebody(), message.at + MINUTE)
    assert one == Sent("c1", ANA, message.at + MINUTE, Occasion.AHEAD, message.at, DUE)
    assert one.nudge(a_commitment(due=DUE + WEEK)) == replace(message.nudges[0], at=message.at + MINUTE)


# The next twelve


def test_upcoming_is_what_then_comes() -> None:
    cases = [Case(a_commitment(f"c{number}", due=DUE + number * 5 * DAY)) for number in range(6)]
    box = played(somebody(country="DE"), *(case.commitment for case in cases))
    foreseen = upcoming(cases, box.person, MONDAY)
    assert [one.digest for one in foreseen] == box.got[:12]
    assert len(foreseen) == 12
    assert upcoming(cases, box.person, MONDAY, limit=3) == foreseen[:3]


def test_upcoming_marks_holidays_and_changes_of_the_clock() -> None:
    due = on(date(2026, 10, 23), 17)
    early = datetime(2026, 9, 1, tzinfo=UTC)
    foreseen = upcoming([Case(a_commitment(due=due, changed_at=early))], somebody(country="DE"), early)
    assert [one.clock_changed for one in foreseen] == [False, False, True, False, False]
    assert not any(one.has_holiday for one in foreseen)
    christmas = upcoming([Case(a_commitment(due=on(date(2026, 12, 24), 17)))], somebody(country="DE"), MONDAY)
    assert [one.has_holiday for one in christmas][:3] == [False, False, True]


def test_nothing_comes_to_whoever_has_nothing_to_do() -> None:
    assert upcoming([], somebody(), MONDAY) == ()
    assert upcoming([Case(a_commitment())], somebody(muted=True), MONDAY) == ()


def test_nine_o_clock_stays_nine_o_clock_over_a_change_of_the_clock() -> None:
    due = datetime(2026, 10, 22, 20, tzinfo=UTC)
    begin = datetime(2026, 10, 1, tzinfo=UTC)
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Africa/Casablanca"):
        box = mailbox(somebody(zone), a_commitment(due=due, made_at=begin, changed_at=begin))
        box.play(begin, LONG_AFTER)
        assert {text[-5:] for text in mornings(box)} == {"09:00"}, zone


# Whatever happens

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
WINDOWS = [
    None,
    Quiet(time(18), time(8)),
    Quiet(time(8), time(11, 30)),
    Quiet(time(12), time(14)),
    Quiet(time(15), time(10)),
]
START = datetime(2024, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=3650)


@st.composite
def owners(draw: st.DrawFn) -> Person:
    begin = draw(st.none() | st.integers(0, 40))
    settings = Settings(
        country=draw(st.sampled_from(["", "DE", "US", "JP", "IL"])),
        volume=draw(st.sampled_from(Volume)),
        quiet=draw(st.sampled_from(WINDOWS)),
        paused_until=None if begin is None else START + begin * DAY,
    )
    return person(ANA, settings, ZoneInfo(draw(st.sampled_from(ZONES))))


@st.composite
def boxes(draw: st.DrawFn) -> tuple[Mailbox, datetime]:
    """Somebody with a few commitments, at some time of ten years."""
    begin = START + draw(st.timedeltas(timedelta(0), YEARS))
    owner = draw(owners())
    if owner.settings.paused_until is not None:
        owner = replace(
            owner, settings=replace(owner.settings, paused_until=owner.settings.paused_until + (begin - START))
        )
    found = []
    for number in range(draw(st.integers(1, 5))):
        due = begin + draw(st.timedeltas(timedelta(minutes=1), timedelta(days=30)))
        snoozed = draw(st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=20)))
        of = a_commitment(f"c{number}", due=due, made_at=begin, changed_at=begin)
        found.append(of if snoozed is None else replace(of, snoozed_until=begin + snoozed))
    return mailbox(owner, *found), begin


downtimes = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 24 * 12)), max_size=3)


@FEW
@given(boxes(), downtimes)
def test_nobody_is_reminded_twice_a_day_nor_when_they_may_not_be_and_nothing_is_lost(
    given_box: tuple[Mailbox, datetime], down: list[tuple[int, int]]
) -> None:
    box, begin = given_box
    box.play(begin, begin + 40 * WEEK, [(begin + day * DAY, begin + day * DAY + hours * HOUR) for day, hours in down])
    who = box.person
    days = [who.day_of(message.at) for message in box.got]
    assert len(set(days)) == len(days)
    for message in box.got:
        assert is_allowed(message.at, who.zone, who.settings.quiet, who.workdays)
        assert who.settings.paused_until is None or message.at >= who.settings.paused_until
    for case in box.cases:
        overdue = [one for one in case.history if one.at > case.commitment.due]
        assert len(overdue) == MOST_UNANSWERED
        assert decide(case, who, begin + 40 * WEEK) == Silent(case.commitment, Silence.GIVEN_UP)


@FEW
@given(boxes(), st.data())
def test_the_same_holds_while_people_do_something_about_their_commitments(
    given_box: tuple[Mailbox, datetime], data: st.DataObject
) -> None:
    box, begin = given_box
    until = begin + 60 * WEEK

    def react(case: Case, now: datetime) -> Case:
        of, later = case.commitment, now + data.draw(st.timedeltas(HOUR, timedelta(days=25)))
        deed = data.draw(st.sampled_from(["nothing", "nothing", "snooze", "new_date", "help", "finish"]))
        done = {
            "nothing": lambda: (of, None),
            "snooze": lambda: deeds.snooze(of, ANA, later, now),
            "new_date": lambda: deeds.new_date(of, ANA, later, now),
            "help": lambda: deeds.need_help(of, ANA, now),
            "finish": lambda: deeds.finish(of, ANA, now),
        }
        return replace(case, commitment=done[deed]()[0])

    box.react = react
    box.play(begin, until)
    who = box.person
    assert len({who.day_of(message.at) for message in box.got}) == len(box.got)
    assert all(is_allowed(message.at, who.zone, who.settings.quiet, who.workdays) for message in box.got)
    for case in box.cases:
        decision = decide(case, who, until)
        assert isinstance(decision, Silent) or decision.at >= until


@FEW
@given(boxes(), st.integers(0, 60))
def test_a_decision_made_at_its_own_time_is_the_decision(given_box: tuple[Mailbox, datetime], later: int) -> None:
    """The bot looks when a reminder is due: it must then be due, whatever was decided before."""
    box, begin = given_box
    first = decide(box.cases[0], box.person, begin)
    assert isinstance(first, Nudge)
    again = decide(box.cases[0], box.person, first.at)
    assert isinstance(again, Nudge)
    assert (again.at, again.occasion) == (first.at, first.occasion)
    before = decide(box.cases[0], box.person, max(begin, first.at - later * HOUR))
    assert isinstance(before, Nudge)
    assert before.at == first.at


def test_snoozed_reminders_are_not_before_their_time() -> None:
    snoozed, _ = deeds.snooze(a_commitment(), ANA, on(date(2026, 12, 12), 10, zone=NEW_YORK), MONDAY)
    nudge = next_nudge(snoozed, (), somebody("America/New_York"), MONDAY)
    assert nudge is not None
    assert nudge.at == on(date(2026, 12, 14), 9, zone=NEW_YORK)


def test_moving_to_another_zone_starts_no_second_message_on_a_date_that_had_one() -> None:
    box = played(somebody("Asia/Tokyo"), a_commitment(), until=DUE)
    moved = replace(box.person, zone=ZoneInfo("America/Los_Angeles"))
    message = next_message(box.cases, moved, box.got[-1].at + HOUR, box.days)
    assert message is not None
    assert message.day not in box.days


def test_berlin_is_where_these_walls_are() -> None:
    assert on(DUE_DAY, 17, zone=BERLIN) == DUE
