"""Made-up knowledge of any size with a natural word distribution, and questions to it. The same on every run."""

from bisect import bisect
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from random import Random

from bot.answers.cards import Card, Library
from bot.answers.words import words_of

ASKS = 20  # of each card
VOCABULARY = 40_000  # words
TOPIC_WORDS = 30  # that a card's asks come back to
TOPIC_SHARE = 0.35  # of an ask's words that are its topic's own
ONSETS = (
    "b",
    "bl",
    "br",
    "c",
    "ch",
    "cl",
    "cr",
    "d",
    "dr",
    "f",
    "fl",
    "fr",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "pr",
    "qu",
    "r",
    "s",
    "sc",
    "sh",
    "sl",
    "sp",
    "st",
    "str",
    "t",
    "th",
    "tr",
    "v",
    "w",
)
VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ee", "ou", "io")
ENDINGS = ("n", "r", "l", "s", "t", "m", "nd", "nt", "st", "ck", "ng", "ss", "x", "rd", "d", *[""] * 12)
SUFFIXES = ["", "", "", "", "s", "ing", "ed", "er", "ment", "tion", "al", "ity", "able", "ly"]
LONG_QUESTION = 1_500  # characters


@dataclass(frozen=True)
class Language:
    """Words, most frequent first, and the lengths of asks in words: those of the real knowledge, then made up."""

    words: tuple[str, ...]
    lengths: tuple[int, ...]
    _bounds: tuple[float, ...]

    @classmethod
    def like(cls, library: Library, random: Random) -> "Language":
        """Goes on where the words of the real asks end."""
        asks = [words_of(ask) for card in library.cards.values() for ask in card.asks]
        known = [word for word, _ in Counter(word for ask in asks for word in ask).most_common()]
        words = tuple(dict.fromkeys([*known, *(_word(random) for _ in range(2 * VOCABULARY))]))[:VOCABULARY]
        bounds = tuple(accumulate(1 / rank for rank in range(1, len(words) + 1)))
        return cls(words, tuple(len(ask) for ask in asks), bounds)

    def word(self, random: Random) -> str:
        """A word as often as Zipf's law has it."""
        return self.words[bisect(self._bounds, random.random() * self._bounds[-1])]

    def topic(self, random: Random) -> list[str]:
        """The words of a subject: any but the few hundred that serve every sentence."""
        words = [self.words[int(len(self.words) ** random.uniform(0.5, 1)) - 1] for _ in range(TOPIC_WORDS)]
        return list(dict.fromkeys(words))

    def sentence(self, topic: list[str], random: Random, size: int = 0) -> str:
        size = size or random.choice(self.lengths)
        words = (random.choice(topic) if random.random() < TOPIC_SHARE else self.word(random) for _ in range(size))
        return " ".join(words)


def _word(random: Random) -> str:
    syllables = random.choice((1, 2, 2, 2, 3, 3))
    parts = (random.choice(ONSETS) + random.choice(VOWELS) + random.choice(ENDINGS) for _ in range(syllables))
    return "".join(parts) + random.choice(SUFFIXES)


def synthetic_library(cards: int, like: Library, seed: int = 1) -> Library:
    """As many made-up cards, each with twenty asks."""
    random = Random(seed)
    language = Language.like(like, random)
    made = [_card(f"card-{number:05d}", language, random) for number in range(cards)]
    return Library({card.id: card for card in made}, (), dict(like.vocabulary), (), {}, f"synthetic {cards}")


def _card(name: str, language: Language, random: Random) -> Card:
    topic = language.topic(random)
    return Card(
        id=name,
        title=language.sentence(topic, random, 5),
        short=language.sentence(topic, random, 25),
        asks=tuple(language.sentence(topic, random) for _ in range(ASKS)),
        sources=(),
        origin="seed",
        related=(),
        owner="nobody",
        reviewed=date(2026, 1, 1),
        review_every=365,
    )


def questions(library: Library, count: int, seed: int = 2) -> list[str]:
    """Asks with words dropped and mistyped; every twentieth is a long one, as pasted from a document."""
    random = Random(seed)
    asks = [ask for card in library.cards.values() for ask in card.asks]
    return [_long(asks, random) if at % 20 == 19 else _slipped(random.choice(asks), random) for at in range(count)]


def _long(asks: list[str], random: Random) -> str:
    text = ""
    while len(text) < LONG_QUESTION:
        text += _slipped(random.choice(asks), random) + ". "
    return text[:LONG_QUESTION]


def _slipped(ask: str, random: Random) -> str:
    words = [word for word in ask.split() if random.random() > 0.25] or ask.split()[:1]
    return " ".join(_mistyped(word, random) if random.random() < 0.12 else word for word in words)


def _mistyped(word: str, random: Random) -> str:
    if len(word) < 4:
        return word
    at = random.randrange(1, len(word) - 1)
    return random.choice((word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :]))
