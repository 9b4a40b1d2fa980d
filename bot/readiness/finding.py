"""Finds what somebody names: a round by a button, a person to run it, those to be asked."""

from collections.abc import Collection, Iterator

from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.slack.gateway import ChannelClosed, Gateway, Person

ONE_BY_ONE = 100  # people that Slack lets us look up in a minute
LISTED_FOR_ONE = 100  # people that its list tells in the time of looking up one: 20 pages of 500 a minute


def existing(rounds: RoundStore, key: WorkspaceKey, round_id: str) -> Round:
    """Raises Refusal where there is none."""
    of = rounds.get(key, round_id)
    if of is None:
        raise Refusal("That poll is not there any more. `/cco results` shows the rounds of this channel.")
    return of


def can_run(gateway: Gateway, key: WorkspaceKey, user_id: str, *, at_once: bool = False) -> bool:
    """May a round be given to this person? Not to bots, to who has left, or to people of other companies.

    Raises Unavailable when Slack doesn't say; `at_once`, before an ack, when it doesn't within two seconds.
    """
    try:
        person = gateway.person_at_once(user_id) if at_once else gateway.person(user_id)
    except ChannelClosed:
        return False
    return person.is_active and not person.is_bot and person.belongs_to(key)


def is_outsider(gateway: Gateway, key: WorkspaceKey, user_id: str) -> bool:
    """Is somebody whom the payload can't tell from our own people of another company? Raises Unavailable."""
    try:
        return not gateway.person_at_once(user_id).belongs_to(key)
    except ChannelClosed:  # Slack doesn't show them to us
        return True


def people_named(gateway: Gateway, wanted: Collection[str]) -> Iterator[Person]:
    """These people, as far as Slack shows them to us: one by one, or from the list of everybody where that is quicker.

    How long that list is nobody knows before its end. So it is read for as long as looking up each would take at most.
    """
    left = set(wanted)
    if len(left) > ONE_BY_ONE:
        for count, person in enumerate(gateway.people()):
            if not left or count >= len(wanted) * LISTED_FOR_ONE:
                break
            if person.id in left:
                left.discard(person.id)
                yield person
        else:
            return  # who is not in it is of another company
    yield from filter(None, (somebody(gateway, user_id) for user_id in sorted(left)))


def somebody(gateway: Gateway, user_id: str) -> Person | None:
    """None for somebody whom Slack does not show to us. Raises Unavailable."""
    try:
        return gateway.person(user_id)
    except ChannelClosed:
        return None
