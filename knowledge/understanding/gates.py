"""Whether a ranking is sure enough: to answer, to ask back, or to say that it is not known."""

from __future__ import annotations

from math import exp, log

from knowledge.record import Record
from knowledge.understanding.ranking import Ranking

#: From this fit of a statement on, a better one tells nothing more.
MOST_TOLD = 6.0


def signs(ranking: Ranking, told: float) -> list[float]:
    """What tells how sure a ranking is, in the order of the weights of a gate.

    ``told``: how well the best statement of the first entry fits the words.
    """
    name, chance = ranking.best
    return [
        log(max(chance, 1e-6)),
        ranking.margin,
        ranking.nearest,
        ranking.known,
        float(ranking.nearest_entry == name),
        min(told, MOST_TOLD),
    ]


class Gate(Record):
    """Learned: how sure the first entry is, from the signs of its ranking (a logistic regression)."""

    intercept: float
    log_chance: float
    margin: float
    nearest: float
    known: float
    agrees: float
    told: float

    def confidence(self, ranking: Ranking, told: float) -> float:
        """The chance (0 to 1) that the first entry is right."""
        weights = (self.log_chance, self.margin, self.nearest, self.known, self.agrees, self.told)
        score = self.intercept + sum(w * sign for w, sign in zip(weights, signs(ranking, told), strict=True))
        return 1 / (1 + exp(-max(min(score, 50.0), -50.0)))


class Gates(Record):
    """One gate for what the bot answers, one for what lies outside, and how sure is sure enough.

    From ``answer`` on it answers, from ``clarify`` on it asks which entry is meant, below it says it does not know;
    from ``refuse`` on it says that the question is outside.
    """

    inside: Gate
    outside: Gate
    answer: float
    clarify: float
    refuse: float
