"""Reads what Slack sends, calls one use case, shows the result."""

import re
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein
from slack_bolt import App

from bot.answers.service import AnswerService
from bot.answers.store import Question
from bot.answers.words import clean
from bot.clock import Clock
from bot.errors import Refusal
from bot.slack import ids
from bot.slack.bolt import Guard, Handler
from bot.slack.gateway import Gateway, RateLimited, SlackRefused
from bot.slack.incoming import Incoming
from bot.slack.messages import Notice

ASKED_BY = {None, "file_share", "thread_broadcast", "me_message"}  # kinds of messages that people write
HELP_WORDS = {"", "help", "?", "what can you do"}


class AnswerListeners:
    """This wing's listeners."""

    def __init__(self, service: AnswerService, gateway: Gateway, guard: Guard, clock: Clock) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard
        self._clock = clock

    def register(self, app: App) -> None:
        guard = self._guard
        app.event("app_mention")(guard.saved_first(self.save_mention))
        app.event("message")(guard.saved_first(self.save_direct_message))
        app.event("app_home_opened")(guard.later(self.show_home))
        app.command(ids.COMMAND)(guard.replying(self.command))
        app.action(re.compile(f"^{ids.OPEN_CARD}(:|$)"))(guard.later(self.open_card))
        app.action(ids.SHARE)(guard.later(self.share))
        app.action(ids.DONT_KEEP)(guard.later(self.dont_keep))
        app.action(ids.MORE_DETAIL)(guard.now(self.show_detail))
        app.action(ids.ASK_FOLLOW_UP)(guard.now(self.open_follow_up))
        app.action(ids.FEEDBACK)(guard.now(self.take_feedback))
        app.view(ids.FOLLOW_UP_FORM)(guard.replying(self.answer_follow_up))
        app.view(ids.FEEDBACK_FORM)(guard.replying(self.save_feedback))

    # Questions

    def save_mention(self, incoming: Incoming) -> Handler | None:
        if incoming.event.get("bot_id") or not incoming.user_id:
            return None  # two bots that mention each other would never stop
        thread = incoming.thread_ts or str(incoming.event.get("ts") or "")
        return self._save(incoming, thread_ts=thread, reply_ts=thread)

    def save_direct_message(self, incoming: Incoming) -> Handler | None:
        event = incoming.event
        theirs = incoming.user_id and not event.get("bot_id") and event.get("subtype") in ASKED_BY
        if not theirs or event.get("channel_type") != "im":
            return None
        return self._save(incoming, thread_ts=incoming.thread_ts, reply_ts=incoming.thread_ts)

    def _save(self, incoming: Incoming, *, thread_ts: str, reply_ts: str) -> Handler | None:
        question = self._question(incoming, incoming.text, thread_ts=thread_ts, reply_ts=reply_ts)
        if not self._service.receive(incoming.key, question):
            return None
        if clean(incoming.text).lower() in HELP_WORDS:
            return lambda _: self._help(incoming, question)
        return lambda _: self._service.answer(incoming.key, question)

    def _help(self, incoming: Incoming, question: Question) -> None:
        self._service.say(incoming.key, question, self._service.help())

    def command(self, incoming: Incoming) -> dict[str, Any]:
        text, note = read_command(incoming.text)
        if text is None:
            return {"response_type": "ephemeral", **self._gateway.modal(self._service.help())}
        question = self._question(incoming, text, private=True)
        if self._is_done(incoming, question):
            return {}
        view = self._service.answer_privately(incoming.key, question, note)
        return {"response_type": "ephemeral", **self._gateway.modal(view)}

    def open_follow_up(self, incoming: Incoming) -> None:
        form = self._service.follow_up_form(incoming.key, incoming.value_or_refuse())
        self._gateway.open_modal(incoming.trigger_id, form)

    def answer_follow_up(self, incoming: Incoming) -> dict[str, Any]:
        before = self._service.question(incoming.key, str(incoming.view.get("private_metadata") or ""))
        question = self._question(
            incoming,
            incoming.state(ids.FOLLOW_UP_TEXT, ids.INPUT),
            channel_id=before.channel_id,
            thread_ts=before.thread_ts,
            reply_ts=before.reply_ts,
            private=before.private,
        )
        if self._is_done(incoming, question):
            return {}
        if before.private:
            answer = self._service.answer_follow_up(incoming.key, question, before.card_id)
            return {"response_action": "update", "view": self._gateway.modal(answer)}
        self._guard.soon(
            lambda _: self._service.answer(incoming.key, question, incoming.user_id, before.card_id), incoming
        )
        return {}

    def _is_done(self, incoming: Incoming, question: Question) -> bool:
        """Was this delivery seen before, and answered? A modal that failed may be sent again."""
        if self._service.receive(incoming.key, question):
            return False
        return self._service.is_answered(incoming.key, question.id)

    # Buttons

    def open_card(self, incoming: Incoming) -> None:
        thread = incoming.answer_thread
        question = self._question(incoming, "", thread_ts=thread, reply_ts=thread, private=incoming.is_private)
        view = self._service.open_card(incoming.key, question, incoming.value_or_refuse())
        if incoming.is_private:
            self._gateway.respond(incoming.response_url, view)
        else:
            self._service.say(incoming.key, question, view)

    def show_detail(self, incoming: Incoming) -> None:
        self._gateway.open_modal(incoming.trigger_id, self._service.detail(incoming.value_or_refuse()))

    def share(self, incoming: Incoming) -> None:
        question_id = incoming.value_or_refuse()
        view = self._service.share(incoming.key, question_id, incoming.user_id)
        delivery = f"share:{question_id}"
        if not self._guard.deliveries.is_new(incoming.key, delivery, self._clock()):
            raise Refusal("This answer is shared already. If you don't see it, ask me again.")
        try:
            self._gateway.respond(incoming.response_url, view, in_channel=True)
        except (SlackRefused, RateLimited):  # certainly not posted: the button may be pressed again
            self._guard.deliveries.forget(incoming.key, delivery)
            raise

    def dont_keep(self, incoming: Incoming) -> None:
        in_modal = bool(incoming.view)
        view = self._service.dont_keep(incoming.key, incoming.value_or_refuse(), incoming.user_id, in_modal=in_modal)
        if in_modal:
            self._gateway.update_modal(str(incoming.view["id"]), view)
        else:
            self._gateway.respond(incoming.response_url, view, replace=True)

    def take_feedback(self, incoming: Incoming) -> None:
        verdict, _, question_id = incoming.value_or_refuse().partition(":")
        if verdict == "down":
            form = self._service.feedback_form(incoming.key, question_id, incoming.user_id)
            self._gateway.open_modal(incoming.trigger_id, form)
            return
        self._service.rate(incoming.key, question_id, incoming.user_id, helpful=True)
        self._guard.whisper(incoming, Notice("Thanks, I've noted that this helped."))

    def save_feedback(self, incoming: Incoming) -> dict[str, Any]:
        self._service.rate(
            incoming.key,
            str(incoming.view.get("private_metadata") or ""),
            incoming.user_id,
            helpful=False,
            reason=incoming.state(ids.FEEDBACK_REASON, ids.INPUT) or None,
            comment=incoming.state(ids.FEEDBACK_COMMENT, ids.INPUT) or None,
            keep=bool(incoming.state(ids.FEEDBACK_KEEP, ids.INPUT)),
        )
        return {}

    def show_home(self, incoming: Incoming) -> None:
        if incoming.event.get("tab", "home") == "home":
            self._gateway.publish_home(incoming.user_id, self._service.home(incoming.key, incoming.user_id))

    def _question(
        self,
        incoming: Incoming,
        text: str,
        *,
        channel_id: str = "",
        thread_ts: str | None = None,
        reply_ts: str | None = None,
        private: bool = False,
    ) -> Question:
        thread = incoming.thread_ts if thread_ts is None else thread_ts
        return Question(
            id=incoming.id,
            user_id=incoming.user_id,
            channel_id=channel_id or incoming.channel_id or incoming.user_id,  # App Home has no channel: the DM
            text=text,
            asked_at=self._clock(),
            thread_ts=thread,
            reply_ts=thread if reply_ts is None else reply_ts,
            private=private,
        )


def read_command(text: str) -> tuple[str | None, str]:
    """What `/cco …` asks: the question (None for the help page) and a note when the command was mistyped."""
    first, rest = [*text.split(maxsplit=1), "", ""][:2]
    word = first.lower()
    if not rest and (word in {"", "ask", "?"} or _is_slip(word, "help")):
        return None, ""
    if word == "ask":
        return rest, ""
    if rest and _is_slip(word, "ask"):
        return rest, f"I read “{first}” as “ask”."
    return text, ""


def _is_slip(word: str, name: str) -> bool:
    """One letter more, less, wrong or swapped; not the first, which people get right (“task” is no “ask”)."""
    return len(word) > 2 and word[0] == name[0] and DamerauLevenshtein.distance(word, name) <= 1
