"""Makes commitments: a sentence or a form, then words that say what it will be, then one that is kept."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.accountability import later
from bot.accountability.calendar.dates import read_when
from bot.accountability.commitments.commitment import LONGEST_TEXT, Commitment, make, one_line
from bot.accountability.commitments.doing import UNTOLD, Doing
from bot.accountability.commitments.draft_store import DraftStore
from bot.accountability.commitments.making.drafts import Draft, checked_link, read_draft, written
from bot.accountability.commitments.making.presenting import MakingPresenter
from bot.accountability.commitments.making.typed import as_typed, taken_apart
from bot.accountability.commitments.making.views import (
    CommitConfirmation,
    CommitForm,
    EchoView,
    QuestionView,
    SavedModal,
    SavedView,
)
from bot.accountability.commitments.promises import AmbiguousPromise, Promise, split_promise
from bot.accountability.commitments.sides import told
from bot.accountability.commitments.store import CommitmentStore
from bot.accountability.knowing import Acquaintances
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.actions import Changes
from bot.scheduler.store import saving
from bot.slack.moments import zone_named
from bot.surroundings import Surroundings

NO_DATE = "By when? Write the date as “Friday 3pm”, “14 Dec” or “in two weeks”."
TOO_OLD = "That is too old to be saved. Make it again with `/cco commit`; it takes a moment."
NOBODY = "Choose one person who takes it on; that can be yourself."
UNKNOWN_ZONE = "UTC"

Read = TypeVar("Read")
InSession = Callable[[WorkspaceKey, str], str]  # the series of which a session is open in a channel, or ""


def no_session(_key: WorkspaceKey, _channel_id: str) -> str:
    """None is open anywhere."""
    return ""


@dataclass(frozen=True)
class Filled:
    """What somebody filled into the form."""

    owner: str
    what: str
    when: str
    link: str = ""
    channel_id: str = ""


class FilledWrongly(Refusal):
    """What has to change: a sentence by the field's name."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


