"""Reads what Slack sends about rounds, calls one use case, shows the result."""

import logging
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from slack_bolt import App

from bot.errors import Refusal, Unavailable
from bot.readiness.planning import Plan
from bot.readiness.repeats import Every
from bot.readiness.rounds import SMALLEST_POSSIBLE
from bot.readiness.running import Change
from bot.readiness.service import ReadinessService
from bot.readiness.views import CountingView, InvitationView
from bot.readiness.wording import asks_for_check, asks_for_results
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import Gateway
from bot.slack.incoming import Incoming
from bot.slack.messages import Notice, shown
from bot.slack.modals import open_modal, update_own_modal
from bot.slack.render import View

log = logging.getLogger(__name__)

PLAN_FIELDS = {  # where a problem is shown
    "people": ids.START_PEOPLE,
    "deadline": ids.START_DEADLINE,
    "smallest_group": ids.START_SMALLEST,
    "live": ids.START_SHOWN,
    "channel_id": ids.START_CHANNEL,
    "repeat": ids.START_REPEAT,
}
CHANGE_FIELDS = {
    "deadline": ids.MANAGE_DEADLINE,
    "starter": ids.MANAGE_STARTER,
    "co_facilitator": ids.MANAGE_CO_FACILITATOR,
}
BUSY = "Slack opens no more forms for a moment. Try again in a minute, or vote statement by statement in the thread."
UNCOUNTED = "Slack didn't tell me who is in the channel. Go back and press Next again in a moment."
FILES_SENT = "I've sent you the board page and the CSV directly."
FILES_NOT_SENT = "I may not send files in this workspace. I've written to you directly how to get them."
LONG_AGO = datetime.min.replace(tzinfo=UTC)  # where nothing was picked: refused as over


