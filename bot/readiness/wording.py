"""Reads whether words ask for a check or its results rather than for an answer."""

import re

_POLITE = r"(?:(?:please|can you|could you|let's|lets|i want to|we want to|i'd like to|we'd like to)\s+)?"
_DOING = r"(?:run|start|set\s+up|setup|begin|launch|do|make)"
_WHICH = r"(?:(?:a|an|the|our|another|new)\s+){0,2}"
_WHAT = r"(?:(?:cco\s+)?(?:readiness|reality)[\s-]+(?:check|poll)|check|readiness\s+round)"
_WHERE = r"(?:\s+(?:here|now|again|in this channel|with us|for us|please))*"
RUN_CHECK = re.compile(rf"{_POLITE}{_DOING}\s+{_WHICH}{_WHAT}{_WHERE}", re.IGNORECASE)
JUST_CHECK = re.compile(r"(?:readiness[\s-]+)?(?:check|chek|chekc|ckeck|checks)", re.IGNORECASE)
JUST_RESULTS = re.compile(r"(?:(?:show|see)\s+)?(?:me\s+)?(?:the\s+)?(?:results?|rounds)", re.IGNORECASE)
MENTION = re.compile(r"<@[^>]+>")


def asks_for_check(text: str) -> bool:
    """“Run the readiness check”, or the one word after the command. A question about the check is none."""
    words = _words(text)
    return bool(RUN_CHECK.fullmatch(words) or JUST_CHECK.fullmatch(words))


def asks_for_results(text: str) -> bool:
    return bool(JUST_RESULTS.fullmatch(_words(text)))


def _words(text: str) -> str:
    return " ".join(MENTION.sub(" ", text).split()).rstrip("!. ")
