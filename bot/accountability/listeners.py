"""Registers what this wing listens to; each part of it has its own."""

from slack_bolt import App

from bot.accountability.aircover.listeners import AirCoverListeners
from bot.accountability.commitments.listeners import CommitmentListeners
from bot.accountability.nudges.listeners import ReminderListeners
from bot.accountability.rhythm.listeners import RhythmListeners
from bot.accountability.series.listeners import SeriesListeners
from bot.accountability.service import AccountabilityService
from bot.accountability.sessions.listeners import SessionListeners
from bot.accountability.yearone.listeners import YearOneListeners
from bot.slack.bolt import Guard
from bot.slack.gateway import Gateway


class AccountabilityListeners:
    """This wing's listeners."""

    def __init__(self, service: AccountabilityService, gateway: Gateway, guard: Guard) -> None:
        self._service = service
        self._gateway = gateway
        self._guard = guard

    def register(self, app: App) -> None:
        """To be called before the answers' listeners, which take every command."""
        ReminderListeners(self._service.reminders, self._gateway, self._guard).register(app)
        YearOneListeners(self._service, self._gateway, self._guard).register(app)
        CommitmentListeners(self._service.commitments, self._gateway, self._guard).register(app)
        RhythmListeners(self._service.rhythm, self._guard).register(app)
        SessionListeners(self._service.sessions, self._gateway, self._guard).register(app)
        SeriesListeners(self._service.series, self._gateway, self._guard).register(app)
        AirCoverListeners(self._service.air_cover, self._gateway, self._guard).register(app)
