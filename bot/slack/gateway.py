"""The Web API as the bot uses it. Nothing else calls it; what goes wrong is raised in the words of `refusals`."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.slack.directory import Directory, Person, Place, pages
from bot.slack.refusals import (
    ChannelClosed,
    MessageGone,
    RateLimited,
    SlackRefused,
    TokenDead,
    UnknownOutcome,
    call,
)
from bot.slack.render import Renderer, View, escape

__all__ = [
    "LONGEST_POST",
    "ChannelClosed",
    "File",
    "Gateway",
    "Mark",
    "MessageGone",
    "Person",
    "Place",
    "Posted",
    "RateLimited",
    "SlackRefused",
    "TokenDead",
    "UnknownOutcome",
    "try_socket_mode",
]

log = logging.getLogger(__name__)

TIMEOUT = 15  # seconds a call may take
LONGEST_POST = 3 * TIMEOUT  # a message is tried in simpler forms where Slack can't draw it
QUICK = 1  # the same where somebody waits who must be answered within three: to connect, and again to read
RATE_LIMIT_RETRIES = 4
LOOKED_AT = 100  # messages a page, when a message of ours is looked for; some apps get fifteen
MOST_PAGES = 5
TOO_COMPLEX = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}

Message = dict[str, Any]


@dataclass(frozen=True)
class Mark:
    """Metadata by which we recognise a post of our own. Other apps that may read the message can read it too."""

    event: str
    id: str

    @property
    def metadata(self) -> dict[str, Any]:
        return {"event_type": self.event, "event_payload": {"id": self.id}}

    def is_on(self, message: dict[str, Any]) -> bool:
        metadata = message.get("metadata") or {}
        payload = metadata.get("event_payload") or {}
        return (metadata.get("event_type"), payload.get("id")) == (self.event, self.id)


@dataclass(frozen=True)
class Posted:
    """Where a message is. The channel is never a person's id: theirs is answered by their direct message's."""

    channel: str
    ts: str


@dataclass(frozen=True)
class File:
    """A file to be sent."""

    name: str
    title: str
    content: bytes


class Gateway(Directory):
    """Speaks for the bot in one workspace.

    Posts, edits and opening a modal raise RateLimited at once, to be paced elsewhere (`bot.slack.pacing`,
    `bot.slack.budget`); every other call waits out a rate limit by itself, so keep it off the ack path.
    """

    def __init__(
        self, client: WebClient, at_once: WebClient, renderer: Renderer, quick: WebClient | None = None
    ) -> None:
        super().__init__(client, quick)
        self._at_once = at_once  # it never waits
        self._renderer = renderer

    @classmethod
    def connect(cls, token: str, api_url: str, renderer: Renderer) -> "Gateway":
        client = WebClient(token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[_rate_limit_retry()])
        at_once = WebClient(token, base_url=api_url, timeout=TIMEOUT, retry_handlers=[])
        quick = WebClient(token, base_url=api_url, timeout=QUICK, retry_handlers=[])
        return cls(client, at_once, renderer, quick)

    def identity(self) -> dict[str, Any]:
        """Who the token belongs to (auth.test), with the granted scopes under `scopes`."""
        answer = call("auth.test", lambda: self._client.auth_test())
        scopes = answer.headers.get("x-oauth-scopes") or answer.headers.get("X-OAuth-Scopes") or ""
        who: dict[str, Any] = answer.data  # type: ignore[assignment]  # bytes only for file downloads
        return {**who, "scopes": sorted(filter(None, scopes.replace(" ", "").split(",")))}

    def post(
        self, channel: str, view: View, thread_ts: str = "", mark: Mark | None = None, simpler: View | None = None
    ) -> Posted:
        """Post a message. `simpler` says the same without a block that Slack may refuse.

        Raises ChannelClosed, TokenDead, RateLimited, UnknownOutcome or SlackRefused.
        """
        extra: dict[str, Any] = {"thread_ts": thread_ts} if thread_ts else {}
        if mark:
            extra["metadata"] = mark.metadata

        def send(message: Message) -> Any:
            return self._at_once.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **message, **extra
            )

        answer = self._in_the_best_way("chat.postMessage", send, view, simpler)
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def edit(self, channel: str, ts: str, view: View, simpler: View | None = None) -> None:
        """Replace a message of ours. Raises MessageGone and what `post` raises."""

        def send(message: Message) -> Any:
            return self._at_once.chat_update(channel=channel, ts=ts, parse="none", **message)

        self._in_the_best_way("chat.update", send, view, simpler)

    def tell(self, channel: str, user: str, view: View, thread_ts: str = "", *, at_once: bool = False) -> None:
        """Show a message to one person in a channel. Slack does not promise that it is seen.

        `at_once` raises RateLimited as a post does, for whoever paces it.
        """
        client = self._at_once if at_once else self._client

        def send(message: Message) -> Any:
            return client.chat_postEphemeral(channel=channel, user=user, thread_ts=thread_ts or None, **message)

        self._in_the_best_way("chat.postEphemeral", send, view)

    def respond(self, response_url: str, view: View, *, in_channel: bool = False, replace: bool = False) -> None:
        """Answer through a response_url: five uses within thirty minutes."""
        message = self._renderer.render(view)
        answer = call(
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
        call("views.open", lambda: self._at_once.views_open(trigger_id=trigger_id, view=modal))

    def push_modal(self, trigger_id: str, view: View) -> None:
        """Open a modal on top of the one that the trigger came from; three are the most."""
        modal = self._renderer.render(view)
        call("views.push", lambda: self._at_once.views_push(trigger_id=trigger_id, view=modal))

    def update_modal(self, view_id: str, view: View, *, boxed: bool = False) -> None:
        """Show something else in a modal; `boxed`, what a message says."""
        modal = self.boxed(view) if boxed else self._renderer.render(view)
        call("views.update", lambda: self._client.views_update(view_id=view_id, view=modal))

    def update_own_modal(self, external_id: str, view: View, *, boxed: bool = False) -> None:
        """The same for a modal that we gave a name ourselves, its `external_id`."""
        modal = self.boxed(view) if boxed else self._renderer.render(view)
        call("views.update", lambda: self._client.views_update(external_id=external_id, view=modal))

    def modal(self, view: View) -> dict[str, Any]:
        """A modal as an ack may carry it (`response_action: update`)."""
        return self._renderer.render(view)

    def boxed(self, view: View, title: str = "CCO Advisor") -> dict[str, Any]:
        """What a message says, in a modal."""
        words = {"type": "plain_text", "text": title}
        close = {"type": "plain_text", "text": "Close"}
        return {"type": "modal", "title": words, "close": close, "blocks": self._renderer.render(view)["blocks"]}

    def publish_home(self, user: str, view: View) -> None:
        home = self._renderer.render(view)
        call("views.publish", lambda: self._client.views_publish(user_id=user, view=home))

    def posted(self, channel: str, thread_ts: str, mark: Mark, since_ts: str, until_ts: str = "") -> str | None:
        """The ts of the message with this mark, if Slack has it from `since_ts` to `until_ts`, as far as we look.

        In a channel it needs a scope that may not be granted: SlackRefused with the code missing_scope.
        """

        bounds: dict[str, Any] = {"oldest": since_ts, "latest": until_ts or None, "inclusive": True}

        def look(cursor: str) -> Any:
            common = {**bounds, "channel": channel, "cursor": cursor, "limit": LOOKED_AT, "include_all_metadata": True}
            if thread_ts:
                return self._client.conversations_replies(ts=thread_ts, **common)
            return self._client.conversations_history(**common)

        found = islice(pages("conversations.history", look, "messages"), LOOKED_AT * MOST_PAGES)
        return next((str(message["ts"]) for message in found if mark.is_on(message)), None)

    def send_files(self, channel: str, files: Sequence[File], words: str) -> None:
        """Send files under one comment, plain text, to a conversation: a person's id won't do.

        Raises SlackRefused with the code missing_scope where the bot may send none.
        """
        uploads = [{"filename": file.name, "title": file.title, "content": file.content} for file in files]
        call(
            "files.completeUploadExternal",
            lambda: self._client.files_upload_v2(channel=channel, file_uploads=uploads, initial_comment=escape(words)),
        )

    def _in_the_best_way(
        self, method: str, send: Callable[[Message], Any], view: View, simpler: View | None = None
    ) -> Any:
        """Send; where Slack can't draw our blocks, what is simpler, and at last the text, which says the same."""
        for each in filter(None, (view, simpler)):
            message = self._renderer.render(each)
            try:
                return call(method, partial(send, message))
            except SlackRefused as error:
                if error.code not in TOO_COMPLEX:
                    raise
                log.error("Slack refused the blocks of a message (%s); sending it simpler", error)
        return call(method, partial(send, {"text": message["text"]}))


def try_socket_mode(app_token: str, api_url: str) -> None:
    """Ask for a Socket Mode address and leave it unused. Raises TokenDead, SlackRefused or UnknownOutcome."""
    client = WebClient(base_url=api_url, timeout=TIMEOUT)
    call("apps.connections.open", lambda: client.apps_connections_open(app_token=app_token))


def _rate_limit_retry() -> RateLimitErrorRetryHandler:
    return RateLimitErrorRetryHandler(max_retry_count=RATE_LIMIT_RETRIES)
