"""Answers, figures and gaps in a terminal, formatted with rich; or as JSON."""

import json
from collections import Counter

from bot.answers.advisor import LISTED, Advice, Advisor
from bot.answers.cards import Card
from bot.answers.decision import Outcome
from bot.answers.evaluation import Report
from bot.answers.gaps import Cluster, Verdict
from bot.answers.views import credit, parts_of
from bot.clock import system_clock


def as_json(question: str, advisor: Advisor) -> str:
    """The reply to one question as a line of JSON."""
    advice = advisor.ask(question)
    cards = [
        {"id": item.id, "title": advisor.index.cards[item.id].title, "score": item.score}
        for item in advice.ranked[:LISTED]
    ]
    return json.dumps({"question": question, "outcome": str(advice.outcome), "cards": cards}, ensure_ascii=False)


def show(question: str, advisor: Advisor) -> None:
    """Print the answer to a question."""
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=None).print(Markdown(_as_markdown(advisor.ask(question), advisor)))


def _as_markdown(advice: Advice, advisor: Advisor) -> str:
    if advice.card:
        return _card(advice.card, advisor)
    offered = "\n".join(f"- {card.question}" for card in advice.suggestions)
    if advice.unclear:
        return f"I couldn't make out a question in that. You could start with one of these:\n\n{offered}"
    if advice.outcome is Outcome.SUGGEST:
        return f"I may have misread you. Did you mean one of these?\n\n{offered}\n\n*None of them? Ask in other words.*"
    boundary = advice.boundary
    if boundary and boundary.reply:
        return boundary.reply
    sentence = f"The guidance doesn't cover {boundary.topic if boundary else 'that'}."
    return f"{sentence} The nearest it has:\n\n{offered}" if offered else sentence


def _card(card: Card, advisor: Advisor) -> str:
    lines = [f"## {card.title}", card.short, ""]
    for part in parts_of(card.sections):
        lines += [f"**{part.heading}**" if part.heading else "", "", part.text.replace("• ", "- "), ""]
    shown = credit(card, system_clock().date())
    more = f" and {shown.more_sources} more" if shown.more_sources else ""
    titles = "” and “".join(shown.sources)
    day = f"{shown.reviewed.day} {shown.reviewed:%b %Y}"
    lines.append(f"*Our summary of “{titles}”{more} · compared with its source on {day}*")
    related = " · ".join(other.question for other in advisor.cards(card.related)[:3])
    return "\n".join([*lines, "", f"*Ask next: {related}*" if related else ""])


def show_report(figures: Report, *, as_json: bool) -> None:
    """Print the figures of an evaluation, each share with its 95 % interval."""
    if as_json:
        print(json.dumps(figures.as_json(), indent=2))  # noqa: T201 - this is the command's output
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"top-1                                    {figures.top1}", highlight=False)
    console.print(f"top-3                                    {figures.top3}", highlight=False)
    console.print(f"covered, right and confident             {figures.covered_right}", highlight=False)
    console.print(f"covered, wrong and confident             {figures.covered_wrong}", highlight=False)
    console.print(f"not covered, without confident answer    {figures.not_covered_held_back}", highlight=False)
    kinds = Table("kind", "figure", "share [95 % interval]")
    for kind, shares in figures.by_kind.items():
        for name, share in shares.items():
            kinds.add_row(kind, name, str(share).replace("[", "\\["))
    console.print(kinds)
    reliability = Table("confidence", "questions", "believed", "right")
    for part in figures.reliability:
        reliability.add_row(f"{part.low:.1f}-{part.high:.1f}", str(part.count), str(part.believed), str(part.right))
    console.print(reliability)


def show_gaps(clusters: list[Cluster], verdicts: list[Verdict], *, as_json: bool) -> None:
    """Print what people asked in vain, and which answers did not help."""
    if as_json:
        gaps = [{"questions": list(item.questions), "reasons": item.reasons, "cards": item.cards} for item in clusters]
        feedback = [vars(verdict) for verdict in verdicts]
        print(json.dumps({"gaps": gaps, "feedback": feedback}, indent=2, ensure_ascii=False))  # noqa: T201 - the output
        return
    from rich.console import Console
    from rich.text import Text

    console = Console()
    if not clusters:
        console.print("Nothing is kept: every question was answered, or nobody asked yet.")
    for item in clusters:
        reasons = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in item.reasons.items())
        console.print(Text(f"{len(item.questions)} × {item.questions[0]}", style="bold"))
        console.print(Text(f"    {reasons}" + (f"; given: {', '.join(item.cards)}" if item.cards else "")))
        for question in item.questions[1:]:
            console.print(Text(f"    {question}"))
    for line in _feedback_lines(verdicts):
        console.print(Text(line))


def _feedback_lines(verdicts: list[Verdict]) -> list[str]:
    """A line for each card that did not help somebody, the worst first, and what they said."""
    unhelpful = Counter(verdict.card_id for verdict in verdicts if not verdict.helpful)
    helpful = Counter(verdict.card_id for verdict in verdicts if verdict.helpful)
    lines = []
    for card, count in unhelpful.most_common():
        lines.append(f"{card}: did not help {count} ×, helped {helpful[card]} ×")
        said = [verdict for verdict in verdicts if verdict.card_id == card and not verdict.helpful]
        lines += [f"    {': '.join(filter(None, (v.reason, v.comment)))}" for v in said if v.reason or v.comment]
    return lines
