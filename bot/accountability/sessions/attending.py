"""What people do about a session: add an item, say how theirs stand, tick, close it, read all of a list."""

from collections.abc import Callable, Mapping

from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.rights import Rights
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.later import DRAW_SESSIONS, look
from bot.accountability.sessions import later
from bot.accountability.sessions.items import Entry, Kind, Status, Topic, Update, add_topic, give_update, settle
from bot.accountability.sessions.later import session_named
from bot.accountability.sessions.papers import Meeting, Papers
from bot.accountability.sessions.presenting import Presenter
from bot.accountability.sessions.running import Running
from bot.accountability.sessions.session import AS_IT_IS, State, demand_lead, may_lead
from bot.accountability.sessions.store import SessionStore
from bot.accountability.sessions.views import ItemForm, UpdateForm, WholeList
from bot.clock import Clock
from bot.errors import Refusal, TryLater
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Changes
from bot.scheduler.store import saving
from bot.storage.writing import Also

GONE = "I don't know this session any more. Look for a newer message of its series in the channel."
NOTHING_OF_YOURS = "None of the commitments on this list is yours. To bring something up, press Add an item."
NO_NEXT = "This session is over, and the series has none to come. Bring it up with whoever leads it."
NOT_LISTED = "That isn't on the list of this session. Look for its newest message in the thread."
ENDED = "This commitment is done or dropped already, so there is nothing to tick."


IsAdmin = Callable[[WorkspaceKey, str], bool]


