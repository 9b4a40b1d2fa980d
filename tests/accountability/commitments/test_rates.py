"""No rate of a team, beside all that were told before, tells of fewer people than the smallest group."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accountability.commitments import rates
from bot.accountability.commitments.commitment import Commitment, State
from bot.accountability.commitments.kept import KeptRate
from tests.accountability.commitments.examples import DAY, HOUR, a_commitment, asked_of

NOV, DEC, JAN = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
NEW_YEAR = datetime(2027, 1, 4, 8, tzinfo=UTC)
PEOPLE = [f"U{number}" for number in range(8)]


def due(day: date, owner: str = "U0", name: str = "", **fields: object) -> Commitment:
    moment = datetime(day.year, day.month, day.day, 16, tzinfo=UTC)
    return a_commitment(name or f"{owner} {day}", owner=owner, due=moment, **fields)


def kept(day: date, owner: str = "U0") -> Commitment:
    return replace(due(day, owner), state=State.DONE, ended_at=datetime(day.year, day.month, day.day, 8, tzinfo=UTC))


def test_a_promise_belongs_to_the_month_of_its_own_calendar() -> None:
    last_hour = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert rates.month_of(a_commitment(due=last_hour, zone="Europe/Berlin")) == DEC
    assert rates.month_of(a_commitment(due=last_hour, zone="America/New_York")) == NOV


@given(st.sampled_from(["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"]), st.integers(0, 24 * 70))
def test_whatever_is_due_in_a_month_is_looked_for(zone: str, hours: int) -> None:
    of = a_commitment(due=datetime(2026, 11, 20, tzinfo=UTC) + hours * HOUR, zone=zone)
    begins, ends = rates.due_in(rates.month_of(of))
    assert begins <= of.due < ends


def test_a_rate_takes_the_smallest_group() -> None:
    five = [kept(date(2026, 12, 10), owner) for owner in PEOPLE[:4]] + [due(date(2026, 12, 11), PEOPLE[4])]
    assert rates.month_rate(five, DEC, NEW_YEAR) == KeptRate(4, 1, 5)
    assert rates.month_rate(five[1:], DEC, NEW_YEAR) is None
    assert rates.month_rate(five, NOV, NEW_YEAR) is None


def test_what_nobody_took_on_or_is_not_over_yet_is_not_counted() -> None:
    found = [due(date(2027, 1, 4)), asked_of(commitment_id="asked", due=datetime(2027, 1, 2, 16, tzinfo=UTC))]
    assert rates.counted(found, JAN, NEW_YEAR) == ()
    assert rates.counted(found, JAN, NEW_YEAR + DAY) == (found[0],)


def test_a_month_is_over_when_it_is_in_the_east() -> None:
    midnight = datetime(2027, 1, 1, tzinfo=UTC)
    assert rates.is_over(DEC, midnight - timedelta(hours=14))
    assert not rates.is_over(DEC, midnight - timedelta(hours=14, seconds=1))


def test_whole_months_began_since_and_are_over() -> None:
    since = datetime(2026, 10, 31, 12, tzinfo=UTC)
    assert rates.whole_months(since, NEW_YEAR) == (NOV, DEC)
    assert rates.whole_months(datetime(2026, 11, 1, tzinfo=UTC), NEW_YEAR) == (DEC,)
    assert rates.whole_months(NEW_YEAR, NEW_YEAR) == ()


def test_several_months_are_the_sum_of_those_that_may_be_told() -> None:
    assert rates.together([KeptRate(4, 1, 5), None, KeptRate(6, 2, 7)]) == KeptRate(10, 3, 7)
    assert rates.together([None, None]) is None
    assert rates.together([]) is None


# A reader who has seen all of them


About = frozenset[tuple[str, datetime, str]]  # the promises that a rate counts: which, for when, and whose


@dataclass
class Channel:
    """What people promise in a channel while time passes, and every rate that anybody is told."""

    now: datetime = datetime(2026, 11, 2, 9, tzinfo=UTC)
    promises: list[Commitment] = field(default_factory=list)
    known: dict[date, tuple[KeptRate | None, About]] = field(default_factory=dict)
    told: list[About] = field(default_factory=list)

    def of_month(self, month: date) -> KeptRate | None:
        """As TeamRates does: worked out once."""
        if month not in self.known and rates.is_over(month, self.now):
            counted = rates.counted(self.promises, month, self.now)
            about = frozenset((one.id, one.due, one.owner) for one in counted)
            self.known[month] = (rates.month_rate(self.promises, month, self.now), about)
        return self.known[month][0] if month in self.known else None

    def ask(self, months: tuple[date, ...]) -> None:
        """Somebody is told of these months together."""
        shown = [month for month in months if self.of_month(month) is not None]
        if shown:
            self.told.append(frozenset().union(*(self.known[month][1] for month in shown)))

    def promise(self, owner: str, days: int) -> None:
        moment = self.now + timedelta(days=1 + days)
        self.promises.append(a_commitment(f"c{len(self.promises)}", owner=owner, due=moment, made_at=self.now))

    def finish(self, number: int) -> None:
        self._change(number, state=State.DONE, ended_at=self.now)

    def drop(self, number: int) -> None:
        self._change(number, state=State.DROPPED, ended_at=self.now)

    def give_new_date(self, number: int, days: int) -> None:
        self._change(number, due=self.now + timedelta(days=1 + days))

    def hand_over(self, number: int, to: str) -> None:
        self._change(number, owner=to)

    def _change(self, number: int, **fields: object) -> None:
        if self.promises and self.promises[number % len(self.promises)].is_live:
            place = number % len(self.promises)
            self.promises[place] = replace(self.promises[place], **fields)


OWNERS, DAYS, NUMBERS = st.sampled_from(PEOPLE), st.integers(0, 45), st.integers(0, 40)
DEEDS = st.one_of(
    st.tuples(st.just("promise"), OWNERS, DAYS),
    st.tuples(st.just("promise"), OWNERS, DAYS),
    st.tuples(st.just("finish"), NUMBERS),
    st.tuples(st.just("drop"), NUMBERS),
    st.tuples(st.just("give_new_date"), NUMBERS, DAYS),
    st.tuples(st.just("hand_over"), NUMBERS, OWNERS),
)
MONTHS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
STRETCHES = [tuple(MONTHS[begins:ends]) for begins, ends in combinations(range(len(MONTHS) + 1), 2)]
STEPS = st.lists(st.tuples(st.lists(DEEDS, max_size=12), st.integers(1, 20), st.sampled_from(STRETCHES)), max_size=10)


def live(channel: Channel, steps: list[tuple[list[tuple[str, int | str]], int, tuple[date, ...]]]) -> None:
    for owner, day in product(PEOPLE, (3, 33, 63)):
        channel.promise(owner, day)
    for deeds, days, months in steps:
        for name, *values in deeds:
            getattr(channel, name)(*values)
        channel.now += timedelta(days=days)
        channel.ask(months)


def fewest(told: list[About]) -> int:
    """Of how many people somebody learns who adds and subtracts what was told: those whose factors don't cancel out."""
    different = list(dict.fromkeys(told))
    found = []
    for some in combinations(different, min(3, len(different))):
        for factors in product((-1, 0, 1, 2), repeat=len(some)):
            left: Counter[tuple[str, datetime, str]] = Counter()
            for factor, about in zip(factors, some, strict=True):
                left.update(dict.fromkeys(about, factor))
            found.append(len({owner for (_, _, owner), factor in left.items() if factor}))
    return min(filter(None, found), default=5)


@given(STEPS)
@settings(max_examples=60)
def test_no_sum_or_difference_of_what_was_told_is_about_fewer_than_the_smallest_group(steps: list[object]) -> None:
    channel = Channel()
    live(channel, steps)  # type: ignore[arg-type]
    assert fewest(channel.told) >= 5


def test_this_reader_would_notice_a_rate_that_is_worked_out_once_more() -> None:
    november = frozenset((f"c{number}", NEW_YEAR, f"U{number}") for number in range(7))
    assert fewest([november]) == 7
    assert fewest([november, november - {("c6", NEW_YEAR, "U6")}]) == 1
    assert fewest([november, frozenset(list(november)[:5])]) == 2
