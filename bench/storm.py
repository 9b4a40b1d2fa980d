"""Thousands of people vote at once, some twice, some in the wrong order, while Slack refuses calls now and then.

It keeps a model of its own of what must come out: of somebody's votes on a statement, the one that Slack timed last.
"""

import heapq
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from random import Random
from typing import Any

from bench.figures import Times
from bot.readiness.checks import Answer
from bot.readiness.listeners import BUSY
from bot.readiness.presenting import tally_words
from bot.readiness.tally import tally_of
from bot.workspace import faults, forms
from bot.workspace.driver import Workspace
from bot.workspace.records import Call, Delivery, Json, NotAnswered

ANSWERS = tuple(Answer)
PATIENCE = 180.0  # seconds until anything is given up
LOOKS = 0.25  # seconds between two looks whether a modal has opened
SETTLED = 2.0  # seconds after a vote for which a modal leaves it alone
AGAIN = 0.005  # seconds between two who vote again because they saw it fail
REFUSED = "chat.update chat.postMessage chat.postEphemeral".split()


@dataclass(frozen=True)
class Weather:
    """How hard it storms. Shares are of the votes, `modals` is of the people; `live` says that tallies are shown."""

    seconds: float
    seed: int = 1
    duplicates: float = 0.05
    reordered: float = 0.05
    modals: float = 0.5
    refusals_every: float = 3.0  # seconds between two refusals (429) of each method
    calm: float = 5.0  # seconds before the last vote without them: the last redraw has Slack's whole budget then
    live: bool = False


@dataclass(frozen=True)
class Sent:
    """A vote on its way, or there."""

    delivery: Delivery
    person: str
    statement: str
    ts: str


@dataclass(frozen=True)
class Outcome:
    """What came of it. `calls` counts by method: answered, refused by our doing, refused for the rate, refused else."""

    offered_seconds: float
    sent: int
    failed: int
    votes_per_second: float
    ack: dict[str, float | int]
    redraw_seconds: float
    calls: dict[str, dict[str, int]]
    modals: dict[str, int]
    busiest_minute: dict[str, int]
    tallies: dict[str, dict[str, int]]
    answers: dict[str, dict[str, str]]


class Model:
    """What must come out."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], tuple[str, str]] = {}

    def vote(self, person: str, statement: str, ts: str, answer: str) -> None:
        place = (person, statement)
        self._latest[place] = max(self._latest.get(place, ("", "")), (ts, answer))

    def latest(self, person: str, statement: str) -> tuple[str, str]:
        """When, and what."""
        return self._latest.get((person, statement), ("", ""))

    @property
    def voters(self) -> int:
        return len({person for person, _ in self._latest})

    def answers(self) -> dict[str, dict[str, str]]:
        """By statement, then by person."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for (person, statement), (_, answer) in self._latest.items():
            found[statement][person] = answer
        return dict(found)


