"""The part of the check that is about rules: facts, claims and values they name, and the days on which they hold."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from knowledge.base import DATA, Knowledge
from knowledge.conditions import Benefit, Comparison, Condition, Rule
from knowledge.figures import allowed_forms, figures
from knowledge.household import FactError, read_value
from knowledge.model import Confidence, Entry, Fact, FactType
from knowledge.reading import DataError
from knowledge.rules import PROVINCE

#: What a condition tells a person: short enough to be one line of a list.
SENTENCE_LENGTH = 160
NUMBERS = frozenset({Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.UNDER, Comparison.OVER})
FITTING = {
    FactType.YES_NO: frozenset({Comparison.IS}),
    FactType.CHOICE: frozenset({Comparison.IS, Comparison.IN}),
    FactType.NUMBER: NUMBERS | {Comparison.IS},
    FactType.AGE: NUMBERS | {Comparison.IS},
    FactType.DATE: frozenset({Comparison.WITHIN_DAYS, Comparison.WITHIN_MONTHS, Comparison.ON_OR_AFTER}),
}
Path = tuple[str | int, ...]


def rule_faults(knowledge: Knowledge, entry: Entry) -> Iterator[DataError]:
    """Every fault in the benefits of ``entry``, by file and line."""
    origin = knowledge.origins[entry.id]
    for index, benefit in enumerate(entry.benefits):
        here: Path = ("benefits", index)
        name = f"{entry.id}:{benefit.id}" if benefit.id else entry.id
        for path, message in (*_statement_faults(knowledge, entry, benefit), *_period_faults(benefit)):
            yield origin.error(f"{name}: {message}", *here, *path)
        for number, rule in enumerate(benefit.rules):
            for path, condition, personal in _walk(rule.when, (*here, "rules", number, "when"), False):
                for message in _condition_faults(knowledge, condition, personal):
                    yield origin.error(f"{name}: {message}", *path)


def _walk(condition: Condition, path: Path, personal: bool) -> Iterator[tuple[Path, Condition, bool]]:
    """A condition and all below it, each with its place in the file and whether it speaks of a person."""
    yield path, condition, personal
    for key, children in (("all", condition.all_), ("any", condition.any_)):
        for index, child in enumerate(children or ()):
            yield from _walk(child, (*path, key, index), personal)
    if condition.not_ is not None:
        yield from _walk(condition.not_, (*path, "not"), personal)
    if condition.person is not None:
        yield from _walk(condition.person, (*path, "person"), True)


def _statement_faults(knowledge: Knowledge, entry: Entry, benefit: Benefit) -> Iterator[tuple[Path, str]]:
    statements = {statement.id for statement in knowledge.statements(entry)}
    for key, name in (("amount", benefit.amount), ("papers", benefit.papers)):
        if name is not None and name not in statements:
            yield (key,), f"unknown statement '{name}' in {key}"


def _period_faults(benefit: Benefit) -> Iterator[tuple[Path, str]]:
    for index, rule in enumerate(benefit.rules):
        if rule.from_ and rule.until and rule.from_ > rule.until:
            yield ("rules", index), f"a rule begins on {rule.from_}, after its end on {rule.until}"
    for (_, first), (index, second) in combinations(enumerate(benefit.rules), 2):
        if _overlap(first, second):
            yield ("rules", index), "two rules hold on the same day; end one before the other begins"


def _overlap(first: Rule, second: Rule) -> bool:
    begins = [rule.from_ or date.min for rule in (first, second)]
    ends = [rule.until or date.max for rule in (first, second)]
    return max(begins) <= min(ends)


def _condition_faults(knowledge: Knowledge, condition: Condition, personal: bool) -> Iterator[str]:
    if condition.fact is not None:
        fact = knowledge.facts.get(condition.fact)
        if fact is None:
            yield f"unknown fact '{condition.fact}'; add it to facts.yaml or correct it"
            return
        if fact.scope == "person" and not personal:
            yield f"{fact.id} belongs to a person; put it below 'person'"
        yield from _value_faults(fact, condition)
    for province in condition.only_in:
        if province not in {choice.value for choice in knowledge.facts[PROVINCE].choices}:
            yield f"unknown province '{province}' in only-in"
    yield from _sentence_faults(knowledge, condition)


def _value_faults(fact: Fact, condition: Condition) -> Iterator[str]:
    comparison, right = condition.comparison
    if comparison not in FITTING[fact.type]:
        yield f"{fact.id} is a {fact.type.value}; it cannot be compared with '{comparison.value}'"
        return
    if fact.type is FactType.DATE:
        return
    for value in right if comparison is Comparison.IN else (right,):
        try:
            read_value(fact, value)
        except FactError as error:
            yield str(error)


def _sentence_faults(knowledge: Knowledge, condition: Condition) -> Iterator[str]:
    unknown = [claim for claim in condition.claims if claim not in knowledge.claims]
    if unknown:
        yield f"unknown claim '{unknown[0]}'"
        return
    claims = [knowledge.claims[claim] for claim in condition.claims]
    if any(claim.confidence is Confidence.RECALLED for claim in claims):
        yield "rests on a recalled claim; those may not be shown"
    if (condition.fact or condition.leaf) and not claims:
        yield f"'{condition.fact or condition.leaf}': no claim proves it"
    held = allowed_forms(figure for claim in claims for figure in claim.figures)
    for text in filter(None, (condition.pass_, condition.fail, condition.mend, condition.leaf)):
        stray = [figure for figure in figures(text) if figure not in held]
        if stray:
            yield f"figure {', '.join(stray)} in '{text}' is in none of its claims {list(condition.claims)}"
        if unicodedata.normalize("NFC", text) != text:
            yield f"'{text}' is not in Unicode NFC; normalise it"
        if len(text) > SENTENCE_LENGTH:
            yield f"{len(text)} characters in '{text}'; shorten it to {SENTENCE_LENGTH}"


def instead_faults(knowledge: Knowledge) -> Iterator[DataError]:
    """Every verdict key under ``instead`` that no benefit has."""
    for entry in knowledge.entries.values():
        for index, benefit in enumerate(entry.benefits):
            for number, other in enumerate(benefit.instead):
                if other not in knowledge.benefits:
                    message = f"unknown verdict key '{other}' in instead"
                    yield knowledge.origins[entry.id].error(message, "benefits", index, "instead", number)


def group_faults(knowledge: Knowledge) -> Iterator[DataError]:
    """Every fault in the groups of the interview."""
    path = DATA / "groups.yaml"
    for group in knowledge.groups.values():
        for name in (*group.facts, *group.sets):
            fact = knowledge.facts.get(name)
            if fact is None:
                yield DataError(path, 1, f"{group.id}: unknown fact '{name}'")
            elif name in group.sets and group.sets[name] == fact.unsaid:
                yield DataError(path, 1, f"{group.id}: sets {name} to what it is anyway")
        for wanted in group.wants:
            if wanted not in knowledge.entries and wanted not in knowledge.benefits:
                yield DataError(path, 1, f"{group.id}: unknown entry or benefit '{wanted}'")
