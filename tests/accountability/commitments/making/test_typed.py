"""What somebody typed, kept for them to put right: nothing of it is lost, and nothing in it calls anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.commitments.making.typed import LONGEST, Typed, as_typed, taken_apart
from tests.accountability.calendar.examples import BERLIN, UNHURRIED, local

NOW = local(2026, 11, 24, 10)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("talk to <@U2|ann lee> first", "talk to @ann lee first"),
        ("talk to <@U2> first", "talk to @someone first"),
        ("post it in <#C1|general>", "post it in #general"),
        ("post it in <#C1>", "post it in #channel"),
        ("ask <!subteam^S1|@marketing>", "ask @marketing"),
        ("ask <!subteam^S1>", "ask @subteam"),
        ("tell <!channel> and <!here|here>", "tell @channel and @here"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("see <https://example.com|example.com>", "see https://example.com"),
        ("mail <mailto:a@example.com|a@example.com>", "mail a@example.com"),
        ("raise it &gt; 10 &amp; &lt; 20", "raise it > 10 & < 20"),
        ("a\0b", "ab"),
    ],
)
def test_what_slack_made_of_the_words_is_readable_again(text: str, readable: str) -> None:
    assert as_typed(text) == readable


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("<@U1> publish it by the 32nd", Typed("U1", "publish it", "the 32nd")),
        ("<@U1> publish it by Friday maybe", Typed("U1", "publish it", "Friday maybe")),
        ("publish it yesterday for <@U1>", Typed("U1", "publish it", "yesterday")),
        ("publish it for <@U1>, 03/04", Typed("", "publish it for @someone", "03/04")),
        ("publish it", Typed("", "publish it", "")),
        ("plan the week of 14 Dec", Typed("", "plan the week of 14 Dec", "")),
        ("<@U1> and <@U2|ann> publish it by Friday", Typed("", "@someone and @ann publish it", "Friday", True)),
        ("<!here> publish it by Friday", Typed("", "@here publish it", "Friday", True)),
        ("@nobody publish it by Friday", Typed("", "@nobody publish it", "Friday", True)),
        ("<@U1>", Typed("U1", "", "")),
        ("", Typed()),
    ],
)
def test_each_part_goes_to_its_field_as_far_as_it_can_be_told(text: str, typed: Typed) -> None:
    assert taken_apart(text, NOW, BERLIN) == typed


def test_what_is_too_long_for_a_field_is_clipped_and_shows_it() -> None:
    typed = taken_apart("x" * 5_000, NOW, BERLIN)
    assert len(typed.what) == LONGEST
    assert typed.what.endswith("…")


WORDS = st.lists(st.from_regex(r"[A-Za-z0-9.:/&;'-]{1,9}", fullmatch=True), max_size=12).map(" ".join)


@UNHURRIED
@given(WORDS)
def test_no_word_is_lost(text: str) -> None:
    typed = taken_apart(text, NOW, BERLIN)
    kept = f"{typed.what} {typed.when}".split()
    left_out = {"by", "until", "till", "due", "before", "on"}
    for word in as_typed(text).rstrip(",;:–—- ").split():
        assert word.strip(",;:–—-") in {one.strip(",;:–—-") for one in kept} or word.lower() in left_out
