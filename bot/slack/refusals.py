"""What can become of a call to Slack, in our own words. Nothing foreign leaks out of a call made through `call`.

SlackRefused      Slack said no; `code` is its word for why
├── ChannelClosed    the bot can't post or edit there: not a member, archived, gone
├── MessageGone      the message was deleted or can't be changed any more
└── TokenDead        the token is wrong or revoked: nothing works until somebody acts
RateLimited       it was too much for now; nothing happened
UnknownOutcome    a time-out, a broken line or a 5xx: it may have taken effect
"""

import json
import logging
from collections.abc import Callable
from http.client import HTTPException
from typing import TypeVar
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.errors import TryLater, Unavailable

log = logging.getLogger(__name__)

DEAD_TOKEN = {
    "invalid_auth",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_authed",
    "user_removed_from_team",
}
CLOSED_CHANNEL = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "is_inactive",  # an edit where a post would say is_archived: the message is there still, and may be edited again
    "user_not_in_channel",
    "cannot_dm_bot",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "restricted_action",
}
GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "no_item_specified"}
UNCHANGEABLE = {"cant_update_message", "edit_window_closed"}  # of these, the codes for a message that is there still
RATE_LIMITED = {"ratelimited", "rate_limited"}
UNCERTAIN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}

Result = TypeVar("Result")


class SlackRefused(Unavailable):
    """Slack said no."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method, self.code = method, code


class ChannelClosed(SlackRefused):
    """The bot can't post or edit there."""


class MessageGone(SlackRefused):
    """The message was deleted or can't be changed."""

    @property
    def is_deleted(self) -> bool:
        return self.code not in UNCHANGEABLE


class TokenDead(SlackRefused):
    """The token is wrong or revoked."""


class RateLimited(TryLater):
    """A call was too much for now. Nothing happened; try again after `retry_after` seconds."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(f"{method}: rate limited, try again after {retry_after:g} s", retry_after)


class UnknownOutcome(Unavailable):
    """The call may or may not have taken effect."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: no answer ({reason}); it may have taken effect")
        self.method = method


def call(method: str, send: Callable[[], Result]) -> Result:
    """Make a call; whatever goes wrong is raised as one of the above."""
    try:
        return send()
    except SlackApiError as error:
        raise _translated(method, error) from error
    except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
        raise UnknownOutcome(method, type(error).__name__) from error
    except SlackRequestError as error:  # a file that did not arrive
        raise UnknownOutcome(method, "the upload failed") from error
    except (ValueError, AttributeError, TypeError) as error:  # what slack_sdk makes of an answer that it can't read
        raise UnknownOutcome(method, "an answer that can't be read") from error


def _translated(method: str, error: SlackApiError) -> Unavailable:
    answer = error.response
    status = getattr(answer, "status_code", 200)
    data = answer if isinstance(answer, dict) else getattr(answer, "data", {})
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in RATE_LIMITED:
        headers = {name.lower(): value for name, value in (getattr(answer, "headers", None) or {}).items()}
        return RateLimited(method, float(headers.get("retry-after") or 1))
    if status >= 500 or code in UNCERTAIN or not code or "non-JSON" in code:
        return UnknownOutcome(method, code[:60] or f"HTTP {status}")
    for family, codes in ((TokenDead, DEAD_TOKEN), (ChannelClosed, CLOSED_CHANNEL), (MessageGone, GONE)):
        if code in codes:
            return family(method, code)
    if isinstance(data, dict) and (reasons := (data.get("response_metadata") or {}).get("messages")):
        log.error("%s: %s", method, json.dumps(reasons)[:500])
    return SlackRefused(method, code)
