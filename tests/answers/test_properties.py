"""Whatever people type: an outcome, a message that Slack takes, and nothing in it that pings or links."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.answers.advisor import Advisor
from bot.answers.decision import Outcome
from bot.answers.posting import Poster
from bot.answers.service import AnswerService
from bot.answers.store import AnswerStore, Question
from bot.answers.terminal import as_json
from bot.answers.views import (
    AnswerView,
    Button,
    Credit,
    DetailView,
    FeedbackForm,
    FollowUpAnswer,
    FollowUpForm,
    HelpView,
    HomeView,
    NotCoveredView,
    Part,
    SuggestView,
    UnclearView,
)
from bot.keys import WorkspaceKey
from bot.resources import TEMPLATES
from bot.slack.gateway import Gateway
from bot.slack.pacing import Pacer
from bot.slack.render import Renderer, View
from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.workspace.blocks import problems, view_problems

MODEST = settings(max_examples=50)
FEWER = settings(max_examples=25)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEY = WorkspaceKey("", "T0001")
ASKER = "U0ASKER"
ADDRESS = "https://example.com/paper"
MESSAGE_LIMIT = 4_000  # characters that chat.update takes
ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")

TRAPS = (
    "<!channel>", "<!here|all>", "<@U1>", "<#C1|general>", "<http://example.com|click>", "@channel", "<", ">", "&",
    "&lt;", "&amp;lt;!channel&amp;gt;", "*bold*", "_it_", "~no~", "`code`", "```", "> quote", '"', "\\", "\\u0000",
    "{{ 7 * 7 }}",
    "{% raw %}", "${x}", '{"type": "modal"}', "]}", "%s", "\x00", "\n", "\r\n", "\u2028", "\u202e", "🙂", "日本語", "é",
    '" OR NEAR *', "NEAR(a b, 2)", "cards:title", "AND NOT", "'; DROP TABLE asks; --", "why", "cons", "option 4", "cco",
    "where should the CCO report", "hello", "how much should we pay our first CCO", "the budget for customer work",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(TRAPS), max_size=40).map(" ".join),
    st.builds(lambda text, times: (text * times)[:20_000], st.sampled_from(TRAPS), st.integers(1, 20_000)),
    st.builds(lambda text, times: (text * times)[:20_000], st.text(min_size=1, max_size=20), st.integers(1, 20_000)),
)
HALF_PAIRS = st.text(st.characters(), max_size=50)  # as JSON may deliver them
TOPICS = st.sampled_from([None, "option-4-line-dispersed", "first-month", "no-such-card"])


def short_text(limit: int) -> st.SearchStrategy[str]:
    """What a field of a card may hold."""
    return TEXTS.map(lambda text: text[:limit].strip() or "x")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


@pytest.fixture(scope="module")
def service(advisor: Advisor, renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnswerService]:
    """The real service on SQLite. Its gateway has nowhere to post to, and answers in private need none."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('state') / 'cco.db'}")
    migrate(database)
    gateway = Gateway.connect("xoxb-none", "http://127.0.0.1:9/api/", renderer)
    store = AnswerStore(database)
    poster = Poster(store, gateway, Pacer(lambda work: work()), lambda: NOW)
    yield AnswerService(advisor, store, poster, lambda: NOW, contact="Kim <kim@example.com>")
    database.close()


NUMBERS = count(1)


def received(service: AnswerService, text: str) -> Question:
    question = Question(f"q{next(NUMBERS)}", ASKER, "C0ROOM", text, NOW, private=True)
    assert service.receive(KEY, question)
    return question


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


def assert_sendable(rendered: dict[str, Any], *ours: str) -> None:
    """Slack takes it, and nothing in it mentions or links but what is `ours`."""
    json.dumps(rendered).encode()
    if "type" in rendered:
        assert view_problems(rendered) == []
    else:
        assert problems(rendered["blocks"]) == []
        assert rendered["text"].strip()
    for text in marked_texts(rendered):
        for mention in ours:
            text = text.replace(mention, "")
        assert "<" not in text
        assert not ENTITY.search(text), "an entity was cut in two"


@given(text=TEXTS | HALF_PAIRS, topic=TOPICS)
@example(text="", topic=None)
@example(text="\ud800", topic=None)
@example(text="\x00", topic="first-month")
@example(text="where should the CCO report " * 700, topic=None)
@MODEST
def test_any_text_has_an_outcome(advisor: Advisor, text: str, topic: str | None) -> None:
    advice = advisor.ask(text, topic)
    assert advice.outcome in Outcome
    assert (advice.card is not None) == (advice.outcome is Outcome.ANSWER)
    assert advice.suggestions or not advice.unclear
    assert 0 <= advice.confidence <= 1
    assert advice == advisor.ask(text, topic)


@given(text=TEXTS)
@example(text=" " * 400 + "where should the CCO report")
@example(text="&" * 2_000 + " where should the CCO report")
@MODEST
def test_the_answer_to_any_text_can_be_shown(service: AnswerService, renderer: Renderer, text: str) -> None:
    question = received(service, text)
    view = service.answer_privately(KEY, question)
    assert_sendable(renderer.render(view))
    if isinstance(view, AnswerView | SuggestView | NotCoveredView):
        in_channel = replace(view, asked=text, asked_by=ASKER)
        assert_sendable(renderer.render(in_channel), f"<@{ASKER}>")
    if isinstance(view, AnswerView):
        shared = service.share(KEY, question.id, ASKER)
        assert_sendable(renderer.render(shared), f"<@{ASKER}>")
    if isinstance(view, SuggestView | NotCoveredView) and view.kept:
        assert_sendable(renderer.render(service.dont_keep(KEY, question.id, ASKER)))


