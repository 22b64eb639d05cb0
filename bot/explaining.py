"""How a decision came about, for whoever writes entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from handlers.context import Context
from knowledge.understanding.understander import mask
from knowledge.understanding.utterance import Utterance

SHOWN = 5


def explain(context: Context, text: str, day: date) -> Iterator[str]:
    """Each step from the message to the decision, a line at a time."""
    understander = context.understander
    understood = understander.understand(text, day)
    utterance = Utterance.of(mask(understood.text, understood.place))
    yield f"text       {understood.text}"
    yield f"normalised {' '.join(utterance.words)}"
    place = understood.place
    yield f"place      {f'{place.said} ({place.kind}): {[unit.full for unit in place.units]}' if place else '-'}"
    yield f"signal     {understood.pattern or '-'}"
    for name, chance in understood.ranked[:SHOWN]:
        terms = ", ".join(f"{term} {gain:+.2f}" for term, gain in understander.ranker.evidence(utterance, name))
        yield f"entry      {chance:.3f} {name}: {terms}"
    ranking = understander.ranker.rank(utterance, understander.ranker.scores(utterance))
    yield f"nearest    {ranking.nearest:.3f} {ranking.nearest_entry}; known words {ranking.signs['known']:.2f}"
    yield f"aspect     {understood.aspect.value if understood.aspect else '-'}"
    yield f"facts      {dict(understood.facts)}"
    yield f"statuses   {', '.join(understood.statuses) or '-'}"
    gates = understander.gates
    yield f"thresholds answer {gates.answer}, clarify {gates.clarify}, refuse {gates.refuse}"
    yield f"decision   {understood.decision.value} ({understood.kind}), confidence {understood.confidence:.3f}"
