"""A story in a message: its facts are kept, said back in a line, and what they settle is answered at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers import facts
from handlers.actions import Go
from handlers.context import Context
from handlers.interview import person_name
from handlers.results import Line, line_of
from handlers.types import Choice, Reply, Session
from knowledge.household import WHO, facts_of_place, heard_facts
from knowledge.rules import PEOPLE, Facts
from knowledge.text import fold, tokens
from knowledge.understanding.understander import Decision, Understanding

#: How many subjects (the household, each person) a message tells of that is a story rather than a question.
STORY = 2
MOST_LINES = 6


def remembered(session: Session, understood: Understanding, context: Context) -> Session:
    """``session`` with the facts that the message tells."""
    heard = heard_of(understood, context)
    return facts.merged(session, heard) if facts.known(heard) else session


def heard_of(understood: Understanding, context: Context) -> dict[str, Any]:
    """The facts that a message tells, and those of the place where it says one lives."""
    heard = heard_facts(context.knowledge.facts, understood.facts)
    return {**heard, **facts_of_place(understood.place)} if understood.place else heard


def is_story(understood: Understanding, context: Context) -> bool:
    """Whether a message tells of a household and asks for whatever it may get, not for one thing."""
    subjects = _subjects(understood.facts)
    if not subjects or understood.decision is Decision.EMERGENCY:
        return False
    asks_all = _asks_for_anything(understood.text, context)
    unsure = understood.decision in {Decision.FALLBACK, Decision.CLARIFY}
    return (asks_all and (subjects >= STORY or unsure)) or (unsure and subjects > STORY)


def _asks_for_anything(text: str, context: Context) -> bool:
    words = f" {' '.join(tokens(fold(text)))} "
    return any(f" {' '.join(tokens(fold(phrase)))} " in words for phrase in context.wording.labels["anything"])


def _subjects(told: Facts) -> int:
    household = sum(name != PEOPLE for name in told)
    return min(household, 1) + len(told.get(PEOPLE) or ())


def story_answered(
    understood: Understanding, session: Session, context: Context, day: date
) -> tuple[Session, list[Reply]]:
    """Say back what was understood, what it settles, and offer to ask the rest."""
    heard = heard_of(understood, context)
    found = facts.screening(session, context, day)
    nothing = context.screener.screen({}, day, set(found.outcomes)).outcomes
    settled = [key for key, outcome in found.outcomes.items() if outcome.truth is True and not nothing[key].truth]
    lines = [line_of(key, found.outcomes[key], context) for key in settled][:MOST_LINES]
    rest, phrases = len(settled) - len(lines), said_back(heard, context)
    text = context.wording.say("told", understood=phrases, lines=lines, rest=rest, open=len(found.open), day=day)
    return session, [Reply(text, (*_choices(lines), *_onward(context)))]


def _choices(lines: list[Line]) -> list[Choice]:
    return [Choice(line.title[:60], Go(f"khoan/{line.key}")) for line in lines[:4]]


def _onward(context: Context) -> list[Choice]:
    label = context.wording.label
    return [
        Choice(label("told", "more"), Go("hotro")),
        Choice(label("told", "results"), Go("ketqua")),
        Choice(label("buttons", "start"), Go("start")),
    ]


def said_back(heard: Facts, context: Context) -> list[str]:
    """What was understood, in short phrases: "hộ cận nghèo", "mẹ: 77 tuổi, không có lương hưu"."""
    parts = [_phrase(name, value, context) for name, value in heard.items() if name != PEOPLE]
    for person in heard.get(PEOPLE) or ():
        told = [_phrase(name, value, context) for name, value in person.items() if name != WHO]
        if told:
            parts.append(f"{person_name(context, person[WHO])}: {', '.join(told)}")
    return parts


def _phrase(name: str, value: Any, context: Context) -> str:
    fact = context.knowledge.facts[name]
    said = context.wording.labels["said"].get(name, f"{fact.name}: {{}}")
    if isinstance(said, Mapping):
        return str(said["yes" if value else "no"])
    shown = context.wording.value(fact, value)
    return str(said).format(shown[:1].lower() + shown[1:] if not isinstance(value, int | float) else shown)
