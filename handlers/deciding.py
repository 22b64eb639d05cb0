"""What the facts in a question decide about what is asked: Có, Không or Chưa rõ first, then why, then what fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from handlers.context import Context
from handlers.people import missing_names
from handlers.phrases import holds
from knowledge.household import facts_of_place, facts_of_unit, heard_facts, with_teller
from knowledge.model import Aspect, Entry
from knowledge.places import Unit
from knowledge.rules import Facts, Outcome, Verdict
from knowledge.text import plain_words
from knowledge.understanding.understander import Understanding

#: The sides of an entry on which an open verdict is worth saying; elsewhere only a settled one is.
ABOUT_ONESELF = frozenset({None, Aspect.WHO, Aspect.OVERVIEW})
#: Among how many of the likeliest entries one may be called by its name, and how many words such a name has.
LIKELY = 3
NAME = 3


@dataclass(frozen=True)
class Told:
    """What the facts in a question decide about its entry: the verdict first, then why, then what fits instead.

    ``aside``: the question is about another side, such as how much.
    """

    verdict: Verdict
    title: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    mends: tuple[str, ...]
    instead: str | None = None
    aside: bool = False


def decided(understood: Understanding, entry: Entry, context: Context, day: date, home: Unit | None) -> Told | None:
    """What the facts of a message decide about ``entry``, or about the one that the message calls by its name; none
    where they decide nothing that was asked."""
    told = heard_facts(context.knowledge.facts, understood.facts)
    asked = _named(understood, context) or entry
    if not told or not asked.benefits:
        return None
    place = facts_of_place(understood.place) if understood.place else {}
    around = {**(facts_of_unit(home) if home else {}), **place}
    keys = {key for key in context.knowledge.benefits if key.partition(":")[0] == asked.id}
    before = context.screener.screen(around, day, keys).outcomes
    whole = with_teller({**told, **around}, context.knowledge.facts)
    after = context.screener.screen(whole, day, keys).outcomes
    touched = {key: outcome for key, outcome in after.items() if _moved(before[key], outcome)}
    key = _foremost(touched, asked, understood, context)
    found = _told(key, touched[key], context, whole, day) if key else None
    if found and found.verdict is Verdict.ELIGIBLE and understood.aspect not in ABOUT_ONESELF:
        return replace(found, reasons=(), aside=True)
    return found


def _named(understood: Understanding, context: Context) -> Entry | None:
    """The entry among the likeliest that the message calls by its name: "vay hộ nghèo" asked by a near-poor one."""
    said = plain_words(understood.text)
    entries = (context.knowledge.entries[name] for name, _ in understood.ranked[:LIKELY])
    named = [(name, entry) for entry in entries for name in (entry.label, *entry.names)]
    found = [
        (len(name), entry) for name, entry in named if len(name.split()) >= NAME and holds(said, [plain_words(name)])
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _moved(before: Outcome, after: Outcome) -> bool:
    """Whether the facts told changed anything: the verdict, or how much is still missing of it."""
    return before.truth is not after.truth or (after.truth is None and set(after.missing) < set(before.missing))


def _foremost(touched: Mapping[str, Outcome], entry: Entry, understood: Understanding, context: Context) -> str | None:
    """The benefit to speak of: a settled one that is named, one that can be had, the one named or the entry's own;
    none where none is meant."""
    meant = _by_title(entry, understood.text, context)
    can = [key for key, outcome in touched.items() if outcome.truth is True]
    if meant is not None and meant in touched and touched[meant].truth is not None:
        return meant
    if can:
        return can[0]
    own = meant or entry.id
    if own in touched:
        return own if _worth_saying(touched[own], understood.aspect) else None
    undecided = [key for key, outcome in touched.items() if outcome.truth is None and not outcome.missing]
    if undecided and understood.aspect in ABOUT_ONESELF:
        return undecided[0]
    refused = [key for key, outcome in touched.items() if outcome.truth is False]
    return refused[0] if len(refused) == len(entry.benefits) else None


def _worth_saying(outcome: Outcome, aspect: Aspect | None) -> bool:
    return outcome.truth is not None or aspect in ABOUT_ONESELF


def _by_title(entry: Entry, text: str, context: Context) -> str | None:
    """The benefit of an entry with several whose title shares most pairs of words with the question."""
    benefits = {key: benefit for key, benefit in context.knowledge.benefits.items() if key.startswith(f"{entry.id}:")}
    if not benefits or len(entry.benefits) == 1:
        return None
    said = set(pairwise(plain_words(text).split()))
    pairs = {key: set(pairwise(plain_words(benefit.title).split())) for key, benefit in benefits.items()}
    common = Counter(pair for own in pairs.values() for pair in own)
    scores = {key: sum(1 / common[pair] for pair in own & said) for key, own in pairs.items()}
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] >= 1 else None


def _told(key: str, outcome: Outcome, context: Context, whole: Facts, day: date) -> Told:
    knowledge = context.knowledge
    benefit = knowledge.benefits[key]
    mends = tuple(dict.fromkeys(reason.mend for reason in outcome.reasons if reason.mend))
    return Told(
        verdict=outcome.verdict,
        title=benefit.title,
        reasons=tuple(reason.text for reason in outcome.reasons[:2]),
        missing=missing_names(outcome, whole, context),
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
