"""Turns rounds, answers and tallies into the views that show them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.readiness.ballots import Turnout
from bot.readiness.checks import Answer, Check, Statement
from bot.readiness.consensus import Consensus, Direction
from bot.readiness.disclosure import Withheld
from bot.readiness.findings import Earlier, Line, by_class, lines_of, percent
from bot.readiness.repeats import Every, Repeat
from bot.readiness.rounds import SMALLEST_GROUP, SMALLEST_POSSIBLE, Result, Round
from bot.readiness.tally import Tally
from bot.readiness.views import (
    Bar,
    ChaseView,
    Choice,
    ConfirmationView,
    ManageForm,
    MovementView,
    MyAnswersView,
    NamedAnswers,
    NamesView,
    NotRepeatedView,
    ParentView,
    Question,
    Recalled,
    RefusalView,
    Refused,
    RepeatEndedView,
    RepeatLine,
    RepeatView,
    ResultGroup,
    ResultItem,
    ResultsView,
    RoundLine,
    RoundsView,
    SavedView,
    StartConfirmation,
    StartForm,
    StatementView,
    Summary,
    TroubleView,
    VoteForm,
    vote_value,
    weakness_name,
)
from bot.slack.moments import Moment, moment, zone_named

PAGE = 12  # statements in a message of results: three blocks each where all are weak, and Slack takes 50
CONFIRMED = 5  # answers repeated in a confirmation
NAMES_TOGETHER = 50  # in one text
NAMES_A_PAGE = 40  # texts: with a heading each still below Slack's 100 blocks
CELLS = 10  # of a bar
LABEL = 20  # characters that Slack's chart takes
EVERY = {Every.QUARTER: "each quarter", Every.HALF_YEAR: "each half year", Every.YEAR: "each year"}
NO_REPEAT = "no"
WEAK = {Consensus.SPLIT, Consensus.GAP}
ARROWS = {Direction.UP: "↑ ", Direction.DOWN: "↓ ", Direction.SAME: "= ", Direction.UNCLEAR: ""}
HEADINGS = {
    Consensus.SPLIT: "Talk about these first: we see them differently",
    Consensus.GAP: "Missing, and we agree",
    Consensus.TOO_FEW: "Too few answers to say",
    Consensus.STRONG: "In place, and we agree",
    None: "Not shown",
}

NamedPart = tuple[str, str, tuple[str, ...]]  # a statement's id, an answer in words, who gave it


class Presenter:
    """Fills the views. `advice` is the advice of every card in one line, by the card's id."""

    def __init__(self, advice: Mapping[str, str]) -> None:
        self._advice = advice

    # Starting

    def start_form(
        self,
        checks: Sequence[Check],
        deadline: datetime,
        *,
        check_id: str = "",
        channel_id: str = "",
        people: Iterable[str] = (),
        anonymous: bool = True,
        live: bool = False,
        smallest_group: int = SMALLEST_GROUP,
        co_facilitator: str = "",
        repeat: str = "",
    ) -> StartForm:
        """The first of the checks is chosen where `check_id` is none of them."""
        choices = tuple(Choice(check.id, check.title) for check in checks)
        return StartForm(
            checks=choices,
            check=next((choice for choice in choices if choice.value == check_id), choices[0]),
            deadline=int(deadline.timestamp()),
            channel_id=channel_id,
            chosen_people=tuple(people),
            anonymous=anonymous,
            live=live,
            smallest_group=smallest_group,
            smallest_possible=SMALLEST_POSSIBLE,
            co_facilitator=co_facilitator,
            repeats=(Choice(NO_REPEAT, "No"), *(Choice(one, words.capitalize()) for one, words in EVERY.items())),
            repeat=repeat or NO_REPEAT,
        )

    def start_confirmation(
        self, draft_id: str, new: Round, left_out: int = 0, repeats: RepeatLine | None = None
    ) -> StartConfirmation:
        """`new` is the round as it would be started, with the number of people it asks."""
        return StartConfirmation(
            draft_id=draft_id,
            title=new.name,
            channel_id=new.channel_id,
            asked=new.asked,
            messages=1 + len(new.check.statements),
            closes=_end(new),
            anonymous=new.anonymous,
            live=new.live,
            smallest_group=new.smallest_group,
            left_out=left_out,
            repeats=repeats,
        )

    def repeat_line(self, of: Repeat, last: Round, starts_at: datetime, *, may_stop: bool = False) -> RepeatLine:
        """`last` is the round whose title and zone it has."""
        return RepeatLine(of.id, last.name, EVERY[of.every], moment(starts_at, zone_named(of.zone)), may_stop)

    def repeat(
        self, of: Repeat, last: Round, starts_at: datetime, *, skipped: bool = False, stopped: bool = False
    ) -> RepeatView:
        at = moment(starts_at, zone_named(of.zone))
        return RepeatView(of.id, of.name, last.name, of.channel_id, EVERY[of.every], at, skipped, stopped)

    def not_repeated(self, of: Repeat, last: Round, starts_at: datetime, reason: str) -> NotRepeatedView:
        at = moment(starts_at, zone_named(of.zone))
        return NotRepeatedView(of.id, last.name, of.channel_id, reason, at, last.smallest_group)

    def repeat_ended(self, last: Round) -> RepeatEndedView:
        return RepeatEndedView(last.name, last.channel_id)

    # While it is open

    def parent(self, of: Round, turnout: Turnout) -> ParentView:
        return ParentView(
            round_id=of.id,
            title=of.name,
            intro=of.check.intro,
            statements=len(of.check.statements),
            voted=turnout.voted,
            asked=turnout.asked,
            closes=_end(of),
            starter=of.starter,
            co_facilitator=of.co_facilitator,
            anonymous=of.anonymous,
            live=of.live,
            smallest_group=of.smallest_group,
            closed=not of.is_open,
            cancelled=of.cancelled,
            recalled=_recalled(of) if of.is_open else None,
        )

    def statement(self, of: Round, statement_id: str, live: Tally | None = None) -> StatementView:
        """A tally is shown in a named round that is live, and in no other, whoever passes one."""
        number, shown = _numbered(of.check)[statement_id]
        return StatementView(
            number=number,
            statements=len(of.check.statements),
            title=shown.title,
            text=shown.text,
            card_id=shown.card if shown.card in self._advice else "",
            buttons=tuple(Choice(vote_value(of.id, shown.id, answer), answer) for answer in of.check.answers),
            tally=tally_words(live) if live and of.shows_live and not of.anonymous else "",
            closed=not of.is_open,
        )

    def vote_form(self, of: Round, answers: Mapping[str, Answer]) -> VoteForm:
        return VoteForm(
            round_id=of.id,
            title=of.name,
            questions=tuple(
                Question(one.id, number, one.title, one.text, answers.get(one.id, ""))
                for number, one in _numbered(of.check).values()
            ),
            answers=of.check.answers,
            closes=_deadline(of),
            anonymous=of.anonymous,
        )

    def saved(self, of: Round, answers: Mapping[str, Answer]) -> SavedView:
        return SavedView(of.name, _own_lines(of, answers), _answered(of, answers), _deadline(of))

    def my_answers(self, of: Round, answers: Mapping[str, Answer], now: datetime) -> MyAnswersView:
        return MyAnswersView(
            round_id=of.id,
            title=of.name,
            lines=_own_lines(of, answers),
            answered=_answered(of, answers),
            closes=_end(of),
            takes_votes=of.takes_votes(now),
            erased=not of.is_open and (of.anonymous or of.cancelled),
        )

    def confirmation(self, of: Round, answers: Mapping[str, Answer], changed: Iterable[str]) -> ConfirmationView:
        """`changed` are the statements answered since the last confirmation."""
        wanted = set(changed)
        lines = _own_lines(of, {name: answer for name, answer in answers.items() if name in wanted}, unanswered=False)
        return ConfirmationView(
            round_id=of.id,
            lines=lines[:CONFIRMED],
            more=max(0, len(lines) - CONFIRMED),
            answered=_answered(of, answers),
            statements=len(of.check.statements),
        )

    def chase(self, of: Round, *, last: bool, half: bool = False, stopped: bool = False) -> ChaseView:
        return ChaseView(
            round_id=of.id,
            title=of.name,
            channel_id=of.channel_id,
            statements=len(of.check.statements),
            closes=_deadline(of),
            anonymous=of.anonymous,
            last=last,
            half=half,
            stopped=stopped,
        )

    def manage_form(self, of: Round, turnout: Turnout) -> ManageForm:
        return ManageForm(
            round_id=of.id,
            title=of.name,
            voted=turnout.voted,
            asked=turnout.asked,
            closes=_deadline(of),
            starter=of.starter,
            co_facilitator=of.co_facilitator,
            anonymous=of.anonymous,
            smallest_group=of.smallest_group,
        )

    # After the close

    def results(
        self, of: Round, results: Sequence[Result], turnout: Turnout, *, reality_check: bool = False, chart: bool = True
    ) -> tuple[ResultsView, ...]:
        """One message, or more for a long check. `reality_check` offers it where there is something to check.

        Without the chart, nothing that it says is lost. ValueError for a round that has no results.
        """
        if of.is_open or of.cancelled:
            raise ValueError(f"round {of.id} has no results: it is {'cancelled' if of.cancelled else 'open'}")
        lines = lines_of(of, results)
        counted = _summary(of, lines)
        empty = all(line.reason is Withheld.TOO_FEW for line in lines)  # eleven times the same says less
        pages = list(_pages(() if empty else self._grouped(of, lines))) or [()]
        bars = _bars(lines) if chart else {}
        return tuple(
            ResultsView(
                round_id=of.id,
                title=of.name,
                page=number,
                pages=len(pages),
                voted=turnout.voted,
                asked=turnout.asked,
                smallest_group=of.smallest_group,
                anonymous=of.anonymous,
                summary=counted,
                groups=page,
                bars=tuple(bars[item.number] for group in page for item in group.items if item.number in bars),
                lines=tuple(item.line for group in page for item in group.items),
                reality_check=reality_check and number == len(pages) and bool(counted.gap + counted.split),
            )
            for number, page in enumerate(pages, 1)
        )

    def names(self, of: Round, votes: Mapping[str, Mapping[str, Answer]], page: int = 1) -> NamesView:
        """`votes` are answers by person, then by statement. ValueError for an anonymous round, whoever has them.

        A page that there is none of is the nearest one.
        """
        if of.anonymous:
            raise ValueError(f"round {of.id} is anonymous: nobody's answers are told")
        parts = [part for name in _numbered(of.check) for part in _named_parts(of, name, votes)]
        pages = [parts[start : start + NAMES_A_PAGE] for start in range(0, len(parts), NAMES_A_PAGE)]
        page = min(max(page, 1), len(pages))
        return NamesView(of.id, of.name, page, len(pages), tuple(_named(of.check, pages[page - 1])))

    def movement(self, of: Round, results: Sequence[Result], earlier: Earlier) -> MovementView:
        overlap = earlier.overlap
        comparable = overlap.is_comparable(max(of.smallest_group, earlier.round.smallest_group))
        return MovementView(
            title=of.name,
            before=_end(earlier.round),
            both=overlap.both,
            voted=overlap.later,
            comparable=comparable,
            lines=tuple(map(_moved, lines_of(of, results, earlier))) if comparable else (),
        )

    def rounds(
        self,
        channel_id: str,
        listed: Iterable[tuple[Round, Turnout, Sequence[Result]]],
        repeats: tuple[RepeatLine, ...] = (),
    ) -> RoundsView:
        lines = tuple(_round_line(of, turnout, results) for of, turnout, results in listed)
        return RoundsView(channel_id, lines, repeats)

    def refusal(self, reason: Refused, of: Round | None = None, *, channel_id: str = "", link: str = "") -> RefusalView:
        """`of` is the round it is about, or for too few people the one that would have been; `link` leads to it."""
        if of is None:
            return RefusalView(reason, channel_id)
        return RefusalView(
            reason=reason,
            channel_id=of.channel_id,
            title=of.name,
            starter=of.starter,
            co_facilitator=of.co_facilitator,
            link=link,
            asked=of.asked,
            smallest_group=of.smallest_group,
        )

    def trouble(self, of: Round, what: str) -> TroubleView:
        return TroubleView(of.id, of.name, of.channel_id, what, of.is_open)

    def _grouped(self, of: Round, lines: Iterable[Line]) -> tuple[ResultGroup, ...]:
        return tuple(
            ResultGroup(HEADINGS[one], tuple(self._item(of, line) for line in found))
            for one, found in by_class(lines).items()
            if found
        )

    def _item(self, of: Round, line: Line) -> ResultItem:
        statement, tally = line.statement, line.tally
        known = statement.card in self._advice
        return ResultItem(
            number=line.number,
            title=statement.title,
            text=statement.text,
            tally=tally_words(tally) if tally else "",
            bar=bar(tally) if tally else "",
            withheld="" if tally else _reason(line, of.smallest_group),
            card_id=statement.card if known else "",
            advice=self._advice[statement.card] if known else "",
            weakness=weakness_name(of.id, statement.id) if line.consensus in WEAK else "",
        )


