"""Reads one knowledge file: a card with its front matter, or YAML. Problems carry their line."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import frontmatter
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from bot.answers.bodies import read_body
from bot.answers.cards import Problem, Section

# As frontmatter chooses: the two differ on a question in [brackets].
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def days(value: Any) -> Any:
    """`12 months` as days; a month counts 30."""
    match = re.fullmatch(r"(\d+) (day|week|month|year)s?", str(value))
    if not match:
        raise ValueError("write a number and a unit, such as 12 months")
    return int(match[1]) * DAYS[match[2]]


def one_line(value: Any) -> Any:
    """Lists of texts; a bare number or yes/no that YAML made of an unquoted text is named as such."""
    if isinstance(value, bool | int | float):
        raise ValueError(f"put quotes around {value}, or YAML reads it as something else than text")
    return value


Line = Annotated[str, BeforeValidator(one_line), Field(min_length=1)]
Lines = tuple[Line, ...]
CardId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
AnswerOffered = Annotated[Literal["Yes", "No", "Not sure", "Not my area"], BeforeValidator(one_line)]
Days = Annotated[int, BeforeValidator(days), Field(ge=1, le=36_500)]


class Fields(BaseModel):
    """Base of what may stand in a knowledge file: nothing else is allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Fields)


class CardFields(Fields):
    """The front matter of a card."""

    id: CardId
    title: Annotated[Line, Field(max_length=80)]
    short: Annotated[Line, Field(max_length=280)]
    asks: Annotated[Lines, Field(min_length=1)]
    sources: Annotated[Lines, Field(min_length=1)]
    origin: Literal["seed", "beyond", "both", "company"] = "company"
    related: Lines = ()
    owner: Line = "maintainers"
    reviewed: date
    review_every: Days = 365


class ExtensionFields(Fields):
    """The front matter of a company card that adds to one of ours."""

    extends: CardId
    asks: Lines = ()
    sources: Lines = ()
    related: Lines = ()


class SourceFields(Fields):
    title: Line
    address: str = ""
    document: str = ""


class BoundaryFields(Fields):
    id: CardId
    topic: Annotated[Line, Field(max_length=80)]
    reply: Annotated[str, Field(max_length=400)] = ""
    nearest: Lines = ()
    asks: Annotated[Lines, Field(min_length=1)]


class StatementFields(Fields):
    id: CardId
    title: Annotated[Line, Field(max_length=75)]
    text: Annotated[Line, Field(max_length=300)]
    card: CardId


class CheckFields(Fields):
    """A check to vote on. The shares at which a statement counts as agreed are set here and shown to people."""

    id: CardId
    title: Annotated[Line, Field(max_length=150)]
    intro: Annotated[Line, Field(max_length=600)]
    answers: tuple[AnswerOffered, ...] = ("Yes", "No", "Not sure", "Not my area")
    agreed_from: Annotated[float, Field(gt=0.5, le=1)] = 0.75
    missing_to: Annotated[float, Field(ge=0, lt=0.5)] = 0.25
    source: Line
    statements: Annotated[tuple[StatementFields, ...], Field(min_length=1, max_length=30)]

    @field_validator("answers")
    @classmethod
    def _countable(cls, answers: tuple[str, ...]) -> tuple[str, ...]:
        if not {"Yes", "No"} <= set(answers) or len(set(answers)) < len(answers):
            raise ValueError("offer Yes and No, and nothing twice")
        return answers

    @field_validator("statements")
    @classmethod
    def _told_apart(cls, statements: tuple[StatementFields, ...]) -> tuple[StatementFields, ...]:
        if len({statement.id for statement in statements}) < len(statements):
            raise ValueError("two statements have the same id; votes would be counted together")
        return statements


