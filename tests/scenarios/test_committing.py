"""Commitments between people: from one sentence to done, and all that may happen on the way."""

from __future__ import annotations

from typing import Any

import pytest

from bot.workspace.records import Channel, Fault, Json, Person
from tests.scenarios.promises import MATH, Promised, commit, field, form_after, labels, problems, saved_by, typed
from tests.scenarios.rounds import NO, YES, hasten, heard, people, resend, settled, start, told, written_to
from tests.scenarios.stage import PATIENCE, Stage, buttons, texts
from tests.scenarios.standing import series


@pytest.fixture
def stage(moving_stage: Stage) -> Stage:
    return moving_stage


@pytest.fixture
def team(stage: Stage) -> list[Person]:
    return people(stage, 4)


@pytest.fixture
def ana(team: list[Person]) -> Person:
    return team[0]


@pytest.fixture
def ben(team: list[Person]) -> Person:
    return team[1]


@pytest.fixture
def cleo(team: list[Person]) -> Person:
    return team[2]


@pytest.fixture
def room(stage: Stage, team: list[Person]) -> Channel:
    return stage.room(f"promises-{team[0].name}", *team)


@pytest.fixture
def asked(stage: Stage, ana: Person, ben: Person, room: Channel) -> Promised:
    """What Ana asks of Ben."""
    return commit(stage, ana, room, f"@{ben.name} {MATH} in two weeks")


@pytest.fixture
def question(asked: Promised, ben: Person) -> Json:
    """The message that asks Ben."""
    return asked.told(ben, "asks you to take this on")


def saved(stage: Stage, what: str) -> int:
    ((count,),) = stage.rows("select count(*) from commitments where what = ?", what)
    return int(count)


# From one sentence to done