def tally_words(tally: Tally) -> str:
    """Yes and No are always there, the others where somebody said so."""
    counts = [(tally.yes, "yes"), (tally.no, "no"), (tally.not_sure, "not sure"), (tally.not_my_area, "not my area")]
    return " · ".join(f"{count} {name}" for count, name in counts if count or name in {"yes", "no"})


def bar(tally: Tally) -> str:
    """The share of Yes; full only when all say so, empty only when none does."""
    share = tally.share
    if share is None:
        return ""
    cells = round(share * CELLS)
    if 0 < share < 1:
        cells = min(max(cells, 1), CELLS - 1)
    return "■" * cells + "□" * (CELLS - cells)


def _recalled(of: Round) -> Recalled | None:
    since = of.since_last
    if since is None:
        return None
    at = moment(since.closed_at, zone_named(of.zone))
    return Recalled(at, since.kept, since.missed, since.up, since.down, since.same)


def _deadline(of: Round) -> Moment:
    return moment(of.deadline, zone_named(of.zone))


def _end(of: Round) -> Moment:
    """When it closed, or is going to."""
    return moment(of.closed_at or of.deadline, zone_named(of.zone))


def _numbered(check: Check) -> dict[str, tuple[int, Statement]]:
    return {statement.id: (number, statement) for number, statement in enumerate(check.statements, 1)}


