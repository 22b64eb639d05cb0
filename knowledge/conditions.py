"""Rules as data: conditions over typed facts, dated rules, and the benefits that they decide.

A rule is ``all`` / ``any`` / ``not`` over comparisons of typed facts, ``person`` for "somebody in the household", and
three leaves without a fact: ``undetermined`` (nobody can say: a yearly list, a provincial decision, unverified law),
``never`` (ended) and ``always``. Every condition carries the sentence for when it holds and when it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from knowledge.record import Record, Slug, Text


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
    the province is not known, it holds silently. ``if-told`` lets a comparison count only where its fact is told: a
    wish, such as the sum one wants to borrow, that need not be asked. ``pass`` and ``fail`` are what the person is
    told; ``mend`` what they can do about a failure; ``claims`` prove it.
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
    if_told: bool = Field(default=False, alias="if-told")
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
            if len(self._given()) != 1:
                raise ValueError(f"compare {self.fact} in exactly one way")
            if self.pass_ is None or self.fail is None:
                raise ValueError(f"{self.fact}: give the sentences 'pass' and 'fail'")
        elif self.if_told:
            raise ValueError("'if-told' belongs to a comparison of a fact")
        if self.only_in and self.leaf is None:
            raise ValueError("'only-in' belongs to undetermined, never or always")
        return self

    @cached_property
    def comparison(self) -> tuple[Comparison, Any]:
        """How ``fact`` is compared, and with what."""
        (given,) = self._given()
        return given

    def _given(self) -> list[tuple[Comparison, Any]]:
        sides = {
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
        return [(comparison, value) for comparison, value in sides.items() if value is not None]

    @property
    def leaf(self) -> str | None:
        """The sentence of a leaf without a fact."""
        return self.undetermined or self.never or self.always

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

    def rule(self, day: date) -> Rule | None:
        """The rule of ``day``, if there is one."""
        return next((rule for rule in self.rules if rule.holds_on(day)), None)