def test_one_sentence_is_said_back_saved_asked_accepted_and_done(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    echo = typed(stage, ana, room, f"@{ben.name} {MATH} in two weeks")
    words = texts(echo)
    assert f"*{MATH}*" in words
    assert f"<@{ben.id}>, who is asked first" in words
    assert "17:00 (your time, Europe/Berlin)" in words
    assert labels(echo) == ["Save", "Change", "Cancel"]
    assert stage.rows("select count(*) from commitments where owner = ?", ben.id) == [(0,)]

    promised = saved_by(stage, ana, echo)
    assert "I'm asking" in texts(told(stage, ana, "*Saved.*"))
    question = promised.told(ben, f"<@{ana.id}> asks you to take this on:")
    assert labels(question) == ["I'll take it", "Propose another date", "Decline", "History"]

    promised.press(ben, question, "I'll take it")
    taken = promised.redrawn(question, "You took this on:")
    assert labels(taken)[:6] == ["Done", "New date", "Hand over", "I need help", "Drop it", "Snooze until …"]
    promised.told(ana, f"<@{ben.id}> took this on:")

    promised.press(ben, taken, "Done")
    assert labels(promised.redrawn(question, "You marked this as done:")) == ["History"]
    promised.told(ana, f"<@{ben.id}> marked this as done:")
    assert (promised.state, promised.deeds) == ("done", ["make", "accept", "finish"])


def test_a_promise_of_ones_own_is_open_at_once_and_asks_nobody(stage: Stage, ana: Person, room: Channel) -> None:
    promised = commit(stage, ana, room, f"{MATH} by Friday next week")
    assert "You took this on:" in texts(told(stage, ana, "*Saved.*"))
    assert (promised.state, promised.owner) == ("open", ana.id)
    assert written_to(stage, ana) == []


def test_cancelled_nothing_is_saved(stage: Stage, ana: Person, room: Channel) -> None:
    echo = typed(stage, ana, room, "forget this by Friday next week")
    stage.press(ana, echo, "commit_cancel")
    told(stage, ana, "Nothing was saved")
    assert saved(stage, "forget this") == 0


def test_a_date_that_can_mean_two_is_asked_about(stage: Stage, ana: Person, room: Channel) -> None:
    question = typed(stage, ana, room, f"{MATH} by 03/04")
    assert "“03/04” can mean two days. Which one?" in texts(question)
    one, other, *rest = labels(question)
    assert ("March" in one) != ("March" in other)
    assert rest == ["Change", "Cancel"]
    stage.press(ana, question, "commit_reading:2")
    echo = told(stage, ana, "Before I save it")
    assert other in texts(echo)
    assert saved_by(stage, ana, echo).state == "open"


# The form


def test_the_command_alone_opens_the_form(stage: Stage, ana: Person, room: Channel) -> None:
    form = form_after(stage, ana, room, "")
    assert [field(form, name) for name in ("in_commit_owner", "in_commit_what", "in_commit_when")] == [ana.id, "", ""]
    assert field(form, "in_commit_channel") == room.id


def test_what_can_t_be_read_opens_the_form_with_all_of_it(
    stage: Stage, ana: Person, ben: Person, room: Channel
) -> None:
    form = form_after(stage, ana, room, f"@{ben.name} {MATH} by the 32nd")
    assert "No month has 32 days; give a day from 1 to 31." in texts(form)
    assert [field(form, f"in_commit_{name}") for name in ("owner", "what", "when")] == [ben.id, MATH, "the 32nd"]
    assert problems(stage.workspace.submit(ana.id, form["id"])) == {
        "when": "No month has 32 days; give a day from 1 to 31."
    }

    answer = stage.workspace.submit(ana.id, form["id"], {"in_commit_when": "in two weeks"})
    assert (answer or {})["response_action"] == "push"
    confirmation = stage.workspace.views(ana.id)[-1]
    assert "17:00 (your time, Europe/Berlin)" in texts(confirmation)
    assert stage.rows("select count(*) from commitments where owner = ?", ben.id) == [(0,)]
    stage.workspace.submit(ana.id, confirmation["id"])
    assert "I'm asking" in texts(stage.workspace.views(ana.id)[-1])
    stage.workspace.close_view(ana.id)
    assert stage.workspace.views(ana.id) == []
    assert stage.rows("select what, channel_id from commitments where owner = ?", ben.id) == [(MATH, room.id)]


def test_what_was_said_back_can_be_changed_in_the_form_and_is_saved_once(
    stage: Stage, ana: Person, room: Channel
) -> None:
    echo = typed(stage, ana, room, "publish the wrong thing by Friday next week")
    form = stage.opened(ana, lambda: stage.press(ana, echo, "commit_change"))
    told(stage, ana, "Nothing is saved yet; the form")
    stage.workspace.submit(ana.id, form["id"], {"in_commit_what": "publish the right thing"})
    stage.workspace.submit(ana.id, stage.workspace.views(ana.id)[-1]["id"])
    stage.workspace.close_view(ana.id)
    assert (saved(stage, "publish the right thing"), saved(stage, "publish the wrong thing")) == (1, 0)


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({"when": "yesterday"}, "when", "is over"),
        ({"when": "14 Dec 2036"}, "when", "more than two years off"),
        ({"when": "03/04"}, "when", "say which"),
        ({"what": "x" * 3_000}, "what", "3000 characters; say it in 500"),
        ({"link": "somewhere"}, "link", "That is no link"),
    ],
)
def test_what_has_to_change_is_said_at_its_field(
    stage: Stage, ana: Person, room: Channel, values: dict[str, str], name: str, words: str
) -> None:
    form = form_after(stage, ana, room, "")
    filled = {"what": MATH, "when": "in two weeks", **values}
    answer = stage.workspace.submit(ana.id, form["id"], {f"in_commit_{key}": value for key, value in filled.items()})
    found = problems(answer)
    assert list(found) == [name]
    assert words in found[name]
    stage.workspace.close_view(ana.id)


