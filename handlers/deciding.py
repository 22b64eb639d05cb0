"""What the facts in a question decide about what is asked: Có, Không or Chưa rõ first, then why, then what fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.context import Context
from knowledge.household import facts_of_place, facts_of_unit, heard_facts, with_teller
from knowledge.model import Aspect, Entry
from knowledge.places import Unit
from knowledge.rules import Facts, Outcome, Verdict
from knowledge.understanding.understander import Understanding

#: The sides of an entry on which an open verdict is worth saying; elsewhere only a settled one is.
ABOUT_ONESELF = frozenset({None, Aspect.WHO, Aspect.OVERVIEW})


@dataclass(frozen=True)
class Told:
    """What the facts in a question decide about its entry: the verdict first, then why, then what fits instead."""

    verdict: Verdict
    title: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    mends: tuple[str, ...]
    instead: str | None = None


def decided(understood: Understanding, entry: Entry, context: Context, day: date, home: Unit | None) -> Told | None:
    """What the facts of a message decide about ``entry``; none where they decide nothing that was asked."""
    told = heard_facts(context.knowledge.facts, understood.facts)
    if not told or not entry.benefits:
        return None
    place = facts_of_place(understood.place) if understood.place else {}
    around = {**(facts_of_unit(home) if home else {}), **place}
    keys = {key for key in context.knowledge.benefits if key.partition(":")[0] == entry.id}
    before = context.screener.screen(around, day, keys).outcomes
    whole = with_teller({**told, **around}, context.knowledge.facts)
    after = context.screener.screen(whole, day, keys).outcomes
    touched = {key: outcome for key, outcome in after.items() if _moved(before[key], outcome)}
    key = _foremost(touched, entry, understood.aspect)
    return _told(key, touched[key], context, whole, day) if key else None


def _moved(before: Outcome, after: Outcome) -> bool:
    """Whether the facts told changed anything: the verdict, or how much is still missing of it."""
    return before.truth is not after.truth or (after.truth is None and set(after.missing) < set(before.missing))


def _foremost(touched: Mapping[str, Outcome], entry: Entry, aspect: Aspect | None) -> str | None:
    """The benefit to speak of: one that can be had, else one that is near, else the one refused."""
    can = [key for key, outcome in touched.items() if outcome.truth is True]
    near = [key for key, outcome in touched.items() if outcome.truth is None]
    refused = [key for key, outcome in touched.items() if outcome.truth is False]
    if can:
        return can[0]
    if entry.id in refused or len(refused) == len(touched) == len(entry.benefits):
        return entry.id if entry.id in refused else refused[0]
    if near and aspect in ABOUT_ONESELF:
        return min(near, key=lambda key: len(touched[key].missing))
    return None


def _told(key: str, outcome: Outcome, context: Context, whole: Facts, day: date) -> Told:
    knowledge = context.knowledge
    benefit = knowledge.benefits[key]
    mends = tuple(dict.fromkeys(reason.mend for reason in outcome.reasons if reason.mend))
    return Told(
        verdict=outcome.verdict,
        title=benefit.title,
        reasons=tuple(reason.text for reason in outcome.reasons[:2]),
        missing=tuple(knowledge.facts[name].name for name in outcome.missing[:3]),
        mends=mends[:1] if outcome.truth is False else (),
        instead=_instead(key, context, whole, day) if outcome.truth is False and not mends else None,
    )


def _instead(key: str, context: Context, whole: Facts, day: date) -> str | None:
    """What fits rather: something that can be had, else something still open that the facts told speak for."""
    keys = [other for other in context.knowledge.benefits[key].instead if other in context.knowledge.benefits]
    outcomes = context.screener.screen(whole, day, set(keys)).outcomes
    can = [other for other in keys if outcomes[other].truth is True]
    near = sorted((other for other in keys if outcomes[other].truth is None), key=lambda o: len(outcomes[o].missing))
    best = next(iter([*can, *near]), None)
    return context.knowledge.benefits[best].title if best else None
