"""Every view of this wing as Slack gets it: within its limits, inert, and in the words that were promised."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.readiness import views
from bot.readiness.ballots import Turnout
from bot.readiness.checks import Answer, Check, Statement, read_check
from bot.readiness.consensus import Overlap
from bot.readiness.disclosure import Withheld
from bot.readiness.findings import Earlier
from bot.readiness.later import Trouble
from bot.readiness.presenting import Presenter
from bot.readiness.rounds import Result, Round, SinceLast
from bot.readiness.tally import Tally
from bot.readiness.views import CountingView, FilesView, InvitationView, NamesView, Refused, read_vote, vote_value
from bot.resources import KNOWLEDGE, TEMPLATES
from bot.slack import ids
from bot.slack.moments import moment
from bot.slack.render import Renderer, View
from bot.workspace.blocks import elements_of, problems, view_problems
from tests.readiness.examples import DEADLINE, NOON, a_round
from tests.readiness.test_repeats import a_repeat

FEWER = settings(max_examples=25)
ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
TEXT_LIMIT = 4_000  # characters that chat.update takes
LARGEST_VIEW = 250_000  # characters of a modal
CROWD = tuple(f"U0{number:08}" for number in range(2_000))
ACK_LIMIT = 64_000  # bytes of a frame that Bolt's Socket Mode client can send
STARTER, CO_FACILITATOR, CHANNEL = "U0START", "U0COFAC", "C0ROOM"
LINK = "https://example.slack.com/archives/C0ROOM/p1"
OURS = re.compile(rf"<@{STARTER}>|<@{CO_FACILITATOR}>|<#{CHANNEL}>|<{LINK}\|Go to it>|<!date\^\d+\^[^|<>]*\|[^<>|]*>")
TRAPS = ("<!channel>", "<@U1>", "<#C1|general>", "<http://example.com|click>", "&", "&lt;", "<", ">", "*b*", "`c`", '"',
         "\\", "{{ 7 * 7 }}", "{% raw %}", "]}", "\x00", "\u2028", "\u202e", "🙂", "日本語")  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(TRAPS), max_size=40).map(" ".join),
    st.builds(lambda text, times: (text * times)[:700], st.sampled_from(TRAPS), st.integers(1, 700)),
)
VIEWS = [
    kind
    for kind in vars(views).values()
    if is_dataclass(kind) and "template" in {field.name for field in fields(kind)} and kind.__module__ == views.__name__
]
MIXED = (Tally(9, 1), Tally(1, 9, 1), Tally(5, 5, 1, 2), Tally(2, 1, 0, 7))
WEAK = MIXED[1:3]
RESULTS = (*MIXED, Withheld.TOO_FEW, Withheld.TOO_CLOSE)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def short_text(limit: int) -> st.SearchStrategy[str]:
    """What a field of a check's file may hold."""
    return TEXTS.map(lambda text: text[:limit].strip() or "x")


def a_check(size: int = 11, title: str = "Do we need one?", text: str = "We know it.", intro: str = "Think.") -> Check:
    named = (Statement(f"s{n}", title[:75], text[:300], f"card-{n}") for n in range(1, size + 1))
    return Check("readiness", title[:150], intro[:600], "paper", tuple(named))


def of_check(check: Check, **more: Any) -> Round:
    about = {"check": check, "title": "", "starter": STARTER, "channel_id": CHANNEL, "asked": 14}
    return a_round(**{**about, **more})


def closed(check: Check, **more: Any) -> Round:
    return of_check(check, closed_at=DEADLINE, voters=12, **more)


def results_of(check: Check) -> list[Result]:
    """Every kind of result, over and over."""
    kinds = [RESULTS[n % len(RESULTS)] for n in range(len(check.statements))]
    return [
        Result(one.id, kind) if isinstance(kind, Tally) else Result(one.id, None, kind)
        for one, kind in zip(check.statements, kinds, strict=True)
    ]


def presenter(check: Check, advice: str = "If not, keep the key metrics few.") -> Presenter:
    return Presenter({statement.card: advice for statement in check.statements})


