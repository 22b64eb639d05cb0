"""A story in a message: its facts are kept, said back in a line, and what they settle is answered at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from handlers import facts
from handlers.actions import Go
from handlers.context import Context
from handlers.people import person_name
from handlers.phrases import holds
from handlers.results import detail_choices, line_of, page
from handlers.types import Choice, Reply, Session
from knowledge.household import WHO, facts_of_place, heard_facts
from knowledge.rules import PEOPLE, Facts
from knowledge.text import plain_words
from knowledge.understanding.understander import Decision, Understanding

#: How many subjects (the household, each person) a message tells of that is a story rather than a question.
STORY = 3
#: The most characters of the list of what can be had.
ROOM = 420


def remembered(session: Session, understood: Understanding, context: Context) -> Session:
    """``session`` with the facts that the message tells."""
    heard = heard_of(understood, context)
    return facts.merged(session, heard) if facts.known(heard) else session


def heard_of(understood: Understanding, context: Context) -> dict[str, Any]:
    """The facts that a message tells, and those of the place where it says one lives."""
    heard = heard_facts(context.knowledge.facts, understood.facts)
    return {**heard, **facts_of_place(understood.place)} if understood.place else heard


def is_story(understood: Understanding, context: Context) -> bool:
    """Whether a message tells of a household and asks for whatever it may get, or nothing at all; not for one thing."""
    subjects = _subjects(understood.facts)
    if understood.decision not in {Decision.ANSWER, Decision.CLARIFY, Decision.FALLBACK} or not subjects:
        return False
    open_question = _asks_for_anything(understood.text, context)
    if not open_question and _asks_something(understood.text, context):
        return False
    enough = STORY if understood.decision is Decision.ANSWER else 1 if open_question else STORY - 1
    return subjects >= enough


def _asks_for_anything(text: str, context: Context) -> bool:
    return holds(plain_words(text), map(plain_words, context.wording.labels["anything"]))


def _asks_something(text: str, context: Context) -> bool:
    """Whether a message asks: by a question word anywhere, or by one such as "không" at its end."""
    words, known = plain_words(text), context.wording.labels["questions"]
    within = holds(words, map(plain_words, known["within"]))
    return "?" in text or within or any(f" {words}".endswith(f" {plain_words(word)}") for word in known["at_end"])


def _subjects(told: Facts) -> int:
    household = sum(name != PEOPLE for name in told)
    return min(household, 1) + len(told.get(PEOPLE) or ())


def story_answered(
    understood: Understanding, session: Session, context: Context, day: date
) -> tuple[Session, list[Reply]]:
    """Say back what was understood, what it settles, and offer to ask the rest. A story is a household of its own, so
    that who tells of several, as a village head does, mixes none."""
    heard = heard_of(understood, context)
    session = facts.merged(replace(session, facts={}, flow=None), heard)
    found = facts.screening(session, context, day)
    nothing = context.screener.screen({}, day, set(found.outcomes)).outcomes
    settled = [key for key, outcome in found.outcomes.items() if outcome.truth is True and not nothing[key].truth]
    lines = page([line_of(key, found.outcomes[key], found.facts, context) for key in _varied(settled)], 0, ROOM)
    rest, phrases = len(settled) - len(lines), said_back(heard, context)
    text = context.wording.say("told", understood=phrases, lines=lines, rest=rest, open=len(found.open), day=day)
    return session, [Reply(text, (*detail_choices(lines), *_onward(context)))]


def _varied(keys: list[str]) -> list[str]:
    """One benefit of each entry before a second of any."""
    first = {key.partition(":")[0]: key for key in reversed(keys)}
    return sorted(keys, key=lambda key: first[key.partition(":")[0]] != key)


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
