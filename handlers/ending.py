"""``/huy``: no more notices, or none on one topic; what was ended can be taken back by a button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from handlers.actions import Go
from handlers.subscribed import Pair, described, held_by, named_topic, stored, topic_names
from handlers.topic_names import EVERY
from handlers.types import Choice
from handlers.visit import Turn, Visit
from store import subscriptions


async def ended(visit: Visit, topic: str = "") -> Turn:
    """End all subscriptions, or those on one topic."""
    before = await held_by(visit)
    wanted = stored(topic) if topic else None
    gone = [pair for pair in before if wanted in (None, pair[0])]
    await subscriptions.remove(visit.tx, visit.speaker, wanted)
    left = [pair for pair in before if pair not in gone]
    keep = _keeps(visit, gone) if len(gone) > 1 else []
    texts = {"ended": topic_names(visit, gone), "left": described(visit, left)}
    start = Choice(visit.label("buttons", "start"), Go("start"))
    return visit.turn(visit.say("notices_ended", (*keep, start), **texts, keep=bool(keep)))


def _keeps(visit: Visit, gone: Sequence[Pair]) -> list[Choice]:
    """A button for each that was ended; where a topic was for several places, with the place."""
    times = Counter(topic for topic, _ in gone)
    names = [
        whole if times[topic] > 1 else named_topic(visit, topic)
        for (topic, _), whole in zip(gone, described(visit, gone), strict=True)
    ]
    label = visit.label("desk", "keep")
    return [
        Choice(label.format(name), Go(f"giu/{topic or EVERY}/{place or EVERY}"))
        for name, (topic, place) in zip(names, gone, strict=True)
    ]