def test_where_slack_says_nothing_of_somebody_all_that_was_typed_is_kept(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    (new,) = people(stage, 1)
    typed(stage, ana, room, f"{MATH} in two weeks")  # her zone is known from then on
    stage.workspace.faults.append(Fault("users.info", status=429, retry_after=600, times=2))
    refusals.add("ratelimited")
    form = form_after(stage, ana, room, f"@{new.name} {MATH} in two weeks")
    assert "Try once more in a moment" in texts(form)
    assert [field(form, f"in_commit_{name}") for name in ("owner", "what", "when")] == [new.id, MATH, "in two weeks"]
    assert "Try once more in a moment" in problems(stage.workspace.submit(ana.id, form["id"]))["owner"]
    assert (stage.workspace.submit(ana.id, form["id"]) or {})["response_action"] == "push"
    stage.workspace.close_view(ana.id)
    stage.workspace.close_view(ana.id)


def test_some_can_t_be_owners(stage: Stage, ana: Person, room: Channel) -> None:
    (gone,), (elsewhere,) = people(stage, 1, is_deleted=True), people(stage, 1, team_id="T0ELSE")
    bot = stage.workspace.team.bot_user
    form = form_after(stage, ana, room, "")
    for owner, words in ((bot, "A bot can't"), (gone.id, "deactivated"), (elsewhere.id, "of another company")):
        values = {"in_commit_owner": owner, "in_commit_what": MATH, "in_commit_when": "in two weeks"}
        assert words in problems(stage.workspace.submit(ana.id, form["id"], values))["owner"]
    stage.workspace.close_view(ana.id)


def test_five_thousand_characters_open_the_form_with_what_it_takes(stage: Stage, ana: Person, room: Channel) -> None:
    form = form_after(stage, ana, room, "<!channel> " * 10 + "x" * 5_000)
    assert "characters long; say what is promised in 500 at most." in texts(form)
    assert field(form, "in_commit_what").startswith("<!channel> <!channel>")
    stage.workspace.close_view(ana.id)


def test_a_text_that_would_ping_a_channel_pings_nobody(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    hostile = f"@{ben.name} tell <!channel> and <@{ana.id}|x> *now* in two weeks"
    promised = commit(stage, ana, room, hostile)
    question = promised.told(ben, "asks you to take this on")
    assert "&lt;!channel&gt;" in texts(question)
    form = promised.form(ben, question, "Decline")
    promised.fill(ben, form, reason="<!here> no")
    promised.told(ana, "declined this")


# From a message, a shortcut, a weak statement


def test_a_message_becomes_a_commitment_with_its_link(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    message = stage.workspace.say(ben.id, room.id, "I'll publish & present the math")
    form = stage.opened(ana, lambda: stage.workspace.shortcut(ana.id, "commit_message", message))
    assert (field(form, "in_commit_owner"), field(form, "in_commit_what")) == (
        ben.id,
        "I'll publish & present the math",
    )
    link = field(form, "in_commit_link")
    assert link.endswith(f"/p{message['ts'].replace('.', '')}")
    stage.workspace.submit(ana.id, form["id"], {"in_commit_when": "in two weeks"})
    stage.workspace.submit(ana.id, stage.workspace.views(ana.id)[-1]["id"])
    stage.workspace.close_view(ana.id)
    assert stage.rows("select link, channel_id from commitments where owner = ?", ben.id) == [(link, room.id)]
    question = hasten(stage, lambda: written_to(stage, ben))[0]
    assert f"<{link}|the message behind it>" in texts(question).replace("&amp;", "&")


def test_a_weak_statement_of_a_round_becomes_a_commitment(
    stage: Stage, team: list[Person], ana: Person, ben: Person, room: Channel
) -> None:
    poll = start(stage, ana, room, anonymity="named", smallest="3")
    for person in team:
        poll.answer(person, NO, YES, YES)
    results = poll.close(ana)[0]
    form = stage.opened(ana, lambda: stage.press(ana, results, "make_commitment"))
    title = field(form, "in_commit_what")
    assert f"For the readiness statement “{title}”" in texts(form)
    stage.workspace.submit(ana.id, form["id"], {"in_commit_owner": ben.id, "in_commit_when": "in two weeks"})
    stage.workspace.submit(ana.id, stage.workspace.views(ana.id)[-1]["id"])
    stage.workspace.close_view(ana.id)
    ((round_id, statement_id),) = stage.rows("select round_id, statement_id from commitments where owner = ?", ben.id)
    assert round_id == poll.id
    assert statement_id
    question = hasten(stage, lambda: written_to(stage, ben))[-1]
    assert f"For the readiness statement “{title}”" in texts(question)


def test_the_shortcut_opens_an_empty_form_without_a_channel(stage: Stage, ana: Person) -> None:
    form = stage.opened(ana, lambda: stage.workspace.shortcut(ana.id, "commit_anywhere"))
    assert [field(form, f"in_commit_{name}") for name in ("owner", "what", "channel")] == [ana.id, "", ""]
    stage.workspace.close_view(ana.id)


def test_where_slack_gives_no_link_in_time_there_is_a_field_for_it(
    stage: Stage, ana: Person, ben: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("ratelimited")
    message = stage.workspace.say(ben.id, room.id, "I'll do it")
    stage.workspace.faults.append(Fault("chat.getPermalink", status=429, retry_after=600))
    form = stage.opened(ana, lambda: stage.workspace.shortcut(ana.id, "commit_message", message))
    assert field(form, "in_commit_link") == ""
    stage.workspace.close_view(ana.id)


def test_a_form_that_slack_does_not_open_in_time_is_a_button_away(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    refusals.add("ratelimited")
    stage.workspace.faults.append(Fault("views.open", status=429, retry_after=5))
    note = stage.command(ana, room, f"commit {MATH} by the 32nd")
    form = stage.opened(ana, lambda: stage.press(ana, note, "commit_change"))
    assert (field(form, "in_commit_what"), field(form, "in_commit_when")) == (MATH, "the 32nd")
    stage.workspace.close_view(ana.id)


# Answers


def test_another_date_is_proposed_and_agreed(
    stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    form = asked.form(ben, question, "Propose another date")
    refused = problems(asked.fill(ben, form, date="whenever"))
    assert refused["commitment_date"].startswith("I don't understand “whenever” as a date; write the date as")
    asked.fill(ben, form, date="in three weeks", reason="the data comes late")
    assert "*You propose:*" in texts(stage.workspace.views(ben.id)[-1])
    before = asked.due
    asked.confirm(ben)
    assert stage.workspace.views(ben.id) == []
    asked.redrawn(question, "You would take this on by another date")
    assert asked.due == before

    proposal = asked.told(ana, "would take this on by another date")
    assert "the data comes late" in texts(proposal)
    assert labels(proposal)[:2] == ["Accept that date", "Keep the first one"]
    asked.press(ana, proposal, "Accept that date")
    asked.redrawn(proposal, "You agreed to the other date")
    asked.told(ben, "agreed to the other date")
    assert (asked.state, asked.due > before) == ("open", True)


def test_the_first_date_is_kept_and_asked_about_once_more(
    asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    asked.fill(ben, asked.form(ben, question, "Propose another date"), date="in three weeks")
    asked.confirm(ben)
    asked.press(ana, asked.told(ana, "would take this on by another date"), "Keep the first one")
    again = asked.told(ben, "kept the first date and asks you once more")
    asked.press(ben, again, "I'll take it")
    asked.told(ana, "took this on")
    assert asked.deeds == ["make", "propose_date", "keep_date", "accept"]


def test_declining_takes_a_reason_and_ends_it(asked: Promised, question: Json, ana: Person, ben: Person) -> None:
    form = asked.form(ben, question, "Decline")
    assert "Say in a few words why you decline" in str(asked.fill(ben, form, reason="  "))
    asked.fill(ben, form, reason="no budget for it")
    asked.redrawn(question, "You declined this")
    assert "no budget for it" in texts(asked.told(ana, "declined this"))
    assert asked.state == "dropped"


def test_handed_over_and_declined_it_is_back(
    stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person, cleo: Person
) -> None:
    asked.press(ben, question, "I'll take it")
    taken = asked.redrawn(question, "You took this on")
    form = asked.form(ben, taken, "Hand over")
    bot = stage.workspace.team.bot_user
    assert "A bot can't keep a promise" in str(asked.fill(ben, form, person=bot))
    asked.fill(ben, form, person=cleo.id, reason="it is her area")
    assert (asked.state, asked.owner) == ("handed_over", cleo.id)
    asked.told(ana, f"asked <@{cleo.id}> to take this over")
    handed = asked.told(cleo, "would like to hand this over to you")
    assert "it is her area" in texts(handed)

    asked.fill(cleo, asked.form(cleo, handed, "Decline"), reason="not mine")
    assert (asked.state, asked.owner) == ("open", ben.id)
    asked.told(ana, f"declined this, so it is with <@{ben.id}> again")
    back = asked.told(ben, "declined this, so it is with you again")
    assert "Done" in labels(back)


# Renegotiating


def test_a_new_date_is_said_back_and_told_with_its_reason(
    stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    asked.press(ben, question, "I'll take it")
    taken = asked.redrawn(question, "You took this on")
    asked.fill(ben, asked.form(ben, taken, "New date"), date="in four weeks", reason="the audit first")
    assert "17:00 (your time, Europe/Berlin)" in texts(stage.workspace.views(ben.id)[-1])
    asked.confirm(ben)
    asked.redrawn(question, "You set a new date")
    assert "the audit first" in texts(asked.told(ana, "set a new date"))


def test_help_is_asked_for_and_no_longer_needed(asked: Promised, question: Json, ana: Person, ben: Person) -> None:
    asked.press(ben, question, "I'll take it")
    taken = asked.redrawn(question, "You took this on")
    asked.fill(ben, asked.form(ben, taken, "I need help"), tried="asked finance twice")
    stuck = asked.redrawn(question, "You asked for help with this")
    assert "asked finance twice" in texts(asked.told(ana, "asked for help with this"))
    asked.press(ben, stuck, "I've got it")
    asked.told(ana, "can go on with this without help")


def test_a_snooze_tells_nobody(stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person) -> None:
    asked.press(ben, question, "I'll take it")
    taken = asked.redrawn(question, "You took this on")
    asked.told(ana, "took this on")
    asked.fill(ben, asked.form(ben, taken, "Snooze until …"), date="in five days")
    assert "9:00 (your time, Europe/Berlin)" in texts(stage.workspace.views(ben.id)[-1])
    asked.confirm(ben)
    asked.redrawn(question, "You snoozed this")
    assert asked.deeds[-1] == "snooze"
    assert len([one for one in written_to(stage, ana) if asked.is_in(one)]) == 1


def test_dropping_takes_a_reason(asked: Promised, ana: Person, ben: Person) -> None:
    form = asked.form(ana, _own_message(asked, ana), "Drop it")
    assert "why you drop this" in str(asked.fill(ana, form, reason=" "))
    asked.fill(ana, form, reason="superseded")
    assert "superseded" in texts(asked.told(ben, "dropped this"))


def _own_message(asked: Promised, person: Person) -> Json:
    """The modal with all of it, opened from what the maker was told."""
    stage = asked.stage
    note = next(one for one in stage.workspace.ephemerals(person.id) if asked.is_in(one))
    return stage.opened(person, lambda: stage.press(person, note, "show_commitment"))


# Looking


def test_the_modal_shows_everything_and_its_reader_acts_in_it(
    stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    modal = asked.form(ben, question, "History")
    assert f"<@{ana.id}> made it for <@{ben.id}>" in texts(modal)
    asked.press(ben, modal, "I'll take it")
    shown = hasten(stage, lambda: [one for one in stage.workspace.views(ben.id) if "You took it on" in texts(one)])[0]
    asked.redrawn(question, "You took this on")

    form = asked.form(ben, shown, "New date")
    asked.fill(ben, form, date="in four weeks", reason="the audit first")
    assert (asked.confirm(ben) or {})["response_action"] == "update"
    top = stage.workspace.views(ben.id)[-1]
    assert "You set a new date" in texts(top)
    assert "the audit first" in texts(top)
    stage.workspace.close_view(ben.id)
    assert stage.workspace.views(ben.id) == []
    asked.redrawn(question, "You set a new date")


def test_a_stranger_sees_it_without_buttons_and_is_refused(
    stage: Stage, asked: Promised, team: list[Person], room: Channel
) -> None:
    stranger = team[3]
    listed = stage.command(stranger, room, "commitments")
    modal = stage.opened(stranger, lambda: stage.press(stranger, listed, "show_commitment", asked.id))
    assert labels(modal) == []
    stage.workspace.close_view(stranger.id)
    asked.press_unseen(stranger, "commitment_done")
    refusal = told(stage, stranger, "can change this")
    assert "whose commitment it is" in refusal["text"]
    assert asked.state == "proposed"


def test_who_leads_the_channels_sessions_may_act(
    stage: Stage, asked: Promised, ana: Person, ben: Person, cleo: Person, room: Channel
) -> None:
    series(stage, room, cleo)
    listed = stage.command(cleo, room, "commitments")
    modal = stage.opened(cleo, lambda: stage.press(cleo, listed, "show_commitment", asked.id))
    asked.press(cleo, modal, "Done")
    for person in (ana, ben):
        asked.told(person, f"<@{cleo.id}> marked this as done")


def test_lists_are_filtered_and_turned(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    for number in range(12):
        commit(stage, ana, room, f"do thing {number} in {number + 2} weeks")
    commit(stage, ana, room, f"@{ben.name} help in two weeks")
    first = stage.command(ana, room, "mine")
    assert "Open: 12 commitments" in texts(first)
    assert "do thing 0" in texts(first)
    stage.press(ana, first, "list_commitments_page")
    second = told(stage, ana, "Page 2 of 2")
    assert "do thing 11" in texts(second)
    asked_value = next(option for option in _options(second) if option[0] == "Asked of others")[1]
    stage.workspace.click(ana.id, second, "list_commitments_filter", asked_value)
    hasten(stage, lambda: heard(stage, ana, "Asked of others: 10") or heard(stage, ana, "Asked of others: 13"))
    assert "Commitments in <#" in texts(stage.command(ben, room, "commitments"))
    assert "1 commitment" in texts(stage.command(ben, stage.dm(ben), "mine"))
    assert "in the channel whose list you want" in stage.command(ben, stage.dm(ben), "commitments")["text"]


def test_a_list_in_messages_stays_one_whatever_is_done_from_it(stage: Stage, ana: Person, room: Channel) -> None:
    one, other = (commit(stage, ana, room, f"{MATH} {number} in two weeks") for number in ("once", "twice"))
    home = stage.workspace.open_home(ana.id, timeout=PATIENCE)
    assert home is not None
    listed = stage.posted(stage.dm(ana), lambda: stage.press(ana, home, "list_commitments"))
    modal = stage.opened(ana, lambda: stage.press(ana, listed, "show_commitment", one.id))
    one.press(ana, modal, "Done")
    hasten(stage, lambda: [view for view in stage.workspace.views(ana.id) if "You marked it as done" in texts(view)])
    stage.workspace.close_view(ana.id)
    now = stage.workspace.find(listed["channel"], listed["ts"])
    assert now is not None
    assert one.is_in(now)
    assert other.is_in(now)


def _options(message: Json) -> list[tuple[str, str]]:
    select = next(block["accessory"] for block in message["blocks"] if block.get("accessory", {}).get("options"))
    return [(option["text"]["text"], option["value"]) for option in select["options"]]


# Twice, and at once


def test_a_save_that_slack_delivers_twice_makes_one(stage: Stage, ana: Person, ben: Person, room: Channel) -> None:
    echo = typed(stage, ana, room, f"@{ben.name} publish it once in two weeks")
    pressed = settled(stage, stage.press(ana, echo, "commit_save"))
    settled(stage, stage.again(pressed))
    hasten(stage, lambda: written_to(stage, ben))
    assert saved(stage, "publish it once") == 1
    assert len(written_to(stage, ben)) == 1


def test_a_click_that_slack_delivers_twice_is_one_deed(
    asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    pressed = asked.press(ben, question, "I'll take it")
    settled(asked.stage, asked.stage.again(pressed))
    asked.told(ana, "took this on")
    assert asked.deeds == ["make", "accept"]
    assert heard(asked.stage, ben, "already") == []


def test_of_two_who_act_at_once_the_second_is_told_how_it_stands(
    stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    modal = _own_message(asked, ana)
    first = stage.workspace.click(ben.id, question, "commitment_accept", asked.id)
    second = stage.workspace.click(ana.id, modal["id"], "commitment_done", asked.id)
    settled(stage, first)
    settled(stage, second)
    assert asked.deeds in (["make", "accept", "finish"], ["make", "finish"])
    if asked.deeds == ["make", "finish"]:
        told(stage, ben, "done already")
    stage.workspace.close_view(ana.id)


def test_a_button_of_an_old_message_says_why_not_and_shows_how_it_stands(
    stage: Stage, asked: Promised, question: Json, ana: Person, ben: Person
) -> None:
    asked.fill(ana, asked.form(ana, _own_message(asked, ana), "Drop it"), reason="superseded")
    asked.press(ben, question, "I'll take it")
    told(stage, ben, "This commitment is dropped already")
    assert labels(asked.redrawn(question, "dropped this")) == ["History"]
    asked.press_in(ben, question, "commitment_decline")
    assert stage.workspace.views(ben.id) == []


def test_a_click_on_a_channels_message_is_confirmed_to_the_person_alone(
    stage: Stage, ana: Person, room: Channel
) -> None:
    promised = commit(stage, ana, room, f"{MATH} in two weeks")
    source = _posted(stage, room, promised)
    settled(stage, stage.workspace.click(ana.id, source, "commitment_done:3", promised.id))
    told(stage, ana, "You marked this as done")
    assert "commitment_done:3" in str(stage.said(room.id)[-1]["blocks"])


def test_what_a_form_from_a_channels_message_did_is_said_there_to_the_person_alone(
    stage: Stage, ana: Person, room: Channel
) -> None:
    promised = commit(stage, ana, room, f"{MATH} in two weeks")
    source = _posted(stage, room, promised, "commitment_drop:3")
    form = stage.opened(ana, lambda: stage.workspace.click(ana.id, source, "commitment_drop:3", promised.id))
    promised.fill(ana, form, reason="superseded")
    assert told(stage, ana, "You dropped this")["channel"] == room.id
    assert stage.workspace.views(ana.id) == []


def _posted(stage: Stage, room: Channel, promised: Promised, action: str = "commitment_done:3") -> Json:
    """A message of another theme's with a button of ours."""
    button: dict[str, Any] = {
        "type": "button",
        "action_id": action,
        "value": promised.id,
        "text": {"type": "plain_text", "text": "Done"},
    }
    blocks = [{"type": "actions", "elements": [button]}]
    stage.bots[-1].guard.gateway._client.chat_postMessage(channel=room.id, text="Item 3", blocks=blocks)
    return stage.workspace.wait_for(lambda: stage.said(room.id)[-1:], PATIENCE)[0]


def test_where_the_owner_takes_no_messages_whoever_asked_hears_of_it(
    stage: Stage, ana: Person, room: Channel, refusals: set[str]
) -> None:
    (gone,) = people(stage, 1)
    echo = typed(stage, ana, room, f"@{gone.name} {MATH} in two weeks")
    stage.workspace.deactivate(gone.id)
    refusals.add("user_disabled")
    saved_by(stage, ana, echo)
    hasten(stage, lambda: written_to(stage, ana))
    assert f"<@{gone.id}>" in texts(written_to(stage, ana)[0])


def test_what_came_from_an_old_form_is_refused_with_what_to_do(stage: Stage, ana: Person, room: Channel) -> None:
    echo = typed(stage, ana, room, "publish it too late by Friday next week")
    pressed = settled(stage, stage.press(ana, echo, "commit_cancel"))

    def other(payload: Json) -> None:
        payload["actions"][0] |= {"action_id": "commit_save", "value": "nothing", "action_ts": "1.1"}

    resend(stage, pressed, other)
    told(stage, ana, "too old to be saved")
    assert buttons(echo)
