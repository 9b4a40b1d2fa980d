"""Fills the views of making a commitment."""

from collections.abc import Sequence

from bot.accountability.calendar.wall import in_words
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.echo import echoed
from bot.accountability.commitments.making.drafts import Draft
from bot.accountability.commitments.making.views import (
    CommitConfirmation,
    CommitForm,
    Echo,
    EchoView,
    QuestionView,
    Reading,
    SavedModal,
    SavedView,
)
from bot.accountability.commitments.presenting import Presenter
from bot.keys import WorkspaceKey
from bot.slack.moments import zone_named


class MakingPresenter:
    def __init__(self, presenter: Presenter) -> None:
        self._presenter = presenter

    def form(self, key: WorkspaceKey, draft: Draft, problem: str = "") -> CommitForm:
        return CommitForm(
            draft_id=draft.id,
            owner=draft.owner,
            what=draft.what,
            when=draft.when,
            link=draft.link,
            channel_id=draft.channel_id,
            statement=self._presenter.statement(key, draft.round_id, draft.statement_id),
            problem=problem,
        )

    def echo(self, key: WorkspaceKey, draft: Draft) -> EchoView:
        return EchoView(self._echo(key, draft))

    def confirmation(self, key: WorkspaceKey, draft: Draft) -> CommitConfirmation:
        return CommitConfirmation(self._echo(key, draft))

    def question(self, key: WorkspaceKey, drafts: Sequence[Draft]) -> QuestionView:
        """The drafts differ in nothing but the date."""
        readings = tuple(Reading(draft.id, _day(draft)) for draft in drafts)
        return QuestionView(self._echo(key, drafts[0]), drafts[0].when, readings)

    def saved(self, key: WorkspaceKey, of: Commitment) -> SavedView:
        return SavedView(self._presenter.shown(key, of), of.assigner)

    def saved_modal(self, key: WorkspaceKey, of: Commitment) -> SavedModal:
        return SavedModal(self._presenter.shown(key, of), of.assigner)

    def _echo(self, key: WorkspaceKey, draft: Draft) -> Echo:
        return Echo(
            draft_id=draft.id,
            owner=draft.owner,
            maker=draft.maker,
            what=draft.what,
            due=_words(draft),
            link=draft.link,
            channel_id=draft.channel_id,
            statement=self._presenter.statement(key, draft.round_id, draft.statement_id),
        )


def _words(draft: Draft) -> str:
    zone = zone_named(draft.zone)
    return echoed(draft.due, zone, is_theirs=draft.is_their_zone) if draft.due else ""


def _day(draft: Draft) -> str:
    """What tells the readings apart, short enough for a button."""
    if draft.due is None:
        return ""
    there = draft.due.astimezone(zone_named(draft.zone))
    return in_words(there.date())
