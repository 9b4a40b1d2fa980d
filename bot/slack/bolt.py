"""Bolt: the app, the guard around every listener, and the catch-alls."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.clock import Clock
from bot.errors import Refusal, Unavailable
from bot.slack.gateway import ChannelClosed, Gateway, TokenDead
from bot.slack.incoming import Incoming
from bot.slack.messages import Notice, shown
from bot.slack.render import View
from bot.slack.store import DeliveryStore

log = logging.getLogger(__name__)

LISTENER_THREADS = 20  # Bolt's own default of five starves acks
BACKLOG_THREADS = 8
PATIENCE = 2.0  # seconds for a fact to be committed: Slack gives up after three

CLOSED = "I can't post in this channel any more. Invite me back, or ask with `/cco ask`: that works everywhere."

Ack = Callable[..., Any]
Handler = Callable[[Incoming], None]


class Backlog:
    """Work that may wait for Slack, on threads of its own so that acks never do."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(BACKLOG_THREADS, thread_name_prefix="backlog")

    def add(self, work: Callable[[], None]) -> None:
        """Do the work on the next free thread. After `drain` it is dropped: what matters is in the database."""
        with suppress(RuntimeError):  # the pool is shut down
            self._pool.submit(self._logged, work)

    @staticmethod
    def _logged(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:  # nobody looks at the future, so it would vanish
            log.exception("work in the background failed")

    def drain(self) -> None:
        """Finish what was begun, refuse what is new."""
        self._pool.shutdown(wait=True, cancel_futures=False)


@dataclass(frozen=True)
class Acked:
    """What an ack carries, and what is done after it."""

    payload: dict[str, Any] = field(default_factory=dict)
    then: Handler | None = None


Replier = Callable[[Incoming], dict[str, Any] | Acked]


@dataclass
class Guard:
    """Wraps listeners: acks, drops repeats, turns refusals into a friendly word and surprises into an apology."""

    gateway: Gateway
    deliveries: DeliveryStore
    clock: Clock
    on_dead_token: Callable[[TokenDead], None]
    backlog: Backlog = field(default_factory=Backlog)

    # Bolt reads a listener's argument names to know what to pass, so the wrappers below are spelled out
    # and must not use functools.wraps.

    def later(self, handle: Handler) -> Callable[..., None]:
        """For work that may wait: ack first, then handle on the backlog."""

        def listener(ack: Ack, body: dict[str, Any]) -> None:
            ack()
            incoming = Incoming(body)
            self._handled(self._once(lambda _: self.soon(handle, incoming)), incoming)

        return listener

    def now(self, handle: Handler) -> Callable[..., None]:
        """For work bound to a trigger_id, which lives three seconds: ack, then handle at once."""

        def listener(ack: Ack, body: dict[str, Any]) -> None:
            ack()
            self._handled(self._once(handle), Incoming(body))

        return listener

    def saved_first(self, save: Callable[[Incoming], Handler | None]) -> Callable[..., None]:
        """For events that must survive: `save` writes the fact down and returns what is to be done about it."""

        def listener(ack: Ack, body: dict[str, Any]) -> None:
            incoming = Incoming(body)
            handle: Handler | None = None

            def saving(_incoming: Incoming) -> None:
                nonlocal handle
                handle = save(incoming)

            self._handled(saving, incoming)
            ack()
            if handle is not None:
                self.soon(handle, incoming)

        return listener

    def replying(self, reply: Replier) -> Callable[..., None]:
        """For commands and modals: the ack carries the reply, or the apology, so that the person sees at once."""

        def listener(ack: Ack, body: dict[str, Any]) -> None:
            incoming = Incoming(body)
            try:
                given = reply(incoming)
                acked = given if isinstance(given, Acked) else Acked(given)
            except Refusal as refusal:
                acked = Acked(self._in_ack(incoming, shown(refusal)))
            except Exception as error:
                acked = Acked(self._in_ack(incoming, self._apology(error)))
            ack(**acked.payload)
            if acked.then:
                self.soon(acked.then, incoming)

        return listener

    def committing(self, commit: Callable[[Incoming], Acked], patience: float = PATIENCE) -> Callable[..., None]:
        """For clicks and modals that are a fact themselves, such as a vote: commit first, then ack.

        What is not committed within so many seconds is not acked, so that the person sees that it failed.
        """

        def listener(ack: Ack, body: dict[str, Any]) -> None:
            incoming, until = Incoming(body), time.monotonic() + patience
            try:
                acked = commit(incoming)
            except Refusal as refusal:
                acked = self._refused(incoming, refusal)
            except Unavailable as error:
                log.warning("could not be saved, so it is not acked: %s", error)
                return
            if time.monotonic() > until:
                log.warning("saved too late to be acked")
                return
            ack(**acked.payload)
            if acked.then:
                self.soon(acked.then, incoming)

        return listener

    def _refused(self, incoming: Incoming, refusal: Refusal) -> Acked:
        if incoming.view and not incoming.action:
            return Acked(self._in_ack(incoming, shown(refusal)))
        return Acked(then=lambda _: self.whisper(incoming, shown(refusal)))

    def soon(self, handle: Handler, incoming: Incoming) -> None:
        """Handle on the backlog, guarded as a listener is. `Incoming({})` where nobody is waiting."""
        self.backlog.add(lambda: self._handled(handle, incoming))

    def _once(self, handle: Handler) -> Handler:
        """The same, but nothing for a delivery that came before."""

        def handle_new(incoming: Incoming) -> None:
            if self.deliveries.is_new(incoming.key, incoming.delivery, self.clock()):
                handle(incoming)

        return handle_new

    def _handled(self, handle: Handler, incoming: Incoming) -> None:
        try:
            handle(incoming)
        except Refusal as refusal:
            self.whisper(incoming, shown(refusal))
        except TokenDead as error:
            self.on_dead_token(error)
        except ChannelClosed as error:
            log.warning("can't post there: %s", error)
            if incoming.response_url:  # it works where the bot is no member
                self._try(lambda: self.gateway.respond(incoming.response_url, Notice(CLOSED)))
        except Exception as error:
            self.whisper(incoming, self._apology(error))

    def _apology(self, error: Exception) -> Notice:
        reference = secrets.token_hex(2).upper()
        level = logging.WARNING if isinstance(error, Unavailable) else logging.ERROR
        log.log(level, "ref %s: %s", reference, error, exc_info=error)
        return Notice(
            f"Something went wrong on my side. Please ask again; if it keeps happening, mention ref {reference}."
        )

    def whisper(self, incoming: Incoming, view: View) -> None:
        """Tell the person, by whatever way is open. When none is, the log has it already."""
        self._try(lambda: self._tell(incoming, view))

    def _tell(self, incoming: Incoming, view: View) -> None:
        in_channel = bool(incoming.channel_id) and not incoming.channel_id.startswith("D")
        if in_channel and incoming.is_reply and not incoming.is_private:
            self._tell_in_thread(incoming, view)
        elif incoming.response_url:
            self.gateway.respond(incoming.response_url, view)
        elif in_channel:
            self.gateway.tell(incoming.channel_id, incoming.user_id, view)
        elif incoming.user_id:
            self.gateway.post(incoming.channel_id or incoming.user_id, view, incoming.thread_ts)

    def _tell_in_thread(self, incoming: Incoming, view: View) -> None:
        """A response_url would answer in the channel's own timeline; but it works where the bot is no member."""
        try:
            self.gateway.tell(incoming.channel_id, incoming.user_id, view, incoming.thread_ts)
        except ChannelClosed:
            if not incoming.response_url:
                raise
            self.gateway.respond(incoming.response_url, view)

    def _try(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except TokenDead as error:
            self.on_dead_token(error)
        except Unavailable as error:
            log.warning("could not tell the person: %s", error)

    def _in_ack(self, incoming: Incoming, view: View) -> dict[str, Any]:
        if not incoming.view:
            return {"response_type": "ephemeral", **self.gateway.modal(view)}
        inputs = [block["block_id"] for block in incoming.view["blocks"] if block["type"] == "input"]
        if inputs and isinstance(view, Notice) and "<@" not in view.text:  # people have no names under an input
            return {"response_action": "errors", "errors": {inputs[0]: view.text}}
        return {"response_action": "push", "view": self.gateway.boxed(view)}


def bolt_app(api_url: str, bot_token: str, identity: dict[str, Any]) -> App:
    """A Bolt app for the one workspace whose token we hold.

    The token goes through `authorize` alone: with SLACK_CLIENT_ID and SLACK_CLIENT_SECRET in the environment Bolt
    would otherwise switch to OAuth and silently ignore it.
    """

    def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=identity.get("enterprise_id"),
            team_id=identity.get("team_id"),
            bot_user_id=identity.get("user_id"),
            bot_id=identity.get("bot_id"),
            bot_token=bot_token,
        )

    executor = ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="listener")
    return App(
        name="cco-advisor",
        client=WebClient(base_url=api_url),
        authorize=authorize,
        request_verification_enabled=False,  # Socket Mode carries no signatures
        listener_executor=executor,
    )


def register_catch_alls(app: App) -> None:
    """Acks for whatever no listener wants: without one, Slack sends the same payload again and again. Last."""

    def drop(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        kind = body.get("type") or body.get("command") or "payload"
        log.info("nothing listens to this %s: %s", kind, sorted(body))

    def drop_event(body: dict[str, Any]) -> None:
        log.debug("nothing listens to this event: %s", (body.get("event") or {}).get("type"))

    anything = re.compile(".*", re.DOTALL)
    app.event(anything)(drop_event)
    app.command(anything)(drop)
    app.shortcut(anything)(drop)
    app.action(anything)(drop)
    app.options(anything)(drop)
    app.view(anything)(drop)
    app.view_closed(anything)(drop)
