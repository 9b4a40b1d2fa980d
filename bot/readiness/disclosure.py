"""No peeking by subtraction: which tallies of an anonymous round may be shown, given all that were shown before.

**The danger.** A tally of six people beside one of five of them, of the same statement, shows how the sixth voted: one
subtracts. Readers may know who answered each time (they ask around), so hiding the names does not help. Nor is it
enough to look at two tallies at a time: those of two teams, and one of both teams and one person more, differ by many
each, and all three together by that one person. Nor to count leavers and joiners together: with one who left and ten
who came, the answer that went down is that of the one who left.

**What “differ” means here.** Two people differ when some published tally of the statement counts one of them and not
the other. People who don't differ form a *group*: all published tallies count it whole or leave it out whole. The rule
is that no group is ever smaller than the smallest group that was promised to any of its members. A tally that would cut
a smaller one, or bring a smaller one along, is withheld, the later one, for good.

**Why that is enough.** If two people of a group exchanged their votes, nothing published would look different. So from
all published tallies together, in whatever way they are added, subtracted or reasoned about, a reader learns only how a
group voted as a whole. Two published tallies differ by whole groups, so by nobody or by at least the smallest group, on
either side. `tests/readiness/test_disclosure.py` holds this against readers who don't know the rule.

**What is kept for it** after a close, for each subject in a workspace: the groups, as sorted user ids. Not which round
they answered in, and nothing of their answers. A subject is the wording of a statement, in whatever check it stands: a
company's own variant of a check asks the same. Channels are not told apart, as the same people are asked in several.
What is withheld is not stored at all: a tally of one person beside the name of that person would be a vote with a name.
The decision looks only at who answered, never at the answers, so that withholding tells nothing.

**Named rounds** show each vote with its name, so they are not held back. But whoever has voted on a statement by name
gives no cover in a later anonymous round: of each group, those who never did are nobody or at least the smallest group.

**What this can't hide**: that all of a group voted the same, and what voters tell each other or show by voting by name
later on.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


def subject(text: str, about: str = "") -> str:
    """What a statement asks, as a short text. `about` tells apart what the same words ask of different things."""
    return sha256(f"{about}\n{' '.join(text.split()).casefold()}".encode()).hexdigest()


class Withheld(StrEnum):
    """Why a tally is not shown. The reason says nothing of the answers."""

    TOO_FEW = "too_few"  # fewer answered than the smallest group
    TOO_CLOSE = "too_close"  # beside an earlier result it would single out fewer than the smallest group


@dataclass(frozen=True)
class Group:
    """People whom every published tally of a statement counts together. `smallest` is what they were promised."""

    members: frozenset[str]
    smallest: int


@dataclass(frozen=True)
class Published:
    """What the published tallies of a statement tell apart: groups, and those who voted by name."""

    groups: tuple[Group, ...] = ()
    named: frozenset[str] = frozenset()


def publish(before: Published, respondents: frozenset[str], smallest: int) -> tuple[Published, Withheld | None]:
    """May the tally of these respondents be shown? Returns what is published from now on, and why not if not."""
    if len(respondents) < smallest:
        return before, Withheld.TOO_FEW
    touched = [group for group in before.groups if group.members & respondents]
    cut = _cut(touched, respondents, smallest)
    if not all(_is_safe(group, before.named) for group in cut):
        return before, Withheld.TOO_CLOSE
    others = tuple(group for group in before.groups if group not in touched)
    return Published(others + tuple(cut), before.named), None


def publish_named(before: Published, respondents: frozenset[str]) -> Published:
    """What is published after these people voted by name."""
    return Published(before.groups, before.named | respondents)


def _cut(groups: list[Group], respondents: frozenset[str], smallest: int) -> list[Group]:
    """The groups as a further tally cuts them, and the newcomers as one more."""
    inside = [Group(group.members & respondents, max(group.smallest, smallest)) for group in groups]
    outside = [Group(group.members - respondents, group.smallest) for group in groups]
    newcomers = Group(respondents.difference(*(group.members for group in groups)), smallest)
    return [group for group in (*inside, *outside, newcomers) if group.members]


def _is_safe(group: Group, named: frozenset[str]) -> bool:
    hidden = group.members - named
    return len(group.members) >= group.smallest and (not hidden or len(hidden) >= group.smallest)


def written(published: Published) -> str:
    """As one text, in an order that comes from the ids alone."""
    groups = sorted((sorted(group.members), group.smallest) for group in published.groups)
    return json.dumps({"groups": groups, "named": sorted(published.named)})


def read_published(text: str) -> Published:
    data = json.loads(text)
    groups = tuple(Group(frozenset(members), smallest) for members, smallest in data["groups"])
    return Published(groups, frozenset(data["named"]))
