"""From a sentence or a form to words, and from words to one commitment."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.accountability import later
from bot.accountability.commitments.commitment import State
from bot.accountability.commitments.making.service import Filled, FilledWrongly
from bot.accountability.commitments.making.views import CommitForm, EchoView, QuestionView
from bot.accountability.commitments.service import CommitmentService
from bot.accountability.commitments.store import CommitmentStore
from bot.errors import Refusal
from bot.resources import TEMPLATES
from bot.slack.render import Renderer
from bot.workspace.blocks import problems, view_problems
from tests.accountability.commitments.examples import ANA, BEN, DAY, OURS, WEEK
from tests.accountability.surroundings import Scene

BOT = "U0BOT"
FILLED = Filled(BEN, "Publish the math", "14 Dec", "https://e.com/1", "C1")
PARTS = st.sampled_from(
    "<@U0BEN> <@U0BEN|ben> <@U0BOT> <!subteam^S1|@team> <!here> <!channel> for and by until on due before at in the "
    "end of next two weeks Friday 3pm 14 Dec 14.12. 03/04 32nd yesterday publish math 2036 ; &lt; &amp; <@ > : ' 's "
    '@ben <https://e.com|e> *b* `c` {{ 7 }} ]} \\ " 🙂 日本語 \u202e'.split(" ")
)
TEXTS = st.lists(PARTS, max_size=12).map(" ".join) | st.text(max_size=80) | st.text(min_size=400, max_size=700)


@pytest.fixture(autouse=True)
def slack(scene: Scene) -> None:
    scene.slack.about = {BOT: {"is_bot": True}}


def read(service: CommitmentService, text: str, channel_id: str = "C1") -> EchoView | QuestionView | CommitForm:
    return service.making.read(OURS, ANA, text, channel_id)


def echoed(service: CommitmentService, text: str, channel_id: str = "C1") -> EchoView:
    view = read(service, text, channel_id)
    assert isinstance(view, EchoView)
    return view


def form(service: CommitmentService, text: str) -> CommitForm:
    view = read(service, text)
    assert isinstance(view, CommitForm)
    return view


# A sentence


def test_what_was_understood_is_said_back(service: CommitmentService) -> None:
    echo = echoed(service, "<@U0BEN|ben> publish the math &amp; more by 14 Dec").echo
    assert (echo.owner, echo.maker, echo.what) == (BEN, ANA, "publish the math & more")
    assert echo.due == "Monday 14 December 2026, 17:00 (your time, Europe/Berlin)"


def test_nothing_is_saved_by_it(service: CommitmentService, store: CommitmentStore, scene: Scene) -> None:
    draft = echoed(service, "<@U0BEN> publish it by 14 Dec").echo.draft_id
    assert store.get(OURS, draft) is None
    assert scene.due(later.TELL_OF_COMMITMENT) == []


def test_who_names_nobody_promises_it_themself(service: CommitmentService, scene: Scene) -> None:
    assert echoed(service, "publish it by 14 Dec").echo.owner == ANA
    assert scene.slack.asked == [ANA]  # for the zone


def test_a_date_that_can_mean_two_is_asked_about(service: CommitmentService) -> None:
    view = read(service, "<@U0BEN> publish it by 03/04")
    assert isinstance(view, QuestionView)
    assert view.when == "03/04"
    assert [reading.words for reading in view.readings] == ["Thursday 4 March 2027", "Saturday 3 April 2027"]
    chosen = service.making.choose(OURS, ANA, view.readings[1].draft_id)
    assert chosen.echo.due.startswith("Saturday 3 April 2027, 17:00")
    one, other = (service.making.save(OURS, ANA, reading.draft_id) for reading in view.readings)
    assert one == other


@pytest.mark.parametrize(
    ("text", "problem", "owner", "what", "when"),
    [
        ("", "", ANA, "", ""),
        ("publish it", "By when?", ANA, "publish it", ""),
        ("<@U0BEN> publish it by the 32nd", "No month has 32 days", BEN, "publish it", "the 32nd"),
        ("publish it by yesterday", "is over", ANA, "publish it", "yesterday"),
        ("publish it by 14 Dec 2036", "more than two years off", ANA, "publish it", "14 Dec 2036"),
        ("<@U0BEN> by Friday", "doesn't say what is promised", BEN, "", "Friday"),
        ("<@U0BOT> publish it by 14 Dec", "A bot can't keep a promise", "", "publish it", "14 Dec"),
        ("<@U0BOT> publish it by the 32nd", "No month has 32 days", "", "publish it", "the 32nd"),
        ("<!subteam^S1|@team> publish it by 14 Dec", "A group can't keep", "", "@team publish it", "14 Dec"),
        ("<@U1> and <@U2> do it by 14 Dec", "here are 2", "", "@someone and @someone do it", "14 Dec"),
        ("@ann publish it by 14 Dec", "I can't tell who “@ann” is", "", "@ann publish it", "14 Dec"),
        ("x" * 501, "501 characters", ANA, "x" * 501, ""),
    ],
)
def test_what_can_t_be_saved_opens_the_form_with_all_of_it(
    service: CommitmentService, text: str, problem: str, owner: str, what: str, when: str
) -> None:
    opened = form(service, text)
    assert problem in opened.problem
    assert bool(opened.problem) == bool(problem)
    assert (opened.owner, opened.what, opened.when, opened.channel_id) == (owner, what, when, "C1")


def test_fifty_owners_are_counted_whatever_their_names_take(service: CommitmentService) -> None:
    named = " ".join(f"<@U0ABCDEF{number}|somebody{number}>" for number in range(50))
    assert "one owner, and here are 50" in form(service, f"{named} publish it by 14 Dec").problem


@pytest.mark.parametrize(
    ("about", "words"),
    [({"is_active": False}, "deactivated"), ({"team_id": "T2"}, "another company"), ({"is_bot": True}, "A bot")],
)
def test_some_people_can_t_be_asked(
    service: CommitmentService, scene: Scene, about: dict[str, Any], words: str
) -> None:
    scene.slack.about = {BEN: about}
    assert words in form(service, "<@U0BEN> publish it by 14 Dec").problem


def test_where_slack_says_nothing_all_is_kept_and_the_zone_is_not_made_up(
    service: CommitmentService, scene: Scene
) -> None:
    scene.slack.is_busy = True
    opened = form(service, "<@U0BEN> publish it by 14 Dec")
    assert "Try once more in a moment" in opened.problem
    assert (opened.owner, opened.what, opened.when) == (BEN, "publish it", "14 Dec")
    assert echoed(service, "publish it by 14 Dec").echo.due == (
        "Monday 14 December 2026, 17:00 (UTC, as Slack didn't tell me your time zone)"
    )


def test_what_is_written_to_the_bot_directly_belongs_to_no_channel(service: CommitmentService) -> None:
    assert echoed(service, "publish it by 14 Dec", "D1").echo.channel_id == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(TEXTS)
def test_whatever_is_typed_is_said_back_or_asked_about_or_opens_the_form(
    service: CommitmentService, store: CommitmentStore, text: str
) -> None:
    view = read(service, text)
    rendered = Renderer(TEMPLATES).render(view)
    assert (view_problems(rendered) if isinstance(view, CommitForm) else problems(rendered["blocks"])) == []
    drafts = {
        EchoView: lambda: [view.echo.draft_id],  # type: ignore[union-attr]
        QuestionView: lambda: [one.draft_id for one in view.readings],  # type: ignore[union-attr]
        CommitForm: list,
    }[type(view)]()
    saved = {service.making.save(OURS, ANA, draft).id for draft in drafts}
    assert len(saved) == (0 if isinstance(view, CommitForm) else 1)
    for name in saved:
        of = store.get(OURS, name)
        assert of is not None
        assert of.owner in {ANA, BEN}
        assert of.due > of.made_at
        assert any(letter.isalnum() for letter in of.what)


# Forms


def test_the_form_says_back_what_was_filled_in(service: CommitmentService) -> None:
    echo = service.making.fill(OURS, ANA, service.making.form(OURS, ANA).draft_id, FILLED).echo
    assert (echo.owner, echo.what, echo.link, echo.channel_id) == (BEN, "Publish the math", "https://e.com/1", "C1")
    assert echo.due.startswith("Monday 14 December 2026, 17:00")


def test_all_that_has_to_change_is_said_at_once(service: CommitmentService) -> None:
    wrong = Filled(BOT, "…", "the 32nd", "nowhere")
    with pytest.raises(FilledWrongly) as caught:
        service.making.fill(OURS, ANA, service.making.form(OURS, ANA).draft_id, wrong)
    assert caught.value.problems.keys() == {"owner", "what", "when", "link"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("owner", "", "Choose one person"),
        ("owner", BOT, "A bot can't keep a promise"),
        ("what", "x" * 501, "501 characters; say it in 500"),
        ("what", " \n ", "doesn't say what is promised"),
        ("when", "yesterday", "is over"),
        ("when", "03/04", "can mean Thursday 4 March 2027 (Europe/Berlin) or Saturday 3 April 2027"),
        ("when", "in ten years", "more than two years off"),
        ("when", "soonish", "I don't understand “soonish” as a date"),
        ("link", "the wiki", "That is no link"),
    ],
)
def test_what_has_to_change_is_said_at_its_field(
    service: CommitmentService, field: str, value: str, words: str
) -> None:
    wrong = Filled(**{**vars(FILLED), field: value})
    with pytest.raises(FilledWrongly) as caught:
        service.making.fill(OURS, ANA, service.making.form(OURS, ANA).draft_id, wrong)
    assert list(caught.value.problems) == [field]
    assert words in caught.value.problems[field]


def test_a_form_that_was_open_for_days_is_still_taken(service: CommitmentService, scene: Scene) -> None:
    opened = service.making.form(OURS, ANA)
    scene.time.now += 3 * DAY
    service.clean()
    assert service.making.fill(OURS, ANA, opened.draft_id, FILLED).echo.what == "Publish the math"


def test_a_message_keeps_its_author_its_words_and_its_link(service: CommitmentService) -> None:
    text = "I'll talk to <@U2|ann> &amp; " + "x" * 600
    opened = service.making.form_for_message(OURS, ANA, BEN, text, "https://acme.slack.com/archives/C1/p1", "C1")
    assert (opened.owner, opened.link) == (BEN, "https://acme.slack.com/archives/C1/p1")
    assert opened.what.startswith("I'll talk to @ann & x")
    assert len(opened.what) == 500
    saved = service.making.fill(OURS, ANA, opened.draft_id, Filled(BEN, "Talk to Ann", "14 Dec", opened.link))
    assert service.making.save(OURS, ANA, saved.echo.draft_id).link == opened.link


@pytest.mark.parametrize("author", ["", BOT])
def test_a_message_of_nobody_who_can_promise_is_for_whoever_makes_it_one(
    service: CommitmentService, author: str
) -> None:
    assert service.making.form_for_message(OURS, ANA, author, "Alarm!", "").owner == ANA


def test_a_statement_of_a_round_is_kept_with_it(scene: Scene) -> None:
    titles = {("r1", "s4"): "Measurement"}
    service = scene.commitments(statement_of=lambda _key, *which: titles.get(which))
    opened = service.making.form_for_statement(OURS, ANA, "r1", "s4", "C1")
    assert (opened.what, opened.statement, opened.owner) == ("Measurement", "Measurement", ANA)
    confirmation = service.making.fill(OURS, ANA, opened.draft_id, FILLED)
    assert confirmation.echo.statement == "Measurement"
    saved = service.making.save(OURS, ANA, confirmation.echo.draft_id)
    assert (saved.round_id, saved.statement_id) == ("r1", "s4")


def test_a_statement_that_nobody_knows_is_kept_all_the_same(service: CommitmentService) -> None:
    opened = service.making.form_for_statement(OURS, ANA, "r1", "s4")
    assert (opened.what, opened.statement) == ("", "")
    confirmation = service.making.fill(OURS, ANA, opened.draft_id, FILLED)
    assert service.making.save(OURS, ANA, confirmation.echo.draft_id).statement_id == "s4"


# Saving


def test_saving_tells_whoever_is_asked_and_has_all_else_looked_at(service: CommitmentService, scene: Scene) -> None:
    saved = service.making.save(OURS, ANA, echoed(service, "<@U0BEN> publish it by 14 Dec").echo.draft_id)
    assert (saved.state, saved.owner, saved.channel_id) == (State.PROPOSED, BEN, "C1")
    assert [later.told_of(action) for action in scene.due(later.TELL_OF_COMMITMENT)] == [(1, BEN)]
    assert [action.subject for action in scene.due(later.NUDGE)] == [BEN]
    assert scene.due(later.DRAW_SESSIONS)
    assert scene.woken == 1


def test_a_draft_that_is_saved_twice_makes_one(service: CommitmentService, scene: Scene) -> None:
    draft = echoed(service, "publish it by 14 Dec").echo.draft_id
    saved = service.making.save(OURS, ANA, draft)
    assert (saved.state, service.making.save(OURS, ANA, draft)) == (State.OPEN, saved)
    assert len(service.changes(OURS, saved.id)) == 1
    assert scene.due(later.TELL_OF_COMMITMENT) == []


def test_what_one_process_said_back_another_saves(service: CommitmentService, scene: Scene) -> None:
    draft = echoed(service, "publish it by 14 Dec").echo.draft_id
    assert scene.commitments().making.save(OURS, ANA, draft) == service.making.save(OURS, ANA, draft)


def test_of_what_was_said_back_and_changed_one_is_saved(service: CommitmentService) -> None:
    first = echoed(service, "publish it by 14 Dec").echo.draft_id
    changed = service.making.form_again(OURS, ANA, first)
    assert (changed.what, changed.when) == ("publish it", "14 Dec")
    other = service.making.fill(OURS, ANA, changed.draft_id, FILLED).echo.draft_id
    saved = service.making.save(OURS, ANA, other)
    assert saved.what == "Publish the math"
    assert service.making.save(OURS, ANA, first) == saved


def test_what_was_said_back_is_what_is_saved_whatever_the_form_said_since(service: CommitmentService) -> None:
    first = echoed(service, "publish it by 14 Dec").echo.draft_id
    service.making.fill(OURS, ANA, first, FILLED)
    assert service.making.save(OURS, ANA, first).what == "publish it"


def test_nobody_saves_what_another_typed(service: CommitmentService) -> None:
    draft = echoed(service, "publish it by 14 Dec").echo.draft_id
    for use in (service.making.save, service.making.form_again, service.making.choose):
        with pytest.raises(Refusal, match="too old to be saved"):
            use(OURS, BEN, draft)


def test_a_date_that_passes_before_it_is_saved_is_refused(service: CommitmentService, scene: Scene) -> None:
    draft = echoed(service, "publish it by Friday").echo.draft_id
    scene.time.now += WEEK
    with pytest.raises(Refusal, match="has passed"):
        service.making.save(OURS, ANA, draft)
    service.clean()
    with pytest.raises(Refusal, match="too old to be saved"):
        service.making.save(OURS, ANA, draft)


def test_what_has_no_date_yet_can_t_be_saved(service: CommitmentService) -> None:
    with pytest.raises(Refusal, match="By when"):
        service.making.save(OURS, ANA, form(service, "publish it").draft_id)
