"""Rendering: JSON that nothing can break, words that cannot ping, and misses that are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.exceptions import TemplateNotFound, UndefinedError

from bot.slack.render import Renderer, clip, day, escape, from_markdown, naming, without_markdown

NASTY = ['"', "\\", '"}], "x": [{', "</script>", "{{ text }}", "{% raw %}", "\n\t\r", "\0", "\u2028", "'", "🙂", ""]
ENTITIES = ("&amp;", "&lt;", "&gt;")


@dataclass(frozen=True)
class Words:
    text: str
    template: str = "words.json.j2"


Draw = Callable[[str, str], object]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Renders a template, given as it is, with a text."""

    def render(template: str, text: str) -> object:
        (tmp_path / "words.json.j2").write_text(template, encoding="utf-8")
        return Renderer(tmp_path).render(Words(text))["text"]

    return render


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_the_json(draw: Draw, text: str) -> None:
    assert draw('{"text": {{ text }}}', text) == text


def test_an_included_part_is_encoded_once(draw: Draw, tmp_path: Path) -> None:
    (tmp_path / "part.j2").write_text("{{ text }}", encoding="utf-8")
    assert draw('{"text": {% include "part.j2" %}}', 'a "b" \\ c') == 'a "b" \\ c'


def test_values_that_are_no_text_keep_their_kind(draw: Draw) -> None:
    assert draw('{"text": {{ [1, true, none] }}}', "") == [1, True, None]


@pytest.mark.parametrize("expression", ["misspelt", "misspelt | clip(9)", "misspelt ~ text", "text.misspelt"])
def test_a_name_that_the_view_does_not_have_is_reported_by_name(draw: Draw, expression: str) -> None:
    with pytest.raises(UndefinedError, match="misspelt"):
        draw('{"text": {{ ' + expression + " }}}", "x")


def test_a_missing_template_is_reported_by_name(tmp_path: Path) -> None:
    with pytest.raises(TemplateNotFound, match=r"words\.json\.j2"):
        Renderer(tmp_path).render(Words("x"))


@pytest.mark.parametrize("text", ["<!channel>", "<@U1>", "<http://x|y>", "<#C1>", "a & b", "&lt;!here&gt;"])
def test_escaped_text_can_neither_mention_nor_link(text: str) -> None:
    safe = escape(text)
    assert "<" not in safe
    assert ">" not in safe
    assert safe.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@pytest.mark.parametrize("text", ["Only <@U0ANA> can do that.", "Look in <#C0ROOM>.", "<@U0ANA> and <@W0BEN>"])
def test_what_one_person_is_told_names_people_and_channels(text: str) -> None:
    assert naming(text) == text


@pytest.mark.parametrize("text", ["<!channel>", "<!subteam^S1>", "<http://x|y>", "<@U1|ana>", "<@>", "<#c>", "<b>"])
def test_it_neither_pings_nor_links_all_the_same(text: str) -> None:
    assert "<" not in naming(text)


def test_a_text_that_fits_is_not_clipped() -> None:
    assert clip("twelve chars", 12) == "twelve chars"


def test_a_text_is_clipped_at_a_word() -> None:
    assert clip("the customer comes first", 17) == "the customer…"


def test_one_long_word_is_clipped_all_the_same() -> None:
    assert clip("x" * 50, 10) == "x" * 9 + "…"


@given(st.lists(st.sampled_from([*ENTITIES, "a", " ", "word", "\n"]), max_size=40), st.integers(1, 60))
@settings(max_examples=200)
def test_clipping_keeps_the_limit_and_never_cuts_an_entity(pieces: list[str], limit: int) -> None:
    clipped = clip("".join(pieces), limit)
    assert len(clipped) <= limit
    rest = clipped
    for entity in ENTITIES:
        rest = rest.replace(entity, "")
    assert "&" not in rest


def test_a_cards_markdown_becomes_slacks_and_stays_escaped() -> None:
    assert from_markdown("**Why** *now* <@U1> & 2 * 3") == "*Why* _now_ &lt;@U1&gt; &amp; 2 * 3"


def test_plain_text_loses_the_marks_alone() -> None:
    assert without_markdown("**Why** *now*, in snake_case") == "Why now, in snake_case"


def test_a_day_is_written_as_people_write_it() -> None:
    assert day(date(2026, 11, 5)) == "5 Nov 2026"