class Storm:
    """One storm. What is to be done, and when, is in a heap; what is done may add to it."""

    def __init__(
        self, workspace: Workspace, parent: str, statements: Mapping[str, str], people: Sequence[str], weather: Weather
    ) -> None:
        self.workspace, self.parent, self.statements, self.weather = workspace, parent, statements, weather
        self.people = people
        self.rng = Random(weather.seed)
        self.model = Model()
        self.sent: list[Sent] = []
        self.submitting: list[Future[None]] = []
        self.pool = ThreadPoolExecutor(8)
        self.modals: Counter[str] = Counter()
        self.first_call = len(workspace.calls)
        self._heap: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()
        self._begun = 0.0

    def rage(self) -> Outcome:
        """From the first vote until the messages show the last one."""
        self._plan()
        self._begun = time.monotonic()
        while self._heap:
            at, _, deed = heapq.heappop(self._heap)
            time.sleep(max(0.0, at - self._now()))
            deed()
        offered = self._now()
        for submitted in self.submitting:
            submitted.result()
        failed = self._settle()
        last_ack = max(self._acks())
        self.workspace.wait_for(self._shows_all, PATIENCE)
        redrawn = self.workspace.now()
        return self._outcome(offered, failed, (redrawn - last_ack).total_seconds())

    def _now(self) -> float:
        return time.monotonic() - self._begun

    def _at(self, second: float, deed: Callable[[], object]) -> None:
        heapq.heappush(self._heap, (second, next(self._numbers), deed))

    # The plan

    def _plan(self) -> None:
        """Each person votes once on each statement, all of it spread evenly; half of them open the modal as well."""
        votes = [(person, statement) for person in self.people for statement in self.statements]
        self.rng.shuffle(votes)
        for number, (person, statement) in enumerate(votes):
            self._at(number / len(votes) * self.weather.seconds, self._voting(person, statement))
        openers = self.rng.sample(list(self.people), round(len(self.people) * self.weather.modals))
        for number, person in enumerate(openers):
            self._at(number / len(openers) * self.weather.seconds, self._opening(person))
        if self.weather.refusals_every:
            for number, method in enumerate(REFUSED):
                self._at(number, self._refusing(method))

    def _voting(self, person: str, statement: str) -> Callable[[], object]:
        return lambda: self._vote(person, statement)

    def _opening(self, person: str) -> Callable[[], object]:
        return lambda: self._open(person)

    def _refusing(self, method: str) -> Callable[[], object]:
        return lambda: self._refuse(method)

    # What people do

    def _vote(self, person: str, statement: str) -> None:
        """Some change their minds at once, and what they said first arrives last; some of it Slack sends twice."""
        chance = self.rng.random()
        is_reordered = chance < self.weather.reordered
        earlier = self.workspace.next_ts() if is_reordered else ""
        vote = self._click(person, statement)
        if is_reordered:
            self._at(self._now() + self.rng.uniform(0, 1), lambda: self._overtaken(vote, earlier))
        elif chance < self.weather.reordered + self.weather.duplicates:
            self._at(self._now() + self.rng.uniform(0, 3), lambda: self._again(vote, vote.delivery.payload))

    def _click(self, person: str, statement: str) -> Sent:
        number = self.rng.randrange(len(ANSWERS))
        delivery = self.workspace.click(person, self.statements[statement], f"vote:{number + 1}")
        ts = delivery.payload["actions"][0]["action_ts"]
        self.model.vote(person, statement, ts, ANSWERS[number])
        self.sent.append(Sent(delivery, person, statement, ts))
        return self.sent[-1]

    def _overtaken(self, later: Sent, ts: str) -> None:
        """What the person had pressed before, at `ts`."""
        action = later.delivery.payload["actions"][0]
        number = int(action["action_id"].partition(":")[2]) % len(ANSWERS) + 1  # the next button
        message = later.delivery.payload["message"]
        block, element = forms.pressed(message["blocks"], f"vote:{number}", None, None)
        self._again(later, {**later.delivery.payload, "actions": [forms.action(block, element, None, ts)]})

    def _again(self, vote: Sent, payload: Json) -> None:
        """In an envelope of its own."""
        fresh = replace(vote.delivery, envelope_id=self.workspace.next_id("e"), payload=payload)
        fresh.acked_at, fresh.ack_seconds, fresh.answer, fresh.failure = None, None, None, ""
        self.workspace.dispatch(fresh)
        self.sent.append(replace(vote, delivery=fresh, ts=payload["actions"][0]["action_ts"]))

    def _open(self, person: str) -> None:
        self.workspace.click(person, self.parent, "vote_all")
        self.modals["pressed"] += 1
        self._at(self._now() + LOOKS, lambda: self._look(person, self._now() + 5))

    def _look(self, person: str, until: float) -> None:
        if views := self.workspace.views(person):
            self.modals["opened"] += 1
            self.submitting.append(self.pool.submit(self._submit, person, views[-1]))
        elif self._now() < until:
            self._at(self._now() + LOOKS, lambda: self._look(person, until))

    def _submit(self, person: str, view: Json) -> None:
        """Change one answer that was given a while ago."""
        given = {statement: self.model.latest(person, statement) for statement in self.statements}
        old = f"{self.workspace.now().timestamp() - SETTLED:.6f}"
        statement = next((name for name, (ts, _) in given.items() if ts and ts < old), None)
        if statement is None:
            return
        block_id = f"vote_statement:{statement}"
        block = next(block for block in view["blocks"] if block.get("block_id") == block_id)
        shown = (block["element"].get("initial_option") or {}).get("value")
        if shown != given[statement][1]:
            self.modals["shown_wrong"] += 1
        answer = next(one for one in ANSWERS if one not in (shown, given[statement][1]))
        try:
            self.workspace.submit(person, view["id"], {block_id: {"input": answer}})
            self.modals["submitted"] += 1
            self.model.vote(person, statement, self.workspace.next_ts(), answer)
        except NotAnswered:
            self.modals["unanswered"] += 1
            self._click(person, statement)

    def _refuse(self, method: str) -> None:
        """Slack refuses the next call of this method. One that was not made yet is waited for."""
        with self.workspace.lock:
            is_waiting = any(fault.method == method for fault in self.workspace.faults)
        if not is_waiting:
            faults.switch(self.workspace, "rate_limited", seed=self.rng.randrange(10**6), method=method)
        if self._now() + self.weather.refusals_every < self.weather.seconds - self.weather.calm:
            self._at(self._now() + self.weather.refusals_every, self._refusing(method))

    # What came of it

    def _settle(self) -> int:
        """Wait for all acks. Who saw that their vote failed votes again. Returns how many failed."""
        failed, first = 0, 0
        while first < len(self.sent):
            self._await(self.sent[first:])
            lost = [one for one in self.sent[first:] if one.delivery.failure]
            first = len(self.sent)
            failed += len(lost)
            for person, statement in {(one.person, one.statement) for one in lost if self._is_latest(one)}:
                self._click(person, statement)
                time.sleep(AGAIN)
        return failed

    def _await(self, sent: Sequence[Sent]) -> None:
        done = 0

        def all_done() -> bool:
            nonlocal done
            while done < len(sent) and sent[done].delivery.is_settled:
                done += 1
            return done == len(sent)

        self.workspace.wait_for(all_done, PATIENCE)

    def _is_latest(self, vote: Sent) -> bool:
        return self.model.latest(vote.person, vote.statement)[0] == vote.ts

    def _acks(self) -> list[datetime]:
        return [one.delivery.acked_at for one in self.sent if one.delivery.acked_at]

    def _shows_all(self) -> bool:
        """Do the messages show everybody's last vote?"""
        if f"*{self.model.voters} of {len(self.people)}*" not in self._text(self.parent):
            return False
        if not self.weather.live:
            return True
        answers = self.model.answers()
        return all(_words(answers[name].values()) in self._text(ts) for name, ts in self.statements.items())

    def _text(self, ts: str) -> str:
        found = next(m for m in (self.workspace.find(c, ts) for c in self.workspace.channels) if m)
        return str(found["blocks"])

    def _outcome(self, offered: float, failed: int, redraw: float) -> Outcome:
        calls = self.workspace.calls[self.first_call :]
        acks = self._acks()
        first = min(one.delivery.sent_at for one in self.sent if one.delivery.sent_at)
        answers = self.model.answers()
        told = [call.method for call in calls if BUSY[:20] in str(call.args) and call.status == 200]
        told_by = {f"told_by_{method}": times for method, times in Counter(told).items()}
        return Outcome(
            offered_seconds=round(offered, 1),
            sent=len(self.sent),
            failed=failed,
            votes_per_second=round(len(acks) / (max(acks) - first).total_seconds(), 1),
            ack=Times(tuple(one.delivery.ack_seconds or 3.0 for one in self.sent)).as_json(),
            redraw_seconds=round(redraw, 1),
            calls=_by_method(calls),
            modals={**self.modals, **told_by},
            busiest_minute={method: _busiest(calls, method) for method in {call.method for call in calls}},
            tallies={name: dict(Counter(given.values())) for name, given in answers.items()},
            answers=answers if self.weather.live else {},
        )


def _words(answers: Any) -> str:
    return tally_words(tally_of(Answer(answer) for answer in answers))


def _by_method(calls: Sequence[Call]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for call in calls:
        found[call.method][_fate(call)] += 1
    return {method: dict(fates) for method, fates in sorted(found.items())}


def _fate(call: Call) -> str:
    if call.status == 429:
        return "too_many" if call.rule else "refused_on_purpose"
    return "answered" if call.answer.get("ok", True) else str(call.answer.get("error"))


def _busiest(calls: Sequence[Call], method: str) -> int:
    """The most calls of it within a minute."""
    times = [call.at.timestamp() for call in calls if call.method == method]
    return max(sum(start <= at < start + 60 for at in times) for start in times)
