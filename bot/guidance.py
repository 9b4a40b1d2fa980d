"""What the cards say, as the board page of the readiness check and the agendas show it: where two wings meet."""

from collections.abc import Iterator, Mapping

from bot.accountability.outside import Guidance as Pieces
from bot.accountability.sessions.guidance_piece import Piece
from bot.answers.advisor import Advisor
from bot.answers.cards import Card
from bot.readiness.report import Guidance, Source


def guidance_of(advisor: Advisor) -> Mapping[str, Guidance]:
    """The guidance of every card by its id."""
    return CardGuidance(advisor.index.cards)


def pieces_of(advisor: Advisor) -> Pieces:
    """What a card says in short, and where that is from."""

    def piece(card_id: str) -> Piece | None:
        card = advisor.card(card_id)
        source = next(iter(card.sources), None) if card else None
        return Piece(card.title, card.short, source.title if source else "") if card else None

    return piece


class CardGuidance(Mapping[str, Guidance]):
    """Made when it is asked for: the index keeps each card that was read in memory, and most are never needed here."""

    def __init__(self, cards: Mapping[str, Card]) -> None:
        self._cards = cards

    def __getitem__(self, card_id: str) -> Guidance:
        card = self._cards[card_id]
        sources = tuple(Source(source.title, source.address) for source in card.sources)
        return Guidance(card.title, card.short, sources, card.reviewed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cards)

    def __len__(self) -> int:
        return len(self._cards)
