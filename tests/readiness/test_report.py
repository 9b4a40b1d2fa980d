"""The page for the board: whole, honest, readable by everybody, and inert whatever people typed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.readiness.checks import Check, Statement, Thresholds
from bot.readiness.consensus import Overlap
from bot.readiness.disclosure import Withheld
from bot.readiness.findings import Earlier, lines_of
from bot.readiness.report import BoardPage, Guidance, Promised, Report, Source, advice, dots, emphasis, grouped
from bot.readiness.rounds import Result, Round
from bot.readiness.tally import Tally
from bot.resources import TEMPLATES
from tests.readiness.examples import DEADLINE, NOON, UNHURRIED, a_round

NAMES = ("one", "two", "three", "four", "five")
CHECK = Check(
    "readiness",
    "Do we need one?",
    "Think it over.",
    "paper",
    tuple(Statement(name, f"Title {name}", f"Text of {name}.", f"card-{name}") for name in NAMES),
)
RESULTS = (
    Result("one", Tally(10, 1, 0, 1)),
    Result("two", Tally(1, 10, 0, 1)),
    Result("three", Tally(6, 5, 0, 1)),
    Result("four", Tally(2, 0, 0, 10)),
    Result("five", None, Withheld.TOO_CLOSE),
)
PAGE = BoardPage(TEMPLATES)
VOID = {"meta", "br"}
LOADS = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "audio", "use", "image"}
HOSTILE = st.text(st.sampled_from("<>&\"'{}%#/=`\\ abscript\n"), max_size=30) | st.sampled_from(
    ["<script>alert(1)</script>", '" onload="x', "</style><b>", "{{ 7 * 7 }}", "]]>", "-->", "</title>", "&lt;b&gt;"]
)


class Outline(HTMLParser):
    """The elements of a page, with a check that each is closed where it should be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.texts.append(" ")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.texts.append(data)

    @property
    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]

    @property
    def words(self) -> str:
        return " ".join("".join(self.texts).split())


def closed(**fields: Any) -> Round:
    return a_round(**{"check": CHECK, "closed_at": DEADLINE, "asked": 14, "voters": 12, **fields})


def guidance(name: str, **fields: Any) -> Guidance:
    source = Source(f"Paper on {name}", f"https://example.org/{name}")
    return Guidance(**{"title": f"Card {name}", "short": f"Do {name}.", "sources": (source,), **fields})


GUIDANCE = {f"card-{name}": guidance(name) for name in NAMES}


def report(**fields: Any) -> Report:
    usual: dict[str, Any] = {
        "round": closed(),
        "results": RESULTS,
        "made_at": DEADLINE + timedelta(hours=1),
        "zone": ZoneInfo("Europe/Berlin"),
        "guidance": GUIDANCE,
    }
    return Report(**{**usual, **fields})


def earlier(both: int = 12) -> Earlier:
    week = timedelta(weeks=1)
    last = closed(round_id="r0", opened_at=NOON - week, closed_at=DEADLINE - week)
    return Earlier(last, (Result("one", Tally(5, 5, 0, 1)), Result("two", Tally(2, 8, 0, 2))), Overlap(12, 12, both))


def words(**fields: Any) -> str:
    return Outline(PAGE.render(report(**fields))).words


# What it says


def test_it_tells_question_turnout_and_times() -> None:
    text = words(place="#leadership")
    assert "Do we need one? · #leadership How far are we? Think it over." in text
    assert "12 of 14 people (85.7 %)" in text
    assert "Thursday 26 November 2026, 13:00 (Europe/Berlin)" in text


def test_every_statement_is_there_with_its_numbers() -> None:
    text = words()
    assert "1 · Title one Text of one. 10 1 0 1 90.9 %" in text
    assert "4 · Title four Text of four. 2 0 0 10 100 %" in text


def test_what_to_talk_about_comes_first() -> None:
    assert [
        (group.key, [line.statement.id for line in group.lines]) for group in grouped(lines_of(closed(), RESULTS))
    ] == [
        ("split", ["three"]),
        ("gap", ["two"]),
        ("too_few", ["four"]),
        ("strong", ["one"]),
        ("withheld", ["five"]),
    ]


def test_the_weaker_comes_before_the_stronger() -> None:
    results = [Result(name, Tally(yes, 10 - yes)) for name, yes in zip(NAMES, (9, 8, 10, 6, 4), strict=True)]
    order = [line.statement.id for group in grouped(lines_of(closed(), results)) for line in group.lines]
    assert order == ["five", "four", "two", "one", "three"]


