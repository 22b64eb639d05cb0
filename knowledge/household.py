"""The facts of a household: checked against ``facts.yaml``, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from knowledge.gazetteer import slug
from knowledge.model import Fact, FactType
from knowledge.places import PlaceMatch, Unit
from knowledge.rules import AGE, AGES, AGES_AT_SCHOOL, PEOPLE, PROVINCE, Facts

WHO = "la"
TELLER = "toi"
#: Somebody whom the teller asks for and who is not of the household.
ASKED_ABOUT = "nguoi-duoc-hoi"
AREA = "khu-vuc"
AREAS = {"xã": "nong-thon", "đặc khu": "nong-thon", "phường": "thanh-thi"}
ELSEWHERE = "noi-khac"
#: Pupils of these levels cannot be students as well, nor can those who study for these degrees be pupils.
NOT_YET_STUDENTS = frozenset({"nha-tre", "mau-giao", "tieu-hoc", "thcs"})
NO_LONGER_PUPILS = frozenset({"dai-hoc", "cao-dang", "thac-si"})
#: By how many years parents and grandparents are older, at least and at most; and from which age one is a parent.
OLDER_BY = {"me": (15, 50), "bo": (15, 70), "ba": (15, 90), "ong": (15, 90)}
YOUNGER = ("con", "chau")
GROWN_UP = 18
OLDEST = 110


class FactError(ValueError):
    """A fact that cannot be used, told in one line that names it."""


def read_facts(known: Mapping[str, Fact], told: object) -> dict[str, Any]:
    """The facts ``told``, as JSON or YAML values, with dates read. Raises FactError; null means not known."""
    if not isinstance(told, Mapping):
        raise FactError("facts: give an object of fact ids and values")
    facts = _read(known, {key: value for key, value in told.items() if key != PEOPLE}, "household")
    people = told.get(PEOPLE)
    if people is not None:
        facts[PEOPLE] = _read_people(known, people)
    return facts


def heard_facts(known: Mapping[str, Fact], heard: Facts) -> dict[str, Any]:
    """The facts heard in a story, with dates read, without those that cannot be right: nobody is 200 years old."""
    facts = _heard(known, {key: value for key, value in heard.items() if key != PEOPLE})
    people = [{WHO: person[WHO], **_heard(known, person)} for person in heard.get(PEOPLE, ())]
    return {**facts, PEOPLE: people} if people else facts


def _heard(known: Mapping[str, Fact], told: Facts) -> dict[str, Any]:
    facts = {}
    for name in told.keys() & known.keys():
        with suppress(FactError):
            facts[name] = read_value(known[name], told[name])
    return {name: facts[name] for name in told if name in facts}


def _read_people(known: Mapping[str, Fact], people: object) -> list[dict[str, Any]]:
    if not isinstance(people, list) or not all(isinstance(person, Mapping) for person in people):
        raise FactError(f"{PEOPLE}: give a list of people, each an object of fact ids and values")
    read = []
    for person in people:
        who = person.get(WHO, "")
        if not isinstance(who, str):
            raise FactError(f"{WHO}: say who it is in a word, such as 'me'")
        own = {key: value for key, value in person.items() if key != WHO}
        read.append({WHO: who, **_read(known, own, "person")})
    return read


def _read(known: Mapping[str, Fact], told: Mapping[Any, Any], scope: str) -> dict[str, Any]:
    facts = {}
    for name, value in told.items():
        fact = known.get(str(name))
        if fact is None:
            raise FactError(f"{name}: unknown fact; `python -m bot facts` lists them")
        if fact.scope != scope:
            belongs = f"a person; put it under '{PEOPLE}'" if scope == "household" else "the household, not a person"
            raise FactError(f"{name}: belongs to {belongs}")
        if value is not None:
            facts[fact.id] = read_value(fact, value)
    return facts


def read_value(fact: Fact, value: object) -> Any:
    """One value as the rules compare it. Raises FactError where it is of another type or out of range."""
    match fact.type:
        case FactType.YES_NO:
            if isinstance(value, bool):
                return value
            raise FactError(f"{fact.id}: {value!r} is not true or false")
        case FactType.CHOICE:
            choices = [choice.value for choice in fact.choices]
            if value in choices:
                return value
            raise FactError(f"{fact.id}: {value!r} is none of {', '.join(choices)}")
        case FactType.DATE:
            return _read_day(fact, value)
        case FactType.NUMBER | FactType.AGE:
            return _read_number(fact, value)


def _read_day(fact: Fact, value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise FactError(f"{fact.id}: {value!r} is not a date such as 2026-03-15") from None


def _read_number(fact: Fact, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FactError(f"{fact.id}: {value!r} is not a number")
    low, high = fact.minimum, fact.maximum
    if not (low is None or low <= value) or not (high is None or value <= high):
        raise FactError(f"{fact.id}: {value!r} is not between {_written(low)} and {_written(high)}")
    return value


def _written(limit: float | None) -> str:
    return "any" if limit is None else f"{limit:g}" if limit < 1e6 else f"{limit:.0f}"


def written(facts: Facts) -> dict[str, Any]:
    """``facts`` as JSON values, without what the program keeps for itself."""
    plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in facts.items()}
    plain.pop(AGES, None)
    if PEOPLE in facts:
        plain[PEOPLE] = [written(person) for person in facts[PEOPLE]]
    return plain


def facts_of_place(place: PlaceMatch) -> dict[str, Any]:
    """The province, and whether it is countryside or town, as far as all that the place may be agree."""
    if place.kind == "elsewhere":
        return {PROVINCE: ELSEWHERE}
    if not place.units:
        named = place.scopes & {"thai-nguyen", "quang-ninh", "bac-ninh"}
        return {PROVINCE: min(named)} if len(named) == 1 else {}
    provinces = {slug(unit.province) for unit in place.units}
    areas = {area_of(unit) for unit in place.units}
    found: dict[str, Any] = {PROVINCE: provinces.pop()} if len(provinces) == 1 else {}
    return {**found, AREA: areas.pop()} if len(areas) == 1 else found


def facts_of_unit(unit: Unit) -> dict[str, Any]:
    """The province of a unit of today, and whether it is countryside or town."""
    return {PROVINCE: slug(unit.province), AREA: area_of(unit)}


def area_of(unit: Unit) -> str:
    """Communes and special zones are countryside, wards are town."""
    return AREAS[unit.type.lower()]


def with_consequences(facts: Facts) -> dict[str, Any]:
    """``facts`` and what plainly follows from them for each person: a schoolchild is no student."""
    if PEOPLE not in facts:
        return dict(facts)
    return {**facts, PEOPLE: [_with_consequences(person) for person in facts[PEOPLE]]}


def _with_consequences(person: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if person.get("lop") in NOT_YET_STUDENTS or person.get(AGE, GROWN_UP) < AGES_AT_SCHOOL["thpt"][0]:
        found["bac-hoc"] = "khong"
    if person.get("bac-hoc") in NO_LONGER_PUPILS:
        found["lop"] = "khong"
    return {**found, **person}


def with_teller(facts: Facts, known: Mapping[str, Fact]) -> dict[str, Any]:
    """``facts`` of a story with its teller, who is of the household too, where it tells only of others.

    So a loan for workers stays open when somebody tells only of a mother of 80. What the story says of another is not
    taken to be so of the teller: who tells of a disabled child would have told of a disability of their own.
    """
    people = facts.get(PEOPLE) or ()
    if not people or any(person.get(WHO) in {TELLER, ASKED_ABOUT} for person in people):
        return dict(facts)
    said = {name for person in people for name in person}
    unsaid = {name: fact.unsaid for name, fact in known.items() if name in said and fact.unsaid is not None}
    return {**facts, PEOPLE: [*people, {WHO: TELLER, AGES: _ages_of_teller(people), **unsaid}]}


def _ages_of_teller(people: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """Between which ages somebody must be who has these parents and children."""
    low, high = 0, OLDEST
    for person in people:
        kin, age = str(person.get(WHO)).partition("-")[0], person.get(AGE)
        if kin in YOUNGER:
            low = max(low, GROWN_UP, (age or 0) + 15)
        elif kin in {"vo", "chong"}:
            low = max(low, GROWN_UP)
        elif kin in OLDER_BY and age is not None:
            least, most = OLDER_BY[kin]
            low, high = max(low, age - most), min(high, age - least)
    return (low, high) if low <= high else (GROWN_UP, OLDEST)
