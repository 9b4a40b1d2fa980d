"""What the knowledge is made of: cards, sources, boundaries, checks. Values only."""

from dataclasses import dataclass, field
from datetime import date, timedelta

MORE_DETAIL = "More detail"
CONS = "Cons"
WATCH_OUT = "Watch out"
POINTS = ""  # the heading of a card's first, untitled section
HEADINGS = (
    "Why it matters",
    "How it works",
    "Pros",
    CONS,
    "Checkpoint",
    "Example",
    WATCH_OUT,
    "Not in the guidance",
    MORE_DETAIL,
)


@dataclass(frozen=True)
class Item:
    """A line of a section. `mark` is what stands before it: a bullet, a number, or nothing for a paragraph."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and the lines under it."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Source:
    """A document or article. `address` is empty for a document that was never published."""

    id: str
    title: str
    address: str = ""


@dataclass(frozen=True)
class Card:
    """One question answered. `review_every` is in days; `digest` pins the wording that was quoted."""

    id: str
    title: str
    short: str
    asks: tuple[str, ...]
    sources: tuple[Source, ...]
    origin: str
    related: tuple[str, ...]
    owner: str
    reviewed: date
    review_every: int
    sections: tuple[Section, ...] = ()
    digest: str = ""

    @property
    def question(self) -> str:
        """The card as a question on a button: by convention its first ask."""
        return self.asks[0]

    @property
    def review_due(self) -> date:
        return self.reviewed + timedelta(days=self.review_every)

    def section(self, heading: str) -> Section | None:
        return next((section for section in self.sections if section.heading == heading), None)

    @property
    def on_screen(self) -> tuple[Section, ...]:
        """What an answer shows at once; the rest is behind a button."""
        return tuple(section for section in self.sections if section.heading != MORE_DETAIL)


@dataclass(frozen=True)
class Boundary:
    """A topic that the guidance does not cover, with the cards that come nearest to it.

    `reply` takes the place of “The guidance doesn't cover …” where that would be an odd thing to say (a greeting).
    """

    id: str
    topic: str
    nearest: tuple[str, ...]
    asks: tuple[str, ...]
    reply: str = ""


@dataclass(frozen=True)
class Statement:
    """One line of a check that people vote on, with the card that explains it."""

    id: str
    title: str
    text: str
    card: str


@dataclass(frozen=True)
class Check:
    """A set of statements to vote on; `answers` are the choices offered.

    The two shares of Yes are those from which on people agree that a statement holds, or up to which that it doesn't.
    """

    id: str
    title: str
    intro: str
    answers: tuple[str, ...]
    statements: tuple[Statement, ...]
    source: str
    agreed_from: float
    missing_to: float


@dataclass(frozen=True)
class Problem:
    """Something wrong in a knowledge file. `line` counts from 1."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Library:
    """All the knowledge, ours and the company's, ready to be indexed."""

    cards: dict[str, Card]
    boundaries: tuple[Boundary, ...]
    vocabulary: dict[str, tuple[str, ...]]
    checks: tuple[Check, ...]
    sources: dict[str, Source]
    content_hash: str
    problems: tuple[Problem, ...] = ()
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # thing → where it is written
