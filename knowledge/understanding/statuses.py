"""Which statuses a message is about: learned from its words and from what the story reader marked in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from knowledge.story.statuses import ORDER
from knowledge.understanding.features import Floats
from knowledge.understanding.weights import Learned

STATUSES = "statuses"
#: How much a mark counts beside the words of a message, and what the rules made of it.
MARKED, JUDGED = 0.5, 1.0
#: From this score on a status is reported.
ENOUGH = 0.0
#: The same where a message is no question to be answered: what it tells of people matters less there than a mistake.
ENOUGH_ASIDE = 2.0
_VERDICTS = ("said", "certified", "told", "aged", "about")


def weighted(marks: Collection[str]) -> Iterator[tuple[str, float]]:
    """The marks of a story with their weights."""
    for mark in marks:
        yield mark, JUDGED if mark.startswith(_VERDICTS) else MARKED


def in_view_of(entry: str, marks: Collection[str]) -> frozenset[str]:
    """The marks of a message that is taken to be about an entry: who asks how the poor are chosen is seldom on the
    list, and who is warned of a swindler may only repeat what he said."""
    said = (f"about {entry} {mark}" for mark in marks if mark.startswith("said"))
    return frozenset((*marks, f"about {entry}", *said))


def judged(scores: Floats, marks: Collection[str], learned: Learned, enough: float = ENOUGH) -> tuple[str, ...]:
    """The statuses whose words and marks together say ``enough``."""
    rows = [learned.marks[mark] * np.float32(weight) for mark, weight in weighted(marks) if mark in learned.marks]
    total = scores + np.sum(rows, axis=0) if rows else scores
    names = learned.groups[STATUSES].names
    found = {name for name, score in zip(names, total.tolist(), strict=True) if score > enough}
    return tuple(status for status in ORDER if status in found)
