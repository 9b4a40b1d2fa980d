"""What somebody typed, as a form keeps it for them to put right: readable, and without what Slack makes of names."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

from bot.accountability.commitments.promises import CONNECTORS, PERSON, date_at_end, without_people
from bot.errors import Refusal

LONGEST = 3_000  # characters that a modal's input takes
LINKED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
SOMEBODY = "@someone"  # whose name Slack didn't tell


@dataclass(frozen=True)
class Typed:
    """The parts of a sentence, in the writer's words. `owner` is an id, and empty where it isn't exactly one person.

    `is_unclear` tells one who was named, and not understood, from nobody.
    """

    owner: str = ""
    what: str = ""
    when: str = ""
    is_unclear: bool = False


def as_typed(text: str) -> str:
    """Names, channels and links as they are read, and inert: a name in a text is told to nobody."""
    return unescape(LINKED.sub(_readable, text)).replace("\0", "")


def taken_apart(text: str, now: datetime, zone: ZoneInfo) -> Typed:
    """As far as it can be told what is what; all that was typed is somewhere in it, up to what a form takes."""
    owner, sentence, is_unclear = _owner(text.strip(), first=True)
    words = sentence.split()
    place, _ = date_at_end(words, now, zone) or (len(words), None)
    what, when = " ".join(words[:place]), words[place:]
    if not owner and not is_unclear:
        owner, what, is_unclear = _owner(what, first=False)
    if when and when[0].lower() in CONNECTORS:
        del when[0]
    readable = as_typed(what).rstrip(",;:–—- ")
    return Typed(owner, _clipped(readable), _clipped(as_typed(" ".join(when))), is_unclear)


def _owner(sentence: str, *, first: bool) -> tuple[str, str, bool]:
    """The one person named and the rest; of a group, several or no name at all nobody, and all of it stays."""
    try:
        people, rest = without_people(sentence, first=first)
    except Refusal:
        return "", sentence, True
    owners = tuple(dict.fromkeys(PERSON.findall(people.upper())))
    if len(owners) == 1 and "<!" not in people:
        return owners[0], rest, False
    return "", sentence, bool(people)


def _readable(found: re.Match[str]) -> str:
    sign, name, label = found[1], found[2], found[3]
    if sign == "@":
        return f"@{label}" if label else SOMEBODY
    if sign == "#":
        return f"#{label}" if label else "#channel"
    if sign == "!":
        return label if label and label.startswith("@") else f"@{label or name.partition('^')[0]}"
    return label if label and label != name and not name.startswith("http") else name


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
