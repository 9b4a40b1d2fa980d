"""Reading one knowledge file: what a good one gives, and which line is named when one is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.answers.cards import POINTS, Item, Section
from bot.answers.reading import CardFields, CardFile, ExtensionFields, Unreadable, days, read_card, read_yaml
from tests.answers.examples import card_text

Read = Callable[[str], CardFile]
Complain = Callable[[str], list[tuple[int, str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_text(text: str) -> CardFile:
        path = tmp_path / "card.md"
        path.write_text(text, encoding="utf-8")
        return read_card(path)

    return read_text


@pytest.fixture
def complaints(read: Read) -> Complain:
    """The lines and texts of what is wrong in a card."""

    def collect(text: str) -> list[tuple[int, str]]:
        with pytest.raises(Unreadable) as caught:
            read(text)
        return [(problem.line, problem.text) for problem in caught.value.problems]

    return collect


def test_the_fields_of_a_card_are_read(read: Read) -> None:
    fields = read(card_text(review_every="6 months")).fields
    assert isinstance(fields, CardFields)
    assert (fields.id, fields.asks) == ("parking", ("Where may I park?", "Is there a garage?"))
    assert (fields.reviewed, fields.review_every) == (date(2026, 1, 31), 180)


def test_a_card_of_a_company_needs_no_origin_owner_or_review_time(read: Read) -> None:
    fields = read(card_text()).fields
    assert isinstance(fields, CardFields)
    assert (fields.origin, fields.owner, fields.review_every) == ("company", "maintainers", 365)


def test_a_file_that_extends_a_card_needs_nothing_else(read: Read) -> None:
    fields = read("---\nextends: parking\n---\n- More.\n").fields
    assert fields == ExtensionFields(extends="parking")


def test_lists_numbers_and_paragraphs_become_items(read: Read) -> None:
    sections = read(card_text(body="- A point.\n\n## How it works\n1. First.\n2. Then.\n\nAnd so on.\n")).sections
    assert sections == (
        Section(POINTS, (Item("A point.", "•"),)),
        Section("How it works", (Item("First.", "1."), Item("Then.", "2."), Item("And so on."))),
    )


def test_an_item_over_several_lines_is_one_text(read: Read) -> None:
    assert read(card_text(body="- A point\n  of two lines.\n")).sections[0].items[0].text == "A point of two lines."


def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "card.md"
    path.write_bytes(b"\xef\xbb\xbf" + card_text().replace("\n", "\r\n").encode())
    assert read_card(path).sections[0].items[0].text == "**Start small:** one team first."


def test_each_field_and_ask_knows_its_line(read: Read) -> None:
    lines = read(card_text(asks="\n  - Where may I park?\n  - Is there a garage?")).lines
    assert [lines[key] for key in ("id", "asks.0", "asks.1")] == [2, 6, 7]


def test_a_question_in_brackets_knows_its_line_too(read: Read) -> None:
    assert read(card_text(asks="[Where may I park?]")).lines["asks.0"] == 5


def test_the_digest_changes_with_the_wording(read: Read) -> None:
    assert read(card_text()).digest != read(card_text(short="Nobody may.")).digest


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        (card_text(short=""), 1, "the field “short” is missing; add it"),
        (card_text(colour="red"), 8, "there is no field “colour”; remove it or check its spelling"),
        (card_text(asks="[yes]"), 5, "asks.0: put quotes around True"),
        (card_text(asks="[]"), 5, "asks: tuple should have at least 1 item"),
        (card_text(title="x" * 81), 3, "title: 81 characters are too many; 80 fit"),
        (card_text("Parking Place"), 2, "id: string should match pattern"),
        (card_text(review_every="5 moons"), 8, "write a number and a unit, such as 12 months"),
        (card_text(review_every="9999999 years"), 8, "less than or equal to"),
        (card_text(reviewed="2026-02-30"), 1, "day is out of range for month"),
        (card_text(title="[unclosed"), 1, "this is not valid YAML"),
        (card_text(asks="&again [*again]"), 1, "asks.0: input should be a valid string"),
        (card_text().replace("id:", "5: x\nid:"), 2, "keys should be strings"),
        ("No front matter at all.\n", 1, "a card starts with its front matter between two lines of ---"),
        (card_text(body="# Pros\n- x\n"), 9, "use ## for headings"),
        (card_text(body="- x\n\n## Prose\n- x\n"), 11, "there is no heading “Prose”; use one of: Why it matters,"),
        (card_text(body="- x\n  - y\n"), 10, "a list inside a list can't be shown"),
        (card_text(body="- x\n\n```\ny\n```\n"), 11, "Slack can't show a code block in an answer"),
        (card_text(body="- x\n- see [this](https://example.com)\n"), 10, "Slack can't show a link"),
        (card_text(body="- ![x](y.png)\n"), 9, "Slack can't show an image"),
        (card_text(body="> x\n"), 9, "Slack can't show a quotation"),
        (card_text(body="- x <b>y</b>\n"), 9, "Slack can't show HTML"),
        (card_text(body="- `x`\n"), 9, "Slack can't show code"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(complaints: Complain, text: str, line: int, complaint: str) -> None:
    told = complaints(text)
    assert any(complaint in text for _, text in told), told
    if line > 1:
        assert next(at for at, text in told if complaint in text) == line


def test_a_table_is_told_once(complaints: Complain) -> None:
    assert complaints(card_text(body="| a | b |\n|---|---|\n| 1 | 2 |\n")) == [
        (9, "Slack can't show a table in an answer; use a list or a paragraph")
    ]


def test_everything_wrong_is_told_at_once(complaints: Complain) -> None:
    told = complaints(card_text(short="", colour="red", body="# Pros\n- x\n"))
    assert [text.partition(";")[0] for _, text in sorted(told)] == [
        "the field “short” is missing",
        "there is no field “colour”",
        "use ## for headings",
    ]


@pytest.mark.parametrize(("text", "count"), [("1 day", 1), ("2 weeks", 14), ("12 months", 360), ("1 year", 365)])
def test_a_span_is_read_as_days(text: str, count: int) -> None:
    assert days(text) == count


@pytest.mark.parametrize("text", ["12", "months", "-1 day", "1.5 years", "", None])
def test_a_span_without_number_and_unit_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="such as 12 months"):
        days(text)


def test_the_fields_of_yaml_know_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("# a comment\n- id: a\n  asks:\n    - one\n    - two\n")
    data, lines = read_yaml(path)
    assert data == [{"id": "a", "asks": ["one", "two"]}]
    assert [lines["0.id"], lines["0.asks.1"]] == [2, 5]


def test_yaml_that_is_none_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("a: 1\nb: [1\nc: 2\n")
    with pytest.raises(Unreadable, match=r"some\.yaml:3: this is not valid YAML"):
        read_yaml(path)
