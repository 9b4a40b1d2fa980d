"""Who meets and who may change that, and what a session may become."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.accountability.sessions.session import (
    Session,
    State,
    answer_as_sponsor,
    bring_back,
    change,
    close,
    demand_lead,
    found,
    may_lead,
    move,
    open_,
    skip,
    with_agenda,
)
from bot.errors import Refusal
from tests.accountability.sessions.examples import (
    BEFORE,
    GUEST,
    HOST,
    LENGTH,
    SERIES,
    SESSION,
    SPONSOR,
    START,
    a_session,
    changed,
)

END = START + LENGTH
MINUTE = timedelta(minutes=1)
OPEN = open_(SESSION, START)


# Series


def test_a_sponsor_is_asked_only_once_they_have_agreed() -> None:
    series = found(SERIES)
    assert series.asks == ""
    assert answer_as_sponsor(series, SPONSOR, agrees=True).asks == SPONSOR
    agreed = answer_as_sponsor(series, SPONSOR, agrees=True)
    assert answer_as_sponsor(agreed, SPONSOR, agrees=False).asks == ""


def test_another_sponsor_has_to_agree_anew() -> None:
    agreed = answer_as_sponsor(SERIES, SPONSOR, agrees=True)
    assert changed(agreed, name="Hour").asks == SPONSOR
    assert changed(agreed, sponsor=GUEST).asks == ""
    assert changed(agreed, sponsor="").asks == ""


def test_whoever_names_themselves_has_agreed() -> None:
    assert changed(SERIES, GUEST, sponsor=GUEST).asks == GUEST


@pytest.mark.parametrize(("sponsor", "by"), [(SPONSOR, HOST), ("", HOST), ("", "")])
def test_nobody_agrees_for_the_sponsor(sponsor: str, by: str) -> None:
    with pytest.raises(Refusal, match="agree to give air cover"):
        answer_as_sponsor(changed(SERIES, sponsor=sponsor), by, agrees=True)


def test_a_new_series_can_not_agree_for_its_sponsor() -> None:
    claimed = answer_as_sponsor(SERIES, SPONSOR, agrees=True)
    assert found(claimed).asks == ""


def test_leading_and_sponsoring_take_two_people() -> None:
    for wanted in ({"sponsor": HOST}, {"facilitator": SPONSOR}):
        with pytest.raises(Refusal, match="Choose two people"):
            changed(SERIES, **wanted)
    with pytest.raises(Refusal, match="Choose two people"):
        found(replace(SERIES, sponsor=HOST))
    with pytest.raises(Refusal, match="Choose a facilitator"):
        changed(SERIES, facilitator="")


def test_who_leads_and_who_sponsors_may_change_places() -> None:
    swapped = changed(SERIES, facilitator=SPONSOR, sponsor=HOST)
    assert (swapped.facilitator, swapped.sponsor, swapped.asks) == (SPONSOR, HOST, HOST)


def test_a_series_has_a_name_of_a_readable_length() -> None:
    assert changed(SERIES, name="  The \n customer  hour ").name == "The customer hour"
    with pytest.raises(Refusal, match="no name"):
        changed(SERIES, name="  ")
    with pytest.raises(Refusal, match="81 characters; say it in 80"):
        changed(SERIES, name="x" * 81)
    with pytest.raises(Refusal, match="purpose has 501"):
        changed(SERIES, purpose="y" * 501)


def test_each_change_of_a_series_is_counted_and_only_what_is_wanted_differs() -> None:
    wanted = replace(SERIES.about, weekly_digest=True, purpose="Why")
    assert change(SERIES, wanted, HOST) == replace(SERIES, weekly_digest=True, purpose="Why", version=2)


def test_only_the_facilitator_and_admins_lead() -> None:
    assert may_lead(SERIES, HOST)
    assert may_lead(SERIES, "U0ADMIN", admins={"U0ADMIN"})
    with pytest.raises(Refusal, match=f"<@{HOST}>, who leads these sessions"):
        demand_lead(SERIES, SPONSOR)


# What a session may become


def test_a_session_is_planned_announced_opened_and_closed() -> None:
    session = close(open_(with_agenda(SESSION, "corporate-patience"), START), END)
    assert (session.state, session.card) == (State.CLOSED, "corporate-patience")
    assert (session.opened_at, session.closed_at) == (START, END)


def test_a_session_opens_without_an_agenda_too() -> None:
    assert open_(SESSION, START).state is State.OPEN


def test_a_skipped_session_can_be_brought_back() -> None:
    moved = move(with_agenda(SESSION), END, BEFORE)
    assert bring_back(skip(moved), START, BEFORE) == SESSION
    with pytest.raises(Refusal, match="has passed"):
        bring_back(skip(SESSION), START, START)


def back(of: Session) -> Session:
    return bring_back(of, START, BEFORE)


@pytest.mark.parametrize("state", list(State))
def test_what_a_session_can_not_become_is_told(state: State) -> None:
    session = a_session(state=state)
    refused = {
        State.PLANNED: [back, lambda of: close(of, END)],
        State.AGENDA_POSTED: [with_agenda, back, lambda of: close(of, END)],
        State.OPEN: [with_agenda, lambda of: open_(of, END), skip, back, lambda of: move(of, END, START)],
        State.CLOSED: [with_agenda, lambda of: open_(of, END), lambda of: close(of, END), skip, back],
        State.SKIPPED: [with_agenda, lambda of: open_(of, END), lambda of: close(of, END), skip],
    }
    for step in refused[state]:
        with pytest.raises(Refusal, match="This session"):
            step(session)


def test_a_moved_session_keeps_its_name_and_its_length() -> None:
    later = START + timedelta(days=2)
    moved = move(with_agenda(SESSION), later, BEFORE)
    assert (moved.occurrence, moved.starts_at, moved.ends_at) == ("2026-12-01", later, later + LENGTH)
    assert moved.state is State.AGENDA_POSTED


def test_a_session_is_not_moved_into_the_past() -> None:
    with pytest.raises(Refusal, match="has passed"):
        move(SESSION, BEFORE, BEFORE)


def test_a_session_nobody_opened_was_missed_unless_it_was_skipped() -> None:
    assert SESSION.was_missed(END)
    assert not SESSION.was_missed(END - MINUTE)
    assert not skip(SESSION).was_missed(END)
    assert not OPEN.was_missed(END)


def test_a_session_without_a_zone_or_a_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        a_session(starts_at=START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="ends before"):
        a_session(ends_at=START)
