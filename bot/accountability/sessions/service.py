"""Sessions, put together: what their listeners call, and what the scheduler does for them."""

from bot.accountability import later as accountability_later
from bot.accountability.commitments.rights import Rights
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.outside import Findings, Guidance
from bot.accountability.sending import Sender
from bot.accountability.sessions import later
from bot.accountability.sessions.attending import Attending, IsAdmin
from bot.accountability.sessions.drawing import SessionDrawer
from bot.accountability.sessions.papers import Papers, TeamRate, YearOne
from bot.accountability.sessions.posting import SessionPoster, TellFacilitator
from bot.accountability.sessions.presenting import Presenter
from bot.accountability.sessions.running import Running
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.showing import Showing
from bot.accountability.sessions.store import SessionStore
from bot.scheduler.runner import Handler
from bot.surroundings import Surroundings


class SessionService:
    """`attending` is what people do; `handlers` are for the schedule."""

    def __init__(
        self,
        around: Surroundings,
        sender: Sender,
        rights: Rights,
        is_admin: IsAdmin,
        tell_facilitator: TellFacilitator,
        guidance: Guidance,
        findings: Findings,
        year_one: YearOne,
        team_rate: TeamRate,
    ) -> None:
        series, sessions = SeriesStore(around.database), SessionStore(around.database)
        commitments, clock = CommitmentStore(around.database), around.clock
        papers = Papers(series, sessions, commitments, findings, year_one, team_rate)
        presenter = Presenter(guidance)
        showing = Showing(papers, presenter, clock)
        poster = SessionPoster(sessions, sender, tell_facilitator, clock)
        drawer = SessionDrawer(sessions, papers, showing, around.gateway, around.budget, clock)
        running = Running(series, sessions, papers, showing, poster, drawer, around.schedule, clock)
        self.attending = Attending(
            sessions, commitments, papers, presenter, running, rights, is_admin, clock, around.wake
        )
        self.handlers: dict[str, Handler] = {
            later.POST_AGENDA: running.agenda_due,
            later.OPEN: running.open_due,
            later.LIST_TOPIC: running.list_topic_due,
            later.CLOSE: running.close_due,
            accountability_later.DRAW_SESSIONS: drawer.draw_due,
        }
