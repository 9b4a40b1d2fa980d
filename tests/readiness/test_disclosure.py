"""No sequence of published tallies lets a reader subtract out a group smaller than the smallest.

The readers here don't know the rule: they look at what was published and work with that alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.readiness.disclosure import (
    Group,
    Published,
    Withheld,
    publish,
    publish_named,
    read_published,
    written,
)
from tests.readiness.examples import UNHURRIED, people

People = frozenset[str]
Asked = tuple[People, int]  # who answered, and the smallest group they were promised

EVERYBODY = people(*range(14))
ROUNDS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(EVERYBODY), max_size=14), st.integers(3, 5)), min_size=1, max_size=6
)
# Rounds that differ by a few, as rounds of one team do; random sets would hardly ever come near each other.
NEAR = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(EVERYBODY), max_size=5).map(lambda few: frozenset(EVERYBODY) - few),
        st.integers(3, 5),
    ),
    min_size=1,
    max_size=6,
)
SEQUENCES = ROUNDS | NEAR


def ids(*numbers: int) -> People:
    return frozenset(people(*numbers))


def shown(rounds: Sequence[Asked]) -> list[Asked]:
    """Those rounds, one after the other, whose tally gets published."""
    published, found = Published(), []
    for respondents, smallest in rounds:
        published, withheld = publish(published, respondents, smallest)
        if not withheld:
            found.append((respondents, smallest))
    return found


def verdicts(*rounds: People, smallest: int = 5) -> list[Withheld | None]:
    published, found = Published(), []
    for respondents in rounds:
        published, withheld = publish(published, respondents, smallest)
        found.append(withheld)
    return found


# Single tallies and pairs


@pytest.mark.parametrize(("number", "expected"), [(0, Withheld.TOO_FEW), (4, Withheld.TOO_FEW), (5, None), (6, None)])
def test_nothing_is_shown_under_the_smallest_group(number: int, expected: Withheld | None) -> None:
    assert verdicts(ids(*range(number))) == [expected]


def test_the_same_people_may_be_shown_again_and_again() -> None:
    assert verdicts(*[ids(*range(6))] * 5) == [None] * 5


@pytest.mark.parametrize("more", [1, 4])
def test_a_few_who_joined_would_be_singled_out(more: int) -> None:
    assert verdicts(ids(*range(9)), ids(*range(9 + more))) == [None, Withheld.TOO_CLOSE]


@pytest.mark.parametrize("fewer", [1, 4])
def test_a_few_who_left_would_be_singled_out(fewer: int) -> None:
    assert verdicts(ids(*range(12)), ids(*range(12 - fewer))) == [None, Withheld.TOO_CLOSE]


def test_as_many_as_the_smallest_group_may_join_and_leave() -> None:
    assert verdicts(ids(*range(10)), ids(*range(15)), ids(*range(5, 15))) == [None, None, None]


def test_one_who_left_is_not_hidden_by_many_who_joined() -> None:
    """The one answer that went down would be theirs."""
    assert verdicts(ids(*range(6)), ids(*range(1, 20))) == [None, Withheld.TOO_CLOSE]


def test_people_who_have_nothing_in_common_don_t_disturb_each_other() -> None:
    assert verdicts(ids(*range(5)), ids(*range(5, 10)), ids(*range(10, 15))) == [None, None, None]


def test_three_tallies_that_are_far_apart_two_by_two_may_still_single_out_one() -> None:
    first, second, one = ids(*range(5)), ids(*range(5, 10)), ids(10)
    assert verdicts(first, second, first | second | one) == [None, None, Withheld.TOO_CLOSE]


def test_what_was_withheld_has_shown_nothing() -> None:
    nine, ten, nineteen = ids(*range(9)), ids(*range(10)), ids(*range(10, 19))
    assert verdicts(nine, ten, nine | nineteen, nine) == [None, Withheld.TOO_CLOSE, None, None]


def test_nobody_gets_less_than_they_were_promised() -> None:
    eight, team = ids(*range(8)), ids(*range(8, 11))
    published, _ = publish(Published(), eight, 5)
    assert publish(published, eight | team, 3)[1] is None  # the three were promised three
    assert publish(published, ids(*range(4)), 3)[1] is Withheld.TOO_CLOSE  # the other four were promised five


# Named rounds


def test_who_voted_by_name_gives_no_cover() -> None:
    published = publish_named(Published(), ids(*range(5)))
    assert publish(published, ids(*range(6)), 5)[1] is Withheld.TOO_CLOSE
    assert publish(published, ids(*range(10)), 5)[1] is None


def test_those_who_all_voted_by_name_may_vote_in_secret_next_time() -> None:
    published = publish_named(Published(), ids(*range(6)))
    published, withheld = publish(published, ids(*range(6)), 5)
    assert withheld is None
    assert publish(published, ids(*range(5)), 5)[1] is Withheld.TOO_CLOSE


# Every sequence


def signatures(tallies: Sequence[Asked]) -> dict[str, tuple[bool, ...]]:
    """By person, in which of the published tallies they are counted."""
    return {person: tuple(person in respondents for respondents, _ in tallies) for person in EVERYBODY}


def promised(tallies: Sequence[Asked], person: str) -> int:
    return max((smallest for respondents, smallest in tallies if person in respondents), default=0)


@UNHURRIED
@given(SEQUENCES)
def test_everybody_could_exchange_votes_with_as_many_as_they_were_promised(rounds: list[Asked]) -> None:
    """Without any published tally changing: so no reasoning of whatever kind tells them apart."""
    tallies = shown(rounds)
    alike = Counter(signatures(tallies).values())
    for person, signature in signatures(tallies).items():
        assert alike[signature] >= promised(tallies, person)


@UNHURRIED
@given(SEQUENCES)
def test_two_published_tallies_differ_by_nobody_or_by_a_group_on_either_side(rounds: list[Asked]) -> None:
    for (one, k), (other, m) in combinations(shown(rounds), 2):
        for few, smallest in ((one - other, k), (other - one, m)):
            assert not few or len(few) >= smallest


@UNHURRIED
@example([(ids(*range(5)), 5), (ids(*range(5, 10)), 5), (ids(*range(11)), 5)])
@given(SEQUENCES)
def test_no_sum_of_tallies_singles_out_a_small_group(rounds: list[Asked]) -> None:
    """A reader adds and subtracts tallies, each up to twice: whoever is left over is nobody or many."""
    tallies = shown(rounds)
    smallest = min((k for _, k in tallies), default=0)
    counted = Counter(signatures(tallies).values())
    for factors in product((-2, -1, 0, 1, 2), repeat=len(tallies)):
        weights: Counter[int] = Counter()
        for signature, number in counted.items():
            weights[sum(f for f, there in zip(factors, signature, strict=True) if there)] += number
        assert all(number >= smallest for weight, number in weights.items() if weight)


@UNHURRIED
@given(SEQUENCES)
def test_what_is_withheld_would_have_singled_somebody_out(rounds: list[Asked]) -> None:
    """The rule withholds nothing without need."""
    published, before = Published(), list[Asked]()
    for asked in rounds:
        published, withheld = publish(published, *asked)
        if withheld is Withheld.TOO_CLOSE:
            alike = Counter(signatures([*before, asked]).values())
            assert any(
                alike[signature] < promised([*before, asked], person)
                for person, signature in signatures([*before, asked]).items()
            )
        elif not withheld:
            before.append(asked)


def test_a_reader_of_a_laxer_rule_would_single_somebody_out() -> None:
    """So the properties above can fail: this is what comparing tallies two by two would have published."""
    tallies = [(ids(*range(5)), 5), (ids(*range(5, 10)), 5), (ids(*range(11)), 5)]
    assert min(Counter(signatures(tallies).values()).values()) == 1


@UNHURRIED
@given(SEQUENCES, st.frozensets(st.sampled_from(EVERYBODY)))
def test_groups_never_overlap_and_come_back_as_they_were_written(rounds: list[Asked], named: People) -> None:
    published = publish_named(Published(), named)
    for respondents, smallest in rounds:
        published, _ = publish(published, respondents, smallest)
    members = [person for group in published.groups for person in group.members]
    assert len(members) == len(set(members))
    back = read_published(written(published))
    assert (set(back.groups), back.named) == (set(published.groups), published.named)


def test_what_is_written_does_not_tell_in_which_order_it_came_about() -> None:
    one, other = Group(ids(1, 2, 3), 3), Group(ids(4, 5, 6), 3)
    assert written(Published((one, other))) == written(Published((other, one)))
