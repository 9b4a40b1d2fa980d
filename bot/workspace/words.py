"""What people type, as Slack hands it on: escaped, with `@names`, `#channels` and URLs turned into links."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.workspace.records import Channel, Person

URL = re.compile(r"(?<![\w<|])(https?://[^\s<>|]+[^\s<>|.,;:!?)])")
GOES_ON = re.compile(r"[\w-]")  # a name ends before it
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
    """The longest name after each sign becomes its link. Looked up, since a workspace may have thousands."""
    longest = max(map(len, names), default=0)
    parts, end = [], 0
    for found in re.finditer(rf"(?<![\w<]){sign}", text):
        start = found.end()
        sizes = range(min(longest, len(text) - start), 0, -1)
        ends = (start + size for size in sizes if not GOES_ON.match(text, start + size))
        known = next((at for at in ends if text[start:at] in names), None)
        if known:
            parts += [text[end : found.start()], names[text[start:known]]]
            end = known
    return "".join([*parts, text[end:]])
