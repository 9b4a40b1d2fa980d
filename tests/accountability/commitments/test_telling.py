"""Each side is told directly what the other did: once, as things stand by then, and nobody is asked in vain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.accountability import later
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.commitments.views import CommitmentMessage
from bot.scheduler.actions import Changes
from bot.scheduler.store import saving
from tests.accountability.commitments.conftest import Keep
from tests.accountability.commitments.examples import ANA, BEN, CLEO, DUE, OURS, WEEK, asked_of, handed_to, made
from tests.accountability.surroundings import Scene

LATER = DUE + WEEK


def ask(scene: Scene, store: CommitmentStore, of: Commitment) -> None:
    """Saves it as making does, with its owner to be told."""
    plan = Changes(new=(later.tell(of, of.owner, scene.time()),))
    assert store.add(OURS, of, made(of), also=saving(OURS, plan))


def run(scene: Scene, service: CommitmentService) -> list[tuple[str, CommitmentMessage]]:
    """Has all told that is due; gives what was newly sent, and to whom."""
    before = len(scene.slack.posts)
    telling = service.telling
    runner = scene.runner(
        **{later.TELL_OF_COMMITMENT: telling.tell_due, later.TELL_OF_SILENCE: telling.tell_of_silence}
    )
    while runner.next_due():
        scene.time.now += timedelta(seconds=2)  # Slack's limits make some of them wait for their turn
        runner.run_due()
    return [(who, view) for who, view in scene.slack.posts[before:] if isinstance(view, CommitmentMessage)]


def test_whoever_is_asked_is_told_by_whom_and_what(
    scene: Scene, service: CommitmentService, store: CommitmentStore
) -> None:
    ask(scene, store, asked_of(BEN))
    ((who, message),) = run(scene, service)
    assert (who, message.done.deed, message.done.by) == (BEN, "make", ANA)
    assert message.offers == ("accept", "propose_date", "decline")
    assert run(scene, service) == []


def test_an_answer_is_told_to_whoever_asked(scene: Scene, service: CommitmentService, keep: Keep) -> None:
    keep(asked_of(BEN))
    service.propose_date(OURS, "c1", BEN, LATER, "on leave")
    ((who, message),) = run(scene, service)
    assert (who, message.done.reason) == (ANA, "on leave")
    assert message.offers[:2] == ("accept_date", "keep_date")
    assert message.commitment.proposed_due is not None


def test_what_is_shown_is_how_it_stands_by_then(scene: Scene, service: CommitmentService, keep: Keep) -> None:
    keep(asked_of(BEN))
    service.accept(OURS, "c1", BEN)
    service.finish(OURS, "c1", BEN)
    accepted, finished = run(scene, service)
    assert (accepted[1].done.deed, finished[1].done.deed) == ("accept", "finish")
    assert accepted[1].commitment.standing == "done"
    assert accepted[1].offers == ()


def test_who_has_answered_before_they_could_be_asked_is_not_asked(
    scene: Scene, service: CommitmentService, store: CommitmentStore
) -> None:
    ask(scene, store, asked_of(BEN))
    service.accept(OURS, "c1", BEN)
    assert [who for who, _ in run(scene, service)] == [ANA]


def test_whom_it_was_taken_from_again_is_not_asked(
    scene: Scene, service: CommitmentService, store: CommitmentStore
) -> None:
    ask(scene, store, asked_of(BEN))
    service.hand_over(OURS, "c1", ANA, CLEO)
    assert {(who, message.commitment.owner) for who, message in run(scene, service)} == {(BEN, CLEO), (CLEO, CLEO)}


def test_where_its_owner_takes_no_messages_the_facilitator_hears_of_it(
    scene: Scene, service: CommitmentService, store: CommitmentStore
) -> None:
    scene.slack.closed = {BEN}
    ask(scene, store, asked_of(BEN))
    assert run(scene, service) == []
    assert scene.troubles == [("C1", "dm_refused", "c1")]


def test_where_anybody_else_takes_none_nobody_is_bothered(scene: Scene, service: CommitmentService, keep: Keep) -> None:
    scene.slack.closed = {ANA}
    keep(handed_to(BEN))
    service.accept(OURS, "c1", BEN)
    assert run(scene, service) == []
    assert scene.troubles == []


def test_whoever_asked_is_told_that_reminders_had_no_answer_unless_one_came_meanwhile(
    scene: Scene, service: CommitmentService, keep: Keep
) -> None:
    of = keep(asked_of(BEN))
    scene.schedule.plan(OURS, later.tell_of_silence(of, scene.time()))
    ((who, message),) = run(scene, service)
    assert (who, message.done.deed, message.done.owner) == (ANA, "silence", BEN)
    assert "hand_over" in message.offers
    service.snooze(OURS, of.id, BEN, LATER)
    scene.schedule.plan(OURS, later.tell_of_silence(replace(of, version=3), scene.time()))
    assert run(scene, service) == []