class Attending:
    """Each raises a Refusal for what can't be, in a sentence that says what to do."""

    def __init__(
        self,
        sessions: SessionStore,
        commitments: CommitmentStore,
        papers: Papers,
        presenter: Presenter,
        running: Running,
        rights: Rights,
        is_admin: IsAdmin,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._sessions = sessions
        self._commitments = commitments
        self._papers = papers
        self._presenter = presenter
        self._running = running
        self._rights = rights
        self._is_admin = is_admin
        self._clock = clock
        self._wake = wake

    # Adding

    def item_form(self, key: WorkspaceKey, session_id: str) -> ItemForm:
        return self._presenter.item_form(self._for_topics(key, session_id))

    def add_item(self, key: WorkspaceKey, session_id: str, topic_id: str, by: str, text: str) -> None:
        """Put something on the list of a session, or of the next one where it is over."""
        of, now = self._for_topics(key, session_id), self._clock()
        topic = add_topic(Topic(topic_id, text, by, now, of.session.occurrence))
        planned = later.on_topic(topic, of.session, of.series.channel_id, now)
        self._sessions.add_topic(key, of.series.id, topic, also=saving(key, planned))
        self._wake()

    def _for_topics(self, key: WorkspaceKey, session_id: str) -> Meeting:
        of, now = self._meeting(key, session_id), self._clock()
        session = of.session
        if session.state is State.OPEN or (session.is_to_come and not session.was_missed(now)):
            return of
        following = next(iter(later.coming(of.times, now, 1)), None) if of.series.is_running else None
        if following is None:
            raise Refusal(NO_NEXT)
        return self._meeting(key, f"{of.series.id}/{following.id}")

    # Saying how it stands

    def update_form(self, key: WorkspaceKey, session_id: str, user_id: str) -> UpdateForm:
        of = self._meeting(key, session_id)
        own = self._own(key, of, user_id)
        if not own:
            raise Refusal(NOTHING_OF_YOURS)
        return self._presenter.update_form(of, own, self._said(key, of, user_id))

    def give_updates(
        self, key: WorkspaceKey, session_id: str, user_id: str, given: Mapping[str, str]
    ) -> dict[str, str]:
        """Save what somebody says of their commitments. Returns what has to change, a sentence by the commitment.

        What is emptied is taken back. Nothing is saved while anything has to change.
        """
        of, now = self._meeting(key, session_id), self._clock()
        said = self._said(key, of, user_id)
        changed = {name: text for name, text in given.items() if text.strip() != said.get(name, "")}
        updates: list[Update] = []
        problems: dict[str, str] = {}
        for name, text in changed.items():
            wanted = Update(_item_id(name), user_id, text.strip(), now)
            try:
                updates.append(give_update(wanted, of.session, now) if wanted.text else wanted)
            except Refusal as refusal:
                problems[name] = str(refusal)
        if not problems:
            self._sessions.give_updates(key, of.series.id, updates, also=self._drawn(key, of))
            self._wake()
        return problems

    def _own(self, key: WorkspaceKey, of: Meeting, user_id: str) -> list[Commitment]:
        """Those on the list that are somebody's own."""
        now = self._clock()
        if of.session.opened_at is not None:
            found = [one.commitment for one in self._papers.minutes(key, of, now).listed if one.commitment]
        else:
            found = [line.about for line in self._papers.agenda(key, of, now).promises]
        return [one for one in found if one.owner == user_id and one.is_live]

    def _said(self, key: WorkspaceKey, of: Meeting, user_id: str) -> dict[str, str]:
        """What somebody said for this session so far, by the commitment."""
        updates = self._papers.updates(key, of)
        return {one.item_id.partition(":")[2]: one.text for one in updates if one.by == user_id}

    # While it is open

    def tick(self, key: WorkspaceKey, session_id: str, item_id: str, user_id: str, status: Status) -> None:
        """Say how an item came out."""
        of, now = self._meeting(key, session_id), self._clock()
        entry = next((one for one in self._sessions.entries(key, of.session) if one.item.id == item_id), None)
        if entry is None:
            raise Refusal(NOT_LISTED)
        settled = settle(entry, of.session, status, user_id, now)
        self._demand_right(key, of, entry, user_id)
        if not self._sessions.settle(key, of.session, settled, now, also=self._drawn(key, of)):
            raise Refusal(AS_IT_IS[State.CLOSED])
        self._wake()

    def close_early(self, key: WorkspaceKey, session_id: str, user_id: str) -> None:
        of = self._meeting(key, session_id)
        if not self._leads(key, of, user_id):
            demand_lead(of.series, user_id)
        if of.session.state is not State.OPEN:
            raise Refusal(AS_IT_IS[of.session.state])
        try:
            self._running.closed(key, of, early=True)
        except TryLater:
            raise Refusal(AS_IT_IS[State.CLOSED]) from None
        self._wake()

    def _demand_right(self, key: WorkspaceKey, of: Meeting, entry: Entry, user_id: str) -> None:
        item = entry.item
        if item.kind is Kind.COMMITMENT:
            commitment = self._commitments.get(key, item.ref)
            if commitment is None or not commitment.is_live:
                raise Refusal(ENDED)
            if user_id != of.series.facilitator:
                self._rights.demand(key, commitment, user_id)
            return
        topic = self._sessions.named_topics(key, of.series.id, [item.ref]).get(item.ref)
        if (topic is not None and topic.by == user_id) or self._leads(key, of, user_id):
            return
        added = f"<@{topic.by}>, who put it on the list, " if topic and topic.by != of.series.facilitator else ""
        raise Refusal(
            f"Only {added}<@{of.series.facilitator}>, who leads these sessions, or a workspace admin can tick this. "
            "Ask one of them."
        )

    def _leads(self, key: WorkspaceKey, of: Meeting, user_id: str) -> bool:
        return may_lead(of.series, user_id) or self._is_admin(key, user_id)

    # Reading all of it

    def whole_agenda(self, key: WorkspaceKey, session_id: str) -> WholeList:
        of = self._meeting(key, session_id)
        return self._presenter.whole_agenda(of, self._papers.agenda(key, of, self._clock()))

    def whole_summary(self, key: WorkspaceKey, session_id: str) -> WholeList:
        of = self._meeting(key, session_id)
        return self._presenter.whole_summary(self._papers.minutes(key, of, self._clock()))

    def _meeting(self, key: WorkspaceKey, session_id: str) -> Meeting:
        of = self._papers.meeting(key, *session_named(session_id))
        if of is None:
            raise Refusal(GONE)
        return of

    def _drawn(self, key: WorkspaceKey, of: Meeting) -> Also:
        return saving(key, Changes(new=(look(DRAW_SESSIONS, of.series.channel_id, self._clock()),)))


def _item_id(commitment_id: str) -> str:
    return f"{Kind.COMMITMENT}:{commitment_id}"