def test_a_withheld_statement_has_its_reason_in_the_place_of_numbers() -> None:
    assert "5 · Title five Text of five. Beside an earlier result it would single out fewer than 5 people." in words()


def test_no_number_of_a_group_below_the_smallest_is_on_the_page() -> None:
    """Even if the results held one by mistake: the page is the same whatever was answered."""
    few = [PAGE.render(report(results=(Result("one", Tally(yes, 4 - yes)),))) for yes in range(5)]
    assert len(set(few)) == 1
    assert "Fewer than 5 people answered." in few[0]


def test_an_open_anonymous_round_shows_no_results() -> None:
    still_open = closed(closed_at=None, voters=None)
    assert PAGE.render(report(round=still_open)) == PAGE.render(report(round=still_open, results=()))


def test_there_is_no_pass_mark() -> None:
    assert "There is no pass mark." in words()


def test_it_says_what_anonymous_means_and_where_it_ends() -> None:
    text = words()
    assert "Colleagues never see votes" in text
    assert "Whoever runs the bot could link votes to people while the round is open" in text
    assert "fewer than 5 people" in text


def test_a_named_round_does_not_pretend_to_be_anonymous() -> None:
    text = words(round=closed(anonymous=False))
    assert "held by name" in text
    assert "nonymous" not in text


def test_nobody_is_named() -> None:
    page = PAGE.render(report(round=closed(starter="U0STARTER", co_facilitator="U0HELPER")))
    assert not re.search("U0STARTER|U0HELPER", page)


def test_movement_is_told_where_rounds_compare() -> None:
    text = words(earlier=earlier())
    assert "12 of 12 also voted last time." in text
    assert "1 · Title one 50 % 90.9 % ▲ up by 40.9 points" in text
    assert "2 · Title two 20 % 9.1 % ▼ down by 10.9 points" in text


def test_no_arrow_is_drawn_where_they_do_not() -> None:
    page = PAGE.render(report(earlier=earlier(both=5)))
    assert "5 of 12 also voted last time." in page
    assert "don't compare" in page
    assert not re.search("[▲▼]|class=.before|last time, |hollow", page.partition("</style>")[2])


def test_a_first_round_says_nothing_of_movement() -> None:
    assert "last round" not in words()


def test_each_card_is_given_once_with_its_statements_and_sources() -> None:
    shared = replace(CHECK, statements=tuple(replace(one, card="card-two") for one in CHECK.statements))
    text = words(round=closed(check=shared), guidance={"card-two": guidance("two", reviewed=date(2026, 11, 2))})
    assert text.count("Card two") == 1
    assert "Do two. On 3 · Title three, 2 · Title two, 4 · Title four, 5 · Title five." in text
    assert "Source: Paper on two. Reviewed 2 November 2026." in text


def test_what_was_promised_is_told_in_the_order_of_the_statements_without_a_name() -> None:
    promised = (
        Promised("gone", "Ask again", DEADLINE, "dropped"),
        Promised("three", "Later", DEADLINE + timedelta(days=2), "open"),
        Promised("three", "Sooner", DEADLINE, "done"),
        Promised("two", "Publish it", DEADLINE.replace(hour=23), "open, overdue"),
    )
    text = words(promised=promised)
    assert "Publish it 2 · Title two 27 November 2026 open, overdue" in text  # of the zone's calendar
    assert text.index("Publish it") < text.index("Sooner 3") < text.index("Later 3") < text.index("Ask again – ")
    assert "What was promised" not in words()


def test_what_is_in_place_or_has_no_card_needs_no_advice() -> None:
    groups = grouped(lines_of(closed(), RESULTS))
    some = {card: one for card, one in GUIDANCE.items() if card != "card-two"}
    assert [one.guidance.title for one in advice(groups, some)] == ["Card three", "Card four", "Card five"]


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "data:text/html,x", "//example.org", "file:///x", " https://x"]
)
def test_only_web_addresses_become_links(address: str) -> None:
    page = PAGE.render(report(guidance={"card-two": guidance("two", sources=(Source("Paper", address),))}))
    assert "a" not in Outline(page).tags
    assert "Paper" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Bold** and *so*", "<strong>Bold</strong> and <em>so</em>"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**<b>**", "<strong>&lt;b&gt;</strong>"),
    ],
)
def test_the_emphasis_of_a_card_is_kept(text: str, shown: str) -> None:
    assert emphasis(text) == shown


# The map


def test_a_dot_is_where_its_share_is_and_was() -> None:
    found = {dot.told.partition(",")[0]: dot for dot in dots(grouped(lines_of(closed(), RESULTS, earlier())))}
    assert (found["1"].at, found["1"].before) == (pytest.approx(1000 / 11), pytest.approx(50))
    assert (found["3"].at, found["3"].before) == (pytest.approx(600 / 11), None)
    assert (found["4"].at, found["5"].at) == (None, None)


