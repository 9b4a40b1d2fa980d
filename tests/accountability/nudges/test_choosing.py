"""Choosing how to be reminded, and looking at what was and what comes. On both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from bot.accountability.calendar.workdays import Quiet
from bot.accountability.commitments import commitment as deeds
from bot.accountability.nudges.choosing import Wish
from bot.accountability.nudges.people import NO_COUNTRY, Settings, Volume
from bot.accountability.nudges.store import PeopleStore
from bot.accountability.nudges.views import NudgeView, SettingsView
from bot.errors import Refusal
from bot.resources import TEMPLATES
from bot.slack.render import Renderer, View
from bot.workspace.records import Fault, Person
from tests.accountability.commitments.examples import DAY, DUE, OURS, on
from tests.accountability.nudges.desk import Desk
from tests.accountability.nudges.desk import words as words_of
from tests.scenarios.stage import texts

SHOWN = Wish(Volume.STANDARD)


@pytest.fixture
def ana(desk: Desk) -> Person:
    return desk.person()


def kept(desk: Desk, ana: Person) -> Settings:
    return PeopleStore(desk.process.database).settings(OURS, ana.id)


def words(view: View) -> str:
    return texts(Renderer(TEMPLATES).render(view))


def pause(desk: Desk, ana: Person, text: str) -> SettingsView:
    return desk.process.reminders.choosing.pause(OURS, ana.id, text)


def quiet(desk: Desk, ana: Person, text: str) -> SettingsView:
    return desk.process.reminders.choosing.quiet(OURS, ana.id, text)


def filled_in(desk: Desk, ana: Person, wish: Wish) -> dict[str, str]:
    chosen, problems = desk.process.reminders.choosing.read(OURS, ana.id, wish)
    if not problems:
        desk.process.reminders.choosing.save(OURS, ana.id, chosen)
    return problems


# By command


def test_a_pause_is_confirmed_with_the_next_reminder_and_plans_a_look(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(desk.now + DAY)
    before = desk.looks(ana)
    view = pause(desk, ana, "until 10 Dec")
    assert kept(desk, ana).paused_until == on(date(2026, 12, 10), 9)
    assert "*Paused until Thursday 10 December, 09:00.* Next reminder: Thursday 10 December, 09:00, about" in words(
        view
    )
    assert desk.looks(ana) == before + 1
    view = pause(desk, ana, "off")
    assert kept(desk, ana).paused_until is None
    assert "*Your pause is over.* Next reminder: Tuesday 8 December, 09:00" in words(view)


def test_quiet_is_until_further_notice_or_for_hours_of_the_day(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    assert "*No reminders until you write `/cco quiet off`.* Meanwhile nothing comes" in words(quiet(desk, ana, ""))
    assert kept(desk, ana).muted
    assert "*Quiet hours 08:00 to 11:30.*" in words(quiet(desk, ana, "8:00-11:30"))
    assert "*Reminders come again.* Next reminder: Tuesday 8 December, 11:30" in words(quiet(desk, ana, "off"))
    assert kept(desk, ana) == Settings(quiet=Quiet(time(8), time(11, 30)), paused_until=desk.now)
    assert "*No quiet hours any more.* Next reminder: Tuesday 8 December, 09:00" in words(quiet(desk, ana, "off"))
    assert kept(desk, ana) == Settings(paused_until=desk.now)


def test_whoever_was_quiet_is_not_told_that_we_were_late(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    quiet(desk, ana, "")
    desk.until(on(date(2026, 12, 16), 12))
    quiet(desk, ana, "off")
    desk.until(on(date(2026, 12, 16), 13))
    assert "late" not in words_of(desk.got(ana)[-1]).replace("later than planned because of your pause", "")
    assert "later than planned because of your pause" in words_of(desk.got(ana)[-1])


def test_quiet_hours_outside_work_are_said_to_hold_anyway(desk: Desk, ana: Person) -> None:
    assert "so they hold anyway" in words(quiet(desk, ana, "18:00-8:00"))
    assert "so they hold anyway" not in words(quiet(desk, ana, "16:59-8:00"))
    assert "so they hold anyway" not in words(quiet(desk, ana, "22:00-9:01"))


def test_what_can_t_be_read_changes_nothing(desk: Desk, ana: Person) -> None:
    with pytest.raises(Refusal):
        pause(desk, ana, "until the 32nd")
    with pytest.raises(Refusal):
        quiet(desk, ana, "loud")
    assert kept(desk, ana) == Settings()


def test_whoever_has_nothing_open_is_told_so(desk: Desk, ana: Person) -> None:
    assert "You have no open commitments, so there is nothing to remind you of." in words(pause(desk, ana, "off"))


def test_what_is_saved_while_slack_is_silent_is_said_to_be_saved(desk: Desk, ana: Person) -> None:
    desk.workspace.faults.append(Fault("users.info", status=503, times=9))
    assert "*Saved.* Slack doesn't tell me your time zone just now" in words(quiet(desk, ana, ""))
    assert kept(desk, ana).muted


# In the form


def test_the_form_takes_all_of_it_at_once_and_shows_it_again(desk: Desk, ana: Person) -> None:
    wish = Wish(Volume.LIGHT, "12:00-14:00", "tokyo", "jp", "14 Dec")
    assert filled_in(desk, ana, wish) == {}
    tokyo = on(date(2026, 12, 14), 1)  # in Berlin; 9:00 there
    noon = Quiet(time(12), time(14))
    assert kept(desk, ana) == Settings("Asia/Tokyo", "JP", Volume.LIGHT, noon, False, tokyo)
    form = desk.process.reminders.choosing.form(OURS, ana.id)
    assert (form.volume, form.quiet, form.zone) == ("light", "12:00-14:00", "Asia/Tokyo")
    assert (form.country, form.paused_until, form.slack_zone) == ("JP", "2026-12-14", "Europe/Berlin")
    again = Wish(form.volume, form.quiet, form.zone, form.country, form.paused_until)
    assert filled_in(desk, ana, again) == {}
    assert kept(desk, ana).paused_until == tokyo


def test_what_is_emptied_is_no_choice_any_more(desk: Desk, ana: Person) -> None:
    filled_in(desk, ana, Wish("off", "12:00-14:00", "tokyo", "none", "14 Dec"))
    assert kept(desk, ana).muted
    assert kept(desk, ana).country == NO_COUNTRY
    assert desk.process.reminders.choosing.form(OURS, ana.id).volume == "off"
    assert filled_in(desk, ana, SHOWN) == {}
    assert kept(desk, ana) == Settings(paused_until=desk.now)


def test_each_field_that_can_t_be_read_is_said_at_its_place_and_nothing_is_saved(desk: Desk, ana: Person) -> None:
    wish = replace(SHOWN, quiet="loud", zone="Mars/Olympus", country="XX", paused_until="yesterday")
    problems = filled_in(desk, ana, wish)
    assert problems.keys() == {"quiet", "zone", "country", "paused_until"}
    assert "There is no time zone “Mars/Olympus”" in problems["zone"]
    assert kept(desk, ana) == Settings()


def test_a_pause_that_is_over_is_not_shown(desk: Desk, ana: Person) -> None:
    desk.chooses(ana, paused_until=desk.now + DAY)
    desk.sleep(desk.now + 2 * DAY)
    assert desk.process.reminders.choosing.form(OURS, ana.id).paused_until == ""


# What was and what comes


def test_why_tells_the_last_ten_decisions_and_what_is_decided_now(desk: Desk, ana: Person) -> None:
    outlook = desk.process.reminders.outlook
    assert "nothing to remind you of" in words(outlook.why(OURS, ana.id))
    for number in range(4):
        desk.promise(ana, DUE + number * DAY, what=f"Thing {number} <!channel>")
    desk.until(on(date(2026, 12, 16), 10))
    view = outlook.why(OURS, ana.id)
    assert len(view.past) == 10
    assert "you promised “Thing" in view.past[0]
    assert "<!channel>" not in words(view)
    assert len(view.now) == 4
    desk.chooses(ana, muted=True)
    assert "• No reminder of “Thing 0 &lt;!channel&gt;”: you asked me to be quiet." in words(outlook.why(OURS, ana.id))


def test_upcoming_tells_the_next_twelve_where_they_are(desk: Desk, ana: Person) -> None:
    outlook = desk.process.reminders.outlook
    assert "You have no open commitments" in words(outlook.upcoming(OURS, ana.id))
    for number in range(4):
        desk.promise(ana, DUE + number * 7 * DAY)
    view = outlook.upcoming(OURS, ana.id)
    assert len(view.messages) == 12
    assert view.messages[0].when == "Tuesday 8 December, 09:00"
    assert "Times are those of Europe/Berlin." in words(view)
    desk.until(on(date(2026, 12, 8), 9))
    assert outlook.upcoming(OURS, ana.id).messages[0].when == view.messages[1].when


def test_a_message_is_drawn_anew_as_things_stand(desk: Desk, ana: Person) -> None:
    done, _ = desk.promise(ana, DUE), desk.promise(ana, DUE, what="Agree owners")
    desk.until(on(date(2026, 12, 8), 10))
    (message,) = desk.got(ana)
    desk.does(deeds.finish, done)
    redraw = desk.process.reminders.redraw
    view = redraw(OURS, ana.id, message["channel"], message["ts"])
    assert isinstance(view, NudgeView)
    assert "*Publish the customer math* is done." in words(view)
    assert "*Agree owners* is due on Friday 11 December, 17:00." in words(view)
    assert "Next: Friday 11 December, 09:00" in words(view)
    assert redraw(OURS, desk.person().id, message["channel"], message["ts"]) is None
    assert redraw(OURS, ana.id, message["channel"], "1.1") is None


def test_what_is_open_and_overdue_is_counted(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.promise(ana, DUE + DAY)
    desk.sleep(DUE + DAY / 2)
    assert desk.process.reminders.outlook.count(OURS, ana.id) == (2, 1)


def test_what_is_older_than_a_year_is_forgotten(desk: Desk, ana: Person) -> None:
    desk.promise(ana, DUE)
    desk.until(on(date(2026, 12, 8), 10))
    assert desk.process.reminders.clean() == 0
    desk.sleep(on(date(2027, 12, 9), 10))
    assert desk.process.reminders.clean() == 2  # the message, and the zone that was seen then
