"""What is typed while the interview awaits an answer: a number, a day, several boxes, or a word such as "quay lại"."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date

from handlers import facts, interview
from handlers.choosing import chosen
from handlers.context import Context
from handlers.course import HAS, NEEDS, WHO, Course
from handlers.interview import TYPED, Turn, question, taken
from handlers.types import Session
from knowledge.household import FactError, heard_facts, read_value
from knowledge.interview import preticked
from knowledge.model import Fact, FactType
from knowledge.spoken import spoken
from knowledge.text import fold, plain_words, tokens
from knowledge.understanding.understander import Decision

#: A message of at most so many words that says no number is a failed answer, not another question; one of at most so
#: many that says what was asked is the answer.
SHORT = 4
LONG = 10
#: The choice of a fact that "không" picks.
NONE = "khong"
QUESTIONS = frozenset({Decision.ANSWER, Decision.BOUNDARY})
_NUMBERS = re.compile(r"\d{1,2}(?:[\s,;.+&]+(?:va\s+)?\d{1,2})+")


def typed(text: str, session: Session, context: Context, day: date) -> Turn | None:
    """The turn that ``text`` makes as an answer; none where none is awaited or it is none."""
    course = Course.of(session)
    words = plain_words(text)
    if course is None or course.waiting is None:
        return _aside(words, session, context, day)
    control = _control(words, course, session, context, day)
    if control is not None:
        return control
    step = course.waiting
    if step in {HAS, NEEDS}:
        numbers = [int(number) for number in re.findall(r"\d+", text)] if _NUMBERS.fullmatch(fold(text).strip()) else []
        turn = interview.ticked_by_numbers(numbers, session, context, day) if numbers else None
        return turn or _own_words(course, text, session, context, day)
    if step.startswith(WHO):
        return _own_words(course, text, session, context, day)
    fact = context.knowledge.facts[step.rpartition(".")[2]]
    return _fact(course, fact, text, session, context, day)


def _aside(words: str, session: Session, context: Context, day: date) -> Turn | None:
    """The result and corrections can be asked for at any time, in so many words."""
    for name, where in (("results", "ketqua"), ("correct", "sua"), ("continue", "")):
        if words == plain_words(context.wording.label("interview", name)):
            return interview.go(where, session, context, day) if facts.begun(session) else None
    return None


def _control(words: str, course: Course, session: Session, context: Context, day: date) -> Turn | None:
    """Skip, back, results and correct, in the words people use."""
    known = context.wording.labels["interview"]["words"]
    listed = course.awaits in {HAS, NEEDS}
    for name in ("back", "results", "correct", "done" if listed else "skip"):
        if words in {plain_words(word) for word in known[name]}:
            if name in {"skip", "done"}:
                return interview.answered(course.awaits or HAS, "", session, context, day)
            return interview.go({"back": "lui", "results": "ketqua", "correct": "sua"}[name], session, context, day)
    return None


def _fact(course: Course, fact: Fact, text: str, session: Session, context: Context, day: date) -> Turn | None:
    if fact.type in TYPED:
        return _number(course, fact, text, session, context, day)
    said = _yes_no(text, context)
    if fact.type is FactType.YES_NO and said is not None:
        return taken(course, course.awaits or "", said, session, context, day)
    if said is False and any(choice.value == NONE for choice in fact.choices):
        return taken(course, course.awaits or "", NONE, session, context, day)
    if fact.id in interview.PLACES and (place := context.understander.places.find(text)) is not None:
        turn = interview.at_place(place, session, context, day)
        if turn is not None:
            return turn
    return _own_words(course, text, session, context, day)


def _own_words(course: Course, text: str, session: Session, context: Context, day: date) -> Turn | None:
    """An answer in own words, else the question again where it is no other question; a choice typed is no answer."""
    if chosen(text, session.offered) is not None:
        return None
    turn = None if text.strip().isdigit() else _story(course, text, session, context, day)
    if turn is not None or len(tokens(text)) > SHORT or _decision(text, session, context, day) is Decision.EMERGENCY:
        return turn
    return session, [question(course, session, context, day, wrong=True)]


def _yes_no(text: str, context: Context) -> bool | None:
    words = plain_words(text)
    known = context.wording.labels["interview"]["words"]
    for value, name in ((True, "yes"), (False, "no")):
        if words in {plain_words(word) for word in known[name]}:
            return value
    return None


def _number(course: Course, fact: Fact, text: str, session: Session, context: Context, day: date) -> Turn | None:
    """A number or a day; what cannot be one is asked again, unless it is plainly another question."""
    value, long = spoken(fact, text, day), len(tokens(text)) > SHORT
    if long or (value is None and not text.strip().isdigit()):
        decision = _decision(text, session, context, day)
        if decision is Decision.EMERGENCY or (long and decision in QUESTIONS):
            return None
    with suppress(FactError):
        if value is not None:
            return taken(course, course.awaits or "", read_value(fact, value), session, context, day)
    return session, [question(course, session, context, day, wrong=True)]


def _decision(text: str, session: Session, context: Context, day: date) -> Decision:
    return context.understander.understand(text, day, session.entry, session.subject).decision


def _story(course: Course, text: str, session: Session, context: Context, day: date) -> Turn | None:
    """An answer told in own words: what it says of the step awaited, and whatever else it says."""
    heard = heard_facts(context.knowledge.facts, context.understander.stories.read(text, day).facts)
    decision = _decision(text, session, context, day)
    if not facts.known(heard) or decision is Decision.EMERGENCY:
        return None
    step = course.awaits or HAS
    after = facts.merged(session, heard)
    settled = step == HAS or facts.value_told(after, step) is not None
    if decision in QUESTIONS and step != HAS and not (settled and len(tokens(text)) <= LONG):
        return None
    ticked = preticked(context.knowledge, after.facts)
    groups = tuple(dict.fromkeys([*course.groups, *ticked.groups]))
    more = replace(course, groups=groups, states={**ticked.states, **course.states})
    return interview.asked_next(more.past(step) if settled else replace(more, awaits=None), after, context, day)
