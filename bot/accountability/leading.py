"""Who leads and who sponsors the sessions of a channel: the other themes ask here, so that none knows the sessions."""

from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import SessionSeries, State
from bot.accountability.sessions.store import SessionStore
from bot.keys import WorkspaceKey
from bot.storage.database import Database


class Leading:
    """Asks about the series of a channel that have not ended."""

    def __init__(self, database: Database) -> None:
        self._series = SeriesStore(database)
        self._sessions = SessionStore(database)

    def series(self, key: WorkspaceKey, channel_id: str) -> list[SessionSeries]:
        """The oldest first; none where there is no channel."""
        return self._series.of_channel(key, channel_id) if channel_id else []

    def in_session(self, key: WorkspaceKey, channel_id: str) -> str:
        """The series of which a session is open in a channel; empty where none is."""
        for one in self.series(key, channel_id):
            if any(session.state is State.OPEN for session in self._sessions.of_series(key, one.id)):
                return one.id
        return ""

    def facilitators(self, key: WorkspaceKey, channel_id: str) -> tuple[str, ...]:
        return tuple(one.facilitator for one in self.series(key, channel_id))
