"""What a rule says of a household: Kleene logic in which the unknown stays unknown.

Truth is found first, by functions made once per condition; the reasons are gathered afterwards, only where they
decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from knowledge.conditions import Benefit, Comparison, Condition, Rule

__all__ = [
    "Benefit",
    "Condition",
    "Facts",
    "Gap",
    "Outcome",
    "Reason",
    "Rule",
    "Verdict",
    "ages_of",
    "evaluate",
    "judge",
    "truth",
]

#: The ages between which pupils of a school level lie, where the age itself is not told.
AGES_AT_SCHOOL = {"nha-tre": (0, 3), "mau-giao": (3, 6), "tieu-hoc": (6, 15), "thcs": (10, 18), "thpt": (14, 22)}
PEOPLE = "nguoi"
PROVINCE = "tinh"
AGE = "tuoi"
#: Under this key a person may carry the lowest and the highest age they can have; no rule and no story names it.
AGES = "tuoi-trong-khoang"
#: Somebody in the household of whom nothing is told yet.
NOBODY: tuple[Mapping[str, Any], ...] = ({},)
Facts: TypeAlias = Mapping[str, Any]
Truth: TypeAlias = Callable[[Facts, Facts | None, date], bool | None]


class Verdict(StrEnum):
    """What a rule says of a household."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


VERDICTS = {True: Verdict.ELIGIBLE, False: Verdict.NOT_ELIGIBLE, None: Verdict.UNKNOWN}


class Reason(NamedTuple):
    """A sentence that decided, the claims that prove it, and what the person can do about it."""

    text: str
    claims: tuple[str, ...] = ()
    mend: str | None = None


class Gap(NamedTuple):
    """A fact that is not known: of the household, or of the person at an index among those told of."""

    fact: str
    person: int | None = None


class Outcome(NamedTuple):
    """The truth of a condition (None: unknown) and why.

    Of an unknown one: ``gaps`` are the facts it turns on, ``to_hold`` and ``to_fail`` the fewest of them with which it
    may come to hold or to fail (None: whatever is told, it will not).
    """

    truth: bool | None
    reasons: tuple[Reason, ...] = ()
    gaps: tuple[Gap, ...] = ()
    to_hold: tuple[Gap, ...] | None = None
    to_fail: tuple[Gap, ...] | None = None

    @property
    def verdict(self) -> Verdict:
        """The truth as a verdict."""
        return VERDICTS[self.truth]

    @property
    def can_be_settled(self) -> bool:
        """Whether some answer may still settle it."""
        return self.truth is None and (self.to_hold is not None or self.to_fail is not None)

    @property
    def needed(self) -> tuple[Gap, ...]:
        """The fewest facts that would settle it: in the household's favour where that can still be."""
        return (self.to_fail if self.to_hold is None else self.to_hold) or ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed facts by their names, whoever they are about."""
        return tuple(dict.fromkeys(gap.fact for gap in self.needed))


def judge(benefit: Benefit, facts: Facts, day: date) -> Outcome:
    """What the rule of ``day`` says of a household with these ``facts``. No rule that day: unknown, without facts
    that would settle it. That nobody can say is not given as a reason while an answer may still settle it."""
    rule = benefit.rule(day)
    found = Outcome(None) if rule is None else evaluate(rule.when, facts, None, day)
    return found._replace(reasons=()) if found.can_be_settled else found


def truth(benefit: Benefit, facts: Facts, day: date) -> bool | None:
    """The truth alone, without reasons: for trying many values quickly."""
    rule = benefit.rule(day)
    return None if rule is None else truth_of(rule.when)(facts, None, day)


# --- why -------------------------------------------------------------------------------------------------------------


def evaluate(condition: Condition, facts: Facts, person: int | None, day: date) -> Outcome:
    """The outcome of ``condition`` for a household, and for the ``person`` at an index inside ``person``."""
    return _explained(condition, truth_of(condition)(facts, _who(facts, person), day), facts, person, day)


def _explained(condition: Condition, found: bool | None, facts: Facts, person: int | None, day: date) -> Outcome:
    """Why ``condition`` is ``found``: what decided it, and nothing else."""
    if condition.fact is not None:
        return _compared(condition, found, facts, person)
    if condition.person is not None:
        people = range(len(facts.get(PEOPLE) or NOBODY))
        return _any(found, _deciding([(condition.person, index) for index in people], found, facts, day))
    if condition.not_ is not None:
        inner = None if found is None else not found
        return _negated(condition, found, _explained(condition.not_, inner, facts, person, day))
    if condition.all_ is not None:
        return _all(found, _deciding([(child, person) for child in condition.all_], found, facts, day))
    if condition.any_ is not None:
        return _any(found, _deciding([(child, person) for child in condition.any_], found, facts, day))
    return _leaf(condition, found, facts)


def _who(facts: Facts, person: int | None) -> Facts | None:
    return None if person is None else (facts.get(PEOPLE) or NOBODY)[person]


def _deciding(
    parts: Sequence[tuple[Condition, int | None]], found: bool | None, facts: Facts, day: date
) -> list[Outcome]:
    """The outcomes of the parts, each a condition for a person, whose truth is the whole's."""
    return [
        _explained(condition, found, facts, person, day)
        for condition, person in parts
        if truth_of(condition)(facts, _who(facts, person), day) is found
    ]


