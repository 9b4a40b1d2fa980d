"""Reads what Slack sends about series of sessions, calls one use case, shows the result."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import App

from bot.accountability.commands import Command, asks_for
from bot.accountability.series.later import Event
from bot.accountability.series.rescheduling import Named
from bot.accountability.series.service import SeriesService
from bot.accountability.series.typed import TypedSeries, TypedTimes
from bot.accountability.series.views import EventView, RefusalView, Refused
from bot.accountability.sessions.session import About
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.slack import ids
from bot.slack.bolt import Acked, Guard
from bot.slack.gateway import Gateway
from bot.slack.incoming import Incoming
from bot.slack.messages import Declined, Notice, shown
from bot.slack.modals import open_modal
from bot.slack.render import View

FIELDS = {  # where a problem is shown
    "channel_id": ids.IN_SERIES_CHANNEL,
    "name": ids.IN_SERIES_NAME,
    "purpose": ids.IN_SERIES_PURPOSE,
    "first_day": ids.IN_SERIES_DAY,
    "cadence": ids.IN_SERIES_CADENCE,
    "written": ids.IN_SERIES_RHYTHM,
    "at": ids.IN_SERIES_TIME,
    "zone": ids.IN_SERIES_ZONE,
    "minutes": ids.IN_SERIES_MINUTES,
    "facilitator": ids.IN_SERIES_FACILITATOR,
    "sponsor": ids.IN_SERIES_SPONSOR,
    "country": ids.IN_SERIES_COUNTRY,
    "monthly_digest": ids.IN_SERIES_DIGESTS,
    "date": ids.IN_SESSION_DATE,
}
WEEKLY, MONTHLY = "weekly", "monthly"  # the digests in a form
NOTES = {
    Event.SKIPPED: "Skipped. The channel is told.",
    Event.BROUGHT_BACK: "It is held after all. The channel is told.",
}
SENT = "I've sent you the calendar directly."


class SeriesListeners:
    """What people type, press and fill in about series of sessions."""

    def __init__(self, service: SeriesService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        guard = self._guard
        app.command(ids.COMMAND, matchers=[asks_for(Command.SESSION)])(guard.now(self.show))
        app.shortcut(ids.SET_UP_SESSIONS_SHORTCUT)(guard.now(self.open_set_up))
        app.action(ids.NEW_SERIES)(guard.now(self.open_set_up))
        app.view(ids.SERIES_FORM)(guard.replying(self.draft))
        app.view(ids.SERIES_CONFIRMATION)(guard.committing(self.save))
        app.action(ids.MANAGE_SERIES)(guard.now(self.open_manage))
        app.view(ids.MANAGE_SERIES_FORM)(guard.committing(self.change))
        app.action(ids.END_SERIES)(guard.committing(self.end))
        app.action(ids.CHANGE_SERIES_TIMES)(guard.now(self.open_times))
        app.view(ids.SERIES_TIMES_FORM)(guard.replying(self.draft_times))
        app.view(ids.SERIES_TIMES_CONFIRMATION)(guard.committing(self.save_times))
        app.action(ids.SKIP_SESSION)(guard.committing(self.skip))
        app.action(ids.BRING_BACK_SESSION)(guard.committing(self.bring_back))
        app.action(ids.MOVE_SESSION)(guard.now(self.open_move))
        app.view(ids.MOVE_SESSION_FORM)(guard.replying(self.draft_move))
        app.view(ids.MOVE_SESSION_CONFIRMATION)(guard.committing(self.move))
        app.action(ids.SPONSOR_AGREES)(guard.committing(self.agree))
        app.action(ids.SPONSOR_NOT_NOW)(guard.committing(self.decline))
        app.action(ids.GIVE_AIR_COVER)(guard.committing(self.give_air_cover))
        app.action(ids.STOP_AIR_COVER)(guard.committing(self.stop_air_cover))
        app.action(ids.SERIES_CALENDAR)(guard.later(self.send_calendar))
        app.action(ids.NEW_CALENDAR_LINK)(guard.later(self.make_link))
        app.action(ids.REVOKE_CALENDAR_LINK)(guard.later(self.revoke_link))

    # Setting up

    def show(self, incoming: Incoming) -> None:
        view = self._service.overview(incoming.key, incoming.channel_id, incoming.user_id)
        if view is None:
            self.open_set_up(incoming)
        else:
            self._guard.whisper(incoming, view)

    def open_set_up(self, incoming: Incoming) -> None:
        _refuse_others(incoming)
        channel = incoming.value or ("" if incoming.channel_id.startswith("D") else incoming.channel_id)
        self._open(incoming, self._service.starting.form(incoming.key, incoming.user_id, channel))

    def draft(self, incoming: Incoming) -> dict[str, Any]:
        typed, in_form = _typed_series(incoming), bool(_block(incoming, ids.IN_SERIES_CHANNEL))
        if problems := self._service.starting.problems(incoming.key, typed, is_chosen=in_form):
            return _errors(incoming, problems)
        return self._push(self._service.starting.draft(incoming.key, typed))

    def save(self, incoming: Incoming) -> Acked:
        return self._saved(incoming, self._service.save)

    # Changing

    def open_manage(self, incoming: Incoming) -> None:
        form = self._service.changing.form(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._open(incoming, form)

    def change(self, incoming: Incoming) -> Acked:
        changing, typed, (series_id, marks) = self._service.changing, _typed_about(incoming), _managed(incoming)
        if problems := changing.problems(incoming.key, incoming.user_id, series_id, typed):
            return Acked(_errors(incoming, problems))
        form = changing.change(incoming.key, incoming.user_id, series_id, typed, marks)
        self._service.wake()
        return Acked({"response_action": "update", "view": self._gateway.modal(form)})

    def end(self, incoming: Incoming) -> Acked:
        told = self._service.changing.end(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._service.wake()
        return Acked(then=lambda _: self._show(incoming, told))

    def open_times(self, incoming: Incoming) -> None:
        form = self._service.retiming.form(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._open(incoming, form)

    def draft_times(self, incoming: Incoming) -> dict[str, Any]:
        typed, series_id = _typed_times(incoming), _metadata(incoming)
        if problems := self._service.retiming.problems(incoming.key, incoming.user_id, series_id, typed):
            return _errors(incoming, problems)
        return self._push(self._service.retiming.draft(incoming.key, incoming.user_id, series_id, typed))

    def save_times(self, incoming: Incoming) -> Acked:
        return self._saved(incoming, self._service.retiming.save)

    # One session

    def skip(self, incoming: Incoming) -> Acked:
        return self._step(incoming, self._service.rescheduling.skip)

    def bring_back(self, incoming: Incoming) -> Acked:
        return self._step(incoming, self._service.rescheduling.bring_back)

    def _step(self, incoming: Incoming, step: Callable[[WorkspaceKey, str, Named], EventView]) -> Acked:
        """What can't be done is said in the form, if it was pressed there."""
        try:
            told = step(incoming.key, incoming.user_id, Named.read(incoming.value_or_refuse()))
        except Refusal as refusal:
            if isinstance(refusal, Declined) or not _is_managing(incoming):
                raise
            words = str(refusal)
            return Acked(then=lambda _: self._refresh(incoming, words))
        self._service.wake()
        return Acked(then=lambda _: self._show(incoming, told))

    def open_move(self, incoming: Incoming) -> None:
        what = Named.read(incoming.value_or_refuse())
        self._open(incoming, self._service.rescheduling.move_form(incoming.key, incoming.user_id, what))

    def draft_move(self, incoming: Incoming) -> dict[str, Any]:
        what, text = Named.read(_metadata(incoming)), incoming.state(ids.IN_SESSION_DATE, ids.INPUT)
        return self._push(self._service.rescheduling.draft_move(incoming.key, incoming.user_id, what, text))

    def move(self, incoming: Incoming) -> Acked:
        return self._saved(incoming, self._service.rescheduling.move)

    # Sponsoring

    def agree(self, incoming: Incoming) -> Acked:
        return self._answer(incoming, agrees=True)

    def decline(self, incoming: Incoming) -> Acked:
        return self._answer(incoming, agrees=False)

    def _answer(self, incoming: Incoming, *, agrees: bool) -> Acked:
        key, sponsoring = incoming.key, self._service.sponsoring
        of = sponsoring.answer(key, incoming.user_id, incoming.value_or_refuse(), agrees=agrees)
        view = sponsoring.answered(key, of)
        return Acked(then=lambda _: self._gateway.respond(incoming.response_url, view, replace=True))

    def give_air_cover(self, incoming: Incoming) -> Acked:
        return self._change_air_cover(incoming, agrees=True)

    def stop_air_cover(self, incoming: Incoming) -> Acked:
        return self._change_air_cover(incoming, agrees=False)

    def _change_air_cover(self, incoming: Incoming, *, agrees: bool) -> Acked:
        key, sponsoring = incoming.key, self._service.sponsoring
        of = sponsoring.answer(key, incoming.user_id, incoming.value_or_refuse(), agrees=agrees)
        view = sponsoring.air_cover(key, of)
        return Acked(then=lambda _: self._guard.whisper(incoming, view))

    # Calendars

    def send_calendar(self, incoming: Incoming) -> None:
        _refuse_others(incoming)
        self._service.calendars.send(incoming.key, incoming.user_id, incoming.value_or_refuse())
        if not incoming.channel_id.startswith("D"):
            self._guard.whisper(incoming, Notice(SENT))

    def make_link(self, incoming: Incoming) -> None:
        _refuse_others(incoming)
        view = self._service.calendars.new_link(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._gateway.respond(incoming.response_url, view)

    def revoke_link(self, incoming: Incoming) -> None:
        words = self._service.calendars.revoke(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._gateway.respond(incoming.response_url, Notice(words), replace=incoming.is_private)

    # Showing

    def _open(self, incoming: Incoming, view: View) -> None:
        open_modal(self._gateway, incoming.trigger_id, view, on_top=bool(incoming.view))

    def _push(self, view: View) -> dict[str, Any]:
        return {"response_action": "push", "view": self._gateway.modal(view)}

    def _saved(self, incoming: Incoming, save: Callable[[WorkspaceKey, str, str], EventView]) -> Acked:
        """What was saved, in place of all forms that led to it; or why not, over them with what was typed."""
        try:
            told = save(incoming.key, incoming.user_id, _metadata(incoming))
        except Refusal as refusal:  # the confirmation may be the third modal, and there is no fourth
            return Acked({"response_action": "update", "view": self._gateway.boxed(shown(refusal), "Not saved")})
        self._service.wake()
        view = {**self._gateway.boxed(told, "Saved"), "clear_on_close": True}
        return Acked({"response_action": "update", "view": view})

    def _show(self, incoming: Incoming, told: EventView) -> None:
        """Where the click came from: in the form, or to this person alone."""
        if not _is_managing(incoming):
            self._guard.whisper(incoming, told)
        elif told.event is Event.ENDED:
            self._gateway.update_modal(str(incoming.view["id"]), told, boxed=True)
        else:
            self._refresh(incoming, NOTES[told.event])

    def _refresh(self, incoming: Incoming, note: str) -> None:
        """The form as it is now, with what was typed into it."""
        typed, (series_id, marks) = _typed_about(incoming), _managed(incoming)
        form = self._service.changing.form(incoming.key, incoming.user_id, series_id, typed, marks, note)
        self._gateway.update_modal(str(incoming.view["id"]), form)


def _refuse_others(incoming: Incoming) -> None:
    if incoming.is_from_elsewhere:
        channel = incoming.channel_id if incoming.channel_id.startswith(("C", "G")) else ""
        raise Declined(RefusalView(Refused.ELSEWHERE, channel))


def _metadata(incoming: Incoming) -> str:
    return str(incoming.view.get("private_metadata") or "")


def _is_managing(incoming: Incoming) -> bool:
    """Was it pressed in the form for managing?"""
    return incoming.view.get("callback_id") == ids.MANAGE_SERIES_FORM


def _managed(incoming: Incoming) -> tuple[str, str]:
    """The series that a form manages, and the marks of what it was opened with."""
    series_id, _, marks = _metadata(incoming).partition(" ")
    return series_id, marks


def _block(incoming: Incoming, name: str) -> str:
    """The id of an input in this form, where a colon and a version may follow its name; empty when it has none."""
    blocks = (str(block.get("block_id")) for block in incoming.view.get("blocks") or ())
    return next((one for one in blocks if one.partition(":")[0] == name), "")


def _given(incoming: Incoming, name: str) -> str:
    return incoming.state(_block(incoming, name), ids.INPUT).strip()


def _typed_about(incoming: Incoming) -> About:
    digests = incoming.choices(_block(incoming, ids.IN_SERIES_DIGESTS), ids.INPUT)
    return About(
        name=_one_line(_given(incoming, ids.IN_SERIES_NAME)),
        facilitator=_given(incoming, ids.IN_SERIES_FACILITATOR),
        purpose=_one_line(_given(incoming, ids.IN_SERIES_PURPOSE)),
        sponsor=_given(incoming, ids.IN_SERIES_SPONSOR),
        weekly_digest=WEEKLY in digests,
        monthly_digest=MONTHLY in digests,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _typed_times(incoming: Incoming) -> TypedTimes:
    day = incoming.day(ids.IN_SERIES_DAY, ids.INPUT)
    return TypedTimes(
        cadence=_given(incoming, ids.IN_SERIES_CADENCE),
        written=_given(incoming, ids.IN_SERIES_RHYTHM),
        first_day=day.isoformat() if day else "",
        at=incoming.time_of_day(ids.IN_SERIES_TIME, ids.INPUT),
        zone=_given(incoming, ids.IN_SERIES_ZONE),
        minutes=_given(incoming, ids.IN_SERIES_MINUTES),
    )


def _typed_series(incoming: Incoming) -> TypedSeries:
    return TypedSeries(
        by=incoming.user_id,
        channel_id=_metadata(incoming) or _given(incoming, ids.IN_SERIES_CHANNEL),
        about=_typed_about(incoming),
        times=_typed_times(incoming),
        country=_given(incoming, ids.IN_SERIES_COUNTRY),
    )


def _errors(incoming: Incoming, problems: Mapping[str, str]) -> dict[str, Any]:
    """Each where it belongs; one about an input that this form does not have, at the first."""
    first = _block(incoming, ids.IN_SERIES_NAME) or ids.IN_SERIES_DAY
    errors = {_block(incoming, FIELDS[name]) or first: sentence for name, sentence in problems.items()}
    return {"response_action": "errors", "errors": errors}
