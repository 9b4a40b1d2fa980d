"""Another date for a commitment: read as it was written, said back in words, then saved."""

import secrets
from datetime import datetime, timedelta

from bot.accountability.calendar.dates import When, read_when
from bot.accountability.calendar.wall import START_OF_WORK, moment_of
from bot.accountability.commitments.commitment import Commitment
from bot.accountability.commitments.doing import Doing
from bot.accountability.commitments.draft_store import DraftStore
from bot.accountability.commitments.drafts import Intent, read_intent, written_intent
from bot.accountability.commitments.echo import echoed
from bot.accountability.commitments.origins import Origin, Subject
from bot.accountability.commitments.presenting import Presenter
from bot.accountability.commitments.sides import Offer
from bot.accountability.commitments.views import DateConfirmation, DateForm
from bot.accountability.knowing import Acquaintances
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.slack.moments import zone_named

TOO_OLD = "That form is too old. Open it again from the commitment; it takes a moment."
UNKNOWN_ZONE = "UTC"


class Dating:
    """New dates, proposed dates and snoozes. What is read waits as a draft, named by the form that shows it."""

    def __init__(
        self,
        commitments: Doing,
        drafts: DraftStore,
        presenter: Presenter,
        acquaintances: Acquaintances,
        clock: Clock,
    ) -> None:
        self._commitments = commitments
        self._drafts = drafts
        self._presenter = presenter
        self._acquaintances = acquaintances
        self._clock = clock

    def form(self, key: WorkspaceKey, commitment_id: str, by: str, origin: Origin, *, snooze: bool = False) -> DateForm:
        of = self._commitments.demand(key, commitment_id, by)
        is_asked = of.awaits_answer and of.owner == by
        offer = Offer.SNOOZE if snooze else Offer.PROPOSE_DATE if is_asked else Offer.NEW_DATE
        return self._presenter.date_form(key, of, offer, origin)

    def draft(self, key: WorkspaceKey, subject: Subject, by: str, text: str, reason: str) -> DateConfirmation:
        """Read the date and say it back. Raises a Refusal that says what about it to change."""
        of = self._commitments.demand(key, subject.id, by)
        offer, now = Offer(subject.purpose), self._clock()
        zone = self._acquaintances.zone_at_once(key, by)
        known = zone or zone_named(UNKNOWN_ZONE)
        due = _meant(read_when(text, now, known), offer)
        if due == of.due and offer is not Offer.SNOOZE:
            raise Refusal("It is due then already. Give another date, or leave it as it is.")
        words = echoed(due, known, is_theirs=zone is not None)
        draft_id = secrets.token_hex(10)
        intent = Intent(of.id, by, offer, due, reason, subject.origin)
        self._drafts.save(key, draft_id, written_intent(intent), now)
        return self._presenter.date_confirmation(key, of, offer, words, reason, draft_id)

    def save(self, key: WorkspaceKey, draft_id: str, by: str) -> tuple[Commitment, Origin]:
        """Do what the draft says. Twice is once, as the date is that one then."""
        text = self._drafts.get(key, draft_id)
        intent = read_intent(text) if text else None
        if intent is None or intent.by != by:
            raise Refusal(TOO_OLD)
        return self._done(key, intent), intent.origin

    def clean(self, kept: timedelta) -> int:
        """Forget what nobody saved."""
        return self._drafts.clean(self._clock() - kept)

    def _done(self, key: WorkspaceKey, intent: Intent) -> Commitment:
        name, by = intent.commitment_id, intent.by
        if intent.offer is Offer.SNOOZE:
            return self._commitments.snooze(key, name, by, intent.due)
        if intent.offer is Offer.PROPOSE_DATE:
            return self._commitments.propose_date(key, name, by, intent.due, intent.reason)
        return self._commitments.new_date(key, name, by, intent.due, intent.reason)


def _meant(when: When, offer: Offer) -> datetime:
    """“Until Monday” ends on Monday morning; “by Monday” on Monday evening."""
    if offer is Offer.SNOOZE and when.at is None:
        return moment_of(when.day, START_OF_WORK, when.zone)
    return when.moment
