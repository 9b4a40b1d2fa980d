"""Lists of commitments: whose, which, and page by page; and how much their reader kept."""

from __future__ import annotations

import pytest

from bot.accountability.commitments.commitment import State
from bot.accountability.commitments.listing import Which
from bot.accountability.commitments.lists.asked import OTHERS, OWN, Asked, in_words, read_value
from bot.accountability.commitments.lists.views import ListView, Rate
from bot.accountability.commitments.service import CommitmentService
from bot.errors import Refusal
from tests.accountability.commitments.conftest import Keep
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    DAY,
    DUE,
    HOUR,
    MONDAY,
    OURS,
    WEEK,
    a_commitment,
    handed_to,
)
from tests.accountability.surroundings import Scene

MINE, HERE = Asked(in_channel=False), Asked(in_channel=True)


@pytest.mark.parametrize(
    ("rest", "which", "of"),
    [
        ("", Which.OPEN, ""),
        ("overdue", Which.OVERDUE, ""),
        ("Done", Which.DONE, ""),
        ("ended by me", Which.ENDED, OTHERS),
        ("by me", Which.OPEN, OTHERS),
        ("all mine", Which.ALL, OWN),
    ],
)
def test_a_list_is_asked_for_in_words(rest: str, which: Which, of: str) -> None:
    asked = in_words(rest, in_channel=True)
    assert asked == Asked(True, which, of)
    assert read_value(asked.value) == asked


@pytest.mark.parametrize("value", ["", "own", "own/some//1", "own/open//one", "own/open//1/2", "own/open//-1"])
def test_a_button_that_says_none_is_refused(value: str) -> None:
    with pytest.raises(Refusal, match="no longer works"):
        read_value(value)


def page(service: CommitmentService, asked: Asked, reader: str = ANA, channel_id: str = "C1") -> ListView:
    return service.lists.page(OURS, reader, channel_id, asked)


def listed(service: CommitmentService, asked: Asked, reader: str = ANA, channel_id: str = "C1") -> list[str]:
    return [of.id for of in page(service, asked, reader, channel_id).commitments]


@pytest.fixture
def several(keep: Keep) -> None:
    """At the time of this scene the first is overdue."""
    keep(a_commitment("late", due=MONDAY))
    keep(a_commitment("open"))
    keep(a_commitment("asked", owner=BEN, state=State.PROPOSED))
    keep(a_commitment("elsewhere", channel_id="C2", due=DUE + DAY))
    keep(a_commitment("done", state=State.DONE, ended_at=MONDAY))
    keep(a_commitment("dropped", state=State.DROPPED, ended_at=MONDAY - DAY))
    keep(a_commitment("other", owner=BEN, assigner=BEN, due=DUE + HOUR))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (MINE, ["late", "open", "elsewhere"]),
        (Asked(False, Which.OVERDUE), ["late"]),
        (Asked(False, Which.DONE), ["done"]),
        (Asked(False, Which.ENDED), ["done", "dropped"]),
        (Asked(False, Which.ALL), ["late", "open", "elsewhere", "done", "dropped"]),
        (Asked(False, Which.OPEN, OTHERS), ["late", "asked", "open", "elsewhere"]),
        (HERE, ["late", "asked", "open", "other"]),
        (Asked(True, Which.OPEN, OWN), ["late", "open"]),
    ],
)
@pytest.mark.usefixtures("several")
def test_each_list_has_what_belongs_to_it(service: CommitmentService, asked: Asked, names: list[str]) -> None:
    assert listed(service, asked) == names


def test_what_was_handed_over_stays_on_the_list_until_it_is_taken(service: CommitmentService, keep: Keep) -> None:
    keep(handed_to(BEN))
    assert listed(service, MINE) == ["c1"]
    service.accept(OURS, "c1", BEN)
    assert listed(service, MINE) == []


def test_a_direct_message_has_no_list_of_its_channel(service: CommitmentService) -> None:
    with pytest.raises(Refusal, match="in the channel whose list you want"):
        page(service, HERE, channel_id="D1")
    assert page(service, MINE, channel_id="D1").total == 0


def test_a_long_list_has_pages(service: CommitmentService, keep: Keep) -> None:
    for number in range(23):
        keep(a_commitment(f"c{number:02}"))
    first = page(service, MINE)
    assert ([of.id for of in first.commitments], first.page, first.pages, first.total) == (
        [f"c{number:02}" for number in range(10)],
        1,
        3,
        23,
    )
    assert first.before == ""
    second = page(service, read_value(first.after))
    last = page(service, read_value(second.after))
    assert [of.id for of in last.commitments] == ["c20", "c21", "c22"]
    assert (last.after, page(service, read_value(last.before)).page) == ("", 2)
    assert page(service, MINE.at(99)).page == 3


def test_what_was_chosen_is_among_what_can_be(service: CommitmentService) -> None:
    for asked in (MINE, Asked(False, Which.ENDED), Asked(False, Which.DONE, OTHERS), Asked(True, Which.ALL, OWN)):
        view = page(service, asked)
        assert view.chosen in view.filters
        assert read_value(view.chosen.value) == asked
        assert len({one.text for one in view.filters}) == len(view.filters)


@pytest.mark.usefixtures("several")
def test_their_own_list_shows_what_its_reader_kept_and_no_other_list_does(
    service: CommitmentService, scene: Scene, keep: Keep
) -> None:
    keep(a_commitment("kept", state=State.DONE, ended_at=DUE))
    scene.time.now = MONDAY + 2 * DAY
    assert page(service, MINE).rate == Rate(kept=2, of=3, share=67)
    assert page(service, HERE).rate is None
    assert page(service, MINE, reader=BEN).rate is None  # nothing was due
    scene.time.now = DUE + WEEK
    rate = page(service, MINE, reader=BEN).rate
    assert rate == Rate(kept=0, of=1, share=0)
