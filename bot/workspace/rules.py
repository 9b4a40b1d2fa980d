"""What a value of Block Kit may be: small rules that a table is made of.

A rule is a function of (value, pointer, check) that reports to the check, in Slack's words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Check:
    """One validation run: the surface it is for, what was seen, and what was found wrong."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.found: list[tuple[str, str]] = []

    def wrong(self, pointer: str, message: str) -> None:
        self.found.append((pointer, message))

    def report(self) -> list[str]:
        return [f"{message} [json-pointer:{pointer}]" for pointer, message in self.found]


Rule = Callable[[Any, str, Check], None]


def string(high: int, low: int = 1) -> Rule:
    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, str):
            check.wrong(at, "must provide a string")
        elif len(value) > high:
            check.wrong(at, f"must be less than {high + 1} characters")
        elif len(value) < low:
            check.wrong(at, f"must be more than {low - 1} characters")

    return rule


def one_of(*choices: str) -> Rule:
    def rule(value: Any, at: str, check: Check) -> None:
        if value not in choices:
            check.wrong(at, f"must be a valid enum value: {', '.join(choices)}")

    return rule


def number(low: float, high: float) -> Rule:
    def rule(value: Any, at: str, check: Check) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            check.wrong(at, "must provide a number")
        elif not low <= value <= high:
            check.wrong(at, f"must be between {low} and {high}")

    return rule


def whole(low: int, high: int) -> Rule:
    within = number(low, high)

    def rule(value: Any, at: str, check: Check) -> None:
        if isinstance(value, float):
            check.wrong(at, "must provide an integer")
        else:
            within(value, at, check)

    return rule


def flag(value: Any, at: str, check: Check) -> None:
    if not isinstance(value, bool):
        check.wrong(at, "must provide a boolean")


def anything(_value: Any, _at: str, _check: Check) -> None:
    """No rule: the value is Slack's business, or checked elsewhere."""


def items(rule: Rule, high: int, low: int = 1) -> Rule:
    def each(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, list):
            check.wrong(at, "must provide an array")
            return
        if len(value) > high:
            check.wrong(at, f"no more than {high} items allowed")
        if len(value) < low:
            check.wrong(at, f"no less than {low} items allowed")
        for number, item in enumerate(value):
            rule(item, f"{at}/{number}", check)

    return each


def fields(**rules: Rule) -> Rule:
    """An object with these fields and no others; a name ending in an underscore is required."""
    return _object(rules, is_open=False)


def open_fields(**rules: Rule) -> Rule:
    """An object that may hold more than these fields."""
    return _object(rules, is_open=True)


def _object(rules: dict[str, Rule], is_open: bool) -> Rule:
    table = {name.rstrip("_"): rule for name, rule in rules.items()}
    required = [name.rstrip("_") for name in rules if name.endswith("_")]

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, dict):
            check.wrong(at, "must provide an object")
            return
        for name in required:
            if value.get(name) is None:
                check.wrong(at, f"missing required field: {name}")
        for name, inner in value.items():
            if name in table and inner is not None:
                table[name](inner, f"{at}/{name}", check)
            elif name not in table and not is_open:
                check.wrong(at, f"invalid additional property: {name}")

    return rule


def kinds(table: dict[str, Rule], *names: str) -> Rule:
    """An object whose `type` chooses its rule among `names` (all of the table when none is given)."""

    def rule(value: Any, at: str, check: Check) -> None:
        if not isinstance(value, dict):
            check.wrong(at, "must provide an object")
            return
        name = value.get("type")
        if not isinstance(name, str) or name not in table or (names and name not in names):
            check.wrong(f"{at}/type", f"unsupported type: {name}")
            return
        table[name](value, at, check)

    return rule


def text(high: int, *types: str) -> Rule:
    return kinds(
        {
            "plain_text": fields(type_=anything, text_=string(high), emoji=flag),
            "mrkdwn": fields(type_=anything, text_=string(high), verbatim=flag),
        },
        *types,
    )


def plain(high: int) -> Rule:
    return text(high, "plain_text")