def every_view(size: int = 11, title: str = "How far are we?", text: str = "We know it.") -> Iterator[View]:
    """Every view, in every state that looks different."""
    check = a_check(size, title, text, intro=text)
    show, turnout = presenter(check, text[:280] or "x"), Turnout(5, 14)
    answers = {one.id: answer for one, answer in zip(check.statements, list(Answer) * size, strict=False)}
    yield show.start_form([check] * 3, DEADLINE)
    yield show.start_form(
        [check], DEADLINE, channel_id=CHANNEL, people=["U1"], anonymous=False, live=True, co_facilitator="U2"
    )
    modes: list[dict[str, Any]] = [{"anonymous": True}, {"anonymous": True, "title": title[:255]}, {"anonymous": False}]
    for mode in (*modes, {"anonymous": False, "live": True}):
        opened, over = of_check(check, co_facilitator=CO_FACILITATOR, **mode), closed(check, **mode)
        yield show.start_confirmation("d1", opened)
        yield show.start_confirmation("d1", replace(opened, asked=1), left_out=2)
        for of in (opened, over, replace(over, cancelled=True)):
            yield show.parent(of, turnout)
            yield show.statement(of, "s1", Tally(3, 2, 1, 1))
            yield show.my_answers(of, answers, NOON)
        for given_so_far in ({}, answers):
            yield show.vote_form(opened, given_so_far)
            yield show.saved(opened, given_so_far)
            yield show.confirmation(opened, given_so_far, list(given_so_far))
        for last in (False, True):
            yield show.chase(opened, last=last, half=not last)
        yield show.chase(opened, last=False, stopped=True)
        yield show.manage_form(opened, turnout)
        yield show.manage_form(replace(opened, co_facilitator=""), Turnout(1, 1))
        found, none = results_of(check), [Result(one.id, None, Withheld.TOO_FEW) for one in check.statements]
        for chart in (True, False):
            yield from show.results(over, found, turnout, reality_check=True, chart=chart)
        yield from show.results(over, none, Turnout(1, 14), reality_check=True)
        yield show.names(closed(check, anonymous=False), {STARTER: answers, CO_FACILITATOR: {}})
        for both in (10, 1):
            yield show.movement(over, found, Earlier(closed(check), tuple(found), Overlap(12, 12, both)))
        yield show.rounds(CHANNEL, [(opened, turnout, []), (over, turnout, found)] * 10)
        for reason in Refused:
            yield show.refusal(reason, opened, link=LINK)
            yield show.refusal(reason, channel_id=CHANNEL)
        for what in Trouble:
            yield show.trouble(opened, what)
            yield show.trouble(over, what)
        for can_send in (True, False):
            yield FilesView(over.id, over.name, can_send)
    yield from repeat_views(check, show)
    yield show.rounds(CHANNEL, [])
    yield InvitationView(CHANNEL)
    yield CountingView("e1", CHANNEL)


def repeat_views(check: Check, show: Presenter) -> Iterator[View]:
    """Those of a check that repeats."""
    of, last = a_repeat(channel_id=CHANNEL), closed(check)
    lines = tuple(show.repeat_line(of, last, DEADLINE, may_stop=may_stop) for may_stop in (True, False)) * 4
    yield show.start_confirmation("d1", of_check(check), repeats=lines[0])
    yield show.start_form([check], DEADLINE, repeat="year")
    yield show.rounds(CHANNEL, [(last, Turnout(12, 14), results_of(check))] * 41, lines)
    for pressed in ({}, {"skipped": True}, {"stopped": True}):
        yield show.repeat(of, last, DEADLINE, **pressed)
    for reason in (*Refused, "check_gone"):
        yield show.not_repeated(of, last, DEADLINE, str(reason))
    yield show.repeat_ended(last)
    for since in (SinceLast(NOON, 9, 3, 2, 1, 5), SinceLast(NOON, 1, 0), SinceLast(NOON, up=1, down=0, same=0)):
        yield show.parent(of_check(check, since_last=since), Turnout(5, 14))


def marked_texts(value: Any) -> Iterator[str]:
    """Every text in which Slack honours mentions and links."""
    if isinstance(value, list):
        for item in value:
            yield from marked_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        if "blocks" in value and isinstance(value.get("text"), str):
            yield value["text"]
        for item in value.values():
            yield from marked_texts(item)


