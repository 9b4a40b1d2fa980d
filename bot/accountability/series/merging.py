"""Two people who change a series at once: what each changed, told by marks of what a form was opened with."""

from dataclasses import dataclass, fields, replace
from hashlib import sha256

from bot.accountability.sessions.session import About

NAMES = tuple(one.name for one in fields(About))


def marks_of(about: About) -> str:
    """What a form carries along, however long the texts are: a mark for each field."""
    return " ".join(_mark(getattr(about, name)) for name in NAMES)


@dataclass(frozen=True)
class Merged:
    """What is to stand in the form: what was typed into it, and what others changed of the rest, by name."""

    about: About
    changed_by_others: tuple[str, ...]


def merged(typed: About, current: About, marks: str) -> Merged:
    """`marks` are of what the form was opened with. Marks that can't be read count as nothing having been seen."""
    seen = dict(zip(NAMES, marks.split(" "), strict=False))
    untouched = {name: getattr(current, name) for name in NAMES if _mark(getattr(typed, name)) == seen.get(name)}
    changed = tuple(name for name in NAMES if _mark(getattr(current, name)) != seen.get(name))
    return Merged(replace(typed, **untouched), changed)


def _mark(value: str | bool) -> str:
    return sha256(repr(value).encode(errors="replace")).hexdigest()[:8]
