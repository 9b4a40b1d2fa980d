"""What `/cco …` asks of this wing: which command, and what stands after it. Anything else is a question."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein


class Command(StrEnum):
    """The first word of a command."""

    COMMIT = "commit"
    MINE = "mine"
    COMMITMENTS = "commitments"
    PAUSE = "pause"
    QUIET = "quiet"
    REMINDERS = "reminders"
    WHY = "why"
    UPCOMING = "upcoming"
    SESSION = "session"
    YEAR_ONE = "year-one"


SPELLINGS = {"sessions": Command.SESSION, "year one": Command.YEAR_ONE, "yearone": Command.YEAR_ONE}
WITH_WORDS = frozenset({Command.COMMIT, Command.PAUSE, Command.QUIET})  # what stands after these is for them to read
FILTERS = "(?:open|overdue|done|ended|all|mine|by me)"
LISTS = frozenset({Command.MINE, Command.COMMITMENTS})


def command_of(text: str) -> tuple[Command, str] | None:
    """The command and the rest of the words; None for what is meant as a question, such as “why do we need a CCO?”."""
    words = " ".join(text.split())
    alone = words.rstrip("!. ").lower()
    if alone in SPELLINGS:
        return SPELLINGS[alone], ""
    first, _, rest = words.partition(" ")
    command = _known(first.rstrip("!.").lower())
    if command in WITH_WORDS:
        return command, rest  # with its last dot, which belongs to the date in “by 14.12.”
    rest = rest.rstrip("!. ")
    if command is None or not _fits(command, rest):
        return None
    return command, rest


def asks_for(*wanted: Command) -> Callable[[dict[str, Any]], bool]:
    """A matcher for Bolt: is what came one of these commands?"""

    def matches(body: dict[str, Any]) -> bool:
        found = command_of(str(body.get("text") or ""))
        return found is not None and found[0] in wanted

    return matches


def rest_of(text: str) -> str:
    """What stands after a command that `asks_for` has matched."""
    found = command_of(text)
    return found[1] if found else ""


def _fits(command: Command, rest: str) -> bool:
    if not rest:
        return True
    return command in LISTS and re.fullmatch(rf"{FILTERS}(?: {FILTERS})*", rest.lower()) is not None


def _known(word: str) -> Command | None:
    """The command that a word is, or is one slip away from; its first letter people get right."""
    for command in Command:
        is_near = len(word) > 4 and word[0] == command[0] and DamerauLevenshtein.distance(word, command) <= 1
        if word == command or is_near:
            return command
    return None