def words_of(rendered: Any) -> str:
    """All that people read of it."""
    return json.dumps(rendered, ensure_ascii=False)


def assert_sendable(rendered: dict[str, Any]) -> None:
    """Slack takes it, and nothing in it mentions or links but what is ours."""
    json.dumps(rendered).encode()
    if "type" in rendered:
        assert view_problems(rendered) == []
    else:
        assert problems(rendered["blocks"]) == []
        assert rendered["text"].strip()
        assert len(rendered["text"]) <= TEXT_LIMIT
    for text in marked_texts(rendered):
        assert "<" not in OURS.sub("", text)
        assert not ENTITY.search(text), "an entity was cut in two"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_view_has_its_template(view: Any) -> None:
    assert (TEMPLATES / view.template).is_file()


def test_every_template_has_its_view_and_is_filled_here() -> None:
    templates = {f"readiness/{path.name}" for path in (TEMPLATES / "readiness").glob("*.json.j2")}
    assert {view.template for view in VIEWS} == templates
    assert {view.template for view in every_view()} == templates


@pytest.mark.parametrize("size", [1, 3, 11, 30])
def test_a_check_of_any_size_can_be_shown(renderer: Renderer, size: int) -> None:
    for view in every_view(size):
        assert_sendable(renderer.render(view))


@given(title=short_text(255), text=short_text(600))
@example(title="&" * 255, text="<" * 600)
@example(title="<!channel> " * 13, text="<https://example.com|click> " * 20)
@FEWER
def test_no_text_of_a_check_mentions_links_or_breaks_a_limit(renderer: Renderer, title: str, text: str) -> None:
    for view in every_view(11, title, text):
        assert_sendable(renderer.render(view))


def test_the_longest_check_in_the_worst_letters_can_be_shown(renderer: Renderer) -> None:
    for view in every_view(30, "&" * 255, "&" * 600):
        assert_sendable(renderer.render(view))


