"""What somebody wants to start: what has to change, who may, whom it asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.keys import WorkspaceKey
from bot.readiness.planning import ADMINS, EVERYBODY, Draft, Plan, Policy, audience, problems, read_draft, written
from tests.readiness.examples import CHECK, DEADLINE, NOON, OURS, UNHURRIED, a_round

PLAN = Plan("readiness", "C1", "U1", DEADLINE)


@dataclass(frozen=True)
class Somebody:
    id: str
    is_ours: bool = True
    is_active: bool = True
    is_bot: bool = False

    def belongs_to(self, key: WorkspaceKey) -> bool:
        return self.is_ours and key == OURS


def test_a_plan_as_it_is_offered_has_no_problems() -> None:
    assert problems(PLAN, NOON) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline": NOON + timedelta(minutes=4)}, "deadline"),
        ({"deadline": NOON - timedelta(days=400)}, "deadline"),
        ({"deadline": NOON + timedelta(days=91)}, "deadline"),
        ({"smallest_group": 2}, "smallest_group"),
        ({"smallest_group": 1_001}, "smallest_group"),
        ({"live": True}, "live"),
        ({"channel_id": ""}, "channel_id"),
        ({"repeat": "quarter", "people": ("U1",)}, "repeat"),
        ({"repeat": "quarter", "check_id": "reality-check:r1"}, "repeat"),
    ],
)
def test_each_problem_is_told_at_its_field(change: dict[str, object], field: str) -> None:
    found = problems(replace(PLAN, **change), NOON)  # type: ignore[arg-type]
    assert list(found) == [field]
    assert found[field].endswith(".")


def test_a_round_with_names_may_show_its_results_live() -> None:
    assert problems(replace(PLAN, anonymous=False, live=True), NOON) == {}


def test_what_asks_everybody_may_repeat() -> None:
    assert problems(replace(PLAN, repeat="quarter"), NOON) == {}


def test_everybody_in_the_channel_is_asked_who_is_one_of_ours() -> None:
    people = [
        Somebody("U1"),
        Somebody("U2", is_active=False),
        Somebody("U3", is_bot=True),
        Somebody("U4", is_ours=False),
        Somebody("U5"),
        Somebody("U6"),
    ]
    assert audience(PLAN, {f"U{n}" for n in range(1, 6)}, people, OURS) == ("U1", "U5")


def test_of_those_chosen_only_who_is_in_the_channel_is_asked() -> None:
    chosen = replace(PLAN, people=("U2", "U3"))
    assert audience(chosen, {"U1", "U2"}, [Somebody("U1"), Somebody("U2"), Somebody("U3")], OURS) == ("U2",)


TEXTS = st.text(max_size=30)


@given(
    st.builds(Plan, TEXTS, TEXTS, TEXTS, st.just(DEADLINE), st.lists(TEXTS).map(tuple), zone=TEXTS, repeat=TEXTS),
    st.lists(TEXTS),
)
@UNHURRIED
def test_a_draft_is_read_as_it_was_written(plan: Plan, asked: list[str]) -> None:
    draft = Draft("d1", plan, tuple(asked))
    assert read_draft(written(draft)) == draft


def test_a_draft_makes_the_round_that_was_planned() -> None:
    plan = replace(
        PLAN, anonymous=False, live=True, smallest_group=7, co_facilitator="U2", zone="Europe/Berlin", repeat="year"
    )
    made = Draft("d1", plan, ("U1", "U2")).begin(CHECK, NOON)
    assert (made.id, made.check, made.opened_at, made.deadline, made.asked) == ("d1", CHECK, NOON, DEADLINE, 2)
    assert (made.starter, made.co_facilitator, made.zone) == ("U1", "U2", "Europe/Berlin")
    assert (made.anonymous, made.live, made.smallest_group) == (False, True, 7)


# Who may


@pytest.mark.parametrize(
    ("policy", "may"),
    [
        (Policy(), [True, True, True, True]),
        (Policy((EVERYBODY,), ("U4",)), [True, True, True, True]),
        (Policy((ADMINS,), ("U4",)), [False, False, True, True]),
        (Policy(("U2",), ("U4",)), [False, True, False, True]),
        (Policy((ADMINS, "U2")), [False, True, True, False]),
    ],
)
def test_who_may_start_is_a_setting(policy: Policy, may: list[bool]) -> None:
    people = [("U1", False), ("U2", False), ("U3", True), ("U4", False)]
    assert [policy.may_start(one, is_slack_admin=admin) for one, admin in people] == may


def test_a_round_is_run_by_its_starter_its_co_facilitator_and_the_admins_of_the_settings() -> None:
    of, policy = a_round(starter="U1", co_facilitator="U2"), Policy(admins=("U3",))
    assert [policy.may_run(of, one) for one in ("U1", "U2", "U3", "U4", "")] == [True, True, True, False, False]
