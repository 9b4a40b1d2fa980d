"""What the readiness check promises of its speed, and which of it was missed."""

from collections.abc import Iterator, Mapping
from typing import Any

RATIO = 0.5  # of the votes a second that a bare app takes, at least
ACK_P99_MS = 500
REDRAW_SECONDS = 15  # after the last vote: twelve messages at fifty updates a minute
EDITS_A_MINUTE = 50
PACED = ("chat.update", "chat.postMessage", "chat.postEphemeral")  # whose limits the bot keeps by itself
GROWTH = 0.20  # that p99 may grow by from one finished round to ten thousand

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
