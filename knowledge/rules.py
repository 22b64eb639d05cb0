"""Rules as data, and what they say of a household: Kleene logic in which the unknown stays unknown.

A rule is ``all`` / ``any`` / ``not`` over comparisons of typed facts, ``person`` for "somebody in the household", and
three leaves without a fact: ``undetermined`` (nobody can say: a yearly list, a provincial decision, unverified law),
``never`` (ended) and ``always``. Every condition carries the sentence for when it holds and when it does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from knowledge.record import Record, Slug, Text

#: The ages between which pupils of a school level lie, where the age itself is not told.
AGES_AT_SCHOOL = {"nha-tre": (0, 3), "mau-giao": (3, 6), "tieu-hoc": (6, 15), "thcs": (10, 18), "thpt": (14, 22)}
PEOPLE = "nguoi"
PROVINCE = "tinh"
Facts = Mapping[str, Any]


class Comparison(StrEnum):
    """How a fact is compared. Dates are compared with the day of the question."""

    IS = "is"
    IN = "in"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    UNDER = "under"
    OVER = "over"
    WITHIN_MONTHS = "within-months"
    WITHIN_DAYS = "within-days"
    ON_OR_AFTER = "on-or-after"


class Condition(Record):
    """One node of a rule: exactly one of the connectives, leaves or a comparison of ``fact``.

    ``only-in`` limits a leaf without a fact to households known to be in one of these provinces; elsewhere, and where
    the province is not known, it holds silently. ``pass`` and ``fail`` are what the person is told; ``mend`` what they can do about a failure; ``claims`` prove it.
    """

    all_: tuple[Condition, ...] | None = Field(default=None, alias="all")
    any_: tuple[Condition, ...] | None = Field(default=None, alias="any")
    not_: Condition | None = Field(default=None, alias="not")
    person: Condition | None = None
    undetermined: Text | None = None
    never: Text | None = None
    always: Text | None = None
    only_in: tuple[Slug, ...] = Field(default=(), alias="only-in")
    fact: Slug | None = None
    is_: Any = Field(default=None, alias="is")
    in_: tuple[Any, ...] | None = Field(default=None, alias="in")
    at_least: float | None = Field(default=None, alias="at-least")
    at_most: float | None = Field(default=None, alias="at-most")
    under: float | None = None
    over: float | None = None
    within_months: int | None = Field(default=None, alias="within-months")
    within_days: int | None = Field(default=None, alias="within-days")
    on_or_after: date | None = Field(default=None, alias="on-or-after")
    pass_: Text | None = Field(default=None, alias="pass")
    fail: Text | None = None
    mend: Text | None = None
    claims: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        forms = (self.all_, self.any_, self.not_, self.person, self.undetermined, self.never, self.always, self.fact)
        if sum(form is not None for form in forms) != 1:
            raise ValueError("give exactly one of all, any, not, person, undetermined, never, always, fact")
        if self.fact is not None:
            if len(self.comparisons) != 1:
                raise ValueError(f"compare {self.fact} in exactly one way")
            if self.pass_ is None or self.fail is None:
                raise ValueError(f"{self.fact}: give the sentences 'pass' and 'fail'")
        return self

    @property
    def comparisons(self) -> list[tuple[Comparison, Any]]:
        """The comparisons given, with their right-hand sides."""
        given = {
            Comparison.IS: self.is_,
            Comparison.IN: self.in_,
            Comparison.AT_LEAST: self.at_least,
            Comparison.AT_MOST: self.at_most,
            Comparison.UNDER: self.under,
            Comparison.OVER: self.over,
            Comparison.WITHIN_MONTHS: self.within_months,
            Comparison.WITHIN_DAYS: self.within_days,
            Comparison.ON_OR_AFTER: self.on_or_after,
        }
        return [(comparison, value) for comparison, value in given.items() if value is not None]

    @property
    def children(self) -> tuple[Condition, ...]:
        """The conditions below this one."""
        single = tuple(child for child in (self.not_, self.person) if child is not None)
        return (*(self.all_ or ()), *(self.any_ or ()), *single)

    def walk(self) -> Iterator[Condition]:
        """This condition and every one below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Rule(Record):
    """A rule and the days on which it holds; open where not given."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    when: Condition

    def holds_on(self, day: date) -> bool:
        """Whether this is the rule of ``day``."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


class Benefit(Record):
    """One thing one can get. ``id`` is empty for an entry's only or main benefit; ``instead`` what fits otherwise.

    ``amount`` and ``papers`` name the statements of the entry that say how much it is and what to bring.
    """

    id: Slug | None = None
    title: Text
    rules: tuple[Rule, ...] = Field(min_length=1)
    instead: tuple[Text, ...] = ()
    amount: Slug | None = None
    papers: Slug | None = None


