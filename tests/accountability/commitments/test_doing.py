"""Deeds on commitments as they are saved: who may, what becomes of a second click, and who is to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.accountability import later
from bot.accountability.commitments import commitment as c
from bot.accountability.commitments.commitment import Commitment, Deed, State
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.sessions.series_store import SeriesStore
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.storage.database import Database
from tests.accountability.commitments.conftest import Keep
from tests.accountability.commitments.examples import (
    ANA,
    BEN,
    CLEO,
    DAN,
    DAY,
    DUE,
    MONDAY,
    OURS,
    THEIRS,
    WEEK,
    a_commitment,
    asked_of,
    handed_to,
)
from tests.accountability.sessions.examples import SERIES, TIMES
from tests.accountability.surroundings import Scene

LATER = DUE + WEEK
EVE = "U0EVE"


def hears(scene: Scene) -> list[tuple[int, str]]:
    """Who is to be told of which version."""
    return [later.told_of(action) for action in scene.due(later.TELL_OF_COMMITMENT)]


def test_a_deed_is_saved_with_its_history(service: CommitmentService, keep: Keep) -> None:
    of = keep(asked_of(BEN))
    accepted = service.accept(OURS, of.id, BEN)
    assert service.get(OURS, of.id) == accepted
    assert [change.deed for change in service.changes(OURS, of.id)] == [Deed.MAKE, Deed.ACCEPT]


def test_a_commitment_of_another_workspace_is_none(service: CommitmentService, keep: Keep) -> None:
    of = keep(a_commitment())
    with pytest.raises(Refusal, match="I don't know that commitment"):
        service.finish(THEIRS, of.id, ANA)


EVERY_DEED: dict[str, tuple[Commitment, Callable[[CommitmentService], Commitment], Deed]] = {
    "accept": (asked_of(BEN), lambda s: s.accept(OURS, "c1", BEN), Deed.ACCEPT),
    "propose_date": (asked_of(BEN), lambda s: s.propose_date(OURS, "c1", BEN, LATER, "busy"), Deed.PROPOSE_DATE),
    "propose_by_new_date": (asked_of(BEN), lambda s: s.new_date(OURS, "c1", BEN, LATER), Deed.PROPOSE_DATE),
    "decline": (asked_of(BEN), lambda s: s.decline(OURS, "c1", BEN, "no"), Deed.DECLINE),
    "accept_date": (asked_of(BEN, proposed_due=LATER), lambda s: s.accept_date(OURS, "c1", ANA), Deed.ACCEPT_DATE),
    "keep_date": (asked_of(BEN, proposed_due=LATER), lambda s: s.keep_date(OURS, "c1", ANA), Deed.KEEP_DATE),
    "finish": (a_commitment(), lambda s: s.finish(OURS, "c1", ANA), Deed.FINISH),
    "new_date": (a_commitment(), lambda s: s.new_date(OURS, "c1", ANA, LATER), Deed.NEW_DATE),
    "hand_over": (a_commitment(), lambda s: s.hand_over(OURS, "c1", ANA, BEN, "his"), Deed.HAND_OVER),
    "drop": (a_commitment(), lambda s: s.drop(OURS, "c1", ANA, "old"), Deed.DROP),
    "need_help": (a_commitment(), lambda s: s.need_help(OURS, "c1", ANA, "asked"), Deed.NEED_HELP),
    "got_it": (a_commitment(), lambda s: s.got_it(OURS, "c1", ANA), Deed.GOT_IT),
    "snooze": (a_commitment(), lambda s: s.snooze(OURS, "c1", ANA, MONDAY + WEEK), Deed.SNOOZE),
}
EACH = pytest.mark.parametrize("name", EVERY_DEED)


@EACH
def test_every_deed_of_a_commitment_can_be_done(
    service: CommitmentService, keep: Keep, scene: Scene, name: str
) -> None:
    of, do, deed = EVERY_DEED[name]
    keep(of)
    changed = do(service)
    assert changed.version == 2
    assert service.changes(OURS, of.id)[-1].deed is deed
    assert scene.woken == 1
    assert scene.due(later.NUDGE)
    assert scene.due(later.AIR_COVER)
    assert scene.due(later.DRAW_SESSIONS)


@EACH
def test_a_deed_that_comes_twice_is_one(service: CommitmentService, keep: Keep, scene: Scene, name: str) -> None:
    of, do, _ = EVERY_DEED[name]
    keep(of)
    do(service)
    told = hears(scene)
    do(service)
    assert service.get(OURS, of.id).version == 2
    assert hears(scene) == []
    assert len(service.changes(OURS, of.id)) == 2
    assert all(version == 2 for version, _ in told)


def test_another_date_or_person_right_after_the_first_is_no_repeat(service: CommitmentService, keep: Keep) -> None:
    keep(a_commitment())
    assert service.new_date(OURS, "c1", ANA, DUE + WEEK).due == DUE + WEEK
    with pytest.raises(Refusal, match="has passed"):
        service.new_date(OURS, "c1", ANA, MONDAY - DAY)
    assert service.hand_over(OURS, "c1", ANA, BEN).owner == BEN
    with pytest.raises(Refusal, match="has it already"):
        service.hand_over(OURS, "c1", BEN, BEN)


def test_the_same_click_a_day_later_says_that_it_is_done_already(
    service: CommitmentService, keep: Keep, scene: Scene
) -> None:
    keep(a_commitment())
    service.finish(OURS, "c1", ANA)
    scene.time.now += DAY
    with pytest.raises(Refusal, match="done already"):
        service.finish(OURS, "c1", ANA)


def test_the_same_click_by_somebody_else_says_that_it_is_done_already(service: CommitmentService, keep: Keep) -> None:
    keep(asked_of(BEN))
    service.finish(OURS, "c1", BEN)
    with pytest.raises(Refusal, match="done already"):
        service.finish(OURS, "c1", ANA)


# Who may


@EACH
def test_nobody_else_may(service: CommitmentService, keep: Keep, name: str) -> None:
    of, do, _ = EVERY_DEED[name]
    keep(replace(of, owner=CLEO, assigner=CLEO))
    with pytest.raises(Refusal, match=f"<@{CLEO}>"):
        do(service)
    assert service.get(OURS, of.id).version == 1


def test_who_leads_the_sessions_of_its_channel_may(service: CommitmentService, keep: Keep, database: Database) -> None:
    keep(a_commitment(channel_id="C1"))
    _run(database, facilitator=CLEO, channel_id="C1")
    _run(database, id="s2", facilitator=EVE, channel_id="C1")
    assert service.new_date(OURS, "c1", EVE, LATER).due == LATER
    assert service.finish(OURS, "c1", CLEO).state is State.DONE


def test_who_leads_elsewhere_or_led_once_may_not(service: CommitmentService, keep: Keep, database: Database) -> None:
    keep(a_commitment(channel_id="C1"))
    _run(database, facilitator=CLEO, channel_id="C2")
    _run(database, id="s2", facilitator=EVE, channel_id="C1")
    SeriesStore(database).end(OURS, "s2", MONDAY)
    for somebody in (CLEO, EVE):
        with pytest.raises(Refusal, match=r"Only <@U0ANA>.* can change this"):
            service.finish(OURS, "c1", somebody)


def test_administrators_may(service: CommitmentService, keep: Keep, scene: Scene) -> None:
    keep(a_commitment())
    scene.slack.about = {EVE: {"is_admin": True}}
    assert service.new_date(OURS, "c1", DAN, LATER).due == LATER
    assert service.finish(OURS, "c1", EVE).state is State.DONE


def test_an_administrator_of_another_company_may_not(service: CommitmentService, keep: Keep, scene: Scene) -> None:
    keep(a_commitment())
    scene.slack.about = {EVE: {"is_admin": True, "team_id": "T2"}}
    with pytest.raises(Refusal, match="can change this"):
        service.finish(OURS, "c1", EVE)


def test_where_slack_does_not_say_who_is_an_administrator_nobody_is(
    service: CommitmentService, keep: Keep, scene: Scene
) -> None:
    keep(a_commitment())
    scene.slack.is_busy = True
    with pytest.raises(Refusal, match="can change this"):
        service.finish(OURS, "c1", EVE)


def test_slack_is_not_asked_about_those_who_may(service: CommitmentService, keep: Keep, scene: Scene) -> None:
    keep(a_commitment())
    service.finish(OURS, "c1", ANA)
    assert scene.slack.asked == []


def _run(database: Database, **fields: str) -> None:
    """Has a series of sessions running."""
    assert SeriesStore(database).add(OURS, replace(SERIES, **fields), TIMES)


# Whom it can be handed to


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"is_bot": True}, "A bot can't keep a promise"),
        ({"is_active": False}, "deactivated"),
        ({"team_id": "T2"}, "of another company"),
    ],
)
def test_some_can_t_take_anything_on(
    service: CommitmentService, keep: Keep, scene: Scene, about: dict[str, object], words: str
) -> None:
    keep(a_commitment())
    scene.slack.about = {BEN: about}
    with pytest.raises(Refusal, match=words):
        service.hand_over(OURS, "c1", ANA, BEN)


def test_nobody_is_given_anything_unseen(service: CommitmentService, keep: Keep, scene: Scene) -> None:
    keep(a_commitment())
    scene.slack.unknown = {BEN}
    with pytest.raises(Refusal, match="Slack doesn't show me that person"):
        service.hand_over(OURS, "c1", ANA, BEN)
    scene.time.now += timedelta(minutes=11)
    scene.slack.unknown, scene.slack.is_busy = set(), True
    with pytest.raises(Refusal, match="Try once more in a moment"):
        service.hand_over(OURS, "c1", ANA, BEN)


# Who may look


def test_colleagues_of_the_organisation_may_look_and_nobody_else(service: CommitmentService, scene: Scene) -> None:
    of_organisation = WorkspaceKey("E1", "T1")
    scene.slack.about = {BEN: {"team_id": "T2", "enterprise_id": "E1"}, CLEO: {"team_id": "T9"}}
    service.refuse_outsider(of_organisation, BEN, "no")
    with pytest.raises(Refusal, match="no"):
        service.refuse_outsider(of_organisation, CLEO, "no")
    scene.slack.is_busy = True
    with pytest.raises(Refusal, match="Press it again in a moment"):
        service.refuse_outsider(of_organisation, EVE, "no")


# Two at once


def interfere(store: CommitmentStore, scene: Scene) -> None:
    """Somebody changes it between the reading and the saving of another."""

    def change() -> None:
        of = store.get(OURS, "c1")
        assert of is not None
        assert store.save(OURS, *c.need_help(of, of.owner, of.changed_at, str(of.version)))

    scene.time.meanwhile.append(change)


def test_of_two_at_once_the_second_decides_anew(
    service: CommitmentService, store: CommitmentStore, keep: Keep, scene: Scene
) -> None:
    keep(a_commitment())
    interfere(store, scene)
    done = service.finish(OURS, "c1", ANA)
    assert (done.state, done.version) == (State.DONE, 3)


def test_who_is_always_too_late_is_asked_to_look_again(
    service: CommitmentService, store: CommitmentStore, keep: Keep, scene: Scene
) -> None:
    keep(a_commitment())
    interfere(store, scene)
    interfere(store, scene)
    with pytest.raises(Refusal, match="changed this at the same moment"):
        service.finish(OURS, "c1", ANA)


# Who hears of it


def test_the_other_side_hears_of_it_and_nobody_of_what_they_did_themself(
    service: CommitmentService, keep: Keep, scene: Scene
) -> None:
    keep(handed_to(BEN, assigner=CLEO))
    service.accept(OURS, "c1", BEN)
    assert hears(scene) == [(2, ANA), (2, CLEO)]
    service.finish(OURS, "c1", CLEO)
    assert hears(scene) == [(3, BEN)]


def test_of_a_promise_to_oneself_nobody_is_told(service: CommitmentService, keep: Keep, scene: Scene) -> None:
    keep(a_commitment())
    service.new_date(OURS, "c1", ANA, LATER)
    service.finish(OURS, "c1", ANA)
    assert hears(scene) == []
