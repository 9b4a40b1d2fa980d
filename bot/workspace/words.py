"""What people type, as Slack hands it on: escaped, with `@names`, `#channels` and URLs turned into links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.workspace.records import Channel, Person

URL = re.compile(r"(?<![\w<|])(https?://[^\s<>|]+[^\s<>|.,;:!?)])")
EVERYBODY = {word: f"<!{word}>" for word in ("here", "channel", "everyone")}


def typed(text: str, people: Iterable[Person], channels: Iterable[Channel], mentions: bool = True) -> str:
    """`mentions=False` is a slash command without `should_escape`: names stay as they were typed."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not mentions:
        return escaped
    names = dict(EVERYBODY)
    for person in people if "@" in text else ():
        names |= {person.name: f"<@{person.id}>", person.real_name: f"<@{person.id}>"}
    rooms = {c.name: f"<#{c.id}|{c.name}>" for c in channels if not c.is_im} if "#" in text else {}
    return URL.sub(r"<\1>", _replace_names(_replace_names(escaped, "@", names), "#", rooms))


def _replace_names(text: str, sign: str, names: dict[str, str]) -> str:
    if sign not in text:
        return text
    longest_first = sorted((name for name in names if name), key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in longest_first)
    return re.sub(rf"(?<![\w<]){sign}({pattern})(?![\w-])", lambda found: names[found[1]], text)