@pytest.mark.parametrize("path", sorted((KNOWLEDGE / "checks").glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_of_a_shipped_check_is_cut_short(renderer: Renderer, path: Path) -> None:
    check = read_check(yaml.safe_load(path.read_text(encoding="utf-8")))
    show = presenter(check)
    results = show.results(closed(check), results_of(check), Turnout(12, 14))
    for view in (show.parent(of_check(check), Turnout(5, 14)), show.vote_form(of_check(check), {}), *results):
        rendered = renderer.render(view)
        assert_sendable(rendered)
        for block in rendered["blocks"]:
            assert "…" not in words_of({name: part for name, part in block.items() if name != "chart"})
        assert "…" not in rendered.get("text", "")


def test_a_saved_modal_fits_into_the_answer_to_its_submission(renderer: Renderer) -> None:
    saved = presenter(a_check(30)).saved(of_check(a_check(30, "&" * 150)), {})
    assert len(json.dumps(renderer.render(saved))) < ACK_LIMIT


def test_every_id_that_is_drawn_is_known(renderer: Renderer) -> None:
    known = {value for name, value in vars(ids).items() if name.isupper()}
    for view in every_view():
        rendered = renderer.render(view)
        blocks = rendered["blocks"]
        drawn = [element["action_id"] for block in blocks for element in elements_of(block)]
        drawn += [block["block_id"] for block in blocks if "block_id" in block]
        drawn += [rendered["callback_id"]] if "callback_id" in rendered else []
        assert {name.partition(":")[0] for name in drawn} <= known


# What people are promised


def people_in(rendered: Any) -> set[str]:
    return set(re.findall(r"<@(\w+)>", words_of(rendered)))


def test_no_view_of_an_anonymous_round_has_a_person_beside_a_vote(renderer: Renderer) -> None:
    """People are named where the round is run, and there no answer is told."""
    anonymous = (view for view in every_view() if not isinstance(view, NamesView))
    for view in anonymous:
        rendered = renderer.render(view)
        if people_in(rendered):
            assert people_in(rendered) <= {STARTER, CO_FACILITATOR}
            assert view.template in {"readiness/parent.json.j2", "readiness/refusal.json.j2"}
            assert not re.search(r"\b(Yes|No|Not sure|Not my area)\b", words_of(rendered))


def test_an_anonymous_round_shows_no_tally_before_its_close(renderer: Renderer) -> None:
    check = a_check()
    shown = renderer.render(presenter(check).statement(of_check(check), "s1", Tally(31, 41, 59, 26)))
    assert not re.search(r"31|41|59|26|So far", words_of(shown))


def test_a_live_named_round_shows_its_tally(renderer: Renderer) -> None:
    check = a_check()
    of = of_check(check, anonymous=False, live=True)
    assert "So far: 31 yes · 41 no" in words_of(renderer.render(presenter(check).statement(of, "s1", Tally(31, 41))))


def test_the_question_says_what_anonymous_means_and_where_it_ends(renderer: Renderer) -> None:
    check = a_check()
    words = words_of(renderer.render(presenter(check).parent(of_check(check, smallest_group=7), Turnout(5, 14))))
    assert "colleagues never see who answered what" in words
    assert "at least 7 people" in words
    assert "whoever runs this bot could link answers to people while the round is open" in words
    assert "backup or a debug log" in words
    assert "if everybody answers the same" in words


def test_everybody_can_be_read_in_a_round_of_two_thousand_with_names(renderer: Renderer) -> None:
    check = a_check()
    of, answers = closed(check, anonymous=False), {one.id: Answer.NO for one in check.statements}
    first = presenter(check).names(of, dict.fromkeys(CROWD, answers))
    pages = [presenter(check).names(of, dict.fromkeys(CROWD, answers), number + 1) for number in range(first.pages)]
    rendered = [renderer.render(page) for page in pages]
    for one in rendered:
        assert view_problems(one) == []
        assert len(json.dumps(one)) < LARGEST_VIEW
    read = Counter(name for one in rendered for name in re.findall(r"<@(\w+)>", words_of(one)))
    assert read == Counter(dict.fromkeys(CROWD, len(check.statements)))
    assert [labels(one) for one in (rendered[0], rendered[-1])] == [
        [f"On to page 2 of {first.pages}"],
        [f"Back to page {first.pages - 1} of {first.pages}"],
    ]
    assert "No (2000)" in words_of(rendered[0])


def test_a_round_with_names_never_says_it_is_anonymous(renderer: Renderer) -> None:
    check = a_check()
    of = of_check(check, anonymous=False)
    show = presenter(check)
    for view in (show.parent(of, Turnout(5, 14)), show.vote_form(of, {}), show.start_confirmation("d1", of)):
        words = words_of(renderer.render(view))
        assert "never see" not in words
        assert re.search("Not anonymous|not anonymous", words)


def test_the_question_has_its_turnout_its_deadline_and_its_buttons(renderer: Renderer) -> None:
    check = a_check()
    rendered = renderer.render(presenter(check).parent(of_check(check), Turnout(5, 14)))
    words = words_of(rendered)
    assert "*5 of 14* have answered" in words
    assert f"<!date^{int(DEADLINE.timestamp())}^{{date_long_pretty}} at {{time}}|Thu 26 Nov 2026, 12:00 (UTC)>" in words
    assert labels(rendered) == ["Vote on all 11", "My answers", "Manage"]


def test_a_closed_or_cancelled_question_takes_no_votes(renderer: Renderer) -> None:
    check = a_check()
    show, over = presenter(check), closed(check)
    assert labels(renderer.render(show.parent(over, Turnout(5, 14)))) == ["Show the results"]
    assert labels(renderer.render(show.parent(replace(over, cancelled=True), Turnout(5, 14)))) == []
    assert labels(renderer.render(show.statement(over, "s1"))) == ["Why this matters"]


def labels(rendered: dict[str, Any]) -> list[str]:
    buttons = (element for block in rendered["blocks"] for element in elements_of(block))
    return [button["text"]["text"] for button in buttons if button["type"] == "button"]


def test_a_statement_has_the_answers_its_check_offers_and_its_card(renderer: Renderer) -> None:
    check = replace(a_check(), answers=(Answer.YES, Answer.NO))
    rendered = renderer.render(presenter(check).statement(of_check(check), "s4"))
    assert labels(rendered) == ["Yes", "No", "Why this matters"]
    assert "*4 of 11 · " in words_of(rendered)


def test_a_statement_without_a_card_leads_nowhere(renderer: Renderer) -> None:
    check = a_check()
    assert labels(renderer.render(Presenter({}).statement(of_check(check), "s1"))) == list(Answer)


def test_the_modal_is_filled_with_what_was_answered_and_nothing_else(renderer: Renderer) -> None:
    check = a_check(3)
    rendered = renderer.render(presenter(check).vote_form(of_check(check), {"s2": Answer.NOT_SURE}))
    inputs = {b["block_id"]: b["element"].get("initial_option") for b in rendered["blocks"] if b["type"] == "input"}
    assert {name: chosen and chosen["value"] for name, chosen in inputs.items()} == {
        "vote_statement:s1": None,
        "vote_statement:s2": "Not sure",
        "vote_statement:s3": None,
    }
    assert rendered["private_metadata"] == "r1"


def test_after_the_close_of_an_anonymous_round_own_answers_are_gone(renderer: Renderer) -> None:
    check = a_check()
    shown = renderer.render(presenter(check).my_answers(closed(check), {}, DEADLINE))
    assert "is deleted" in words_of(shown)
    assert "not answered yet" not in words_of(shown)
    assert labels(shown) == []


def test_results_say_that_there_is_no_pass_mark_and_what_counts_as_agreed(renderer: Renderer) -> None:
    check = a_check()
    (first,) = presenter(check).results(closed(check), results_of(check), Turnout(12, 14))
    words = words_of(renderer.render(first))
    for promised in ("no pass mark", "75 % or more say yes", "25 % or fewer", "*12 of 14 people* answered"):
        assert promised in words


def test_what_is_withheld_has_its_reason_and_no_numbers(renderer: Renderer) -> None:
    check = a_check(2)
    withheld = [Result("s1", None, Withheld.TOO_FEW), Result("s2", None, Withheld.TOO_CLOSE)]
    (shown,) = presenter(check).results(closed(check), withheld, Turnout(12, 14))
    words = words_of(renderer.render(shown))
    assert "fewer than 5 people answered it" in words
    assert "beside an earlier result" in words
    assert not re.search(r"\d+ yes", words)


def test_where_nobody_answered_enough_it_is_said_once(renderer: Renderer) -> None:
    check = a_check()
    none = [Result(one.id, None, Withheld.TOO_FEW) for one in check.statements]
    (shown,) = presenter(check).results(closed(check), none, Turnout(2, 14), reality_check=True)
    assert words_of(renderer.render(shown)["blocks"]).count("a result takes at least 5 people") == 1
    assert labels(renderer.render(shown)) == []


TALLIES = st.builds(Tally, *([st.integers(0, 60)] * 4))


@given(tallies=st.lists(TALLIES, min_size=1, max_size=30))
@FEWER
def test_the_words_say_the_same_as_the_chart(renderer: Renderer, tallies: list[Tally]) -> None:
    check = a_check(len(tallies), title="A statement with a long title indeed, of as many letters as there may be ")
    found = [Result(one.id, tally) for one, tally in zip(check.statements, tallies, strict=True)]
    charted: dict[str, dict[str, int]] = {}
    told: dict[str, dict[str, int]] = {}
    for page in presenter(check).results(closed(check, anonymous=False), found, Turnout(12, 14)):  # however few
        rendered = renderer.render(page)
        charted |= chart_of(rendered)
        told |= twin_of(rendered["text"])
        assert twin_of(rendered["text"]) == chart_of(rendered)
    assert charted == told == {str(n): counted(tally) for n, tally in enumerate(tallies, 1)}


@given(st.lists(st.sampled_from(RESULTS), min_size=10, max_size=26))
@example([*WEAK] * 13)
@FEWER
def test_however_much_is_weak_a_page_of_results_can_be_sent(renderer: Renderer, kinds: list[Tally | Withheld]) -> None:
    check = a_check(len(kinds))
    found = [
        Result(f"s{n}", *((kind,) if isinstance(kind, Tally) else (None, kind))) for n, kind in enumerate(kinds, 1)
    ]
    offered = []
    for page in presenter(check).results(closed(check, anonymous=False), found, Turnout(12, 14), reality_check=True):
        rendered = renderer.render(page)
        assert_sendable(rendered)
        buttons = [element for block in rendered["blocks"] for element in elements_of(block)]
        offered += [button["value"] for button in buttons if button["action_id"] == ids.MAKE_COMMITMENT]
    weak = [n for n, kind in enumerate(kinds, 1) if kind in WEAK]
    assert sorted(offered) == sorted(f"r1/s{n}" for n in weak)


def counted(tally: Tally) -> dict[str, int]:
    return {"yes": tally.yes, "no": tally.no, "not sure": tally.not_sure}


def chart_of(rendered: dict[str, Any]) -> dict[str, dict[str, int]]:
    """By statement: how many gave which answer."""
    (chart,) = (block["chart"] for block in rendered["blocks"] if block["type"] == "data_visualization")
    found: dict[str, dict[str, int]] = {}
    for series in chart["series"]:
        for point in series["data"]:
            found.setdefault(point["label"].partition(" ")[0], {})[series["name"].lower()] = point["value"]
    return found


def twin_of(text: str) -> dict[str, dict[str, int]]:
    """The same from the words."""
    found = {}
    for number, counts in re.findall(r"^(\d+) · .*: (\d+ yes.*)$", text, re.MULTILINE):
        numbers = {name: int(count) for count, name in re.findall(r"(\d+) (yes|no|not sure)(?= ·|$)", counts)}
        found[number] = {"yes": 0, "no": 0, "not sure": 0} | numbers
    return found


def test_without_the_chart_every_number_is_still_in_the_message(renderer: Renderer) -> None:
    check = a_check()
    ((drawn,), (plain,)) = (
        presenter(check).results(closed(check), results_of(check), Turnout(12, 14), chart=chart)
        for chart in (True, False)
    )
    with_chart, without = renderer.render(drawn), renderer.render(plain)
    assert without["text"] == with_chart["text"]
    assert without["blocks"] == [block for block in with_chart["blocks"] if block["type"] != "data_visualization"]


def test_the_chasing_message_leads_into_the_modal_and_can_be_stopped(renderer: Renderer) -> None:
    check = a_check()
    show, of = presenter(check), of_check(check)
    first = renderer.render(show.chase(of, last=False, half=True))
    assert "Half of its time has passed" in words_of(first)
    assert "Half of its time" not in words_of(renderer.render(show.chase(of, last=False)))
    assert labels(first) == ["Answer the 11 statements", "Don't remind me of this one"]
    assert "Nobody is told who hasn't answered" in words_of(first)
    assert labels(renderer.render(show.chase(of, last=True, stopped=True))) == ["Answer the 11 statements"]


def test_the_start_says_how_many_people_and_messages_it_will_be(renderer: Renderer) -> None:
    check = a_check()
    words = words_of(renderer.render(presenter(check).start_confirmation("d1", of_check(check))))
    assert "asks *14 people* and posts *12 messages*" in words


def test_a_start_says_how_many_of_those_chosen_are_left_out(renderer: Renderer) -> None:
    show, opened = presenter(a_check()), of_check(a_check())
    assert "1 of those you chose can't be asked and is left out" in words_of(
        renderer.render(show.start_confirmation("d1", opened, left_out=1))
    )
    assert "left out" not in words_of(renderer.render(show.start_confirmation("d1", opened)))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Refused.NOT_YOURS, f"Ask <@{STARTER}>, who runs it, or <@{CO_FACILITATOR}>"),
        (Refused.MAY_NOT_START, "Only some people here may start a check"),
        (Refused.CLOSED, "What you had saved before counts; nothing is added any more"),
        (Refused.NOT_ASKED, "you aren't among them"),
        (Refused.ALREADY_OPEN, f"is open in <#{CHANNEL}> already; one at a time is enough. <{LINK}|Go to it>"),
        (Refused.TOO_FEW_PEOPLE, "This would ask 4 people, and an anonymous result takes at least 5"),
        (Refused.NOT_IN_CHANNEL, f"I'm not in <#{CHANNEL}> yet"),
    ],
)
def test_a_refusal_says_why_and_what_to_do(renderer: Renderer, reason: Refused, said: str) -> None:
    of = of_check(a_check(), co_facilitator=CO_FACILITATOR, asked=4)
    assert said in renderer.render(Presenter({}).refusal(reason, of, link=LINK))["text"]