def _own_lines(of: Round, answers: Mapping[str, Answer], *, unanswered: bool = True) -> tuple[str, ...]:
    return tuple(
        f"{number} · {one.title}: {answers.get(one.id, 'not answered yet')}"
        for number, one in _numbered(of.check).values()
        if unanswered or one.id in answers
    )


def _named_parts(of: Round, statement_id: str, votes: Mapping[str, Mapping[str, Answer]]) -> Iterator[NamedPart]:
    """The answers that somebody gave, in the check's order, and who; one without words where nobody did."""
    has_any = False
    for answer in of.check.answers:
        who = tuple(sorted(person for person, given in votes.items() if given.get(statement_id) == answer))
        for start in range(0, len(who), NAMES_TOGETHER):
            has_any = True
            words = f"{answer}, continued" if start else f"{answer} ({len(who)})"
            yield statement_id, words, who[start : start + NAMES_TOGETHER]
    if not has_any:
        yield statement_id, "", ()


def _named(check: Check, parts: Iterable[NamedPart]) -> Iterator[NamedAnswers]:
    for statement_id, found in groupby(parts, key=lambda part: part[0]):
        number, statement = _numbered(check)[statement_id]
        yield NamedAnswers(number, statement.title, tuple((words, who) for _, words, who in found if words))


