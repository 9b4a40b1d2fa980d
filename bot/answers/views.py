"""What each template of this wing may see."""

from dataclasses import dataclass
from datetime import date

from bot.answers.cards import MORE_DETAIL, POINTS, WATCH_OUT, Card, Section

BUTTONS_SHOWN = 3
SOURCES_SHOWN = 2


@dataclass(frozen=True)
class Button:
    """A button that leads to a card."""

    card_id: str
    text: str


@dataclass(frozen=True)
class Part:
    """A section, its lines joined, still in the card's Markdown."""

    heading: str
    text: str


@dataclass(frozen=True)
class Credit:
    """Where an answer comes from, and how fresh it is."""

    sources: tuple[str, ...]
    more_sources: int
    reviewed: date
    overdue: bool


@dataclass(frozen=True)
class AnswerView:
    """One card as an answer. `asked` and `asked_by` are shown where the question itself is not to be seen."""

    question_id: str
    card_id: str
    title: str
    short: str
    parts: tuple[Part, ...]
    credit: Credit
    related: tuple[Button, ...]
    has_more: bool
    private: bool = False
    asked: str = ""
    asked_by: str = ""
    shared_by: str = ""
    note: str = ""
    template: str = "answers/answer.json.j2"


@dataclass(frozen=True)
class SuggestView:
    """“Did you mean one of these?”"""

    question_id: str
    suggestions: tuple[Button, ...]
    asked: str = ""
    asked_by: str = ""
    kept: bool = True
    template: str = "answers/suggest.json.j2"


@dataclass(frozen=True)
class NotCoveredView:
    """The guidance does not cover it; `topic` is empty when it was not recognised, `reply` replaces the sentence."""

    question_id: str
    topic: str
    reply: str
    suggestions: tuple[Button, ...]
    asked: str = ""
    asked_by: str = ""
    kept: bool = True
    template: str = "answers/not_covered.json.j2"


@dataclass(frozen=True)
class UnclearView:
    """There was no question to work with; `lost` means a follow-up whose topic isn't known."""

    suggestions: tuple[Button, ...]
    lost: bool = False
    template: str = "answers/unclear.json.j2"


@dataclass(frozen=True)
class HelpView:
    """What the bot can do."""

    starters: tuple[Button, ...]
    contact: str
    template: str = "answers/help.json.j2"


@dataclass(frozen=True)
class Promised:
    """How many of a person's commitments are open, and how many of these are overdue."""

    open: int
    overdue: int


@dataclass(frozen=True)
class HomeView:
    """App Home: what it can do, what to ask, where to get help, what is kept, what was promised if anybody knows."""

    starters: tuple[Button, ...]
    cards: int
    contact: str
    kept: int
    retention_days: int
    promised: Promised | None = None
    template: str = "answers/home.json.j2"


@dataclass(frozen=True)
class DetailView:
    """A whole card in a modal."""

    title: str
    short: str
    parts: tuple[Part, ...]
    sources: tuple[tuple[str, str], ...]
    reviewed: date
    wording: str
    template: str = "answers/detail_modal.json.j2"


@dataclass(frozen=True)
class FollowUpForm:
    """Asks for a follow-up question."""

    question_id: str
    title: str
    template: str = "answers/follow_up_form.json.j2"


@dataclass(frozen=True)
class FollowUpAnswer:
    """The answer to a private follow-up, shown in the modal that asked."""

    asked: str
    heading: str
    text: str
    parts: tuple[Part, ...] = ()
    credit: Credit | None = None
    question_id: str = ""
    kept: bool = False
    template: str = "answers/follow_up_answer.json.j2"


@dataclass(frozen=True)
class FeedbackForm:
    """Asks why an answer did not help; the asker is also asked whether their question may be kept."""

    question_id: str
    title: str
    own: bool
    template: str = "answers/feedback_form.json.j2"


def button(card: Card) -> Button:
    return Button(card.id, card.question)


def buttons(cards: tuple[Card, ...]) -> tuple[Button, ...]:
    return tuple(map(button, cards[:BUTTONS_SHOWN]))


def parts_of(sections: tuple[Section, ...]) -> tuple[Part, ...]:
    """Sections in reading order: the points first, the warnings last."""
    ordered = sorted(sections, key=lambda section: (section.heading != POINTS) + (section.heading == WATCH_OUT))
    return tuple(Part(section.heading, "\n".join(_line(section))) for section in ordered)


def _line(section: Section) -> list[str]:
    return [f"{item.mark} {item.text}" if item.mark else item.text for item in section.items]


def credit(card: Card, today: date) -> Credit:
    titles = tuple(source.title for source in card.sources)
    return Credit(
        sources=titles[:SOURCES_SHOWN],
        more_sources=max(0, len(titles) - SOURCES_SHOWN),
        reviewed=card.reviewed,
        overdue=card.review_due < today,
    )


def detail(card: Card) -> DetailView:
    return DetailView(
        title=card.title,
        short=card.short,
        parts=parts_of(card.sections),
        sources=tuple((source.title, source.address) for source in card.sources),
        reviewed=card.reviewed,
        wording=f"{card.id} · {card.digest}",
    )


def has_more(card: Card) -> bool:
    return card.section(MORE_DETAIL) is not None or len(card.sources) > SOURCES_SHOWN