def test_the_map_is_told_in_words() -> None:
    page = PAGE.render(report(earlier=earlier()))
    told = re.search(r'<desc id="map-told">(.*?)</desc>', page)
    assert told
    assert told[1].startswith(
        "3, Title three: we see it differently, 54.5 % Yes. 2, Title two: we agree it&#39;s missing"
    )
    assert "9.1 % Yes, 20 % last time." in told[1]
    assert "5, Title five: not shown." in told[1]


def test_a_long_title_is_cut_on_the_map_only() -> None:
    long = replace(CHECK.statements[0], title="A title that is much too long for its place")
    page = PAGE.render(report(round=closed(check=replace(CHECK, statements=(long,)))))
    assert ">1 · A title that is much too…</text>" in page
    assert f"1 · {long.title}</strong>" in page


@pytest.mark.parametrize("of", [closed(closed_at=None, voters=None), closed(cancelled=True, voters=None, asked=0)])
def test_there_is_no_map_of_nothing(of: Round) -> None:
    page = PAGE.render(report(round=of))
    assert "svg" not in Outline(page).tags
    assert "5 Not shown" in Outline(page).words


def test_thresholds_of_the_check_are_told() -> None:
    own = replace(CHECK, thresholds=Thresholds(Fraction(4, 5), Fraction(1, 5)))
    assert "In place from 80 %, missing up to 20 %." in words(round=closed(check=own))


# How it holds


@UNHURRIED
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_whatever_people_typed_is_text_and_nothing_else(title: str, text: str, short: str, place: str) -> None:
    def page(title: str, text: str, short: str, place: str) -> Outline:
        asked = Check("c", title, text, "", (Statement("three", title, text, "card"),))
        cards = {"card": Guidance(title, short, (Source(title, f"https://example.org/{text}"),))}
        round_, pledged = closed(title=f"x{title}", check=asked), (Promised("three", f"x{text}", DEADLINE, "open"),)
        return Outline(PAGE.render(report(round=round_, guidance=cards, place=f"x{place}", promised=pledged)))

    assert page(title, text, short, place).shape == page("title", "text", "short", "place").shape


def test_what_looks_like_a_template_is_not_run() -> None:
    assert "{{ 7 * 7 }}" in words(round=closed(title="{{ 7 * 7 }}"))


@pytest.mark.parametrize("before", [None, earlier()])
def test_it_loads_and_runs_nothing(before: Earlier | None) -> None:
    page = PAGE.render(report(earlier=before))
    found = Outline(page)
    assert not LOADS & set(found.tags)
    assert not [
        name for _, attributes in found.elements for name in attributes if name.startswith("on") or name == "src"
    ]
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|@font-face", page)


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [
        int(tag[1]) for tag in Outline(PAGE.render(report(earlier=earlier()))).tags if re.fullmatch("h[1-6]", tag)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_it_can_be_read_without_seeing_it() -> None:
    found = Outline(PAGE.render(report(earlier=earlier())))
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    labels = [
        str(attributes["aria-labelledby"]).split()
        for _, attributes in found.elements
        if "aria-labelledby" in attributes
    ]
    assert len(ids) == len(set(ids))
    assert {one for label in labels for one in label} <= set(ids)
    assert all("scope" in attributes for tag, attributes in found.elements if tag == "th")
    assert [attributes["role"] for tag, attributes in found.elements if tag == "svg"] == ["img"]
    assert found.tags.count("table") == found.tags.count("caption") == 2
    assert dict(found.elements)["html"] == {"lang": "en"}


def colours(page: str) -> list[dict[str, str]]:
    """The colours by day and by night."""
    return [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", page, re.DOTALL)]


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_its_text_has_contrast_enough_by_day_and_by_night() -> None:
    schemes = colours(PAGE.render(report()))
    assert len(schemes) == 2
    for scheme in schemes:
        for ink in ("ink", "muted", "link", "split", "gap", "strong", "none"):
            assert contrast(scheme[ink], scheme["paper"]) >= 4.5, ink
        for ground in ("soft", "split-soft", "gap-soft", "strong-soft"):
            assert contrast(scheme["muted"], scheme[ground]) >= 4.5, ground


def test_paper_is_white_whatever_the_screen_prefers() -> None:
    page = PAGE.render(report())
    assert "@media screen and (prefers-color-scheme: dark)" in page
    assert page.count("prefers-color-scheme") == 1
    assert "@media print" in page
