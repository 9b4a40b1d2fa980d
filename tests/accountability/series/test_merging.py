"""Of two who change a series at once, nobody's words are lost and nobody's are overwritten unseen."""

from __future__ import annotations

from dataclasses import replace

from bot.accountability.series.merging import NAMES, marks_of, merged
from tests.accountability.series.examples import ABOUT

SEEN = marks_of(ABOUT)


def test_where_nobody_else_changed_anything_what_was_typed_stands() -> None:
    typed = replace(ABOUT, name="Hour", sponsor="")
    assert (merged(typed, ABOUT, SEEN).about, merged(typed, ABOUT, SEEN).changed_by_others) == (typed, ())


def test_what_others_changed_stands_beside_what_was_typed() -> None:
    typed, current = replace(ABOUT, purpose="Why"), replace(ABOUT, facilitator="U0NEXT", weekly_digest=True)
    result = merged(typed, current, SEEN)
    assert result.about == replace(current, purpose="Why")
    assert result.changed_by_others == ("facilitator", "weekly_digest")


def test_what_both_changed_stands_as_it_was_typed_and_is_told() -> None:
    result = merged(replace(ABOUT, name="Mine"), replace(ABOUT, name="Theirs"), SEEN)
    assert (result.about.name, result.changed_by_others) == ("Mine", ("name",))


def test_marks_stay_short_and_what_is_no_mark_counts_as_unseen() -> None:
    assert len(marks_of(replace(ABOUT, purpose="\x00" * 500))) < 100
    assert merged(ABOUT, ABOUT, "").changed_by_others == NAMES
