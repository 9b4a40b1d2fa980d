"""Starts rounds by themselves where a check repeats: told two working days before, or told once why there is none."""

import logging
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.errors import Refusal, TryLater
from bot.keys import WorkspaceKey
from bot.readiness import later, repeats
from bot.readiness.finding import can_run
from bot.readiness.planning import Draft, Plan, Policy
from bot.readiness.presenting import Presenter
from bot.readiness.recalling import Recalling
from bot.readiness.repeat_store import Overtaken, RepeatStore
from bot.readiness.repeats import Repeat
from bot.readiness.rounds import Round
from bot.readiness.starting import Starting
from bot.readiness.store import RoundStore
from bot.readiness.views import RefusalView, Refused, RepeatLine, RepeatView
from bot.scheduler.actions import Action, Changes, Due
from bot.scheduler.store import saving
from bot.slack.budget import Budget
from bot.slack.gateway import Gateway, Mark, SlackRefused, TokenDead
from bot.slack.ids import ROUND_EVENT
from bot.slack.looking import has_arrived
from bot.slack.messages import Declined
from bot.slack.moments import zone_named
from bot.slack.render import View
from bot.storage.writing import Also, together
from bot.workdays import Workdays

log = logging.getLogger(__name__)

MOST_TRIES = 2  # of which nobody knows, nor can look, what became
OVER = "This check doesn't repeat any more. `/cco check` sets it up anew."
CHECK_GONE = "check_gone"
PASSED = "That start is over already. `/cco results` in the channel shows when the next one comes."