class Verdict(StrEnum):
    """What a rule says of a household."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reason:
    """A sentence that decided, the claims that prove it, and what the person can do about it."""

    text: str
    claims: tuple[str, ...] = ()
    mend: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The truth of a condition (None: unknown), why, and the facts that would settle it."""

    truth: bool | None
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The truth as a verdict."""
        return {True: Verdict.ELIGIBLE, False: Verdict.NOT_ELIGIBLE, None: Verdict.UNKNOWN}[self.truth]


def judge(benefit: Benefit, facts: Facts, day: date) -> Outcome:
    """What the rule of ``day`` says of a household with these ``facts``. No rule that day: unknown, without facts
    that would settle it."""
    rule = next((rule for rule in benefit.rules if rule.holds_on(day)), None)
    return Outcome(None) if rule is None else evaluate(rule.when, facts, None, day)


def evaluate(condition: Condition, facts: Facts, person: Facts | None, day: date) -> Outcome:
    """The outcome of ``condition`` for a household, and for ``person`` in it inside a ``person`` condition."""
    if condition.fact is not None:
        return _compare(condition, facts, person, day)
    if condition.all_ is not None:
        return _all([evaluate(child, facts, person, day) for child in condition.all_])
    if condition.any_ is not None:
        return _any([evaluate(child, facts, person, day) for child in condition.any_])
    if condition.not_ is not None:
        return _negated(evaluate(condition.not_, facts, person, day), condition)
    if condition.person is not None:
        return _somebody(condition.person, facts, day)
    return _leaf(condition, facts)


def _leaf(condition: Condition, facts: Facts) -> Outcome:
    if condition.only_in and facts.get(PROVINCE) not in condition.only_in:
        return Outcome(True)
    truth = True if condition.always else False if condition.never else None
    text = condition.always or condition.never or condition.undetermined or ""
    return Outcome(truth, (Reason(text, condition.claims, condition.mend),))


def _all(outcomes: Sequence[Outcome]) -> Outcome:
    return _joined(outcomes, decisive=False)


def _any(outcomes: Sequence[Outcome]) -> Outcome:
    return _joined(outcomes, decisive=True)


def _joined(outcomes: Sequence[Outcome], decisive: bool) -> Outcome:
    """The outcome of a connective that one ``decisive`` child settles; else an unknown child keeps it open."""
    deciding = [outcome for outcome in outcomes if outcome.truth is decisive]
    if deciding:
        shortest = min(deciding, key=lambda outcome: len(outcome.reasons)) if decisive else None
        return Outcome(decisive, shortest.reasons if shortest else _reasons(deciding))
    open_ones = [outcome for outcome in outcomes if outcome.truth is None]
    if open_ones:
        missing = tuple(dict.fromkeys(fact for outcome in open_ones for fact in outcome.missing))
        return Outcome(None, _reasons(open_ones), missing)
    return Outcome(not decisive, _reasons(outcomes))


def _reasons(outcomes: Sequence[Outcome]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reason for outcome in outcomes for reason in outcome.reasons))


def _negated(outcome: Outcome, condition: Condition) -> Outcome:
    truth = None if outcome.truth is None else not outcome.truth
    text = condition.pass_ if truth else condition.fail
    told = (Reason(text, condition.claims, condition.mend),) if text and truth is not None else outcome.reasons
    return Outcome(truth, told, outcome.missing)


def _somebody(condition: Condition, facts: Facts, day: date) -> Outcome:
    """Whether somebody in the household meets ``condition``; nobody told of at all leaves it open."""
    people: Sequence[Facts] = facts.get(PEOPLE) or ()
    return _any([evaluate(condition, facts, person, day) for person in people or ({},)])


def _compare(condition: Condition, facts: Facts, person: Facts | None, day: date) -> Outcome:
    fact = condition.fact or ""
    ((comparison, right),) = condition.comparisons
    low, high = _range(fact, facts, person)
    truth = (
        None if low is None else _agreeing(_holds(comparison, low, right, day), _holds(comparison, high, right, day))
    )
    if truth is None:
        return Outcome(None, (), (fact,))
    return Outcome(truth, (Reason((condition.pass_ if truth else condition.fail) or "", condition.claims,
                                  None if truth else condition.mend),))  # fmt: skip


def _agreeing(low: bool, high: bool) -> bool | None:
    return low if low == high else None


def _range(fact: str, facts: Facts, person: Facts | None) -> tuple[Any, Any]:
    """What is known of a fact as its lowest and highest possible value; (None, None) where nothing is."""
    held = person.get(fact) if person is not None and fact in person else facts.get(fact)
    if held is None and fact == "tuoi" and person is not None:
        return AGES_AT_SCHOOL.get(str(person.get("lop")), (None, None))
    return held, held


def _holds(comparison: Comparison, left: Any, right: Any, day: date) -> bool:
    match comparison:
        case Comparison.IS:
            return bool(left == right)
        case Comparison.IN:
            return left in right
        case Comparison.AT_LEAST:
            return bool(left >= right)
        case Comparison.AT_MOST:
            return bool(left <= right)
        case Comparison.UNDER:
            return bool(left < right)
        case Comparison.OVER:
            return bool(left > right)
        case Comparison.WITHIN_DAYS:
            return bool((day - left).days <= right)
        case Comparison.WITHIN_MONTHS:
            return bool(day <= months_after(left, right))
        case Comparison.ON_OR_AFTER:
            return bool(left >= right)


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
