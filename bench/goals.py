"""What the readiness check and reminders promise of their speed, and which of it was missed."""

from collections.abc import Iterator, Mapping
from typing import Any

RATIO = 0.5  # of the votes a second that a bare app takes, at least
ACK_P99_MS = 500
REDRAW_SECONDS = 15  # after the last vote: twelve messages at fifty updates a minute
EDITS_A_MINUTE = 50
PACED = ("chat.update", "chat.postMessage", "chat.postEphemeral")  # whose limits the bot keeps by itself
GROWTH = 0.20  # that p99 may grow by from one finished round to ten thousand
SIMULATED_RATIO = 1.1  # of the time that Slack's limits take by themselves, at most
PLANNING_SECONDS = 2.0  # for the next twelve sessions of ten thousand series
CLAIM_GROWTH = 2.0  # of the time a claim takes, from the fewest rows to the most: a thousand times as many
MEMORY_GROWTH = 0.05  # from a tenth of the reminders to all of them

Figures = Mapping[str, Any]


def missed_by_votes(figures: Figures) -> list[str]:
    """That every tally is exact is no goal: a single vote that is counted wrongly ends the run."""
    return [*_ratios(figures["side_by_side"]), *_storms(figures["storms"])]


def missed_by_rounds(figures: Figures) -> list[str]:
    return [
        f"rounds, {what} on {engine}: p99 grows by {part['growth_many']:.0%} with the rounds stored, "
        f"less than {GROWTH:.0%} is the goal"
        for engine, parts in figures["engines"].items()
        for what, part in parts.items()
        if part["growth_many"] >= GROWTH
    ]


def missed_by_nudges(figures: Figures) -> list[str]:
    """That nobody is reminded twice, or not at all, is no goal: it ends the run."""
    planning = figures["planning"]["seconds"]
    too_slow = [f"planning: {planning} s, {PLANNING_SECONDS} s is the goal"] if planning > PLANNING_SECONDS else []
    return [*_simulated(figures["simulated"]), *_claims(figures["claims"]), *too_slow]


def _simulated(by_engine: Mapping[str, Figures]) -> Iterator[str]:
    for engine, part in by_engine.items():
        memory = part["resident_mb"]
        growth = memory["after_all"] / memory["after_10_percent"] - 1
        if part["ratio"] > SIMULATED_RATIO:
            yield f"reminders, {engine}: {part['ratio']} of what Slack's limits take, {SIMULATED_RATIO} is the goal"
        if growth > MEMORY_GROWTH:
            yield f"reminders, {engine}: memory grows by {growth:.0%}, {MEMORY_GROWTH:.0%} is the goal"
        if too_many := part["refused"]["chat.postMessage"]:
            yield f"reminders, {engine}: Slack's limit refused {too_many} of them, none is the goal"


def _claims(by_engine: Mapping[str, Mapping[Any, Figures]]) -> Iterator[str]:
    for engine, by_rows in by_engine.items():
        fewest, *_, most = sorted(by_rows)
        for what in ("action", "message"):
            growth = by_rows[most][what]["p50_ms"] / by_rows[fewest][what]["p50_ms"]
            if growth > CLAIM_GROWTH:
                yield f"claims, {what} on {engine}: {growth:.1f} times as long, {CLAIM_GROWTH} times is the goal"


def _ratios(by_engine: Mapping[str, Figures]) -> Iterator[str]:
    for engine, part in by_engine.items():
        if part["ratio"] < RATIO:
            yield f"votes, {engine}: {part['ratio']} of what a bare app takes, {RATIO} is the goal"


def _storms(storms: Mapping[str, Figures]) -> Iterator[str]:
    for name, storm in storms.items():
        if storm["ack"]["p99_ms"] > ACK_P99_MS:
            yield f"storm, {name}: ack p99 {storm['ack']['p99_ms']} ms, {ACK_P99_MS} ms is the goal"
        if storm["redraw_seconds"] > REDRAW_SECONDS:
            yield f"storm, {name}: last redraw after {storm['redraw_seconds']} s, {REDRAW_SECONDS} s is the goal"
        yield from _spent(name, storm)


def _spent(name: str, storm: Figures) -> Iterator[str]:
    """Did it keep to the budget? What the storm itself makes Slack refuse does not count."""
    for method in PACED:
        if too_many := storm["calls"].get(method, {}).get("too_many", 0):
            yield f"storm, {name}: Slack's limit refused {method} {too_many} times, never is the goal"
    if (edits := storm["busiest_minute"].get("chat.update", 0)) > EDITS_A_MINUTE:
        yield f"storm, {name}: {edits} edits in a minute, {EDITS_A_MINUTE} is the goal"
