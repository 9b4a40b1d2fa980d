"""Fills the views about the first year."""

from datetime import date

from bot.accountability.calendar.wall import in_words
from bot.accountability.yearone.steps import BY_ID, STEPS, Mark, Progress, Reached, Standing, Timeline, timeline
from bot.accountability.yearone.views import SavedView, StepLine, YearOneView

MONTHS = 12


def year_one(channel_id: str, of: Progress | None, today: date, *, change: str = "", shown_by: str = "") -> YearOneView:
    """`of` is None where nothing was begun."""
    line = timeline(of or Progress(today), today)
    return YearOneView(
        channel_id=channel_id,
        steps=tuple(map(_step, line.marks)),
        reached=line.reached,
        steps_bar=_bar(line.reached, len(STEPS)),
        year_bar=_bar(line.months, MONTHS) if of else "",
        year=_year(line, today) if of else "Nobody has said yet when this year began.",
        change=change,
        shown_by=shown_by,
    )


def saved(channel_id: str, of: Progress, change: str) -> SavedView:
    upcoming = of.next_step
    next_title = f"{upcoming.number} · {upcoming.title}" if upcoming else ""
    return SavedView(channel_id, change, of.count, _bar(of.count, len(STEPS)), next_title)


# What was changed, in words


def reached_words(done: Reached) -> str:
    step = BY_ID[done.step_id]
    return f"Step {step.number}, “{step.title}”, was reached on {in_words(done.on)}. What shows it: {done.evidence}"


def begun_words(on: date) -> str:
    return f"Year one begins on {in_words(on)}."


def taken_back_words(step_id: str) -> str:
    step = BY_ID[step_id]
    return f"Step {step.number}, “{step.title}”, is no longer marked as reached."


def _step(mark: Mark) -> StepLine:
    step, done = mark.step, mark.reached
    plain = StepLine(step.id, step.number, step.title, step.meaning, step.card, mark.standing)
    if done is None:
        return plain
    return StepLine(**{**vars(plain), "when": _when(mark, done), "evidence": done.evidence, "by": done.by})


def _when(mark: Mark, done: Reached) -> str:
    day = f"{done.on.day} {done.on:%B %Y}"
    return f"{day}, in month {mark.month}" if mark.month else f"{day}, after the year"


def _year(of: Timeline, today: date) -> str:
    if today < of.begins:
        return f"It begins on {in_words(of.begins)}"
    if of.is_over:
        return f"The year was over on {in_words(of.ends)}"
    return f"{of.months} of {MONTHS} months have passed since {in_words(of.begins)}"


def _bar(done: int, of: int) -> str:
    return "■" * done + "□" * (of - done)


def unreached(view: YearOneView) -> tuple[StepLine, ...]:
    """As the form offers them: the next one first, those reached last, since they can be put right."""
    order = {Standing.NEXT: 0, Standing.AHEAD: 1, Standing.REACHED: 2}
    return tuple(sorted(view.steps, key=lambda step: (order[step.standing], step.number)))