def _all(found: bool | None, deciding: Sequence[Outcome]) -> Outcome:
    if found is not None:
        return Outcome(found, _reasons(deciding))
    return Outcome(None, _reasons(deciding), _gaps(deciding), _union([outcome.to_hold for outcome in deciding]),
                   _fewest([outcome.to_fail for outcome in deciding]))  # fmt: skip


def _any(found: bool | None, deciding: Sequence[Outcome]) -> Outcome:
    if found is True:
        return Outcome(True, min(deciding, key=lambda outcome: len(outcome.reasons)).reasons)
    if found is False:
        return Outcome(False, _reasons(deciding))
    return Outcome(None, _reasons(deciding), _gaps(deciding), _fewest([outcome.to_hold for outcome in deciding]),
                   _union([outcome.to_fail for outcome in deciding]))  # fmt: skip


def _reasons(outcomes: Sequence[Outcome]) -> tuple[Reason, ...]:
    if len(outcomes) == 1:
        return outcomes[0].reasons
    return tuple(dict.fromkeys(chain.from_iterable([outcome.reasons for outcome in outcomes])))


def _gaps(outcomes: Sequence[Outcome]) -> tuple[Gap, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(outcome.gaps for outcome in outcomes)))


def _union(parts: Sequence[tuple[Gap, ...] | None]) -> tuple[Gap, ...] | None:
    """Everything that all the parts need; None where one of them cannot be had."""
    if any(part is None for part in parts):
        return None
    return tuple(dict.fromkeys(chain.from_iterable(part for part in parts if part is not None)))


def _fewest(parts: Sequence[tuple[Gap, ...] | None]) -> tuple[Gap, ...] | None:
    return min((part for part in parts if part is not None), key=len, default=None)


def _negated(condition: Condition, found: bool | None, inner: Outcome) -> Outcome:
    text = condition.pass_ if found else condition.fail
    told = (Reason(text, condition.claims, condition.mend),) if text and found is not None else inner.reasons
    return Outcome(found, told, inner.gaps, inner.to_fail, inner.to_hold)


def _compared(condition: Condition, found: bool | None, facts: Facts, person: int | None) -> Outcome:
    if found is None:
        gap = (Gap(condition.fact or "", person),)
        return Outcome(None, (), gap, gap, gap)
    if condition.if_told and _held(condition.fact or "", facts, _who(facts, person)) is None:
        return Outcome(True)
    return Outcome(found, _told(condition, found))


def _told(condition: Condition, found: bool) -> tuple[Reason]:
    """What is said of a comparison that holds or fails, made once."""
    made: dict[bool, tuple[Reason]] = condition.__dict__.setdefault("_told", {})
    if found not in made:
        text, mend = (condition.pass_, None) if found else (condition.fail, condition.mend)
        made[found] = (Reason(text or "", condition.claims, mend),)
    return made[found]


def _leaf(condition: Condition, found: bool | None, facts: Facts) -> Outcome:
    if _is_elsewhere(condition, facts):
        return Outcome(True)
    return Outcome(found, (Reason(condition.leaf or "", condition.claims, condition.mend),))


