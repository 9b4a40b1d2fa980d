"""What people type, as Slack hands it on."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.records import Channel, Person
from bot.workspace.words import typed

ANA = Person("U1", "ana", "Ana Weber", "UTC")
ANNA = Person("U2", "ana-lisa", "Ana Lisa", "UTC")
ROOM = Channel("C1", "customer-work", [])
CONTROL = re.compile(r"<(@U[12]|#C1\|customer-work|!here|!channel|!everyone|https?://[^<>]+)>")

CASES = [
    ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
    ("hi @ana", "hi <@U1>"),
    ("hi @Ana Weber, and @ana-lisa!", "hi <@U1>, and <@U2>!"),
    ("mail ana@ana.example", "mail ana@ana.example"),
    ("@anabel", "@anabel"),
    ("in #customer-work", "in <#C1|customer-work>"),
    ("@here now", "<!here> now"),
    ("see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>."),
    ("<@U1> is no mention when typed", "&lt;@U1&gt; is no mention when typed"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_typed_text_is_escaped_and_linked(text: str, expected: str) -> None:
    assert typed(text, [ANA, ANNA], [ROOM]) == expected


def test_a_command_that_does_not_ask_for_links_gets_none() -> None:
    assert typed("@ana & #customer-work", [ANA], [ROOM], mentions=False) == "@ana &amp; #customer-work"


@given(st.text(alphabet="<>&@#ana here!|https:/.", max_size=40))
def test_nothing_typed_forges_control_syntax(text: str) -> None:
    left = CONTROL.sub("", typed(text, [ANA, ANNA], [ROOM]))
    assert "<" not in left
    assert ">" not in left
