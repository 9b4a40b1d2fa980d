"""Reads questions that lean on what was said before: “and the cons?”, “why?”, “what about option 4”."""

from itertools import pairwise

from bot.answers.cards import CONS, MORE_DETAIL, WATCH_OUT
from bot.answers.words import clean, words_of

ASPECTS = {
    "Why it matters": "why reason reasons important matter matters purpose",
    "How it works": "how work works working steps",
    "Pros": "pros pro upside upsides advantage advantages benefit benefits plus pluses strengths",
    CONS: "cons con downside downsides disadvantage disadvantages drawback drawbacks snag snags minus minuses",
    "Checkpoint": "checkpoint checkpoints",
    "Example": "example examples instance",
    WATCH_OUT: "pitfall pitfalls caveat caveats risk risks danger dangers warning warnings careful",
    MORE_DETAIL: "more detail details further elaborate else deeper",
}
HEADING_OF = {word: heading for heading, words in ASPECTS.items() for word in words.split()}
FILLERS = frozenset(
    "a an and any anything about also are as be but can could do does elaborate explain for from give go got has "
    "have here how i in is it its just list main me my of ok okay on one or our out please pls show should so some "
    "tell thanks that the their them then there these they this those to us watch we well what whats which with "
    "would yes you your".split()
)
VAGUE = frozenset({"How it works", MORE_DETAIL})  # “how” and “more” also stand beside the word that counts
OPENERS = frozenset("and but so then also ok okay what how or plus same".split())
LEANING = frozenset("it its that this they them their those these one he she him her there".split())
SHORT = 9  # words; a longer question stands on its own


def aspects_of(text: str) -> tuple[str, ...]:
    """The headings that a bare follow-up asks for; none when it says anything of its own."""
    words = words_of(clean(text))
    headings = [HEADING_OF[word] for word in words if word in HEADING_OF]
    if ("watch", "out") in pairwise(words):
        headings.append(WATCH_OUT)
    if any(word not in HEADING_OF and word not in FILLERS for word in words):
        return ()
    specific = [heading for heading in headings if heading not in VAGUE]
    return tuple(dict.fromkeys(specific or headings[:1]))


def leans_on_topic(text: str) -> bool:
    """Does a short question sound as if it went on from the one before?"""
    words = words_of(clean(text))
    return 0 < len(words) <= SHORT and (words[0] in OPENERS or not LEANING.isdisjoint(words))


def may_follow_up(text: str) -> bool:
    """Does what was said before matter to this question at all?"""
    return bool(aspects_of(text)) or leans_on_topic(text)
