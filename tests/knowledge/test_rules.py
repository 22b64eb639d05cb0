"""What must hold of every rule, whatever the household: Kleene logic, order, dates, and that no verdict is dead."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import load
from knowledge.conditions import Condition, Rule
from knowledge.rules import AGES_AT_SCHOOL, PEOPLE, PROVINCE, Verdict, evaluate, judge, truth
from knowledge.screening import Screener
from tests.households import cases

DAY = date(2026, 11, 22)
KNOWLEDGE = load()
SCREENER = Screener(KNOWLEDGE)
BENEFITS = KNOWLEDGE.benefits
#: Wishes and the province change which rule applies, so they are the same before and after.
FIXED = {PROVINCE} | {
    condition.fact
    for benefit in BENEFITS.values()
    for rule in benefit.rules
    for condition in rule.when.walk()
    if condition.fact and condition.if_told
}
SAMPLES = 4000


def sampled(scope: str, day: date, dice: random.Random, only: set[str] | None = None) -> dict[str, Any]:
    """Facts of a household or a person, all of them told."""
    names = [name for name, fact in KNOWLEDGE.facts.items() if fact.scope == scope and (only is None or name in only)]
    return {name: dice.choice(list(SCREENER.values(name, day))) for name in names}


def household(dice: random.Random, day: date, people: int, only: set[str] | None = None) -> dict[str, Any]:
    """A household of which everything is told, pupils being of an age for their school."""
    persons = [{"la": str(number), **sampled("person", day, dice, only)} for number in range(people)]
    for person in persons:
        if person.get("lop") in AGES_AT_SCHOOL and "tuoi" in person:
            person["tuoi"] = dice.randint(*AGES_AT_SCHOOL[person["lop"]])
    return {**sampled("household", day, dice, only), PEOPLE: persons}


def fewer(facts: Mapping[str, Any], dice: random.Random) -> dict[str, Any]:
    """The same household with less told."""

    def some(told: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in told.items() if key in FIXED or key == "la" or dice.random() < 0.5}

    people = [some(person) for person in facts[PEOPLE]]
    return {**some({key: value for key, value in facts.items() if key != PEOPLE}), PEOPLE: people}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_more_facts_never_unsettle_a_verdict(seed: int, people: int) -> None:
    dice = random.Random(seed)
    whole = household(dice, DAY, people)
    part = fewer(whole, dice)
    for key, benefit in BENEFITS.items():
        before = truth(benefit, part, DAY)
        assert before is None or truth(benefit, whole, DAY) is before, f"{key}: {part}"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_the_order_of_facts_and_people_does_not_matter(seed: int, people: int) -> None:
    dice = random.Random(seed)
    told = fewer(household(dice, DAY, people), dice)
    mixed = dict(dice.sample(list(told.items()), len(told)))
    mixed[PEOPLE] = [dict(dice.sample(list(person.items()), len(person))) for person in told[PEOPLE]]
    dice.shuffle(mixed[PEOPLE])
    for key, benefit in BENEFITS.items():
        one, other = judge(benefit, told, DAY), judge(benefit, mixed, DAY)
        assert one.truth is other.truth, key
        assert set(one.missing) == set(other.missing) or len(one.missing) == len(other.missing), key


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3))
def test_explanations_agree_with_the_truth(seed: int, people: int) -> None:
    dice = random.Random(seed)
    told = fewer(household(dice, DAY, people), dice)
    for key, benefit in BENEFITS.items():
        outcome = judge(benefit, told, DAY)
        assert outcome.truth is truth(benefit, told, DAY), key
        assert outcome.reasons or outcome.missing or benefit.rule(DAY) is None, key
        assert not outcome.missing or outcome.truth is None, key


def possible(condition: Condition) -> set[bool | None]:
    """What a condition can come to by its form alone."""
    if condition.fact is not None:
        return {True, False} if condition.if_told else {True, False, None}
    if condition.not_ is not None:
        return {None if found is None else not found for found in possible(condition.not_)}
    if condition.person is not None:
        return possible(condition.person)
    if condition.leaf is not None:
        own = True if condition.always else False if condition.never else None
        return {own, True} if condition.only_in else {own}
    decisive = condition.any_ is not None
    children = [possible(child) for child in condition.children]
    found: set[bool | None] = {decisive} if any(decisive in child for child in children) else set()
    if all((not decisive) in child for child in children):
        found.add(not decisive)
    if any(None in child for child in children) and all(child - {decisive} for child in children):
        found.add(None)
    return found


RULES = [(key, rule) for key, benefit in BENEFITS.items() for rule in benefit.rules]


@pytest.mark.parametrize(("key", "rule"), RULES, ids=lambda value: str(getattr(value, "from_", value)))
def test_every_rule_can_yield_each_verdict_it_claims(key: str, rule: Rule) -> None:
    day = rule.from_ or rule.until or DAY
    dice = random.Random(key)
    only = {condition.fact for condition in rule.when.walk() if condition.fact} | {PROVINCE}
    wanted, found = possible(rule.when), set[bool | None]()
    for number in range(SAMPLES):
        whole = household(dice, day, number % 3, only)
        told = fewer(whole, dice) if number % 2 else whole
        found.add(evaluate(rule.when, told, None, day).truth)
        if found >= wanted:
            return
    assert found >= wanted, f"{key} never comes to {[str(verdict) for verdict in wanted - found]}"


def edges() -> list[date]:
    """The days around every change of a rule."""
    found = {edge for _, rule in RULES for edge in (rule.from_, rule.until) if edge}
    return sorted({edge + timedelta(days=step) for edge in found for step in (-1, 0, 1)})


@pytest.mark.parametrize("key", BENEFITS)
def test_on_every_day_of_change_one_rule_holds_and_decides_the_saved_households(key: str) -> None:
    benefit = BENEFITS[key]
    begun = min(rule.from_ or date.min for rule in benefit.rules)
    ended = max(rule.until or date.max for rule in benefit.rules)
    for day in edges():
        holding = [rule for rule in benefit.rules if rule.holds_on(day)]
        assert len(holding) == (1 if begun <= day <= ended else 0), f"{key} on {day}"
        for case in SAVED:
            outcome = judge(benefit, case, day)
            assert outcome.verdict in Verdict
            assert bool(holding) or outcome.truth is None


SAVED = [case.facts for case in list(cases())[::12]]