class ReadinessListeners:
    """This wing's listeners."""

    def __init__(self, service: ReadinessService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        """To be called before the answers' listeners, which take every mention and every command."""
        guard = self._guard
        # Bolt asks one listener after the other, which takes as long as saving a vote: what comes in thousands first.
        app.action(re.compile(f"^{ids.VOTE}:"))(guard.committing(self.vote))
        app.event("app_mention", matchers=[_mentions_check])(guard.later(self.invite))
        app.event("message", matchers=[_writes_check])(guard.later(self.invite))
        app.command(ids.COMMAND, matchers=[_commands_check])(guard.now(self.open_start))
        app.command(ids.COMMAND, matchers=[_commands_results])(guard.replying(self.list_rounds))
        app.shortcut(ids.RUN_CHECK)(guard.now(self.open_start))
        app.shortcut(ids.RUN_CHECK_HERE)(guard.now(self.open_start))
        app.action(ids.SET_UP_CHECK)(guard.now(self.open_start))
        app.action(ids.START_REALITY_CHECK)(guard.now(self.open_reality_check))
        app.view(ids.START_FORM)(guard.replying(self.draft))
        app.view(ids.START_CONFIRMATION)(guard.replying(self.start))
        app.action(ids.VOTE_ALL)(guard.now(self.open_vote))
        app.view(ids.VOTE_FORM)(guard.committing(self.vote_all))
        app.action(ids.MY_ANSWERS)(guard.later(self.show_own))
        app.action(ids.STOP_CHASING)(guard.later(self.stop_chasing))
        app.action(ids.MANAGE_ROUND)(guard.now(self.open_manage))
        app.view(ids.MANAGE_FORM)(guard.replying(self.change))
        app.action(ids.CLOSE_ROUND)(guard.later(self.close))
        app.action(ids.CANCEL_ROUND)(guard.later(self.cancel))
        app.action(ids.SHOW_RESULTS)(guard.later(self.show_results))
        app.action(ids.SHOW_NAMES)(guard.now(self.show_names))
        app.action(re.compile(f"^{ids.NAMES_PAGE}:"))(guard.later(self.turn_names))
        app.action(ids.SKIP_REPEAT)(guard.later(self.skip_repeat))
        app.action(ids.STOP_REPEAT)(guard.later(self.stop_repeat))
        app.action(ids.SEND_FILES)(guard.later(self.send_files))

    # Starting

    def invite(self, incoming: Incoming) -> None:
        if incoming.event.get("bot_id") or not incoming.user_id:
            return
        if incoming.event.get("channel_type") == "im":
            self._gateway.post(incoming.channel_id, InvitationView(""), incoming.thread_ts)
            return
        thread = incoming.thread_ts or str(incoming.event.get("ts") or "")
        self._gateway.post(incoming.channel_id, InvitationView(incoming.channel_id), thread)

    def open_start(self, incoming: Incoming) -> None:
        if incoming.is_from_elsewhere:
            raise self._service.starting.not_allowed()
        in_channel = "" if incoming.channel_id.startswith("D") else incoming.channel_id
        channel = incoming.value or in_channel
        self._open(incoming, self._service.starting.form(incoming.key, incoming.user_id, channel))

    def open_reality_check(self, incoming: Incoming) -> None:
        form = self._service.reality_check_form(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._open(incoming, form)

    def draft(self, incoming: Incoming) -> Acked:
        plan = _plan(incoming)
        problems = self._service.starting.problems(plan)
        if problem := _audience_problem(incoming):
            problems["people"] = problem
        if problems:
            return Acked(_errors(problems, PLAN_FIELDS))
        external_id = secrets.token_hex(10)
        counting = self._gateway.modal(CountingView(external_id, plan.channel_id))
        return Acked(
            {"response_action": "push", "view": counting}, lambda _: self._confirm(incoming, plan, external_id)
        )

    def _confirm(self, incoming: Incoming, plan: Plan, external_id: str) -> None:
        try:
            view: View = self._service.starting.draft(incoming.key, plan)
            is_boxed = False
        except Refusal as refusal:
            view, is_boxed = shown(refusal), True
        except Unavailable as error:
            log.warning("can't tell who is in a channel: %s", error)
            view, is_boxed = Notice(UNCOUNTED), True
        update_own_modal(self._gateway, external_id, view, boxed=is_boxed)

    def start(self, incoming: Incoming) -> dict[str, Any]:
        self._service.start(incoming.key, _round_id(incoming), incoming.user_id)
        return {"response_action": "clear"}

    # Voting

    def vote(self, incoming: Incoming) -> Acked:
        key, user_id = incoming.key, incoming.user_id
        self._refuse_others(incoming, incoming.value.partition(":")[0])
        action_ts = str(incoming.action.get("action_ts") or "")
        round_id, statement_id = self._service.voting.cast(key, user_id, incoming.value, action_ts)
        self._service.voted((key, round_id, user_id), statement_id, incoming.channel_id, incoming.thread_ts)
        return Acked()

    def open_vote(self, incoming: Incoming) -> None:
        self._refuse_others(incoming, incoming.value)
        self._open(incoming, self._service.voting.form(incoming.key, incoming.user_id, incoming.value_or_refuse()))

    def vote_all(self, incoming: Incoming) -> Acked:
        key, user_id, round_id = incoming.key, incoming.user_id, _round_id(incoming)
        self._refuse_others(incoming, round_id)
        receipt = f"{incoming.view.get('id')}:{incoming.view.get('hash')}"
        self._service.voting.cast_all(key, user_id, round_id, _chosen(incoming), receipt)
        self._service.drawer.want(key, round_id)
        saved = self._gateway.modal(self._service.voting.saved(key, user_id, round_id))
        return Acked({"response_action": "update", "view": saved})

    def show_own(self, incoming: Incoming) -> None:
        view = self._service.voting.answers(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._guard.whisper(incoming, view)

    def stop_chasing(self, incoming: Incoming) -> None:
        view = self._service.voting.stop_chasing(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._gateway.respond(incoming.response_url, view, replace=True)

    def _refuse_others(self, incoming: Incoming, round_id: str) -> None:
        if incoming.is_from_elsewhere:
            raise self._service.voting.not_asked(incoming.key, round_id)

    def _refuse_outsiders(self, incoming: Incoming, round_id: str) -> None:
        """Whom the payload can't tell is looked up: results concern nobody else."""
        self._refuse_others(incoming, round_id)
        if incoming.may_be_from_elsewhere:
            self._service.refuse_outsider(incoming.key, incoming.user_id, round_id)

    # Running

    def open_manage(self, incoming: Incoming) -> None:
        self._open(incoming, self._service.running.form(incoming.key, incoming.user_id, incoming.value_or_refuse()))

    def change(self, incoming: Incoming) -> dict[str, Any]:
        key, user_id, round_id, wanted = incoming.key, incoming.user_id, _round_id(incoming), _change(incoming)
        if problems := self._service.running.problems(key, user_id, round_id, wanted):
            return _errors(problems, CHANGE_FIELDS)
        self._service.running.change(key, user_id, round_id, wanted)
        return {}

    def close(self, incoming: Incoming) -> None:
        of = self._service.running.close_early(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._service.wake()
        self._show(incoming, Notice(f"“{of.name}” is closed. Its results appear in the channel in a moment."))

    def cancel(self, incoming: Incoming) -> None:
        of = self._service.running.cancel(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._show(incoming, Notice(f"“{of.name}” is cancelled. All answers are deleted, and there are no results."))

    # What came of it

    def list_rounds(self, incoming: Incoming) -> dict[str, Any]:
        view = self._service.rounds(incoming.key, incoming.channel_id, incoming.user_id)
        return {"response_type": "ephemeral", **self._gateway.modal(view)}

    def skip_repeat(self, incoming: Incoming) -> None:
        view = self._service.repeating.skip(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._gateway.respond(incoming.response_url, view, replace=True)

    def stop_repeat(self, incoming: Incoming) -> None:
        """In place of what told of it, but beside a list."""
        view = self._service.repeating.stop(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._gateway.respond(incoming.response_url, view, replace=not incoming.is_private)

    def show_results(self, incoming: Incoming) -> None:
        self._refuse_outsiders(incoming, incoming.value)
        for view in self._service.history.results(incoming.key, incoming.value_or_refuse()):
            self._guard.whisper(incoming, view)

    def show_names(self, incoming: Incoming) -> None:
        self._refuse_outsiders(incoming, incoming.value)
        self._open(incoming, self._service.history.names(incoming.key, incoming.value_or_refuse()))

    def turn_names(self, incoming: Incoming) -> None:
        round_id, _, page = incoming.value_or_refuse().partition(":")
        self._refuse_outsiders(incoming, round_id)
        names = self._service.history.names(incoming.key, round_id, _whole(page))
        self._gateway.update_modal(str(incoming.view["id"]), names)

    def send_files(self, incoming: Incoming) -> None:
        are_sent = self._service.history.send_files(incoming.key, incoming.user_id, incoming.value_or_refuse())
        if not incoming.channel_id.startswith("D"):
            self._guard.whisper(incoming, Notice(FILES_SENT if are_sent else FILES_NOT_SENT))

    def _open(self, incoming: Incoming, view: View) -> None:
        open_modal(self._gateway, incoming.trigger_id, view, BUSY)

    def _show(self, incoming: Incoming, view: View) -> None:
        """Where the click came from: in the modal, or to this person alone."""
        if incoming.view:
            self._gateway.update_modal(str(incoming.view["id"]), view, boxed=True)
        else:
            self._guard.whisper(incoming, view)


def _mentions_check(body: dict[str, Any]) -> bool:
    return asks_for_check(Incoming(body).text)


def _writes_check(body: dict[str, Any]) -> bool:
    """Directly to the bot, and a message of its own rather than a change of one."""
    event = Incoming(body).event
    is_direct = event.get("channel_type") == "im" and not event.get("subtype")
    return is_direct and asks_for_check(Incoming(body).text)


def _commands_check(body: dict[str, Any]) -> bool:
    return asks_for_check(Incoming(body).text)


def _commands_results(body: dict[str, Any]) -> bool:
    return asks_for_results(Incoming(body).text)


def _errors(problems: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {fields[name]: sentence for name, sentence in problems.items()}}


def _round_id(incoming: Incoming) -> str:
    return str(incoming.view.get("private_metadata") or "")


def _plan(incoming: Incoming) -> Plan:
    def given(block_id: str) -> str:
        return incoming.state(block_id, ids.INPUT)

    asks_chosen = given(ids.START_AUDIENCE) == "chosen"
    return Plan(
        check_id=given(ids.START_CHECK),
        channel_id=given(ids.START_CHANNEL),
        starter=incoming.user_id,
        deadline=incoming.moment(ids.START_DEADLINE, ids.INPUT) or LONG_AGO,
        people=incoming.people(ids.START_PEOPLE, ids.INPUT) if asks_chosen else (),
        anonymous=given(ids.START_ANONYMITY) != "named",
        live=given(ids.START_SHOWN) == "live",
        smallest_group=_whole(given(ids.START_SMALLEST)),
        co_facilitator=given(ids.START_CO_FACILITATOR),
        repeat=_every(given(ids.START_REPEAT)),
    )


def _audience_problem(incoming: Incoming) -> str:
    """Who is asked can be said at two places; empty when they say the same."""
    asks_chosen = incoming.state(ids.START_AUDIENCE, ids.INPUT) == "chosen"
    people = incoming.people(ids.START_PEOPLE, ids.INPUT)
    if asks_chosen and not people:
        return "Choose who is asked, or ask everybody in the channel."
    if people and not asks_chosen:
        return "Above it says that everybody is asked. Choose the other answer there, or nobody here."
    return ""


def _every(chosen: str) -> str:
    """Empty for what is no repeat."""
    return chosen if chosen in set(Every) else ""


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else SMALLEST_POSSIBLE - 1  # which is refused


def _change(incoming: Incoming) -> Change:
    return Change(
        deadline=incoming.moment(ids.MANAGE_DEADLINE, ids.INPUT) or LONG_AGO,
        starter=incoming.state(ids.MANAGE_STARTER, ids.INPUT),
        co_facilitator=incoming.state(ids.MANAGE_CO_FACILITATOR, ids.INPUT),
    )


def _chosen(incoming: Incoming) -> dict[str, str]:
    """What was chosen in the modal, by statement, without what stood there already.

    So that a vote given meanwhile on another device is not taken back by a form that was opened before it.
    """
    chosen = {}
    for block in incoming.view.get("blocks") or ():
        name, _, statement_id = str(block.get("block_id") or "").partition(":")
        given = incoming.state(f"{name}:{statement_id}", ids.INPUT) if name == ids.VOTE_STATEMENT else ""
        before = ((block.get("element") or {}).get("initial_option") or {}).get("value")
        if given and given != before:
            chosen[statement_id] = given
    return chosen
