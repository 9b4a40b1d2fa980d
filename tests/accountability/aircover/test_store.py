"""How far troubles have been taken, claimed once, and no sponsor asked twice a week, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Connection

from bot.accountability.aircover.escalation import BETWEEN, Escalation
from bot.accountability.aircover.store import EscalationStore
from bot.keys import WorkspaceKey
from bot.storage.database import Database
from tests.accountability.commitments.examples import DAN, DAY, MINUTE, MONDAY, OURS, SAME_TEAM_ELSEWHERE, THEIRS

NEW = Escalation("c1", "overdue U0ANA 1")
OTHER = Escalation("c2", "overdue U0ANA 1")
WARNED = replace(NEW, warned_at=MONDAY)
NOW = MONDAY + DAY


@pytest.fixture
def escalations(database: Database) -> EscalationStore:
    return EscalationStore(database)


def refuse(connection: Connection) -> None:
    del connection
    raise InterruptedError


def ask(escalations: EscalationStore, seen: Escalation, at: int = 1, sponsor: str = DAN) -> bool:
    now = MONDAY + at * DAY
    return escalations.begin_asking(OURS, seen, sponsor, now - BETWEEN, now)


def test_nothing_has_been_done_at_first(escalations: EscalationStore) -> None:
    assert escalations.so_far(OURS, "c1") == []
    assert escalations.last_asked(OURS, DAN) is None


def test_the_owner_is_told_once(escalations: EscalationStore) -> None:
    assert escalations.warned(OURS, NEW, MONDAY)
    assert not escalations.warned(OURS, NEW, MONDAY + MINUTE, also=refuse)
    assert escalations.so_far(OURS, "c1") == [WARNED]
    assert escalations.warned(OURS, WARNED, NOW)  # which was overtaken, or called off since


def test_what_is_given_up_is_taken_no_further(escalations: EscalationStore) -> None:
    escalations.warned(OURS, NEW, MONDAY)
    assert not escalations.give_up(OURS, NEW, NOW, also=refuse)
    assert escalations.give_up(OURS, WARNED, NOW)
    assert escalations.so_far(OURS, "c1") == [replace(WARNED, told_at=NOW)]
    assert not ask(escalations, WARNED, at=9)
    assert escalations.last_asked(OURS, DAN) is None


def test_those_of_many_commitments_are_found_together(escalations: EscalationStore) -> None:
    for one in (NEW, OTHER, replace(NEW, occasion="needs_help")):
        escalations.warned(OURS, one, MONDAY)
    found = escalations.so_far_of(OURS, ["c1", "c2", "c3"])
    assert {name: len(of) for name, of in found.items()} == {"c1": 2, "c2": 1}
    assert found["c1"] == escalations.so_far(OURS, "c1")
    assert escalations.so_far_of(THEIRS, ["c1"]) == escalations.so_far_of(OURS, []) == {}


def test_what_belongs_to_a_warning_fails_with_it(escalations: EscalationStore) -> None:
    with pytest.raises(InterruptedError):
        escalations.warned(OURS, NEW, MONDAY, also=refuse)
    assert escalations.so_far(OURS, "c1") == []


def test_the_sponsor_is_asked_once_about_a_trouble(escalations: EscalationStore) -> None:
    escalations.warned(OURS, NEW, MONDAY)
    assert ask(escalations, WARNED)
    assert not ask(escalations, WARNED, at=30)
    assert escalations.so_far(OURS, "c1") == [replace(WARNED, told_at=NOW)]
    assert escalations.last_asked(OURS, DAN) == NOW


def test_the_week_begins_when_the_sponsor_really_was_asked(escalations: EscalationStore) -> None:
    ask(escalations, NEW)
    escalations.asked(OURS, replace(NEW, told_at=NOW), NOW + 2 * DAY)
    assert escalations.so_far(OURS, "c1") == [replace(NEW, told_at=NOW + 2 * DAY)]
    assert not ask(escalations, OTHER, at=9)
    assert ask(escalations, OTHER, at=10)


def test_a_sponsor_is_asked_once_a_week_whatever_it_is_about(escalations: EscalationStore) -> None:
    assert ask(escalations, NEW)
    assert not ask(escalations, OTHER, at=7)
    assert escalations.so_far(OURS, "c2") == []
    assert ask(escalations, OTHER, at=3, sponsor="U0EVE")
    assert escalations.last_asked(OURS, DAN) == NOW
    assert ask(escalations, replace(OTHER, occasion="needs_help"), at=8)
    assert escalations.last_asked(OURS, DAN) == NOW + BETWEEN


def test_of_many_processes_with_many_troubles_one_asks_the_sponsor(
    escalations: EscalationStore, database_url: str
) -> None:
    together = Barrier(4)

    def claim(number: int) -> bool:
        with closing(Database(database_url)) as database:
            together.wait()
            trouble = Escalation(f"c{number % 2}", "overdue")
            return EscalationStore(database).begin_asking(OURS, trouble, DAN, NOW - BETWEEN, NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [False, False, False, True]
    assert len(escalations.so_far(OURS, "c0") + escalations.so_far(OURS, "c1")) == 1


def test_what_the_sponsor_certainly_did_not_hear_of_leaves_their_turn_free(escalations: EscalationStore) -> None:
    assert ask(escalations, NEW)
    escalations.not_asked(OURS, replace(NEW, told_at=NOW + MINUTE))  # another claim than this
    assert escalations.last_asked(OURS, DAN) == NOW
    escalations.not_asked(OURS, replace(NEW, told_at=NOW))
    assert escalations.so_far(OURS, "c1") == [NEW]
    assert escalations.last_asked(OURS, DAN) is None
    assert ask(escalations, OTHER, at=2)


def test_what_belongs_to_asking_fails_with_it(escalations: EscalationStore) -> None:
    with pytest.raises(InterruptedError):
        escalations.begin_asking(OURS, NEW, DAN, NOW - BETWEEN, NOW, also=refuse)
    assert escalations.so_far(OURS, "c1") == []
    assert escalations.last_asked(OURS, DAN) is None


def test_an_owner_calls_it_off_until_the_sponsor_is_asked(escalations: EscalationStore) -> None:
    escalations.warned(OURS, NEW, MONDAY)
    assert escalations.call_off(OURS, NEW.commitment_id, NEW.occasion, NOW)
    assert not ask(escalations, WARNED)
    called_off = replace(WARNED, called_off_at=NOW)
    assert escalations.so_far(OURS, "c1") == [called_off]
    assert ask(escalations, called_off, at=40)
    assert not escalations.call_off(OURS, NEW.commitment_id, NEW.occasion, NOW, also=refuse)
    assert not escalations.warned(OURS, called_off, NOW)


def test_what_was_never_announced_cannot_be_called_off(escalations: EscalationStore) -> None:
    assert not escalations.call_off(OURS, "c1", "overdue", NOW)


@pytest.mark.parametrize("other", [THEIRS, SAME_TEAM_ELSEWHERE])
def test_workspaces_do_not_see_or_change_each_other(escalations: EscalationStore, other: WorkspaceKey) -> None:
    escalations.warned(OURS, NEW, MONDAY)
    assert escalations.so_far(other, "c1") == []
    assert not escalations.call_off(other, "c1", NEW.occasion, NOW)
    assert escalations.begin_asking(other, NEW, DAN, NOW - BETWEEN, NOW)
    escalations.asked(other, replace(NEW, told_at=NOW), NOW + DAY)
    assert escalations.so_far(OURS, "c1") == [WARNED]
    assert escalations.last_asked(OURS, DAN) is None
