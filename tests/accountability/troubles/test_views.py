"""Messages about troubles as Slack gets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given

from bot.accountability.troubles.presenting import owner_trouble, series_trouble
from bot.accountability.troubles.trouble import Trouble
from bot.resources import TEMPLATES
from bot.slack.render import Renderer, View
from tests.accountability.commitments.examples import ANA, FEW, a_commitment
from tests.accountability.sendable import TEXTS, WORST, assert_sendable, words_of
from tests.accountability.sessions.examples import HOST, SERIES, SPONSOR

KNOWN = (ANA, HOST, SPONSOR, "C1")


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(TEMPLATES)


def every_view(text: str = "Publish the customer math") -> Iterator[View]:
    for leads in (True, False):
        for what in Trouble:
            if not what.is_with_owner:
                yield series_trouble(what, replace(SERIES, name=text[:80]), leads=leads)
                continue
            for many, channel in ((0, "C1"), (1, "C1"), (3, ""), (40, "C1")):
                held = [a_commitment(f"c{n}", what=text) for n in range(many)]
                yield owner_trouble(what, ANA, channel, held, leads=leads)


@pytest.mark.parametrize("text", WORST)
def test_the_worst_texts_can_be_sent(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


@given(TEXTS)
@FEW
def test_no_text_mentions_links_or_breaks_a_limit(renderer: Renderer, text: str) -> None:
    for view in every_view(text):
        assert_sendable(renderer, view, *KNOWN)


def test_every_template_is_filled_here() -> None:
    templates = {
        f"accountability/troubles/{path.name}" for path in (TEMPLATES / "accountability/troubles").glob("*.j2")
    }
    assert {view.template for view in every_view()} == templates


def test_what_is_not_listed_is_counted(renderer: Renderer) -> None:
    held = [a_commitment(f"c{n}") for n in range(12)]
    words = words_of(renderer.render(owner_trouble(Trouble.OWNER_GONE, ANA, "C1", held, leads=True)))
    assert "12 things" in words
    assert "And 2 more" in words
