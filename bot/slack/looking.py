"""Looks whether a direct message arrived of which nobody knows: no answer came, or the bot died over it."""

import logging
from datetime import datetime, timedelta

from bot.errors import TryLater
from bot.slack.gateway import Gateway, Mark, SlackRefused, TokenDead, UnknownOutcome

log = logging.getLogger(__name__)

LOOK_AGAIN = 30.0  # seconds, when Slack could not even be asked
CLOCKS_APART = timedelta(minutes=1)  # that Slack's clock may be away from ours


def has_arrived(gateway: Gateway, user_id: str, mark: Mark, since: datetime) -> bool | None:
    """Has somebody a message of ours with this mark? None where the bot may not look (the scope im:write is optional).

    Raises TryLater where it can't look just now. Nothing that is raised or logged tells who it is about.
    """
    try:
        place = gateway.direct_message(user_id)
        return bool(gateway.posted(place, "", mark, f"{(since - CLOCKS_APART).timestamp():.6f}"))
    except TokenDead:
        raise
    except UnknownOutcome as error:
        raise TryLater(f"can't look whether a message arrived: {error}", LOOK_AGAIN) from error
    except SlackRefused as error:
        log.info("can't look whether a message arrived: %s", error)
        return None