class Unreadable(Exception):
    """A file can't be used. `problems` says why, each with its line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class CardFile:
    """A card as written: checked fields, sections, and the line of each field and ask."""

    path: str
    fields: CardFields | ExtensionFields
    sections: tuple[Section, ...]
    lines: dict[str, int]
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


def read_card(path: Path) -> CardFile:
    """Read one card file. Raises Unreadable with everything that is wrong in it."""
    text = path.read_text(encoding="utf-8-sig")
    front = _front_matter(path, text)
    lines = _field_lines(front, offset=1)
    try:
        metadata, content = frontmatter.parse(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2026-02-30
        raise Unreadable([_yaml_problem(path, error, offset=1)]) from error
    body_line = text[: text.find(content)].count("\n") + 1 if content else 1
    sections, problems = read_body(path, content, body_line)
    model: type[CardFields | ExtensionFields] = ExtensionFields if "extends" in metadata else CardFields
    fields, field_problems = _checked(model, metadata, path, lines)
    if fields is None or problems:
        raise Unreadable(field_problems + problems)
    return CardFile(str(path), fields, tuple(sections), lines, text)


def read_yaml(path: Path) -> tuple[Any, dict[str, int]]:
    """The data of a YAML file and the line of every field in it, keyed like `3.asks.2`."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        return yaml.safe_load(text), _field_lines(text, offset=0)
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable([_yaml_problem(path, error, offset=0)]) from error


def checked(model: type[Model], data: Any, path: Path, lines: dict[str, int], at: str = "") -> Model:
    """`data` as a model. Raises Unreadable."""
    fields, problems = _checked(model, data, path, lines, at)
    if fields is None:
        raise Unreadable(problems)
    return fields


def _checked(
    model: type[Model], data: Any, path: Path, lines: dict[str, int], at: str = ""
) -> tuple[Model | None, list[Problem]]:
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_field_problem(path, lines, at, item) for item in error.errors()]


def _field_problem(path: Path, lines: dict[str, int], at: str, item: Any) -> Problem:
    where = ".".join(str(part) for part in ((at, *item["loc"]) if at else item["loc"]))
    line = next((lines[key] for key in _and_parents(where) if key in lines), 1)
    if item["type"] == "extra_forbidden":
        return Problem(str(path), line, f"there is no field “{item['loc'][-1]}”; remove it or check its spelling")
    if item["type"] == "missing":
        return Problem(str(path), line, f"the field “{item['loc'][-1]}” is missing; add it")
    if item["type"] in {"too_long", "string_too_long"} and isinstance(item["input"], str):
        fits = item["ctx"]["max_length"]
        return Problem(str(path), line, f"{where}: {len(item['input'])} characters are too many; {fits} fit")
    reason = item["msg"].removeprefix("Value error, ")
    return Problem(str(path), line, f"{where}: {reason[0].lower() + reason[1:]}")


def _and_parents(where: str) -> Iterator[str]:
    while where:
        yield where
        where = where.rpartition(".")[0]


def _front_matter(path: Path, text: str) -> str:
    match = re.match(r"---\s*\n(.*?)^---\s*$", text, re.DOTALL | re.MULTILINE)
    if not match:
        problem = "a card starts with its front matter between two lines of ---"
        raise Unreadable([Problem(str(path), 1, problem)])
    return match[1]


def _field_lines(text: str, offset: int) -> dict[str, int]:
    """The line of each field, keyed by its path: `asks.3` is the fourth ask."""
    try:
        root = yaml.compose(text, Loader=LOADER)
        return dict(_walk(root, "", offset)) if root else {}
    except (yaml.YAMLError, RecursionError):  # RecursionError: a list that holds itself
        return {}


def _walk(node: yaml.Node, at: str, offset: int) -> Iterator[tuple[str, int]]:
    pairs: list[tuple[str, yaml.Node, int]] = []
    if isinstance(node, yaml.MappingNode):
        pairs = [(str(key.value), value, key.start_mark.line) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        pairs = [(str(index), value, value.start_mark.line) for index, value in enumerate(node.value)]
    for key, value, line in pairs:
        where = f"{at}.{key}" if at else key
        yield where, line + 1 + offset
        yield from _walk(value, where, offset)


def _yaml_problem(path: Path, error: yaml.YAMLError | ValueError, offset: int) -> Problem:
    mark = getattr(error, "problem_mark", None)
    unread = str(error) if isinstance(error, ValueError) else "it can't be read"
    reason = getattr(error, "problem", None) or unread
    return Problem(str(path), mark.line + 1 + offset if mark else 1, f"this is not valid YAML: {reason}")
