"""Finds what somebody names: a round by a button, a person to run it."""

from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.readiness.rounds import Round
from bot.readiness.store import RoundStore
from bot.slack.gateway import ChannelClosed, Gateway


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
