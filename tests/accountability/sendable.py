"""What must hold of every view of this wing: Slack takes it, and nothing that people typed links, mentions or pings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.slack.render import Renderer, View
from bot.workspace.blocks import problems, view_problems

ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
TEXT_LIMIT = 4_000  # characters that chat.update takes
DATE = re.compile(r"<!date\^\d+\^[^|<>]*\|[^<>|]*>")
TRAPS = ("<!channel>", "<@U1>", "<#C1|general>", "<http://example.com|click>", "&", "&lt;", "<", ">", "*b*", "`c`", '"',
         "\\", "{{ 7 * 7 }}", "{% raw %}", "]}", "\u2028", "\u202e", "🙂", "日本語")  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(TRAPS), max_size=40).map(" ".join),
    st.builds(lambda text, times: (text * times)[:500], st.sampled_from(TRAPS), st.integers(1, 500)),
)
WORST = ("&" * 500, "<!channel> " * 40, "<https://example.com|click> " * 18, "x", '"' * 500)


def assert_sendable(renderer: Renderer, view: View, *known: str) -> dict[str, Any]:
    """The rendered view. `known` are people's, channels' and messages' ids or addresses that it may name."""
    rendered = renderer.render(view)
    if "type" in rendered:
        assert view_problems(rendered) == []
    else:
        assert problems(rendered["blocks"]) == []
        assert rendered["text"].strip()
        assert len(rendered["text"]) <= TEXT_LIMIT
    for text in _marked(rendered):
        assert "<" not in _without(DATE.sub("", text), known)
        assert not ENTITY.search(text), "an entity was cut in two"
    return rendered


def words_of(rendered: Any) -> str:
    """All that people read of it, and more."""
    return json.dumps(rendered, ensure_ascii=False)


def _without(text: str, known: tuple[str, ...]) -> str:
    for one in known:
        text = re.sub(rf"<[@#]?{re.escape(one)}(\|[^<>|]*)?>", "", text)
    return text


def _marked(value: Any) -> Iterator[str]:
    """Every text in which Slack honours mentions and links."""
    if isinstance(value, list):
        for item in value:
            yield from _marked(item)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        if "blocks" in value and isinstance(value.get("text"), str):
            yield value["text"]
        for item in value.values():
            yield from _marked(item)