# --- truth -----------------------------------------------------------------------------------------------------------


def truth_of(condition: Condition) -> Truth:
    """The function that finds the truth of ``condition``, made on first use and kept beside it."""
    made: Truth | None = condition.__dict__.get("_truth")
    if made is None:
        made = condition.__dict__["_truth"] = _made(condition)
    return made


def _made(condition: Condition) -> Truth:
    if condition.fact is not None:
        return _comparing(condition)
    if condition.all_ is not None:
        return partial(_joined, tuple(map(truth_of, condition.all_)), False)
    if condition.any_ is not None:
        return partial(_joined, tuple(map(truth_of, condition.any_)), True)
    if condition.not_ is not None:
        return partial(_not, truth_of(condition.not_))
    if condition.person is not None:
        return partial(_somebody, truth_of(condition.person))
    return partial(_leaf_truth, condition)


def _joined(children: tuple[Truth, ...], decisive: bool, facts: Facts, person: Facts | None, day: date) -> bool | None:
    """The truth of a connective that one ``decisive`` child settles; else an unknown child keeps it open."""
    joined: bool | None = not decisive
    for child in children:
        found = child(facts, person, day)
        if found is decisive:
            return decisive
        if found is None:
            joined = None
    return joined


def _not(child: Truth, facts: Facts, person: Facts | None, day: date) -> bool | None:
    found = child(facts, person, day)
    return None if found is None else not found


def _somebody(inner: Truth, facts: Facts, person: Facts | None, day: date) -> bool | None:
    """Whether somebody in the household meets it; nobody told of at all leaves it open."""
    joined: bool | None = False
    for somebody in facts.get(PEOPLE) or NOBODY:
        found = inner(facts, somebody, day)
        if found:
            return True
        if found is None:
            joined = None
    return joined


def _leaf_truth(condition: Condition, facts: Facts, person: Facts | None, day: date) -> bool | None:
    if condition.always or _is_elsewhere(condition, facts):
        return True
    return False if condition.never else None


def _is_elsewhere(condition: Condition, facts: Facts) -> bool:
    return bool(condition.only_in) and facts.get(PROVINCE) not in condition.only_in


def _comparing(condition: Condition) -> Truth:
    fact, unknown = condition.fact or "", True if condition.if_told else None
    comparison, right = condition.comparison
    holds, inexact = partial(_HOLDS[comparison], right), comparison in {Comparison.IS, Comparison.IN}

    def compared(facts: Facts, person: Facts | None, day: date) -> bool | None:
        held = _held(fact, facts, person)
        if held is not None:
            return holds(held, day)
        low, high = ages_of(person) if fact == AGE and person is not None else (None, None)
        if low is None or (inexact and low != high):
            return unknown
        lowest = holds(low, day)
        return lowest if lowest == holds(high, day) else unknown

    return compared


def _held(fact: str, facts: Facts, person: Facts | None) -> Any:
    return person[fact] if person is not None and fact in person else facts.get(fact)


def ages_of(person: Facts) -> tuple[int, int] | tuple[None, None]:
    """The lowest and the highest age that somebody of unknown age can have."""
    given: tuple[int, int] | None = person.get(AGES) or AGES_AT_SCHOOL.get(str(person.get("lop")))
    return given or (None, None)


_HOLDS: dict[Comparison, Callable[[Any, Any, date], bool]] = {
    Comparison.IS: lambda right, left, day: bool(left == right),
    Comparison.IN: lambda right, left, day: left in right,
    Comparison.AT_LEAST: lambda right, left, day: bool(left >= right),
    Comparison.AT_MOST: lambda right, left, day: bool(left <= right),
    Comparison.UNDER: lambda right, left, day: bool(left < right),
    Comparison.OVER: lambda right, left, day: bool(left > right),
    Comparison.WITHIN_DAYS: lambda right, left, day: bool((day - left).days <= right),
    Comparison.WITHIN_MONTHS: lambda right, left, day: day <= months_after(left, right),
    Comparison.ON_OR_AFTER: lambda right, left, day: bool(left >= right),
}


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month where it is shorter."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
