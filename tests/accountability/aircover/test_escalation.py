"""When a sponsor is asked for air cover, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.aircover.escalation import (
    BETWEEN,
    Deed,
    Escalation,
    Plan,
    Sponsor,
    Stuck,
    Trouble,
    next_plan,
    trouble,
)
from bot.accountability.calendar.workdays import is_allowed
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.nudges.people import Person
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    DAN,
    DAY,
    DUE,
    FEW,
    HOUR,
    MONDAY,
    WEEK,
    a_commitment,
    on,
    somebody,
)

OWNER = somebody()
SPONSOR = Sponsor(somebody("America/New_York", DAN), has_agreed=True)
RIPE = DUE + 2 * WEEK  # Christmas, which only those with a country keep


def stuck(of: Commitment | None = None, owner: Person = OWNER, *so_far: Escalation) -> Stuck:
    found = trouble(of or a_commitment(), owner, so_far)
    assert found is not None
    return found


def so_far(of: Stuck, **fields: datetime) -> Stuck:
    return replace(of, so_far=replace(of.so_far, **fields))


def plan(*cases: Stuck, sponsor: Sponsor = SPONSOR, now: datetime = MONDAY) -> Plan:
    found = next_plan(cases, sponsor, now)
    assert found is not None
    return found


def crying_for_help(commitment_id: str = "c1", at: datetime = MONDAY) -> Stuck:
    return stuck(deeds.need_help(a_commitment(commitment_id), ANA, at)[0])


def test_what_is_long_overdue_is_told_to_its_owner_a_working_day_before_the_sponsor() -> None:
    warning = plan(stuck())
    assert (warning.deed, warning.at) == (Deed.WARN_OWNER, on(date(2026, 12, 28), 9))
    assert warning.sponsor_at == on(date(2026, 12, 29), 15)  # 9:00 in New York
    asking = plan(so_far(stuck(), warned_at=warning.at), now=warning.at)
    assert (asking.deed, asking.at) == (Deed.ASK_SPONSOR, warning.sponsor_at)


def test_a_cry_for_help_goes_to_the_sponsor_at_once() -> None:
    asking = plan(crying_for_help())
    assert (asking.deed, asking.at) == (Deed.ASK_SPONSOR, on(MONDAY.date(), 15))
    assert asking.stuck.why is Trouble.NEEDS_HELP


def test_nobody_is_asked_who_has_not_agreed() -> None:
    assert next_plan([stuck(), crying_for_help()], replace(SPONSOR, has_agreed=False), RIPE) is None


def test_nobody_is_asked_to_help_themselves() -> None:
    assert next_plan([stuck(owner=somebody(user_id=DAN))], SPONSOR, RIPE) is None


def test_the_sponsor_is_left_in_peace_for_a_week_and_the_warning_with_them() -> None:
    asked = replace(SPONSOR, told_at=on(date(2026, 12, 24), 15))
    warning = plan(stuck(), sponsor=asked, now=RIPE)
    assert (warning.deed, warning.at) == (Deed.WARN_OWNER, on(date(2026, 12, 30), 9))
    assert warning.sponsor_at == on(date(2026, 12, 31), 15)


def test_a_warning_that_was_overtaken_by_another_question_is_given_again() -> None:
    warned = so_far(stuck(), warned_at=on(date(2026, 12, 28), 9))
    overtaken = replace(SPONSOR, told_at=on(date(2026, 12, 28), 16))
    again = plan(warned, sponsor=overtaken, now=on(date(2026, 12, 29), 9))
    assert (again.deed, again.sponsor_at) == (Deed.WARN_OWNER, on(date(2027, 1, 4), 16))


def test_whoever_has_got_it_has_as_long_again() -> None:
    warned = so_far(stuck(), warned_at=RIPE, called_off_at=RIPE + HOUR)
    again = plan(warned, now=RIPE + DAY)
    assert again.deed is Deed.WARN_OWNER
    assert again.at >= RIPE + HOUR + 2 * WEEK


def test_one_trouble_is_taken_to_the_sponsor_once() -> None:
    assert next_plan([so_far(stuck(), told_at=RIPE)], SPONSOR, RIPE + 9 * WEEK) is None


def test_a_new_date_or_owner_is_another_trouble() -> None:
    told = so_far(stuck(), told_at=RIPE).so_far
    moved, _ = deeds.new_date(a_commitment(), ANA, RIPE + WEEK, RIPE)
    handed, _ = deeds.hand_over(a_commitment(), ANA, BEN, RIPE)
    assert stuck(a_commitment(), OWNER, told).so_far == told
    assert stuck(moved, OWNER, told).so_far.told_at is None
    assert stuck(handed, somebody(user_id=BEN), told).so_far.told_at is None


def test_help_that_is_no_longer_needed_is_not_asked_for() -> None:
    settled, _ = deeds.got_it(crying_for_help().commitment, ANA, MONDAY)
    assert plan(stuck(settled)).deed is Deed.WARN_OWNER


def test_what_has_ended_is_no_trouble() -> None:
    assert trouble(a_commitment(state=State.DONE), OWNER) is None


def test_nothing_to_do_is_no_plan() -> None:
    assert next_plan([], SPONSOR, MONDAY) is None


def test_one_thing_at_a_time_help_first_then_what_was_announced_then_the_longest_overdue() -> None:
    old = stuck(a_commitment("old", due=DUE - DAY))
    announced = so_far(stuck(a_commitment("announced")), warned_at=RIPE)
    help_wanted = crying_for_help("help", RIPE)
    now = RIPE + 5 * DAY
    assert plan(old, announced, help_wanted, now=now).stuck.commitment.id == "help"
    assert plan(old, announced, now=now).stuck.commitment.id == "announced"
    assert plan(stuck(), old, now=now).stuck.commitment.id == "old"


def test_what_can_wait_does_not_hold_up_what_is_ripe() -> None:
    called_off = so_far(stuck(a_commitment("old", due=DUE - DAY)), warned_at=RIPE, called_off_at=RIPE)
    assert plan(called_off, stuck(), now=RIPE + 5 * DAY).stuck.commitment.id == "c1"


def test_an_occasion_fits_its_column() -> None:
    longest = stuck(a_commitment(owner="U" * 32), somebody(user_id="U" * 32))
    assert len(longest.so_far.occasion) <= 64


@FEW
@given(
    st.lists(st.tuples(st.integers(-20, 40), st.booleans()), min_size=1, max_size=6),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Kiritimati", "Australia/Sydney"]),
    st.sampled_from(["", "DE", "US", "JP"]),
    st.integers(0, 3000),
)
def test_played_over_months_each_sponsor_hears_weekly_at_most_and_each_owner_before(
    wanted: list[tuple[int, bool]], zone: str, country: str, shift: int
) -> None:
    begin = datetime(2024, 1, 1, 8, tzinfo=UTC) + shift * DAY
    owner, sponsor = somebody(zone, country=country), SPONSOR
    cases = {}
    for number, (days, helps) in enumerate(wanted):
        of = a_commitment(f"c{number}", due=begin + days * DAY, needs_help_since=begin if helps else None)
        cases[of.id] = stuck(of, owner)
    asked, now = [], begin
    while found := next_plan(cases.values(), sponsor, now):
        now, name = found.at, found.stuck.commitment.id
        who = owner if found.deed is Deed.WARN_OWNER else sponsor.person
        assert is_allowed(now, who.zone, who.settings.quiet, who.workdays)
        if found.deed is Deed.WARN_OWNER:
            cases[name] = so_far(cases[name], warned_at=now)
            continue
        if found.stuck.why is Trouble.OVERDUE:
            warned = found.stuck.so_far.warned_at
            assert warned is not None
            assert owner.day_of(now) >= owner.workdays.next_working(owner.day_of(warned))
        assert not asked or now - asked[-1] >= BETWEEN
        asked.append(now)
        cases[name], sponsor = so_far(cases[name], told_at=now), replace(sponsor, told_at=now)
    assert len(asked) == len(cases)


@pytest.mark.parametrize("hours", [0, 5, 30])
def test_looking_late_asks_late_rather_than_never(hours: int) -> None:
    now = RIPE + 20 * DAY + hours * HOUR
    warned = so_far(stuck(), warned_at=RIPE)
    assert plan(warned, now=now).deed is Deed.ASK_SPONSOR