def test_the_list_of_rounds_leads_to_results_or_to_own_answers(renderer: Renderer) -> None:
    check = a_check()
    listed = [(of_check(check), Turnout(5, 14), []), (closed(check), Turnout(12, 14), results_of(check))]
    rendered = renderer.render(presenter(check).rounds(CHANNEL, listed))
    assert labels(rendered) == ["My answers", "Show the results"]
    assert "12 of 14 have answered" in words_of(rendered)


# Values


@given(st.text(max_size=40))
@FEWER
def test_a_button_of_ours_is_read_back_and_nothing_else_fails(value: str) -> None:
    found = read_vote(value)
    assert found is None or vote_value(*found) == value


@pytest.mark.parametrize("answer", Answer)
def test_a_voting_button_says_round_statement_and_answer(answer: Answer) -> None:
    assert read_vote(vote_value("r1", "road-map", answer)) == ("r1", "road-map", answer)


def test_a_moment_is_shown_in_the_readers_zone_and_named_elsewhere() -> None:
    assert moment(DEADLINE, ZoneInfo("UTC")).shown.endswith("|Thu 26 Nov 2026, 12:00 (UTC)>")


# A check that repeats


def test_the_start_says_how_it_repeats(renderer: Renderer) -> None:
    check = a_check()
    line = presenter(check).repeat_line(a_repeat(), closed(check), DEADLINE)
    words = words_of(renderer.render(presenter(check).start_confirmation("d1", of_check(check), repeats=line)))
    assert "Repeats each quarter: starts again <!date" in words
    assert "Repeats" not in words_of(renderer.render(presenter(check).start_confirmation("d1", of_check(check))))


