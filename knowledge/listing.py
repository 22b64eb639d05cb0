"""The facts that rules ask for, as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.base import Knowledge
from knowledge.model import Fact, FactType


def listed_facts(knowledge: Knowledge) -> Iterator[str]:
    """Every fact: id, whose it is, type with unit and range, name; below a choice fact its choices."""
    for fact in knowledge.facts.values():
        yield f"{fact.id}  [{fact.scope}, {_kind(fact)}]  {fact.name}"
        for choice in fact.choices:
            yield f"    {choice.value}  {choice.label}"


def _kind(fact: Fact) -> str:
    if fact.type not in {FactType.NUMBER, FactType.AGE}:
        return fact.type.value
    limits = "..".join("" if limit is None else f"{limit:.15g}" for limit in (fact.minimum, fact.maximum))
    return " ".join(part for part in (fact.type.value, limits, fact.unit or "") if part)
