"""The Web API, with Slack's errors translated. The only place that calls it.

SlackRefused      Slack said no; `code` is its word for why
├── ChannelClosed    the bot can't post there: not a member, archived, gone
├── MessageGone      the message was deleted or can't be changed any more
└── TokenDead        the token is wrong or revoked: nothing works until somebody acts
RateLimited       a post was too much for now; nothing was posted
UnknownOutcome    a time-out, a broken line or a 5xx: it may have taken effect
"""

import json
import logging
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.errors import Unavailable
from bot.slack.ids import ANSWER_EVENT
from bot.slack.render import Renderer, View

log = logging.getLogger(__name__)

TIMEOUT = 15  # seconds a call may take
RATE_LIMIT_RETRIES = 4
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
    "user_not_in_channel",
    "cannot_dm_bot",
    "user_disabled",
    "user_not_found",
    "restricted_action",
}
GONE = {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "no_item_specified"}
RATE_LIMITED = {"ratelimited", "rate_limited"}
UNCERTAIN = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
TOO_COMPLEX = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}

Result = TypeVar("Result")


class SlackRefused(Unavailable):
    """Slack said no."""

    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"{method}: {code}")
        self.method, self.code = method, code


class ChannelClosed(SlackRefused):
    """The bot can't post there."""


class MessageGone(SlackRefused):
    """The message was deleted or can't be changed."""


class TokenDead(SlackRefused):
    """The token is wrong or revoked."""


class RateLimited(Unavailable):
    """A post was too much for now. Nothing was posted; try again after `retry_after` seconds."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(f"{method}: rate limited, try again after {retry_after:g} s")
        self.retry_after = retry_after


class UnknownOutcome(Unavailable):
    """The call may or may not have taken effect."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: no answer ({reason}); it may have taken effect")
        self.method = method


class Gateway:
    """Speaks for the bot in one workspace.

    Posts raise RateLimited at once and are paced elsewhere (`bot.slack.pacing`); every other call waits out a rate
    limit by itself, so keep it off the ack path.
    """

    def __init__(self, client: WebClient, posting: WebClient, renderer: Renderer) -> None:
        self._client = client
        self._posting = posting
        self._renderer = renderer

    @classmethod
    def connect(cls, token: str, api_url: str, renderer: Renderer) -> "Gateway":
        client = WebClient(token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[_rate_limit_retry()])
        posting = WebClient(token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[])
        return cls(client, posting, renderer)

    def identity(self) -> dict[str, Any]:
        """Who the token belongs to (auth.test), with the granted scopes under `scopes`."""
        answer = self._call("auth.test", lambda: self._client.auth_test())
        scopes = answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes") or ""
        who: dict[str, Any] = answer.data  # type: ignore[assignment]  # bytes only for file downloads
        return {**who, "scopes": sorted(filter(None, scopes.replace(" ", "").split(",")))}

    def post(self, channel: str, view: View, thread_ts: str = "", question_id: str = "") -> str:
        """Post a message and return the channel it is in: a person's id is answered by their DM's.

        Raises ChannelClosed, TokenDead, RateLimited, UnknownOutcome or SlackRefused.
        """
        message = self._renderer.render(view)
        extra: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        if question_id:
            extra["metadata"] = {"event_type": ANSWER_EVENT, "event_payload": {"question": question_id}}

        def send(content: dict[str, Any]) -> Any:
            return self._posting.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **content, **extra
            )

        return str(self._with_plain_fallback("chat.postMessage", send, message)["channel"])

    def tell(self, channel: str, user: str, view: View, thread_ts: str = "") -> None:
        """Show a message to one person in a channel. Slack does not promise that it is seen."""
        message = self._renderer.render(view)

        def send(content: dict[str, Any]) -> Any:
            return self._client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread_ts or None, **content)

        self._with_plain_fallback("chat.postEphemeral", send, message)

    def respond(self, response_url: str, view: View, *, in_channel: bool = False, replace: bool = False) -> None:
        """Answer through a response_url: five uses within thirty minutes."""
        message = self._renderer.render(view)
        answer = self._call(
            "response_url",
            lambda: WebhookClient(response_url, timeout=TIMEOUT, retry_handlers=[_rate_limit_retry()]).send(
                text=message["text"],
                blocks=message["blocks"],
                response_type=None if replace else "in_channel" if in_channel else "ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            ),
        )
        if answer.status_code >= 500:
            raise UnknownOutcome("response_url", f"HTTP {answer.status_code}")
        if answer.status_code >= 400:
            raise SlackRefused("response_url", answer.body[:100] or f"HTTP {answer.status_code}")

    def open_modal(self, trigger_id: str, view: View) -> None:
        """Open a modal; the trigger lives three seconds, so this is never retried."""
        modal = self._renderer.render(view)
        self._call("views.open", lambda: self._client.views_open(trigger_id=trigger_id, view=modal))

    def update_modal(self, view_id: str, view: View) -> None:
        modal = self._renderer.render(view)
        self._call("views.update", lambda: self._client.views_update(view_id=view_id, view=modal))

    def modal(self, view: View) -> dict[str, Any]:
        """A modal as an ack may carry it (`response_action: update`)."""
        return self._renderer.render(view)

    def publish_home(self, user: str, view: View) -> None:
        home = self._renderer.render(view)
        self._call("views.publish", lambda: self._client.views_publish(user_id=user, view=home))

    def posted(self, channel: str, thread_ts: str, question_id: str, since_ts: str) -> str | None:
        """The ts of our answer to a question in a direct message, if Slack has it. One look, no paging."""

        def look() -> Any:
            common: dict[str, Any] = {"channel": channel, "oldest": since_ts, "limit": 15, "include_all_metadata": True}
            if thread_ts:
                return self._client.conversations_replies(ts=thread_ts, **common)
            return self._client.conversations_history(inclusive=True, **common)

        for message in self._call("conversations.history", look).get("messages") or []:
            metadata = message.get("metadata") or {}
            if metadata.get("event_payload", {}).get("question") == question_id:
                return str(message["ts"])
        return None

    def _with_plain_fallback(self, method: str, send: Callable[[dict[str, Any]], Any], message: dict[str, Any]) -> Any:
        """Send; a server that can't draw our blocks gets the text, which says the same."""
        try:
            return self._call(method, lambda: send(message))
        except SlackRefused as error:
            if error.code not in TOO_COMPLEX:
                raise
            log.error("Slack refused the blocks of a message (%s); sent its text instead", error)
            return self._call(method, lambda: send({"text": message["text"]}))

    @staticmethod
    def _call(method: str, send: Callable[[], Result]) -> Result:
        try:
            return send()
        except SlackApiError as error:
            raise _translated(method, error) from error
        except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
            raise UnknownOutcome(method, type(error).__name__) from error
        except (ValueError, AttributeError) as error:  # what slack_sdk makes of an answer that is no JSON object
            raise UnknownOutcome(method, "an answer that can't be read") from error


def try_socket_mode(app_token: str, api_url: str) -> None:
    """Ask for a Socket Mode address and leave it unused. Raises TokenDead, SlackRefused or UnknownOutcome."""
    client = WebClient(base_url=api_url, timeout=TIMEOUT)
    Gateway._call("apps.connections.open", lambda: client.apps_connections_open(app_token=app_token))


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


def _rate_limit_retry() -> RateLimitErrorRetryHandler:
    return RateLimitErrorRetryHandler(max_retry_count=RATE_LIMIT_RETRIES)