class Making:
    """Nothing is saved but drafts until somebody has read in words what it will be."""

    def __init__(
        self,
        around: Surroundings,
        doing: Doing,
        drafts: DraftStore,
        presenter: MakingPresenter,
        acquaintances: Acquaintances,
        in_session: InSession,
    ) -> None:
        self._in_session = in_session
        self._store = CommitmentStore(around.database)
        self._clock = around.clock
        self._wake = around.wake
        self._doing = doing
        self._drafts = drafts
        self._presenter = presenter
        self._acquaintances = acquaintances

    def refuse_outsider(self, key: WorkspaceKey, user_id: str, sentence: str) -> None:
        self._doing.refuse_outsider(key, user_id, sentence)

    # A sentence

    def read(
        self, key: WorkspaceKey, maker: str, text: str, channel_id: str = ""
    ) -> EchoView | QuestionView | CommitForm:
        """What a sentence says, said back; a question where its date can mean two; else the form with all of it."""
        now, (zone, is_theirs) = self._clock(), self._zone(key, maker)
        blank = _new(maker, channel_id, zone=zone.key, is_their_zone=is_theirs)
        if not text.strip():
            return self._form(key, replace(blank, owner=maker))
        typed = taken_apart(text, now, zone)
        owner = typed.owner or ("" if typed.is_unclear else maker)
        kept = replace(blank, owner=owner, what=typed.what, when=typed.when)
        try:
            promises = _promises(text, now, zone)
            what = _said(as_typed(promises[0].what))
        except Refusal as refusal:
            return self._form(key, self._with_possible_owner(key, kept), as_typed(str(refusal)))
        return self._said_back(key, kept, what, promises)

    def _said_back(
        self, key: WorkspaceKey, kept: Draft, what: str, promises: tuple[Promise, ...]
    ) -> EchoView | QuestionView | CommitForm:
        owner = next(iter(promises[0].owners), kept.maker)
        if problem := self._problem_with(key, owner, kept.maker):
            return self._form(key, replace(kept, owner=owner if problem == UNTOLD else ""), problem)
        if promises[0].when is None:
            return self._form(key, kept, NO_DATE)
        dated = replace(kept, owner=owner, what=what)
        drafts = [self._kept(key, replace(dated, due=one.when.moment)) for one in promises if one.when]
        return self._presenter.question(key, drafts) if len(drafts) > 1 else self._presenter.echo(key, drafts[0])

    # Forms

    def form(self, key: WorkspaceKey, maker: str, channel_id: str = "") -> CommitForm:
        """An empty one; nobody but the maker is asked until they choose somebody."""
        return self._form(key, _new(maker, channel_id, owner=maker))

    def form_for_message(
        self, key: WorkspaceKey, maker: str, author: str, text: str, link: str, channel_id: str = ""
    ) -> CommitForm:
        """Its author is the owner where they can be; the message's words are what is promised."""
        owner = author if author and not self._problem_with(key, author, maker) else maker
        what = as_typed(text).strip()
        clipped = what if len(what) <= LONGEST_TEXT else f"{what[: LONGEST_TEXT - 1].rstrip()}…"
        return self._form(key, _new(maker, channel_id, owner=owner, what=clipped, link=link))

    def form_for_statement(
        self, key: WorkspaceKey, maker: str, round_id: str, statement_id: str, channel_id: str = ""
    ) -> CommitForm:
        """About a statement of a readiness round, whose title is what is promised until somebody says it better."""
        about = {"round_id": round_id, "statement_id": statement_id}
        draft = _new(maker, channel_id, owner=maker, **about)
        return self._form(key, replace(draft, what=self._presenter.form(key, draft).statement))

    def form_again(self, key: WorkspaceKey, maker: str, draft_id: str) -> CommitForm:
        """A draft, to be changed before it is saved."""
        return self._presenter.form(key, self._draft(key, draft_id, maker))

    def fill(self, key: WorkspaceKey, maker: str, draft_id: str, filled: Filled) -> CommitConfirmation:
        """What the form says, said back. Raises FilledWrongly."""
        before = self._draft_or_new(key, draft_id, maker)
        zone, is_theirs = self._zone(key, maker)
        problems: dict[str, str] = {}
        if problem := self._owner_problem(key, filled.owner, maker, is_slack_there=is_theirs):
            problems["owner"] = problem
        what = _tried(problems, "what", lambda: _said(filled.what)) or ""
        when = _tried(problems, "when", lambda: read_when(filled.when, self._clock(), zone))
        link = _tried(problems, "link", lambda: checked_link(filled.link)) or ""
        if problems or when is None:
            raise FilledWrongly(problems)
        draft = replace(before, owner=filled.owner, what=what, when=filled.when, due=when.moment, link=link)
        placed = replace(draft, channel_id=filled.channel_id, zone=zone.key, is_their_zone=is_theirs)
        return self._presenter.confirmation(key, self._kept(key, placed))

    def choose(self, key: WorkspaceKey, maker: str, draft_id: str) -> EchoView:
        """One of two readings of a date."""
        return self._presenter.echo(key, self._draft(key, draft_id, maker))

    # Saving

    def save(self, key: WorkspaceKey, maker: str, draft_id: str) -> Commitment:
        """The commitment that a draft makes: one, however often it is saved."""
        draft = self._draft(key, draft_id, maker)
        if existing := self._store.get(key, draft.root):
            return existing
        if draft.due is None:
            raise Refusal(NO_DATE)
        now = self._clock()
        begun = replace(draft.begin(now), series_id=self._in_session(key, draft.channel_id))
        new, change = make(begun, now)
        tells = tuple(later.tell(new, user_id, now) for user_id in told(None, new, change))
        changes = Changes(new=(*later.on_change(new, now).new, *tells))
        if self._store.add(key, new, change, also=saving(key, changes)):
            self._wake()
            return new
        return self._doing.get(key, draft.root)

    def saved(self, key: WorkspaceKey, of: Commitment) -> SavedView:
        return self._presenter.saved(key, of)

    def saved_modal(self, key: WorkspaceKey, of: Commitment) -> SavedModal:
        return self._presenter.saved_modal(key, of)

    def _zone(self, key: WorkspaceKey, user_id: str) -> tuple[ZoneInfo, bool]:
        """The writer's, and whether it is known to be."""
        zone = self._acquaintances.zone_at_once(key, user_id)
        return zone or zone_named(UNKNOWN_ZONE), zone is not None

    def _problem_with(self, key: WorkspaceKey, owner: str, maker: str) -> str:
        """Nobody asks Slack about whoever is writing to us."""
        return "" if owner == maker else self._doing.problem_with(key, owner)

    def _owner_problem(self, key: WorkspaceKey, owner: str, maker: str, *, is_slack_there: bool) -> str:
        """Where Slack did not even tell the writer's zone, asking it more would take too long to answer in time."""
        if not owner:
            return NOBODY
        return self._problem_with(key, owner, maker) if is_slack_there or owner == maker else UNTOLD

    def _with_possible_owner(self, key: WorkspaceKey, draft: Draft) -> Draft:
        """Slack would not open a form in which somebody is chosen whom it doesn't offer."""
        problem = self._problem_with(key, draft.owner, draft.maker) if draft.owner else ""
        return draft if problem in {"", UNTOLD} else replace(draft, owner="")

    def _form(self, key: WorkspaceKey, draft: Draft, problem: str = "") -> CommitForm:
        return self._presenter.form(key, self._kept(key, draft), problem)

    def _kept(self, key: WorkspaceKey, draft: Draft) -> Draft:
        """Under an id of its own: what a button says that was shown before stays as it was."""
        fresh = replace(draft, id=secrets.token_hex(10))
        self._drafts.save(key, fresh.id, written(fresh), self._clock())
        return fresh

    def _draft(self, key: WorkspaceKey, draft_id: str, maker: str) -> Draft:
        text = self._drafts.get(key, draft_id)
        draft = read_draft(text) if text else None
        if draft is None or draft.maker != maker:
            raise Refusal(TOO_OLD)
        return draft

    def _draft_or_new(self, key: WorkspaceKey, draft_id: str, maker: str) -> Draft:
        """A form that was open for longer than drafts are kept still has all that is needed but where it came from."""
        try:
            return self._draft(key, draft_id, maker)
        except Refusal:
            return _new(maker, "")


def _new(maker: str, channel_id: str, **fields: str | bool) -> Draft:
    root = secrets.token_hex(10)
    in_channel = "" if channel_id.startswith("D") else channel_id
    return Draft(id=root, root=root, maker=maker, channel_id=in_channel, **fields)  # type: ignore[arg-type]


def _promises(text: str, now: datetime, zone: ZoneInfo) -> tuple[Promise, ...]:
    try:
        return (split_promise(text, now, zone),)
    except AmbiguousPromise as found:
        return found.promises


def _said(what: str) -> str:
    """What is promised, as it is kept."""
    words = one_line(what)
    if not any(letter.isalnum() for letter in words):
        raise Refusal("This doesn't say what is promised. Say it in one sentence.")
    return words


def _tried(problems: dict[str, str], field: str, read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except Refusal as refusal:
        problems[field] = str(refusal)
        return None
