"""Whether a ranking is sure enough: to answer, to ask back, to say that it is not known, or to raise an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp

from knowledge.record import Record

#: The sign that every gate starts from.
ALWAYS = "always"


class Gate(Record):
    """Learned: how much each sign speaks for something (a logistic regression)."""

    weights: Mapping[str, float]

    def chance(self, signs: Mapping[str, float]) -> float:
        """The chance (0 to 1) that it is so."""
        score = sum([weight * signs[name] for name, weight in self.weights.items()])
        return 1 / (1 + exp(-max(min(score, 50.0), -50.0)))


class Carry(Record):
    """Learned: how much of the conversation so far counts, where a message leans on it.

    ``scores``: of the scores of the message before; ``stay``: for the entry that it came to; ``lean``: whether it does.
    """

    scores: float
    stay: float
    lean: Gate


class Gates(Record):
    """What was learned about when to do what.

    An alarm is raised from its chance in ``enough`` on. From ``refuse`` on a question is outside. Else the chance that
    it is inside and the first entry right decides: from ``answer`` on it is answered, from ``clarify`` on it is asked
    which entry is meant, below that the bot says it does not know.
    """

    carry: Carry
    alarms: Mapping[str, Gate]
    enough: Mapping[str, float]
    outside: Gate
    right: Gate
    refuse: float
    answer: float
    clarify: float