@given(text=TEXTS, topic=TOPICS)
@MODEST
def test_the_answer_to_any_follow_up_can_be_shown(
    service: AnswerService, renderer: Renderer, text: str, topic: str | None
) -> None:
    question = received(service, text)
    assert_sendable(renderer.render(service.answer_follow_up(KEY, question, topic)))
    assert_sendable(renderer.render(service.follow_up_form(KEY, question.id)))


def views(text: str, title: str, short: str) -> list[View]:
    """Every view of this wing, filled as a curator, a company or a person asking might fill it."""
    choices = (Button("parking", title), Button("bikes", text or "x"), Button("cars", short))
    parts = (Part("", text or "x"), Part("Pros", short))
    credit = Credit((text[:150] or "x", title), 2, date(2026, 1, 31), overdue=True)
    return [
        AnswerView("q1", "parking", title, short, parts, credit, choices, has_more=True, private=True, asked=text),
        AnswerView("q1", "parking", title, "", parts, credit, (), has_more=False, shared_by=ASKER, note=text[:280]),
        SuggestView("q1", choices, asked=text, asked_by=ASKER),
        SuggestView("q1", choices[:1], kept=False),
        NotCoveredView("q1", topic=title, reply="", suggestions=choices, asked=text),
        NotCoveredView("q1", topic="", reply="", suggestions=(), asked=text, asked_by=ASKER, kept=False),
        NotCoveredView("q1", topic=title, reply=short, suggestions=()),
        NotCoveredView("q1", topic=title, reply=short, suggestions=choices),
        UnclearView(choices),
        HelpView(choices, text[:200]),
        HomeView(choices, 60, text[:200], 1, 90),
        DetailView(
            title, short, parts, ((title, ADDRESS), (text[:150] or "x", "")), date(2026, 1, 31), "parking · 0123"
        ),
        FollowUpForm("q1", title),
        FollowUpAnswer(text, title, short, parts, credit),
        FollowUpAnswer(text, "", text or "x"),
        FeedbackForm("q1", title, own=True),
    ]


def test_every_template_is_filled_here() -> None:
    templates = {f"answers/{path.name}" for path in (TEMPLATES / "answers").glob("*.json.j2")}
    assert {view.template for view in views("x", "x", "x")} == templates


@given(text=TEXTS.map(lambda text: text[:6_000]), title=short_text(80), short=short_text(280))
@example(text=" " * 400 + "x", title="x", short="x")
@example(text="&" * 6_000, title="&" * 80, short="<" * 280)
@FEWER
def test_every_template_gives_what_slack_takes(renderer: Renderer, text: str, title: str, short: str) -> None:
    for view in views(text, title, short):
        assert_sendable(renderer.render(view), f"<@{ASKER}>", f"<{ADDRESS}|")


def test_every_shipped_card_can_be_shown_whole_and_in_part(service: AnswerService, renderer: Renderer) -> None:
    for card in service._advisor.index.cards.values():
        answer = renderer.render(service.open_card(KEY, Question(f"open-{card.id}", ASKER, "D1", None, NOW), card.id))
        assert_sendable(answer)
        assert len(answer["text"]) <= MESSAGE_LIMIT
        links = [f"<{source.address}|" for source in card.sources if source.address]
        assert_sendable(renderer.render(service.detail(card.id)), *links)


def test_no_part_of_a_shipped_card_is_cut_short(service: AnswerService, renderer: Renderer) -> None:
    for card in service._advisor.index.cards.values():
        question = Question(f"whole-{card.id}", ASKER, "D1", None, NOW)
        shown = renderer.render(service.open_card(KEY, question, card.id))["blocks"]
        assert not [block for block in shown if block["type"] == "section" and block["text"]["text"].endswith("…")]


def test_help_and_home_can_be_shown(service: AnswerService, renderer: Renderer) -> None:
    assert_sendable(renderer.render(service.help()))
    assert_sendable(renderer.render(service.home(KEY, ASKER)))


REPEATED = [
    "where should the cco report",
    "customer metrics",
    "team",
    "custmer metrix fr the bord",
    "how much should we pay our first CCO?",
    "weather tomorrow",
    "日本語",
    "the the the",
    "has my back",
    '" OR NEAR *',
]


def test_other_processes_give_the_same_cards_scores_and_bands(cache: Path, advisor: Advisor, tmp_path: Path) -> None:
    """One of them reads the same index, the other compiles its own."""
    here = [as_json(question, advisor) for question in REPEATED]
    processes = [_asking(folder, seed) for folder, seed in ((cache, "1"), (tmp_path, "4242"))]
    for process in processes:
        with process:
            output, _ = process.communicate("\n".join(REPEATED), timeout=60)
        assert output.splitlines() == here


def _asking(cache: Path, seed: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from bot.cli import main; main()", "ask", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=cache,  # a folder without settings of its own
        env={**os.environ, "PYTHONHASHSEED": seed, "CCO_CACHE_DIR": str(cache), "CCO_KNOWLEDGE_DIR": ""},
    )