def test_whoever_runs_it_can_skip_the_start_or_stop_it_until_they_did(renderer: Renderer) -> None:
    check = a_check()
    show, of = presenter(check), a_repeat()
    for pressed, offered in (({}, ["r1/1", "r1"]), ({"skipped": True}, ["r1"]), ({"stopped": True}, [])):
        rendered = renderer.render(show.repeat(of, closed(check), DEADLINE, **pressed))
        assert [element["value"] for block in rendered["blocks"] for element in elements_of(block)] == offered


@pytest.mark.parametrize(
    "reason", ["already_open", "not_in_channel", "starter_outside", "nobody_to_ask", "too_few_people"]
)
def test_each_reason_for_no_start_has_its_own_words(renderer: Renderer, reason: str) -> None:
    check = a_check()
    words = renderer.render(presenter(check).not_repeated(a_repeat(), closed(check), DEADLINE, reason))["text"]
    assert "no longer part of my knowledge" not in words
    assert "The next start stands: Thu 26 Nov" in words


def test_a_repeated_round_opens_with_what_was_kept_missed_and_moved_as_far_as_it_is_known(renderer: Renderer) -> None:
    def opening(**known: int) -> str:
        return words_of(
            renderer.render(
                presenter(check).parent(of_check(check, since_last=SinceLast(NOON, **known)), Turnout(0, 6))
            )
        )

    check = a_check()
    both = opening(kept=9, missed=3, up=2, down=1, same=8)
    assert (
        "Of 12 commitments that came due here in the whole months since, as far as it may be told: 9 kept, 3 missed"
        in both
    )
    assert "2 statements up, 1 down, 8 the same" in both
    assert "statements up" not in opening(kept=1, missed=0)
    assert "kept" not in opening(up=0, down=0, same=3)


def test_a_closed_round_opens_with_nothing_any_more(renderer: Renderer) -> None:
    check = a_check()
    over = closed(check, since_last=SinceLast(NOON, kept=9, missed=3))
    assert "Since last time" not in words_of(renderer.render(presenter(check).parent(over, Turnout(5, 14))))


def test_only_who_runs_it_gets_the_button_that_stops_it(renderer: Renderer) -> None:
    check = a_check()
    for may_stop in (True, False):
        line = presenter(check).repeat_line(a_repeat(), closed(check), DEADLINE, may_stop=may_stop)
        words = words_of(renderer.render(presenter(check).rounds(CHANNEL, [], (line,))))
        assert "Repeats each quarter, next <!date" in words
        assert ("stop_repeat" in words) is may_stop
