"""What a household may get: every benefit judged at once, and the question that would settle most of what is open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from knowledge.base import Knowledge
from knowledge.conditions import Comparison
from knowledge.household import with_consequences
from knowledge.model import Fact, FactType
from knowledge.rules import AGE, NOBODY, PEOPLE, Facts, Gap, Outcome, ages_of, judge, months_after, truth

#: What an answer counts that brings a benefit nearer without settling it, beside one that settles it.
STEP = 0.3
#: Days beside which a date is tried where no rule names one.
FAR = 40 * 365


@dataclass(frozen=True)
class Screening:
    """What the rules of ``day`` say of a household with ``facts``, by verdict key."""

    facts: Facts
    day: date
    outcomes: Mapping[str, Outcome]

    @property
    def open(self) -> tuple[str, ...]:
        """The benefits that an answer may still settle."""
        return tuple(key for key, outcome in self.outcomes.items() if outcome.can_be_settled)


class Screener:
    """Judges every benefit. Built once over the knowledge; the same facts on the same day always come to the same."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def screen(self, facts: Facts, day: date, only: Collection[str] | None = None) -> Screening:
        """What a household with ``facts`` may get on ``day``: of all benefits, or of ``only`` some."""
        whole = with_consequences(facts)
        keys = self._knowledge.benefits if only is None else [key for key in self._knowledge.benefits if key in only]
        return Screening(whole, day, {key: judge(self._knowledge.benefits[key], whole, day) for key in keys})

    def next_question(self, screening: Screening, without: Collection[Gap] = (), least: float = 0.0) -> Gap | None:
        """The fact that settles most of what is open, averaged over the values it may have; none where none settles
        more than ``least``."""
        scores = {
            gap: score for gap in self._gaps(screening, without) if (score := self._score(screening, gap)) > least
        }
        return max(scores, key=lambda gap: scores[gap], default=None)

    def _gaps(self, screening: Screening, without: Collection[Gap]) -> list[Gap]:
        """What could be asked: of the household before its people, else in the order of ``facts.yaml``."""
        found = {gap for key in screening.open for gap in screening.outcomes[key].gaps} - set(without)
        order = list(self._knowledge.facts)
        return sorted(found, key=lambda gap: (gap.person is not None, order.index(gap.fact), gap.person or 0))

    def _score(self, screening: Screening, gap: Gap) -> float:
        turning = [key for key in screening.open if gap in screening.outcomes[key].gaps]
        values = list(_possible(gap, screening.facts, self.values(gap.fact, screening.day)))
        worlds = [with_consequences(told(screening.facts, gap, value)) for value in values]
        rules = [self._knowledge.benefits[key] for key in turning]
        settled = sum(truth(rule, world, screening.day) is not None for rule in rules for world in worlds)
        needed = (screening.outcomes[key].to_hold or () for key in turning)
        steps = sum(1 / len(gaps) for gaps in needed if gap in gaps)
        return settled / max(len(worlds), 1) + STEP * steps

    def values(self, fact: str, day: date) -> Iterator[Any]:
        """Values that stand for all that a fact may be: each choice, or one on either side of every limit."""
        kind = self._knowledge.facts[fact]
        if kind.type is FactType.YES_NO:
            yield from (True, False)
        elif kind.type is FactType.CHOICE:
            yield from (choice.value for choice in kind.choices)
        elif kind.type is FactType.DATE:
            yield from _days(self._limits[fact], day)
        else:
            yield from _numbers(kind, (limit for _, limit in self._limits[fact]))

    @cached_property
    def _limits(self) -> Mapping[str, set[tuple[Comparison, Any]]]:
        """With what each fact is compared anywhere."""
        limits: dict[str, set[tuple[Comparison, Any]]] = {name: set() for name in self._knowledge.facts}
        rules = (rule for benefit in self._knowledge.benefits.values() for rule in benefit.rules)
        for condition in (condition for rule in rules for condition in rule.when.walk()):
            if condition.fact is not None and condition.comparison[0] is not Comparison.IN:
                limits[condition.fact].add(condition.comparison)
        return limits


def _possible(gap: Gap, facts: Facts, values: Iterator[Any]) -> Iterator[Any]:
    """The values without ages that the person cannot have."""
    people = facts.get(PEOPLE) or NOBODY
    low, high = ages_of(people[gap.person]) if gap.fact == AGE and gap.person is not None else (None, None)
    return values if low is None else (value for value in values if low <= value <= high)


def _numbers(fact: Fact, limits: Iterable[Any]) -> Iterator[float]:
    """One number in each stretch between the limits of the rules."""
    low = fact.minimum or 0
    steps = sorted({float(limit) for limit in limits if isinstance(limit, int | float)})
    yield from dict.fromkeys([low, *(max(limit - 1, low) for limit in steps), *(limit + 1 for limit in steps)])


def _days(limits: Iterable[tuple[Comparison, Any]], day: date) -> Iterator[date]:
    """One day on either side of each limit of the rules."""
    found = {day, day - timedelta(days=FAR)}
    for comparison, limit in limits:
        if comparison is Comparison.WITHIN_MONTHS:
            edge = months_after(day, -limit)
        elif comparison is Comparison.WITHIN_DAYS:
            edge = day - timedelta(days=limit)
        else:
            edge = limit
        found |= {edge - timedelta(days=2), edge + timedelta(days=2)}
    yield from sorted(found)


def told(facts: Facts, gap: Gap, value: Any) -> dict[str, Any]:
    """``facts`` with one more told: of the household, or of somebody in it."""
    if gap.person is None:
        return {**facts, gap.fact: value}
    people: list[dict[str, Any]] = [dict(person) for person in facts.get(PEOPLE) or NOBODY]
    people[gap.person][gap.fact] = value
    return {**facts, PEOPLE: people}
