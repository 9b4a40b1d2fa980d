"""One sentence into who, what and when: the date is taken from its end, and from nowhere else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accountability.calendar.dates import Unreadable
from bot.accountability.commitments.promises import AmbiguousPromise, Promise, split_promise
from bot.errors import Refusal
from tests.accountability.calendar.examples import BERLIN, MOMENTS, UNHURRIED, ZONES, local
from tests.accountability.calendar.test_dates import written

NOW = local(2026, 11, 24, 10)  # a Tuesday
PARTS = st.sampled_from(
    "<@U1> <@U2|ann> <!subteam^S1|@team> <!here> for and by until on due before at in the end of next two weeks Friday "
    "3pm 14 Dec 14.12. 03/04 32nd yesterday publish math ; <@ > : ' 's".split(" ")
)


def read(text: str) -> Promise:
    return split_promise(text, NOW, BERLIN)


@pytest.mark.parametrize(
    ("text", "owner", "what", "when"),
    [
        ("<@U123> publish the customer math by 14 Dec", "U123", "publish the customer math", "2026-12-14"),
        ("<@U123|ann lee> publish it by 14 Dec", "U123", "publish it", "2026-12-14"),
        ("<@W123>: publish it by 14.12.", "W123", "publish it", "2026-12-14"),
        ("<@U1> to publish it, due Friday 3pm.", "U1", "publish it", "2026-11-27 15:00"),
        ("  <@U1>   publish\n it  until  Friday ", "U1", "publish it", "2026-11-27"),
        ("<@U1> <@U1> publish it", "U1", "publish it", ""),
        ("for <@U1>: publish it in two weeks", "U1", "publish it", "2026-12-08"),
        ("publish it for <@U1>", "U1", "publish it", ""),
        ("publish it for <@U1> by Friday", "U1", "publish it", "2026-11-27"),
        ("publish it by Friday for <@U1>", "U1", "publish it", "2026-11-27"),
        ("<@U1> publish it for <@U2> by Friday", "U1", "publish it for <@U2>", "2026-11-27"),
        ("call <@U2> at 3pm", "", "call <@U2>", "2026-11-24 15:00"),
        ("<@U1>'s deck reviewed by Friday", "", "<@U1>'s deck reviewed", "2026-11-27"),
        ("publish it", "", "publish it", ""),
    ],
)
def test_a_sentence_is_taken_apart(text: str, owner: str, what: str, when: str) -> None:
    found = read(text)
    assert (found.owners, found.what) == ((owner,) if owner else (), what)
    assert (written(found.when) if found.when else "") == when


@pytest.mark.parametrize(
    ("text", "what", "when"),
    [
        ("review the 14 Dec report by Friday", "review the 14 Dec report", "2026-11-27"),
        ("review the report of 14 Dec", "review the report of 14 Dec", ""),
        ("write the plan for next Friday", "write the plan for next Friday", ""),
        ("write the plan for Friday 3pm", "write the plan for Friday 3pm", ""),
        ("raise NPS by 10 points by Friday", "raise NPS by 10 points", "2026-11-27"),
        ("raise NPS by 10 points", "raise NPS by 10 points", ""),
        ("cut effort by 3.5 points", "cut effort by 3.5 points", ""),
        ("sign off on the roadmap", "sign off on the roadmap", ""),
        ("stand by the customer", "stand by the customer", ""),
        ("work on 3 accounts", "work on 3 accounts", ""),
        ("work on next steps", "work on next steps", ""),
        ("finish due diligence before Friday noon", "finish due diligence", "2026-11-27 12:00"),
        ("publish it by noon on Friday", "publish it", "2026-11-27 12:00"),
        ("publish it tomorrow by noon", "publish it", "2026-11-25 12:00"),
        ("publish it on or before Friday", "publish it", "2026-11-27"),
        ("publish it end of month", "publish it", "2026-11-30"),
        ("publish it by the end of next quarter", "publish it", "2027-03-31"),
        ("publish it Monday 14 December 2026, 15:00", "publish it", "2026-12-14 15:00"),
        ("publish it in two weeks", "publish it", "2026-12-08"),
    ],
)
def test_the_date_is_what_the_sentence_ends_with(text: str, what: str, when: str) -> None:
    found = read(text)
    assert (found.what, written(found.when) if found.when else "") == (what, when)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<@U1> and <@U2> publish it by Friday", "one owner, and here are 2"),
        ("<@U1>, <@U2>, and <@U3> publish it", "here are 3"),
        ("<@U1> &amp; <@U2> publish it", "here are 2"),
        ("publish it for <@U1> and <@U2> by Friday", "here are 2"),
        (" ".join(f"<@U{number}>" for number in range(50)) + " publish it", "here are 50"),
        ("<!subteam^S1|@marketing> publish it by Friday", "A group can't keep a promise"),
        ("<!here> publish it by Friday", "A group can't keep a promise"),
        ("publish it for <!subteam^S1>", "A group can't keep a promise"),
        ("<@U1> and <!channel> publish it", "A group can't keep a promise"),
        ("@ann publish it", "I can't tell who “@ann” is"),
        ("<@U1> by Friday", "doesn't say what is promised"),
        ("<@U1>", "doesn't say what is promised"),
        ("Friday", "doesn't say what is promised"),
        ("", "doesn't say what is promised"),
        ("… !", "doesn't say what is promised"),
        ("x" * 5_000, "5,000 characters long"),
        ("x" * 501, "501 characters long"),
    ],
)
def test_what_can_not_be_promised_is_refused_and_why(text: str, expected: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(text)
    assert expected in str(caught.value)
    assert not isinstance(caught.value, Unreadable)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("publish it by the 32nd", "No month has 32 days"),
        ("publish it by yesterday", "is over"),
        ("finish it yesterday", "is over"),
        ("publish it on 31.11.", "November has no day 31"),
        ("publish it by 14 Dec 2036", "more than two years off"),
        ("publish it by Friday maybe", "I don't understand “maybe”"),
        ("publish it by the 14 Dec workshop", "I don't understand “workshop”"),
        ("publish it by end of sprint", "I don't understand “sprint”"),
        ("publish it by next sprint", "I don't understand “sprint”"),
    ],
)
def test_a_date_that_can_not_be_meant_is_refused_and_why(text: str, expected: str) -> None:
    with pytest.raises(Unreadable, match=expected):
        read(text)


def test_of_two_dates_each_makes_a_promise_to_choose() -> None:
    with pytest.raises(AmbiguousPromise, match="say which") as caught:
        read("<@U1> publish it by 03/04")
    assert [(one.owners, one.what) for one in caught.value.promises] == [(("U1",), "publish it")] * 2
    assert [written(one.when) for one in caught.value.promises if one.when] == ["2027-03-04", "2027-04-03"]
    assert tuple(one.when for one in caught.value.promises) == caught.value.readings


@UNHURRIED
@given(MOMENTS, ZONES, st.lists(PARTS, max_size=9).map(" ".join) | st.text(max_size=120))
def test_whatever_is_written_is_read_or_refused(now: datetime, zone: ZoneInfo, text: str) -> None:
    for promise in promises(text, now, zone):
        assert len(promise.owners) <= 1
        assert promise.what == promise.what.strip()
        assert promise.what
        assert promise.when is None or promise.when.moment > now


def promises(text: str, now: datetime, zone: ZoneInfo) -> tuple[Promise, ...]:
    try:
        return (split_promise(text, now, zone),)
    except AmbiguousPromise as found:
        return found.promises
    except Refusal:
        return ()
