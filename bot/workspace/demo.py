"""The furniture of the demo: a leadership team, two channels, a first message."""

from __future__ import annotations

from bot.workspace.driver import Workspace
from bot.workspace.records import Person

PEOPLE = (
    ("ana", "Ana Weber", "CEO"),
    ("ben", "Ben Okafor", "head of service"),
    ("chloe", "Chloe Martin", "HR partner"),
    ("deniz", "Deniz Arslan", "CFO"),
    ("emeka", "Emeka Nwosu", "head of sales"),
    ("freya", "Freya Lindqvist", "head of product"),
    ("goran", "Goran Petrovic", "head of operations"),
    ("hana", "Hana Sato", "head of marketing"),
)  # an anonymous round of the readiness check shows nothing of fewer than five
CHANNELS = ("leadership", "customer-work")


def furnish(workspace: Workspace) -> list[Person]:
    """Adds the demo's people and channels, the app in both, and a word of welcome; returns the people."""
    people = [workspace.add_person(name, real_name) for name, real_name, _ in PEOPLE]
    for name in CHANNELS:
        channel = workspace.add_channel(name, [person.id for person in people])
        workspace.invite_bot(channel)
    first = next(channel for channel in workspace.channels.values() if channel.name == CHANNELS[0])
    roles = ", ".join(f"{real_name} ({role})" for _, real_name, role in PEOPLE)
    workspace.say(
        people[0].id,
        first.id,
        f"Welcome. Here are {roles}. To ask something, mention {workspace.team.bot_name} here or write to it directly. "
        "To run the readiness check with all of us, type `/cco check`.",
    )
    return people
