"""Turns a view into what Slack draws: one Jinja2 template a view, unbreakable by what people type."""

import json
import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from jinja2.exceptions import UndefinedError

SECTION_LIMIT = 2_900  # Slack takes 3,000 characters; a little room for the ellipsis and for entities
TEXT_LIMIT = 3_500  # chat.update fails above 4,000


class View(Protocol):
    """A frozen dataclass that names its template."""

    @property
    def template(self) -> str: ...


def escape(text: str) -> str:
    """Make text safe in mrkdwn: nothing in it can mention, link or ping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def naming(text: str) -> str:
    """Safe as with `escape`, but people and channels named by their ids are shown by name.

    For what one person alone is shown: there it notifies nobody.
    """
    return re.sub(r"&lt;([@#][A-Z0-9]{2,30})&gt;", r"<\1>", escape(text))


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word and never inside an entity such as &amp;."""
    if len(text) <= limit:
        return text
    cut = re.sub(r"&[a-z]{0,4}$", "", text[: limit - 1])
    whole_words = cut.rsplit(None, 1)[:1] if " " in cut[limit // 2 :] else []  # none in nothing but spaces
    return (whole_words[0] if whole_words else cut).rstrip() + "…"


def from_markdown(text: str) -> str:
    """A card's Markdown (bold, italic) as escaped mrkdwn."""
    text = escape(text)
    text = re.sub(r"(?<!\*)\*(?!\*)([^*]+)(?<!\*)\*(?!\*)", r"_\1_", text)
    return re.sub(r"\*\*(.+?)\*\*", r"*\1*", text)


def without_markdown(text: str) -> str:
    """The same as plain text, for notifications and screen readers."""
    return re.sub(r"(\*\*|(?<!\w)_|_(?!\w)|(?<!\w)\*|\*(?!\w))", "", text)


def day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"


class Renderer:
    """Renders views from the templates folder."""

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            autoescape=False,  # it would escape for HTML; everything is JSON-encoded instead
            finalize=_as_json,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            mrkdwn=escape, naming=naming, markdown=from_markdown, plain=without_markdown, clip=clip, day=day
        )
        self._environment.globals.update(SECTION_LIMIT=SECTION_LIMIT, TEXT_LIMIT=TEXT_LIMIT)

    def render(self, view: View) -> dict[str, Any]:
        """The view as a message (`text`, `blocks`) or a modal or Home view."""
        template = self._environment.get_template(view.template)
        values = {field.name: getattr(view, field.name) for field in fields(view)}  # type: ignore[arg-type]
        rendered: dict[str, Any] = json.loads(template.render(values))
        return rendered


def _as_json(value: Any) -> str:
    """Every expression of a template becomes a JSON value, quotes and all."""
    if isinstance(value, Undefined):
        raise UndefinedError(f"the template uses {value._undefined_name}, which the view does not have")
    return json.dumps(value, ensure_ascii=False)
