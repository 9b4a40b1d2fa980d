"""Reads what people press on digests."""

from slack_bolt import App

from bot.accountability.rhythm.service import Rhythm
from bot.slack import ids
from bot.slack.bolt import Guard
from bot.slack.incoming import Incoming
from bot.slack.messages import Notice


class RhythmListeners:
    """The listeners of this theme."""

    def __init__(self, rhythm: Rhythm, guard: Guard) -> None:
        self._rhythm = rhythm
        self._guard = guard

    def register(self, app: App) -> None:
        app.action(ids.STOP_WEEKLY_DIGEST)(self._guard.later(self.stop_weekly))
        app.action(ids.STOP_MONTHLY_DIGEST)(self._guard.later(self.stop_monthly))

    def stop_weekly(self, incoming: Incoming) -> None:
        said = self._rhythm.stop_weekly(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._guard.whisper(incoming, Notice(said))

    def stop_monthly(self, incoming: Incoming) -> None:
        said = self._rhythm.stop_monthly(incoming.key, incoming.user_id, incoming.value_or_refuse())
        self._guard.whisper(incoming, Notice(said))
