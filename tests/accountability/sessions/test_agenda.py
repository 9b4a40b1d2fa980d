"""What a session talks about, worked out from what is stored."""

from __future__ import annotations

from datetime import timedelta

from bot.accountability.commitments.commitment import State
from bot.accountability.sessions.agenda import Records, agenda
from bot.accountability.sessions.items import Item, Kind
from bot.accountability.yearone.steps import progress
from tests.accountability.commitments.examples import ANA, BEN, a_commitment
from tests.accountability.sessions.examples import (
    BEFORE,
    GUEST,
    LAST,
    NEXT,
    SESSION,
    START,
    a_finding,
    a_session,
    a_topic,
    an_agenda,
    an_update,
)

DAY = timedelta(days=1)
OVERDUE = a_commitment("late", due=BEFORE - DAY)
SOON = a_commitment("soon", due=START + DAY, owner=BEN)
FAR = a_commitment("far", due=NEXT + DAY)
STUCK = a_commitment("stuck", due=NEXT + DAY, needs_help_since=LAST)


def test_promises_are_in_the_one_section_that_fits() -> None:
    made = an_agenda(commitments=(FAR, SOON, STUCK, OVERDUE))
    sections = [[line.about.id for line in part] for part in (made.stuck, made.overdue, made.due)]
    assert sections == [["stuck"], ["late"], ["soon"]]


def test_without_a_session_after_it_everything_is_due_before_the_end() -> None:
    made = agenda(SESSION, Records((FAR, SOON)), BEFORE, since=LAST)
    assert [line.about.id for line in made.due] == ["soon", "far"]


def test_what_is_due_when_the_next_one_starts_is_for_the_next_one() -> None:
    assert an_agenda(commitments=(a_commitment(due=NEXT),)).due == ()


def test_what_was_done_since_the_last_session_is_told() -> None:
    ended = {"state": State.DONE}
    done = a_commitment("done", ended_at=LAST + DAY, **ended)
    before = a_commitment("before", ended_at=LAST, **ended)
    dropped = a_commitment("dropped", state=State.DROPPED, ended_at=LAST + DAY)
    made = an_agenda(commitments=(done, before, dropped))
    assert made.done == (done,)
    assert made.items == ()


def test_the_list_goes_from_what_is_stuck_to_what_the_round_found() -> None:
    made = an_agenda(
        commitments=(SOON, OVERDUE, STUCK),
        topics=(a_topic(),),
        findings=(a_finding("metrics"), a_finding("resources", is_split=True)),
    )
    refs = [item.ref for item in made.items]
    assert refs == ["stuck", "late", "soon", "t1", "r1/resources", "r1/metrics"]


def test_a_topic_waits_for_the_session_it_is_for() -> None:
    topics = (a_topic("later", "2027-01-05"), a_topic("now"), a_topic("before", "2026-11-03"))
    assert [line.about.id for line in an_agenda(topics=topics).topics] == ["before", "now"]


def test_what_was_carried_over_most_often_comes_first() -> None:
    topics = (a_topic("new"), a_topic("old", "2026-11-03", at=BEFORE))
    made = an_agenda(topics=topics, carried={"topic:old": 2})
    assert [(line.about.id, line.carried) for line in made.topics] == [("old", 2), ("new", 0)]
    assert made.most_carried == 2


def test_an_unfinished_item_is_on_an_agenda_that_was_made_before_it_was_left() -> None:
    later = a_session("2027-01-05", starts_at=NEXT, ends_at=NEXT + DAY)
    posted = an_agenda(later, BEFORE, topics=(a_topic("own", "2027-01-05"),))
    assert posted.items == (Item(Kind.TOPIC, "own", "Who owns billing hand-offs?"),)
    topics = (a_topic("own", "2027-01-05"), a_topic("left", "2026-12-01"))
    shown = an_agenda(later, START + DAY, topics=topics, commitments=(SOON,), carried={"topic:left": 1})
    assert [item.ref for item in shown.items] == ["soon", "left", "own"]


def test_owners_without_an_update_are_named_once() -> None:
    mine, yours = a_commitment("mine", due=START), a_commitment("also", due=START)
    assert an_agenda(commitments=(mine, yours, SOON, FAR)).missing == (ANA, BEN)


def test_an_update_is_shown_with_its_item_and_its_giver_is_not_missed() -> None:
    early, late = (an_update("commitment:soon", BEN, text, at) for text, at in (("1st", LAST), ("2nd", BEFORE)))
    made = an_agenda(commitments=(SOON,), updates=(late, early))
    assert made.due[0].updates == (early, late)
    assert made.missing == ()


def test_an_update_of_somebody_else_is_not_the_owner_s() -> None:
    made = an_agenda(commitments=(SOON,), updates=(an_update("commitment:soon", GUEST),))
    assert made.missing == (BEN,)


def test_the_same_statement_of_another_round_is_another_item() -> None:
    again = a_finding().item
    assert a_finding().item.id == "finding:r1/resources" == again.id


def test_an_agenda_tells_year_one_what_passed_unopened_and_that_it_is_late() -> None:
    year = progress(None, (), START.date())
    records = Records(year_one=year, missed=("2026-11-17",))
    made = agenda(SESSION, records, BEFORE, since=LAST, is_late=True)
    assert made.year_one == year
    assert made.missed == ("2026-11-17",)
    assert made.is_late


def test_an_agenda_of_nothing_is_empty() -> None:
    made = an_agenda()
    assert (made.items, made.done, made.missing, made.most_carried) == ((), (), (), 0)