class Repeating:
    """From one round to the next."""

    def __init__(
        self,
        repeat_store: RepeatStore,
        rounds: RoundStore,
        starting: Starting,
        recalling: Recalling,
        presenter: Presenter,
        gateway: Gateway,
        budget: Budget,
        policy: Policy,
        clock: Clock,
        workdays: Workdays,
    ) -> None:
        self._repeats = repeat_store
        self._rounds = rounds
        self._starting = starting
        self._recalling = recalling
        self._presenter = presenter
        self._gateway = gateway
        self._budget = budget
        self._policy = policy
        self._clock = clock
        self._workdays = workdays

    # By itself

    def start_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Start the next round, or have whoever runs it told why there is none; either way the one after it stands."""
        of = self._next(key, due)
        if of is None:
            return None
        last, now = self._rounds.get(key, of.round_id), self._clock()
        wait = repeats.may_start_from(now, zone_named(of.zone), self._workdays) - now
        if wait:
            raise TryLater("people are not at work", wait.total_seconds())
        runners = self._runners(key, last) if last else []
        if last is None or not runners:
            self._end(key, of, last)
            return None
        plan = self._plan(of, last, runners, now)
        try:
            draft, new = self._starting.drafted(key, plan)
        except Refusal as refusal:
            self._leave(key, of, _reason(refusal))
            return None
        self._start(key, of, draft, new)
        return None

    def announce_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Tell whoever runs it that the next round is about to start."""
        of = self._next(key, due)
        last = self._rounds.get(key, of.round_id) if of else None
        if of is not None and last is not None and self._clock() < self._starts_at(of):
            self._send(due, key, self._runner(key, last), self._presenter.repeat(of, last, self._starts_at(of)))
        return None

    def tell_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Tell whoever runs it why a start was left out."""
        of = self._repeats.get(key, due.action.subject)
        last = self._rounds.get(key, of.round_id) if of else None
        if of is not None and last is not None:
            reason = due.action.occurrence.partition(" ")[2]
            view = self._presenter.not_repeated(of, last, self._starts_at(of), reason)
            self._send(due, key, self._runner(key, last), view)
        return None

    def tell_of_end_due(self, key: WorkspaceKey, due: Due) -> Action | None:
        """Tell an administrator that a check is over because nobody is left who ran it."""
        last, admin = self._rounds.get(key, due.action.subject), due.action.occurrence
        if last is not None and can_run(self._gateway, key, admin):
            self._send(due, key, admin, self._presenter.repeat_ended(last))
        return None

    # By those who run it

    def skip(self, key: WorkspaceKey, user_id: str, name: str) -> RepeatView:
        """Leave the next start out, if it is the one of this name. Returns what stands in the message from then on."""
        of, last = self._allowed(key, user_id, name.partition("/")[0])
        if name != of.name:
            raise Refusal(PASSED)
        following = repeats.after(of)
        if not self._repeats.advance(key, following, also=self._plans(key, following)):
            raise Refusal(PASSED)
        return self._presenter.repeat(following, last, self._starts_at(following), skipped=True)

    def stop(self, key: WorkspaceKey, user_id: str, repeat_id: str) -> RepeatView:
        """Start no more of them. Returns the same."""
        of, last = self._allowed(key, user_id, repeat_id)
        self._repeats.end(key, of.id)
        return self._presenter.repeat(of, last, self._starts_at(of), stopped=True)

    def lines(self, key: WorkspaceKey, channel_id: str, user_id: str) -> tuple[RepeatLine, ...]:
        """The checks that repeat in a channel, as somebody sees them."""
        found = [(of, self._rounds.get(key, of.round_id)) for of in self._repeats.of_channel(key, channel_id)]
        return tuple(
            self._presenter.repeat_line(of, last, self._starts_at(of), may_stop=self._policy.may_run(last, user_id))
            for of, last in found
            if last is not None
        )

    # Starting

    def _next(self, key: WorkspaceKey, due: Due) -> Repeat | None:
        """The repeat, if what is due is its next start still."""
        of = self._repeats.get(key, due.action.subject)
        return of if of is not None and repeats.is_next(of, due.action) else None

    def _runners(self, key: WorkspaceKey, last: Round) -> list[str]:
        wanted = filter(None, (last.starter, last.co_facilitator))
        return [one for one in wanted if can_run(self._gateway, key, one)]

    def _runner(self, key: WorkspaceKey, last: Round) -> str:
        """Whoever will run the next."""
        return next(iter(self._runners(key, last)), last.starter)

    def _plan(self, of: Repeat, last: Round, runners: list[str], now: datetime) -> Plan:
        return Plan(
            check_id=of.check_id,
            channel_id=of.channel_id,
            starter=runners[0],
            deadline=repeats.deadline(of, now, zone_named(of.zone), self._workdays),
            anonymous=last.anonymous,
            live=last.live,
            smallest_group=last.smallest_group,
            co_facilitator="".join(runners[1:]),
        )

    def _start(self, key: WorkspaceKey, of: Repeat, draft: Draft, new: Round) -> None:
        opened = replace(new, since_last=self._recalling.since_last(key, new))
        following = repeats.after(of, opened)
        also = together(
            self._repeats.advancing(key, following),
            self._plans(key, following),
            saving(key, later.on_start(opened)),
        )
        try:
            if not self._rounds.add(key, opened, draft.audience, also=also):
                self._leave(key, of, Refused.ALREADY_OPEN)
        except Overtaken:
            log.info("repeat %s: skipped or stopped at the last moment", of.id)

    def _end(self, key: WorkspaceKey, of: Repeat, last: Round | None) -> None:
        """Start no more of them, and have it told to those who can have somebody else run it."""
        log.warning("repeat %s: whoever ran it has left; it is over", of.id)
        told = repeats.ended(last, self._policy.admins, self._clock()) if last else Changes()
        self._repeats.end(key, of.id, also=saving(key, told))

    def _leave(self, key: WorkspaceKey, of: Repeat, reason: str) -> None:
        """Go on to the next start, and have it told why this one was left out."""
        following = repeats.after(of)
        telling = Action(repeats.TELL_OF_REPEAT, of.id, self._clock(), f"{of.number} {reason}")
        tell = saving(key, Changes(new=(telling,)))
        self._repeats.advance(key, following, also=together(self._plans(key, following), tell))

    def _plans(self, key: WorkspaceKey, of: Repeat) -> Also:
        return saving(key, repeats.planned(of, zone_named(of.zone), self._workdays))

    def _starts_at(self, of: Repeat) -> datetime:
        return repeats.starts_at(of, zone_named(of.zone), self._workdays)

    # Telling

    def _allowed(self, key: WorkspaceKey, user_id: str, repeat_id: str) -> tuple[Repeat, Round]:
        of = self._repeats.get(key, repeat_id)
        last = self._rounds.get(key, of.round_id) if of else None
        if of is None or last is None:
            raise Refusal(OVER)
        if not self._policy.may_run(last, user_id):
            raise Declined(self._presenter.refusal(Refused.NOT_YOURS, last))
        return of, last

    def _send(self, due: Due, key: WorkspaceKey, user_id: str, view: View) -> None:
        """After an unknown outcome it is looked for, and sent again: rather twice than never."""
        mark = Mark(ROUND_EVENT, f"{due.action.kind}:{due.action.subject}:{due.action.occurrence}")
        if due.tries > 1 and self._has_arrived(user_id, mark, due):
            return
        try:
            self._budget.post(key, user_id, lambda: self._gateway.post(user_id, view, mark=mark))
        except TokenDead:
            raise
        except SlackRefused as error:
            log.warning("%s: %s could not be told: %s", due.action, user_id, error)

    def _has_arrived(self, user_id: str, mark: Mark, due: Due) -> bool:
        """Did an earlier try arrive? Where nobody may look, it has been sent as often as it may be after two."""
        is_there = has_arrived(self._gateway, user_id, mark, due.action.due_at)
        if is_there is None and due.tries > MOST_TRIES:
            log.warning("%s: %s may not have been told", due.action, user_id)
            return True
        return bool(is_there)


def _reason(refusal: Refusal) -> str:
    """Why there is no round; what needs no word of its own is a check that is there no more."""
    view = refusal.view if isinstance(refusal, Declined) else None
    return str(view.reason) if isinstance(view, RefusalView) else CHECK_GONE
