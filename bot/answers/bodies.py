"""Reads the body of a card: headings and flat lists, nothing that Slack could not show."""

from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.answers.cards import HEADINGS, POINTS, Item, Problem, Section


def read_body(path: Path, body: str, first_line: int) -> tuple[list[Section], list[Problem]]:
    """The body's headings and lists. Anything else in it is a problem: Slack could not show it."""
    reader = _BodyReader(str(path), first_line)
    for token in MarkdownIt("commonmark").enable("table").parse(body):
        reader.take(token)
    reader.close_section()
    return reader.sections, reader.problems


class _BodyReader:
    """Walks Markdown tokens and gathers sections."""

    PARTS_OF_TABLE = frozenset({"thead_open", "tbody_open", "tr_open", "th_open", "td_open"})
    QUIET = PARTS_OF_TABLE | {"paragraph_open", "paragraph_close", "list_item_close", "heading_close"}

    def __init__(self, path: str, first_line: int) -> None:
        self.path, self.first_line = path, first_line
        self.sections: list[Section] = []
        self.problems: list[Problem] = []
        self.heading, self.items = POINTS, list[Item]()
        self.mark, self.depth = "", 0
        self.in_heading = False

    def take(self, token: Token) -> None:
        line = self.first_line + (token.map[0] if token.map else 0)
        match token.type:
            case "heading_open":
                self.close_section()
                self.in_heading = True
                if token.tag != "h2":
                    self.refuse(line, "use ## for headings")
            case "bullet_list_open" | "ordered_list_open":
                self.depth += 1
                if self.depth > 1:
                    self.refuse(line, "a list inside a list can't be shown; make it flat")
            case "bullet_list_close" | "ordered_list_close":
                self.depth -= 1
            case "list_item_open":
                self.mark = f"{token.info}." if token.info else "•"
            case "inline" if self.in_heading:
                self.name_section(token.content, line)
            case "inline":
                self.add(token, line)
            case kind if kind not in self.QUIET and token.nesting >= 0:
                self.refuse(line, f"Slack can't show {_plain_name(kind)} in an answer; use a list or a paragraph")

    def name_section(self, heading: str, line: int) -> None:
        self.in_heading = False
        if heading not in HEADINGS:
            self.refuse(line, f"there is no heading “{heading}”; use one of: {', '.join(HEADINGS)}")
        self.heading = heading

    def add(self, token: Token, line: int) -> None:
        for child in token.children or []:
            if child.type in {"link_open", "image", "code_inline", "html_inline"}:
                self.refuse(line, f"Slack can't show {_plain_name(child.type)} in an answer; write it as text")
        self.items.append(Item(" ".join(token.content.split()), self.mark if self.depth else ""))

    def refuse(self, line: int, text: str) -> None:
        problem = Problem(self.path, line, text)
        if problem not in self.problems:
            self.problems.append(problem)

    def close_section(self) -> None:
        if self.items:
            self.sections.append(Section(self.heading, tuple(self.items)))
        self.heading, self.items = POINTS, []


def _plain_name(kind: str) -> str:
    names = {
        "table_open": "a table",
        "fence": "a code block",
        "code_block": "a code block",
        "code_inline": "code",
        "html_block": "HTML",
        "html_inline": "HTML",
        "image": "an image",
        "link_open": "a link",
        "blockquote_open": "a quotation",
        "hr": "a line",
    }
    return names.get(kind, kind.replace("_", " "))
