"""What the views of a round are filled with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.ballots import Turnout
from bot.readiness.checks import Answer, Check, Statement, Thresholds
from bot.readiness.consensus import Overlap
from bot.readiness.disclosure import Withheld
from bot.readiness.findings import Earlier
from bot.readiness.presenting import CELLS, LABEL, NAMES_A_PAGE, NAMES_TOGETHER, PAGE, Presenter, bar, tally_words
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally
from bot.readiness.views import ResultsView
from bot.slack.moments import moment
from tests.readiness.examples import CHECK, DEADLINE, NOON, UNHURRIED, a_round

STRONG, GAP, SPLIT, FEW = Tally(9, 1), Tally(1, 9), Tally(5, 5), Tally(2, 1, 0, 7)
TURNOUT = Turnout(12, 14)
PLAIN = Presenter({})
ADVISED = Presenter({"card-1": "Keep it short."})
TALLIES = st.builds(Tally, *([st.integers(0, 40)] * 4))


def a_check(size: int) -> Check:
    statements = tuple(Statement(f"s{n}", f"Title {n}", f"Text {n}.", f"card-{n}") for n in range(1, size + 1))
    return replace(CHECK, statements=statements)


def closed(size: int = 2, **more: object) -> Round:
    return a_round(**{"check": a_check(size), "closed_at": DEADLINE, **more})


def found(*kinds: Tally | Withheld) -> list[Result]:
    return [
        Result(f"s{n}", kind) if isinstance(kind, Tally) else Result(f"s{n}", None, kind)
        for n, kind in enumerate(kinds, 1)
    ]


def shown(*kinds: Tally | Withheld, reality_check: bool = False) -> tuple[ResultsView, ...]:
    return PLAIN.results(closed(len(kinds)), found(*kinds), TURNOUT, reality_check=reality_check)


def order(pages: tuple[ResultsView, ...]) -> list[int]:
    return [item.number for page in pages for group in page.groups for item in group.items]


# Times and tallies


def test_times_are_written_in_the_zone_of_the_starter() -> None:
    assert PLAIN.parent(a_round(zone="Europe/Berlin"), TURNOUT).closes.words == "Thu 26 Nov 2026, 13:00 (Europe/Berlin)"
    assert PLAIN.parent(a_round(zone="<!channel>|x"), TURNOUT).closes.words == "Thu 26 Nov 2026, 12:00 (UTC)"


def test_a_tally_in_words_always_has_yes_and_no() -> None:
    assert tally_words(Tally(0, 0)) == "0 yes · 0 no"
    assert tally_words(Tally(6, 5, 1, 2)) == "6 yes · 5 no · 1 not sure · 2 not my area"


@given(TALLIES)
@UNHURRIED
def test_a_bar_is_full_or_empty_only_when_all_agree(tally: Tally) -> None:
    drawn = bar(tally)
    if not tally.opinions:
        assert drawn == ""
        return
    assert len(drawn) == CELLS
    assert ("□" not in drawn) == (tally.yes == tally.opinions)
    assert ("■" not in drawn) == (tally.yes == 0)


@pytest.mark.parametrize(("tally", "cells"), [(Tally(5, 5), 5), (Tally(1, 99), 1), (Tally(99, 1), 9), (Tally(3, 1), 8)])
def test_a_bar_shows_the_share_of_yes(tally: Tally, cells: int) -> None:
    assert bar(tally).count("■") == cells


# Before and while it is open


def test_the_start_is_filled_with_the_defaults() -> None:
    form = PLAIN.start_form([CHECK], DEADLINE)
    assert (form.anonymous, form.live, form.smallest_group, form.smallest_possible) == (True, False, 5, 3)
    assert form.deadline == int(DEADLINE.timestamp())


@pytest.mark.parametrize(("wanted", "chosen"), [("other", "other"), ("", "readiness"), ("gone", "readiness")])
def test_the_check_that_was_asked_for_is_chosen_or_else_the_first(wanted: str, chosen: str) -> None:
    form = PLAIN.start_form([CHECK, replace(CHECK, id="other")], DEADLINE, check_id=wanted)
    assert form.check.value == chosen


def test_a_round_without_a_title_has_that_of_its_check() -> None:
    assert PLAIN.parent(a_round(title=""), TURNOUT).title == CHECK.title
    assert PLAIN.parent(a_round(title="Ours"), TURNOUT).title == "Ours"


def test_a_closed_round_shows_when_it_closed_rather_than_its_deadline() -> None:
    early = a_round(closed_at=NOON)
    assert PLAIN.parent(early, TURNOUT).closes == moment(NOON, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("of", "tally"),
    [
        (a_round(), ""),
        (a_round(anonymous=False), ""),
        (a_round(anonymous=False, live=True), "9 yes · 1 no"),
        (a_round(anonymous=False, live=True, closed_at=DEADLINE), ""),
    ],
)
def test_a_tally_is_shown_live_in_a_named_live_round_alone(of: Round, tally: str) -> None:
    assert PLAIN.statement(of, "metrics", STRONG).tally == tally


def test_only_cards_that_are_there_can_be_opened() -> None:
    assert ADVISED.statement(a_round(), "direction").card_id == "card-1"
    assert ADVISED.statement(a_round(), "metrics").card_id == ""


def test_own_answers_name_what_is_missing() -> None:
    view = PLAIN.my_answers(a_round(), {"metrics": Answer.NOT_SURE}, NOON)
    assert view.lines == ("1 · Direction: not answered yet", "2 · Metrics: Not sure")
    assert view.answered == 1


@pytest.mark.parametrize(("now", "takes_votes"), [(NOON, True), (DEADLINE, False)])
def test_own_answers_can_be_changed_until_the_deadline(now: datetime, takes_votes: bool) -> None:
    assert PLAIN.my_answers(a_round(), {}, now).takes_votes is takes_votes


def test_own_answers_are_kept_after_the_close_only_in_a_round_with_names() -> None:
    assert PLAIN.my_answers(a_round(closed_at=NOON), {}, DEADLINE).erased
    assert not PLAIN.my_answers(a_round(closed_at=NOON, anonymous=False), {}, DEADLINE).erased
    assert PLAIN.my_answers(a_round(closed_at=NOON, anonymous=False, cancelled=True), {}, DEADLINE).erased


def test_a_confirmation_repeats_what_changed_and_counts_the_rest() -> None:
    of = a_round(check=a_check(9))
    answers = dict.fromkeys([f"s{n}" for n in range(1, 9)], Answer.YES)
    view = PLAIN.confirmation(of, answers, [f"s{n}" for n in range(1, 8)])
    assert view.lines[0] == "1 · Title 1: Yes"
    assert (len(view.lines), view.more, view.answered, view.statements) == (5, 2, 8, 9)


# Results


def test_results_come_in_the_order_in_which_to_talk_about_them() -> None:
    pages = shown(STRONG, FEW, GAP, Withheld.TOO_CLOSE, SPLIT, Withheld.TOO_FEW)
    assert order(pages) == [5, 3, 2, 6, 1, 4]


def test_something_can_be_promised_about_what_is_split_or_missing_and_nothing_else() -> None:
    pages = shown(STRONG, FEW, GAP, Withheld.TOO_CLOSE, SPLIT, Withheld.TOO_FEW)
    offered = {item.number: item.weakness for page in pages for group in page.groups for item in group.items}
    assert {number: name for number, name in offered.items() if name} == {3: "r1/s3", 5: "r1/s5"}


def test_results_count_where_statements_stand() -> None:
    (view,) = shown(STRONG, STRONG, FEW, GAP, Withheld.TOO_CLOSE, SPLIT, Withheld.TOO_FEW)
    counts = view.summary
    assert (counts.strong, counts.gap, counts.split, counts.too_few, counts.not_shown) == (2, 1, 1, 2, 1)


def test_the_thresholds_of_the_check_are_shown() -> None:
    check = replace(a_check(1), thresholds=Thresholds(Fraction(2, 3), Fraction(1, 8)))
    (view,) = PLAIN.results(a_round(check=check, closed_at=NOON), found(STRONG), TURNOUT)
    assert (view.summary.strong_from, view.summary.gap_to) == ("66.7 %", "12.5 %")


@pytest.mark.parametrize("of", [a_round(), a_round(closed_at=NOON, cancelled=True)])
def test_an_open_or_cancelled_round_has_no_results(of: Round) -> None:
    with pytest.raises(ValueError, match="r1 has no results"):
        PLAIN.results(of, found(STRONG), TURNOUT)


def test_a_tally_that_is_withheld_is_not_shown_whoever_passes_one() -> None:
    secret = [Result("s1", Tally(31, 41), Withheld.TOO_CLOSE)]
    assert "31" not in repr(PLAIN.results(closed(1), secret, TURNOUT))
    before = Earlier(closed(1), tuple(secret), Overlap(72, 72, 72))
    assert "31" not in repr(PLAIN.movement(closed(1), secret, before))
    assert "31" not in repr(PLAIN.movement(closed(1), found(STRONG), before))


def test_a_group_below_the_smallest_is_not_shown_whoever_passes_one() -> None:
    four = found(Tally(3, 1))
    assert "3 yes" not in repr(PLAIN.results(closed(1), four, TURNOUT))
    assert "3 yes" in repr(PLAIN.results(closed(1, anonymous=False), four, TURNOUT))


@given(st.lists(st.sampled_from([STRONG, GAP, SPLIT, FEW, Withheld.TOO_CLOSE, Withheld.TOO_FEW]), max_size=30))
@UNHURRIED
def test_every_statement_is_on_one_page_and_no_page_is_too_long(kinds: list[Tally | Withheld]) -> None:
    pages = shown(*kinds, reality_check=True)
    nothing = all(kind is Withheld.TOO_FEW for kind in kinds)
    assert sorted(order(pages)) == ([] if nothing else list(range(1, len(kinds) + 1)))
    assert all(len(order((page,))) <= PAGE for page in pages)
    assert [page.page for page in pages] == list(range(1, len(pages) + 1))
    assert {page.pages for page in pages} == {len(pages)}
    charted = [bar.label for page in pages for bar in page.bars]
    assert len(set(charted)) == len(charted) == sum(isinstance(kind, Tally) for kind in kinds)


def test_the_reality_check_is_offered_once_at_the_end() -> None:
    pages = shown(*[GAP] * (PAGE + 1), reality_check=True)
    assert [page.reality_check for page in pages] == [False, True]


@pytest.mark.parametrize(("kind", "offered"), [(GAP, True), (SPLIT, True), (STRONG, False), (FEW, False)])
def test_the_reality_check_is_offered_where_there_is_something_to_check(kind: Tally, offered: bool) -> None:
    assert shown(kind, reality_check=True)[0].reality_check is offered
    assert not shown(kind)[0].reality_check


def test_a_label_of_the_chart_is_cut_to_what_slack_takes() -> None:
    long = replace(CHECK, statements=(Statement("s1", "A statement with a long title", "Text.", "card-1"),))
    (view,) = PLAIN.results(a_round(check=long, closed_at=NOON), found(STRONG), TURNOUT)
    assert view.bars[0].label == "1 A statement with…"
    assert len(view.bars[0].label) <= LABEL


# Over time

SAME_PEOPLE, OTHERS = Overlap(12, 12, 12), Overlap(12, 12, 2)


def earlier(of: Round, *kinds: Tally | Withheld, overlap: Overlap = SAME_PEOPLE) -> Earlier:
    return Earlier(of, tuple(found(*kinds)), overlap)


@pytest.mark.parametrize(
    ("then", "now", "line"),
    [
        (Tally(3, 7), Tally(8, 2), "↑ 1 · Title 1: 3 of 10 said yes, now 8 of 10"),
        (Tally(8, 2), Tally(3, 7), "↓ 1 · Title 1: 8 of 10 said yes, now 3 of 10"),
        (Tally(8, 2), Tally(4, 1, 0), "1 · Title 1: can't be compared"),
        (Tally(8, 2), Tally(8, 1, 1), "= 1 · Title 1: 8 of 10 said yes, now 8 of 10"),
        (Withheld.TOO_CLOSE, Tally(8, 2), "1 · Title 1: can't be compared"),
        (Tally(8, 2), Withheld.TOO_FEW, "1 · Title 1: can't be compared"),
    ],
)
def test_an_arrow_stands_where_the_rounds_can_be_compared(
    then: Tally | Withheld, now: Tally | Withheld, line: str
) -> None:
    assert PLAIN.movement(closed(1), found(now), earlier(closed(1), then)).lines == (line,)


def test_nothing_is_compared_when_the_people_are_others() -> None:
    view = PLAIN.movement(closed(1), found(STRONG), earlier(closed(1), GAP, overlap=OTHERS))
    assert (view.comparable, view.lines, view.both, view.voted) == (False, (), 2, 12)


def test_the_larger_of_two_smallest_groups_decides_what_is_compared() -> None:
    larger = earlier(closed(1, smallest_group=13), STRONG)
    assert not PLAIN.movement(closed(1), found(STRONG), larger).comparable


def test_a_statement_that_was_worded_otherwise_is_not_compared() -> None:
    (asked,) = a_check(1).statements
    reworded = closed(1, check=replace(a_check(1), statements=(replace(asked, text="Somebody else knows it."),)))
    assert PLAIN.movement(closed(1), found(STRONG), earlier(reworded, GAP)).lines == ("1 · Title 1: can't be compared",)


def test_a_share_just_below_a_threshold_does_not_look_like_it() -> None:
    check = replace(a_check(1), thresholds=Thresholds(Fraction(7499, 10000), Fraction(1, 8)))
    (view,) = PLAIN.results(a_round(check=check, closed_at=NOON), found(STRONG), TURNOUT)
    assert view.summary.strong_from == "74.99 %"


def test_a_statement_that_the_round_before_did_not_have_is_not_compared() -> None:
    view = PLAIN.movement(closed(2), found(STRONG, STRONG), earlier(closed(1), GAP))
    assert view.lines[1] == "2 · Title 2: can't be compared"


def test_the_list_shows_standings_of_closed_rounds_alone() -> None:
    listed = [(a_round(), TURNOUT, []), (closed(3), TURNOUT, found(STRONG, GAP, Withheld.TOO_FEW))]
    first, second = PLAIN.rounds("C1", listed).rounds
    assert (first.is_open, first.standing) == (True, "")
    assert second.standing == "1 in place · 1 missing · 0 seen differently · 1 not known"


# Names


def test_who_said_what_is_told_of_a_round_with_names() -> None:
    of = closed(anonymous=False)
    view = PLAIN.names(of, {"U2": {"s1": Answer.NO}, "U1": {"s1": Answer.NO}, "U3": {"s1": Answer.YES}})
    assert [(one.number, one.given) for one in view.statements] == [
        (1, (("Yes (1)", ("U3",)), ("No (2)", ("U1", "U2")))),
        (2, ()),
    ]


def test_very_many_names_come_in_parts_and_on_pages() -> None:
    of, crowd = closed(anonymous=False), [f"U{number:04}" for number in range(NAMES_TOGETHER * NAMES_A_PAGE)]
    votes = {user_id: {"s1": Answer.NO, "s2": Answer.YES} for user_id in crowd}
    first, second = (PLAIN.names(of, votes, page) for page in (1, 2))
    assert [one.number for one in first.statements] == [1]
    assert [words for words, _ in first.statements[0].given][:2] == [f"No ({len(crowd)})", "No, continued"]
    assert [name for _, who in first.statements[0].given for name in who] == crowd
    assert [one.number for one in second.statements] == [2]
    assert (second.page, second.pages) == (2, 2)
    assert (PLAIN.names(of, votes, 99), PLAIN.names(of, votes, -1)) == (second, first)


def test_who_said_what_is_never_told_of_an_anonymous_round() -> None:
    with pytest.raises(ValueError, match="anonymous"):
        PLAIN.names(closed(), {"U1": {"s1": Answer.NO}})
