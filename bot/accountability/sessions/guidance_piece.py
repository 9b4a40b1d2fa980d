"""Which one piece of guidance goes with an agenda: the one for its weakest point that was not shown lately."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.accountability.sessions.agenda import Agenda
from bot.accountability.yearone.steps import STEPS

AIR_COVER = "political-air-cover"
SESSIONS = "accountability-sessions"
PERSONAL_OWNERSHIP = "ceo-personal-ownership"
EARLY_CREDIT = "year-one-credit-agreement"
STEADY = ("corporate-patience", "five-year-journey", "customer-math")  # when nothing is weak

CARDS = frozenset(
    {AIR_COVER, SESSIONS, PERSONAL_OWNERSHIP, EARLY_CREDIT, *STEADY, *(step.card for step in STEPS)}
)  # all that it may choose beside the cards of findings
LATELY = 3  # agendas: what went with one of these was shown lately
STALLED = 2  # sessions that left an item unfinished
FIRST_STEPS = 3  # up to here there is nothing to measure, and credit has to be agreed on


@dataclass(frozen=True)
class Piece:
    """What the guidance says, in a line or two, and where it is from."""

    title: str
    short: str
    source: str


def piece_for(agenda: Agenda, lately: Collection[str] = ()) -> str:
    """The id of a card. When all that fit were shown lately, the one for the weakest point comes again."""
    fitting = [*dict.fromkeys(_fitting(agenda)), *STEADY]
    return next((card for card in fitting if card not in lately), fitting[0])


def _fitting(agenda: Agenda) -> Iterator[str]:
    """From the weakest point on."""
    if agenda.stuck or agenda.most_carried >= STALLED:
        yield AIR_COVER
    if agenda.missed or agenda.most_carried:
        yield SESSIONS
    if agenda.overdue:
        yield from (SESSIONS, AIR_COVER, PERSONAL_OWNERSHIP)
    yield from (line.about.card for line in agenda.findings if line.about.card)
    step = agenda.year_one.next_step if agenda.year_one else None
    if step is not None:
        yield step.card
        if step.number <= FIRST_STEPS:
            yield EARLY_CREDIT
