"""Small pieces of knowledge as a curator would write them."""

from __future__ import annotations

from datetime import date

from bot.answers.cards import Card, Item, Section, Source

SOURCES = 'paper:\n  title: "A paper"\n  address: "https://example.com/paper"\n'
BODY = "- **Start small:** one team first.\n"


def card_text(card_id: str = "parking", body: str = BODY, **fields: str) -> str:
    """A card file. A field given as text replaces the usual line; an empty text leaves the field out."""
    lines = {
        "id": card_id,
        "title": "Parking at the office",
        "short": "Anybody may park behind the house.",
        "asks": '["Where may I park?", "Is there a garage?"]',
        "sources": "[paper]",
        "reviewed": "2026-01-31",
        **fields,
    }
    front = "".join(f"{name}: {value}\n" for name, value in lines.items() if value)
    return f"---\n{front}---\n{body}"


def folder(**more: str) -> dict[str, str | bytes]:
    """The files of a knowledge folder with one good card, for `write`; names carry no suffix for cards."""
    cards = {f"cards/{name.replace('_', '-')}.md": text for name, text in more.items()}
    return {"sources.yaml": SOURCES, "cards/parking.md": card_text(), **cards}


def card(card_id: str = "parking", *sections: Section, sources: int = 1) -> Card:
    """A card as the index hands it out."""
    return Card(
        id=card_id,
        title="Parking at the office",
        short="Anybody may park behind the house.",
        asks=("Where may I park?", "Is there a garage?"),
        sources=tuple(Source(f"paper-{number}", f"Paper {number}") for number in range(1, sources + 1)),
        origin="company",
        related=(),
        owner="maintainers",
        reviewed=date(2026, 1, 31),
        review_every=30,
        sections=sections,
        digest="0123456789ab",
    )


def section(heading: str, *texts: str, mark: str = "•") -> Section:
    return Section(heading, tuple(Item(text, mark) for text in texts))
