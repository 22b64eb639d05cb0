"""The facts kept in a session: told, forgotten, merged, and put together with the place for judging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from handlers.context import Context
from handlers.course import Course
from handlers.types import Session
from knowledge.household import WHO, facts_of_unit, with_teller
from knowledge.interview import household, looked_at
from knowledge.places import Unit
from knowledge.rules import PEOPLE, Facts
from knowledge.screening import Screening


def told(session: Session, step: str, value: Any) -> Session:
    """``session`` with one fact told: ``<fact>``, or ``<person>.<fact>``; None forgets it."""
    who, _, fact = step.rpartition(".")
    if not who:
        return replace(session, facts=_with(session.facts, fact, value))
    people = [dict(person) for person in session.facts.get(PEOPLE) or ()]
    if not any(person[WHO] == who for person in people):
        people.append({WHO: who})
    people = [_with(person, fact, value) if person[WHO] == who else person for person in people]
    return replace(session, facts={**session.facts, PEOPLE: people})


def _with(facts: Facts, fact: str, value: Any) -> dict[str, Any]:
    others = {name: held for name, held in facts.items() if name != fact}
    return others if value is None else {**others, fact: value}


def value_told(session: Session, step: str) -> Any:
    """What was told for a step, if anything."""
    who, _, fact = step.rpartition(".")
    if not who:
        return session.facts.get(fact)
    people = session.facts.get(PEOPLE) or ()
    return next((person.get(fact) for person in people if person[WHO] == who), None)


def without_person(session: Session, who: str) -> Session:
    """``session`` with nobody of this name."""
    people = [person for person in session.facts.get(PEOPLE) or () if person[WHO] != who]
    return replace(session, facts={**session.facts, PEOPLE: people})


def merged(session: Session, heard: Facts) -> Session:
    """``session`` with the facts of a story: the newer word counts, people are known by what they are called."""
    people = {person[WHO]: dict(person) for person in session.facts.get(PEOPLE) or ()}
    for person in _named_apart(heard.get(PEOPLE) or ()):
        people[person[WHO]] = {**people.get(person[WHO], {}), **person}
    facts = {**session.facts, **heard}
    return replace(session, facts={**facts, PEOPLE: list(people.values())} if people else facts)


def _named_apart(people: Any) -> list[dict[str, Any]]:
    """Two children of a story become ``con`` and ``con-2``."""
    seen: dict[str, int] = {}
    named = []
    for person in people:
        count = seen[person[WHO]] = seen.get(person[WHO], 0) + 1
        named.append({**person, WHO: person[WHO] if count == 1 else f"{person[WHO]}-{count}"})
    return named


def with_place(session: Session, context: Context) -> dict[str, Any]:
    """The facts of a session and what its place says; what was told of the place itself counts."""
    unit = context.understander.places.unit(session.place) if session.place else None
    return {**(facts_of_unit(unit) if unit else {}), **session.facts}


def moved(session: Session, unit: Unit) -> Session:
    """``session`` with its person living in ``unit``; what was told of another place no longer counts."""
    told = {name: value for name, value in session.facts.items() if name not in facts_of_unit(unit)}
    return replace(session, place=unit.code, facts=told)


def screening(session: Session, context: Context, day: date) -> Screening:
    """What the household of a session may get, as far as is known now."""
    facts, course = with_place(session, context), Course.of(session)
    if course is None:
        return context.screener.screen(with_teller(facts, context.knowledge.facts), day)
    whole = household(context.knowledge, facts, course.ticked)
    return context.screener.screen(whole, day, looked_at(context.knowledge, course.ticked))


def known(facts: Mapping[str, Any]) -> bool:
    """Whether anything is told."""
    return any(value for name, value in facts.items() if name != PEOPLE) or any(
        len(person) > 1 for person in facts.get(PEOPLE) or ()
    )


def begun(session: Session) -> bool:
    """Whether there is anything to show a result of."""
    return Course.of(session) is not None or known(session.facts)
