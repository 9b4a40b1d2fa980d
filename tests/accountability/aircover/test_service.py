"""Air cover as it plays out over weeks: who hears what and when, whatever breaks in between; on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.accountability import later
from bot.accountability.aircover.views import AskView, WarningView
from bot.accountability.commitments import commitment as deeds
from bot.accountability.commitments.commitment import Deed
from bot.accountability.commitments.origins import NOWHERE
from bot.accountability.commitments.views import CommitmentMessage
from bot.accountability.nudges.people import Settings
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.troubles.trouble import Trouble
from bot.accountability.troubles.views import OwnerTroubleView, SeriesTroubleView
from bot.errors import Refusal
from bot.scheduler.actions import MOST_TRIES
from bot.storage.database import Database
from tests.accountability.aircover.stalled import GUIDANCE, Stalled
from tests.accountability.commitments.examples import ANA, BEN, CLEO, DAN, DAY, DUE, MINUTE, MONDAY, OURS, WEEK, on
from tests.accountability.sessions.examples import HOST

WARNED = on(date(2026, 12, 28), 9)  # two weeks after a Friday is Christmas Day at five
ASKED = on(date(2026, 12, 29), 9)
MUCH_LATER = DUE + 20 * WEEK
EVE = "U0EVE"


@pytest.fixture
def stalled(database: Database) -> Stalled:
    return Stalled(database)


def times(stalled: Stalled) -> list[datetime]:
    """When sponsors were asked, as it is remembered."""
    found = [one.told_at for of in ("c1", "c2") for one in stalled.escalations.so_far(OURS, of) if one.told_at]
    return [at.replace(microsecond=0) for at in found]


# What is overdue


def test_what_is_overdue_for_long_is_told_to_its_owner_and_a_working_day_later_to_the_sponsor(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED - timedelta(minutes=1))
    assert stalled.slack.posts == []
    stalled.play(WARNED + timedelta(hours=1))
    (warning,) = stalled.got(ANA, WarningView)
    assert (warning.sponsor, warning.at.unix) == (DAN, int(ASKED.timestamp()))
    assert stalled.asked == []
    stalled.play(ASKED + timedelta(minutes=1))
    (question,) = stalled.got(DAN, AskView)
    assert (question.what, question.how_long) == ("Publish the customer math", "2 weeks")
    assert question.guidance == GUIDANCE
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN]


def test_the_set_time_is_the_operator_s(database: Database) -> None:
    stalled = Stalled(database, air_cover_after=timedelta(days=3))
    stalled.promise()
    stalled.play(DUE + 5 * DAY)
    assert len(stalled.asked) == 1


def test_whoever_has_got_it_calls_it_off_and_has_as_long_again(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    off = stalled.cover.call_off(OURS, "c1", ANA)
    assert (off.called_off, off.at.words[:10]) == (True, "Mon 11 Jan")
    stalled.play(WARNED + 13 * DAY)
    assert stalled.asked == []
    stalled.play(WARNED + 18 * DAY)
    assert [len(stalled.warned), len(stalled.asked)] == [2, 1]


def test_it_can_be_called_off_by_its_owner_between_the_warning_and_the_question(stalled: Stalled) -> None:
    stalled.promise()
    with pytest.raises(Refusal, match="not about to ask"):
        stalled.cover.call_off(OURS, "c1", ANA)
    stalled.play(WARNED + timedelta(hours=1))
    with pytest.raises(Refusal, match="whoever it is with now"):
        stalled.cover.call_off(OURS, "c1", BEN)
    stalled.play(ASKED + timedelta(hours=1))
    with pytest.raises(Refusal, match="asked already"):
        stalled.cover.call_off(OURS, "c1", ANA)


def test_that_it_was_called_off_stands_in_the_history_once(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    first = stalled.cover.call_off(OURS, "c1", ANA)
    assert stalled.cover.call_off(OURS, "c1", ANA) == first
    assert [one.deed for one in stalled.store.changes(OURS, "c1")] == [Deed.MAKE, Deed.CALL_OFF]


def test_what_has_ended_has_nothing_to_call_off(stalled: Stalled) -> None:
    of = stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    stalled.done_to(deeds.finish(of, ANA, stalled.scene.time()))
    with pytest.raises(Refusal, match="done already"):
        stalled.cover.call_off(OURS, "c1", ANA)
    assert [one.called_off_at for one in stalled.escalations.so_far(OURS, "c1")] == [None]


def test_of_two_who_change_it_at_once_calling_off_decides_anew(stalled: Stalled) -> None:
    of = stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    time = stalled.scene.time
    time.meanwhile.append(lambda: stalled.done_to(deeds.snooze(of, ANA, time.now + DAY, time.now)))
    stalled.cover.call_off(OURS, "c1", ANA)
    history = [one.deed for one in stalled.store.changes(OURS, "c1")]
    assert history == [Deed.MAKE, Deed.SNOOZE, Deed.CALL_OFF]


@pytest.mark.parametrize("deed", ["new_date", "hand_over", "finish", "drop"])
def test_what_is_renegotiated_or_ended_is_not_taken_to_the_sponsor(stalled: Stalled, deed: str) -> None:
    of = stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    now = stalled.scene.time()
    stalled.done_to(
        {
            "new_date": lambda: deeds.new_date(of, ANA, now + 3 * WEEK, now),
            "hand_over": lambda: deeds.hand_over(of, ANA, BEN, now),
            "finish": lambda: deeds.finish(of, ANA, now),
            "drop": lambda: deeds.drop(of, ANA, "Overtaken.", now),
        }[deed]()
    )
    stalled.play(ASKED + DAY)
    assert (stalled.asked == []) == (deed != "hand_over")
    if deed == "hand_over":  # another owner is warned as well before anybody is asked
        assert stalled.got(BEN, WarningView)
        assert times(stalled) == [on(date(2026, 12, 29), 10, 0)]


# A cry for help


def test_help_is_asked_for_at_once_with_what_was_tried(stalled: Stalled) -> None:
    stalled.cry(stalled.promise(link="https://example.slack.com/archives/C1/p1"), "Two meetings with billing.")
    stalled.play(MONDAY + timedelta(minutes=5))
    (question,) = stalled.got(DAN, AskView)
    assert (question.needs_help, question.tried) == (True, "Two meetings with billing.")
    assert question.how_long == "less than a day"
    assert stalled.warned == []


def test_the_sponsor_is_asked_in_their_working_hours_and_outside_their_quiet_hours(
    stalled: Stalled, database: Database
) -> None:
    PeopleStore(database).save_settings(OURS, DAN, Settings(zone="America/New_York"))
    stalled.cry(stalled.promise())
    stalled.play(on(MONDAY.date(), 14, 59))
    assert stalled.asked == []
    stalled.play(on(MONDAY.date(), 15, 1))  # 9:00 in New York
    assert len(stalled.asked) == 1


def test_help_that_is_needed_no_more_by_then_is_not_asked_for(stalled: Stalled) -> None:
    stalled.sleep(on(MONDAY.date(), 18))
    of = stalled.cry(stalled.promise())
    stalled.play(on(MONDAY.date(), 19))
    stalled.done_to(deeds.got_it(of, ANA, stalled.scene.time()))
    stalled.play(MONDAY + WEEK)
    assert stalled.asked == []


# Agreement


def test_nobody_is_asked_who_has_not_agreed_or_agrees_no_more(stalled: Stalled) -> None:
    stalled.agree(agrees=False)
    assert stalled.cover.asks(OURS, "C1") == ""
    stalled.cry(stalled.promise("c2"))
    stalled.promise()
    stalled.play(MUCH_LATER)
    assert stalled.slack.posts == []
    stalled.agree(agrees=True)
    assert stalled.cover.asks(OURS, "C1") == DAN
    stalled.play(MUCH_LATER + 3 * DAY)
    assert len(stalled.asked) == 1


def test_who_withdraws_after_the_warning_is_not_asked(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    stalled.agree(agrees=False)
    stalled.play(MUCH_LATER)
    assert stalled.asked == []


def test_who_withdraws_while_the_question_is_on_its_way_is_not_asked_and_keeps_their_turn(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(ASKED - timedelta(seconds=1))
    stalled.sleep(ASKED + timedelta(seconds=1))
    stalled.runner.run(*stalled.runner.claim(1)[0])  # the look alone
    stalled.agree(agrees=False)
    stalled.play(ASKED + DAY)
    assert stalled.asked == []
    assert stalled.escalations.last_asked(OURS, DAN) is None
    stalled.agree(agrees=True)
    stalled.play(ASKED + 2 * DAY)
    assert len(stalled.asked) == 1


def test_in_a_channel_without_a_series_or_for_a_promise_of_no_channel_nobody_is_asked(stalled: Stalled) -> None:
    for number, channel in enumerate(("C2", "")):
        stalled.cry(stalled.promise(f"c{number}", channel_id=channel))
    stalled.play(MONDAY + DAY)
    assert stalled.slack.posts == []


def test_the_first_series_whose_sponsor_agreed_is_asked_where_there_are_several(stalled: Stalled) -> None:
    stalled.agree(agrees=False)
    stalled.new_series("s2", made_at=MONDAY, sponsor=EVE)
    stalled.cry(stalled.promise())
    stalled.play(MONDAY + DAY)
    assert [question.series_id for question in stalled.got(EVE, AskView)] == ["s2"]


# Weekly at most


def test_two_cries_for_help_are_a_week_apart_also_from_two_channels(stalled: Stalled) -> None:
    stalled.new_series("s2", "C2")
    first = stalled.promise()
    second = stalled.promise("c2", owner=BEN, assigner=BEN, channel_id="C2")
    stalled.cry(first)
    stalled.cry(second)
    stalled.play(MONDAY + 6 * DAY)
    assert [question.commitment_id for question in stalled.asked] == ["c1"]
    stalled.play(MONDAY + 8 * DAY)
    assert [question.commitment_id for question in stalled.asked] == ["c1", "c2"]
    earlier, at = times(stalled)
    assert at - earlier >= WEEK


def test_of_two_overdue_things_the_second_owner_is_warned_when_the_sponsor_can_be_asked_again(stalled: Stalled) -> None:
    stalled.promise("c1", due=DUE - DAY)
    stalled.promise("c2", owner=BEN, assigner=BEN)
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN, BEN, DAN]
    earlier, at = times(stalled)
    assert WEEK <= at - earlier <= WEEK + 4 * DAY


def test_a_warning_that_a_cry_for_help_overtakes_is_given_again(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED + timedelta(hours=1))
    stalled.cry(stalled.promise("c2", owner=BEN, assigner=BEN, due=DUE + 20 * WEEK))
    stalled.play(WARNED + WEEK + 4 * DAY)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN, ANA, DAN]


def test_a_full_channel_is_looked_at_without_asking_slack_about_everybody(stalled: Stalled) -> None:
    for number in range(25):
        who = f"U0P{number}"
        stalled.promise(f"p{number}", owner=who, assigner=who, due=DUE + number * DAY)
    stalled.slack.asked.clear()
    stalled.play(MONDAY + timedelta(hours=1))
    assert len(set(stalled.slack.asked)) <= 6


# When something breaks


def _dying(stalled: Stalled, work: Callable[[], object]) -> None:
    """Does it until it has posted something, and not one line more."""
    posted = len(stalled.slack.posts)
    clock = stalled.scene.time

    def die() -> None:
        clock.meanwhile.append(die)
        if len(stalled.slack.posts) > posted:
            clock.meanwhile.clear()
            raise KeyboardInterrupt

    clock.meanwhile = [die]
    work()


@pytest.mark.parametrize("stumble", ["before", "after"])
@pytest.mark.parametrize("number", [0, 1], ids=["warning", "question"])
def test_an_unclear_outcome_is_looked_into_and_nobody_hears_it_twice(
    stalled: Stalled, stumble: str, number: int
) -> None:
    stalled.promise()
    stalled.play(WARNED - timedelta(minutes=1) if number == 0 else ASKED - timedelta(minutes=1))
    stalled.slack.stumbles.append(stumble)
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN]


@pytest.mark.parametrize("kind", [later.AIR_COVER, later.WARN_OF_AIR_COVER, later.ASK_FOR_AIR_COVER])
def test_a_kill_between_claiming_and_sending_loses_nothing(stalled: Stalled, kind: str) -> None:
    stalled.promise()
    before = ASKED if kind == later.ASK_FOR_AIR_COVER else WARNED
    stalled.play(before - timedelta(seconds=1))
    stalled.sleep(before + timedelta(seconds=1))
    while kind != later.AIR_COVER and not stalled.scene.schedule.is_due({kind}, stalled.scene.time()):
        stalled.runner.run(*stalled.runner.claim(1)[0])
    for _ in range(3):
        stalled.die_at(kind)
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN]


def test_a_kill_after_the_warning_was_sent_neither_repeats_it_nor_forgets_it(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED - timedelta(seconds=1))
    stalled.sleep(WARNED)
    stalled.runner.run(*stalled.runner.claim(1)[0])
    key, due = stalled.runner.claim(1)[0]
    with pytest.raises(KeyboardInterrupt):  # dies where it would remember it
        _dying(stalled, lambda: stalled.cover.handlers[later.WARN_OF_AIR_COVER](key, due))
    stalled.sleep(WARNED + timedelta(minutes=10))
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN]
    assert times(stalled) == [ASKED.replace(minute=10)]  # a working day after it was remembered


def test_after_a_long_downtime_the_owner_is_warned_late_and_has_their_day(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(MONDAY + DAY)
    stalled.sleep(on(date(2027, 2, 5), 22))  # a Friday night
    stalled.play(on(date(2027, 2, 8), 10))
    (warning,) = stalled.warned
    assert warning.at.words.startswith("Tue 9 Feb 2027, 09:00")
    stalled.play(MUCH_LATER)
    assert times(stalled) == [on(date(2027, 2, 9), 9)]


def test_many_looks_at_the_same_moment_warn_once_and_ask_once(stalled: Stalled) -> None:
    of = stalled.promise()
    for at in (WARNED, ASKED):
        for number in range(5):
            stalled.scene.schedule.plan(
                OURS, later.look(later.AIR_COVER, of.channel_id, at + timedelta(seconds=number))
            )
    stalled.sleep(WARNED + timedelta(minutes=1))
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [ANA, DAN]


def test_a_warning_that_is_set_aside_leaves_the_sponsor_to_what_else_is_stuck(stalled: Stalled) -> None:
    stalled.promise()
    stalled.promise("c2", owner=BEN, assigner=BEN, due=DUE + DAY)
    stalled.play(WARNED - timedelta(seconds=1))
    stalled.sleep(WARNED + timedelta(seconds=1))
    stalled.runner.run(*stalled.runner.claim(1)[0])  # the look alone
    ((key, due),) = stalled.runner.claim(1)
    stalled.runner.run(key, replace(due, tries=MOST_TRIES + 1))
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [HOST, BEN, DAN]
    assert [question.commitment_id for question in stalled.asked] == ["c2"]


def test_a_warning_that_came_to_nothing_is_looked_at_again_in_a_day(stalled: Stalled) -> None:
    stalled.promise()
    stalled.play(WARNED - timedelta(seconds=1))
    stalled.sleep(WARNED + timedelta(seconds=1))
    stalled.runner.run(*stalled.runner.claim(1)[0])  # the look alone
    ((key, due),) = stalled.runner.claim(1)
    assert stalled.scene.schedule.done(key, due, WARNED)
    assert stalled.runner.next_due() is None
    look = stalled.look().new[0]
    stalled.scene.schedule.plan(OURS, look)
    stalled.play(look.due_at + timedelta(hours=1))
    following = stalled.runner.next_due()
    assert following is not None
    assert following - look.due_at == pytest.approx(DAY, abs=MINUTE)


def test_a_question_of_unclear_outcome_that_is_overtaken_counts_as_the_sponsor_s_turn(stalled: Stalled) -> None:
    of = stalled.cry(stalled.promise())
    stalled.slack.stumbles.append("after")
    while not stalled.asked:
        stalled.runner.run(*stalled.runner.claim(1)[0])
    stalled.done_to(deeds.got_it(of, ANA, stalled.scene.time()))
    stalled.cry(stalled.promise("c2", owner=BEN, assigner=BEN))
    stalled.play(MONDAY + 6 * DAY)
    assert len(stalled.asked) == 1
    stalled.play(MONDAY + 8 * DAY)
    assert [question.commitment_id for question in stalled.asked] == ["c1", "c2"]


# Who has left


def test_a_sponsor_who_left_is_told_to_the_facilitator_once_and_the_next_one_is_asked(stalled: Stalled) -> None:
    stalled.slack.about[DAN] = {"is_active": False}
    of = stalled.cry(stalled.promise())
    stalled.play(MONDAY + timedelta(hours=1))
    stalled.cry(of)
    stalled.play(MUCH_LATER)
    (told,) = stalled.got(HOST, SeriesTroubleView)
    assert (told.what, told.who) == (Trouble.SPONSOR_GONE, DAN)
    stalled.name_sponsor(EVE)
    stalled.play(MUCH_LATER + 3 * DAY)
    assert [question.commitment_id for question in stalled.got(EVE, AskView)] == ["c1"]


def test_a_sponsor_who_leaves_at_that_very_moment_leaves_the_question_to_the_next(stalled: Stalled) -> None:
    stalled.play(MONDAY + timedelta(minutes=1))
    assert stalled.service.acquaintances.profile(OURS, DAN)
    stalled.slack.about[DAN] = {"is_active": False}
    stalled.slack.closed.add(DAN)
    stalled.cry(stalled.promise())
    stalled.play(MONDAY + timedelta(hours=1))
    assert len(stalled.got(HOST, SeriesTroubleView)) == 1
    stalled.name_sponsor(EVE)
    stalled.play(MONDAY + DAY)
    assert len(stalled.got(EVE, AskView)) == 1


def test_a_sponsor_who_takes_no_messages_is_tried_once_about_each_trouble(stalled: Stalled) -> None:
    stalled.slack.closed.add(DAN)
    stalled.cry(stalled.promise())
    stalled.play(MUCH_LATER)
    assert len(stalled.got(HOST, SeriesTroubleView)) == 1
    assert len(times(stalled)) == 1


def test_nobody_is_asked_behind_the_back_of_an_owner_who_can_t_be_told(stalled: Stalled) -> None:
    stalled.slack.closed.add(ANA)
    stalled.promise()
    stalled.play(MUCH_LATER)
    (told,) = stalled.got(HOST, OwnerTroubleView)
    assert (told.what, told.owner) == (Trouble.DM_REFUSED, ANA)
    assert stalled.asked == []


def test_what_an_owner_who_left_holds_does_not_hold_up_the_others(stalled: Stalled) -> None:
    stalled.slack.about[ANA] = {"is_active": False}
    stalled.promise("c1", due=DUE - DAY)
    stalled.promise("c2", owner=BEN, assigner=BEN)
    stalled.play(MUCH_LATER)
    assert [channel for channel, _ in stalled.slack.posts] == [BEN, DAN]


# What the sponsor says


def messages(stalled: Stalled, user_id: str) -> list[tuple[str, str]]:
    return [(view.done.deed, view.done.reason) for view in stalled.got(user_id, CommitmentMessage)]


@pytest.fixture
def asked(stalled: Stalled) -> Stalled:
    stalled.cry(stalled.promise(assigner=CLEO), "Two meetings.")
    stalled.play(MONDAY + timedelta(minutes=5))
    assert len(stalled.asked) == 1
    return stalled


def test_stepping_in_is_told_to_owner_and_facilitator_and_kept_in_the_history(asked: Stalled) -> None:
    view = asked.cover.step_in(OURS, "c1", DAN)
    assert (view.answer, view.tried) == ("step_in", "Two meetings.")
    asked.cover.step_in(OURS, "c1", DAN)  # a click that came twice
    asked.play(MONDAY + DAY)
    assert messages(asked, ANA) == messages(asked, HOST) == [("step_in", "")]
    assert [one.deed for one in asked.store.changes(OURS, "c1")] == [Deed.MAKE, Deed.NEED_HELP, Deed.STEP_IN]
    assert len(asked.asked) == 1


def test_wanting_to_talk_is_told_to_the_owner_in_the_sponsor_s_words(asked: Stalled) -> None:
    assert asked.cover.talk(OURS, "c1", DAN, "Come and see me.").answer == "talk"
    asked.play(MONDAY + DAY)
    assert messages(asked, ANA) == [("talk", "Come and see me.")]
    assert messages(asked, HOST) == []


def test_not_now_rests_it_and_the_owner_is_not_told_why(asked: Stalled) -> None:
    assert asked.cover.not_now(OURS, "c1", DAN).answer == "not_now"
    asked.play(MUCH_LATER)
    assert messages(asked, ANA) == [("not_now", "")]
    assert len(asked.asked) == 1


def test_a_sponsor_may_think_again(asked: Stalled) -> None:
    asked.cover.not_now(OURS, "c1", DAN)
    asked.cover.step_in(OURS, "c1", DAN)
    asked.play(MONDAY + DAY)
    assert messages(asked, ANA) == [("not_now", ""), ("step_in", "")]


def test_an_answer_leaves_the_promise_as_it_is(asked: Stalled) -> None:
    now = asked.scene.time()
    before = asked.done_to(deeds.snooze(asked.service.commitments.get(OURS, "c1"), ANA, now + DAY, now))
    asked.cover.step_in(OURS, "c1", DAN)
    after = asked.service.commitments.get(OURS, "c1")
    assert replace(after, version=before.version, changed_at=before.changed_at) == before


def test_of_two_who_change_it_at_once_the_sponsor_decides_anew(asked: Stalled) -> None:
    of = asked.service.commitments.get(OURS, "c1")
    asked.scene.time.meanwhile = [lambda: asked.done_to(deeds.new_date(of, ANA, DUE + WEEK, MONDAY + DAY))]
    asked.cover.step_in(OURS, "c1", DAN)
    history = [one.deed for one in asked.store.changes(OURS, "c1")]
    assert history[-2:] == [Deed.NEW_DATE, Deed.STEP_IN]


def test_only_the_sponsor_answers_and_only_while_there_is_something_to_answer(asked: Stalled) -> None:
    with pytest.raises(Refusal, match="no longer sponsor"):
        asked.cover.step_in(OURS, "c1", BEN)
    assert asked.cover.talk_form(OURS, "c1", DAN, origin=NOWHERE).owner == ANA
    of, now = asked.service.commitments.get(OURS, "c1"), asked.scene.time()
    asked.done_to(deeds.finish(of, ANA, now))
    with pytest.raises(Refusal, match="done already"):
        asked.cover.not_now(OURS, "c1", DAN)