def _answered(of: Round, answers: Mapping[str, Answer]) -> int:
    return sum(statement.id in answers for statement in of.check.statements)


def _summary(of: Round, lines: Iterable[Line]) -> Summary:
    counts = {one: len(found) for one, found in by_class(lines).items()}
    return Summary(
        strong=counts[Consensus.STRONG],
        gap=counts[Consensus.GAP],
        split=counts[Consensus.SPLIT],
        too_few=counts[Consensus.TOO_FEW],
        not_shown=counts[None],
        strong_from=f"{percent(of.check.thresholds.strong)} %",
        gap_to=f"{percent(of.check.thresholds.gap)} %",
    )


def _reason(line: Line, smallest: int) -> str:
    if line.reason is Withheld.TOO_FEW:
        return f"not shown, fewer than {smallest} people answered it"
    if line.reason is Withheld.TOO_CLOSE:
        return f"not shown, beside an earlier result it could single out fewer than {smallest} people"
    return "not shown, there is no result"


def _bars(lines: Iterable[Line]) -> dict[int, Bar]:
    """By the statement's number, which also tells apart what a short label can't."""
    return {
        line.number: Bar(
            _label(f"{line.number} {line.statement.title}"), line.tally.yes, line.tally.no, line.tally.not_sure
        )
        for line in lines
        if line.tally
    }


def _label(text: str) -> str:
    return text if len(text) <= LABEL else f"{text[: LABEL - 1].rstrip()}…"


def _pages(groups: tuple[ResultGroup, ...]) -> Iterator[tuple[ResultGroup, ...]]:
    """Cut after so many statements; a group that is cut has its heading on both pages."""
    flat = [(group.heading, item) for group in groups for item in group.items]
    for start in range(0, len(flat), PAGE):
        page: dict[str, list[ResultItem]] = {}
        for heading, item in flat[start : start + PAGE]:
            page.setdefault(heading, []).append(item)
        yield tuple(ResultGroup(heading, tuple(items)) for heading, items in page.items())


def _moved(line: Line) -> str:
    name, then, now = f"{line.number} · {line.statement.title}", line.before, line.tally
    if then is None or now is None or line.moved.direction is Direction.UNCLEAR:
        return f"{name}: can't be compared"
    counts = f"{then.yes} of {then.opinions} said yes, now {now.yes} of {now.opinions}"
    return f"{ARROWS[line.moved.direction]}{name}: {counts}"


def _round_line(of: Round, turnout: Turnout, results: Sequence[Result]) -> RoundLine:
    counted = None if of.is_open or not results else _summary(of, lines_of(of, results))
    return RoundLine(
        round_id=of.id,
        title=of.name,
        ends=_end(of),
        voted=turnout.voted,
        asked=turnout.asked,
        is_open=of.is_open,
        standing=_standing_words(counted) if counted else "",
    )


def _standing_words(counted: Summary) -> str:
    words = f"{counted.strong} in place · {counted.gap} missing · {counted.split} seen differently"
    unknown = counted.too_few + counted.not_shown
    return f"{words} · {unknown} not known" if unknown else words
