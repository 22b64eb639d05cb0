"""Which statuses a message is about: learned from its words and from what the story reader marked in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from knowledge.story.statuses import ORDER
from knowledge.understanding.features import Floats
from knowledge.understanding.weights import Learned

STATUSES = "statuses"
#: Stands beside the statuses: whether the rules were right to claim the one that they claim. It is learned from all
#: statuses together and added to what each of them says.
RIGHTLY = "rightly"
#: How much a mark of the story reader counts beside the words of a message, what the rules made of the story, the words
#: around telling ones, and anything else: hints, and what the message is about. The rules know so much already that
#: hints would be left without a say if they counted no more; where the rules miss a status, only hints can tell.
MARKED, JUDGED, AROUND, HINTED = 0.25, 0.5, 0.5, 1.0
#: How much any mark counts for whether a status is claimed rightly.
CLAIMED = 0.35
#: From this score on a status is reported.
ENOUGH = -0.25
#: The same where a message is no question to be answered: what it tells of people matters less there than a mistake.
ENOUGH_ASIDE = 1.5
_COUNTED = {
    **dict.fromkeys(("said", "certified", "told", "aged"), JUDGED),
    "around": AROUND,
    **dict.fromkeys(("hint", "about"), HINTED),
}


def weight(mark: str) -> float:
    """How much a mark of a message counts in learning; what it adds afterwards holds this already."""
    return _COUNTED.get(mark.partition(" ")[0], MARKED)


def in_view_of(entry: str, marks: Collection[str]) -> frozenset[str]:
    """The marks of a message that is taken to be about an entry: who asks how the poor are chosen is seldom on the
    list, and who is warned of a swindler may only repeat what he said."""
    said = (f"about {entry} {mark}" for mark in marks if mark.startswith("said"))
    return frozenset((*marks, f"about {entry}", *said))


def in_claims(entry: str, claims: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    """The traces of each claimed status in a message that is taken to be about an entry."""
    return {status: traces | {f"own {status}", f"own {status} {entry}"} for status, traces in claims.items()}


def judged(
    scores: Floats,
    marks: Collection[str],
    claims: Mapping[str, frozenset[str]],
    learned: Learned,
    enough: float = ENOUGH,
) -> tuple[str, ...]:
    """The statuses whose words and marks, with the traces of those that are claimed, together say ``enough``."""
    rows = [learned.marks[mark] for mark in marks if mark in learned.marks]
    total = scores + np.sum(rows, axis=0) if rows else scores
    said = dict(zip(learned.groups[STATUSES].names, total.tolist(), strict=True))
    for status, traces in claims.items():
        said[status] += said[RIGHTLY] + sum(learned.marks[trace][-1] for trace in traces if trace in learned.marks)
    return tuple(status for status in ORDER if said[status] > enough)
