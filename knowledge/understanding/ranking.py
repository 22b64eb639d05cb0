"""Which entries a question is about: learned weights, and likeness to known phrasings.

The weights come from ``python -m bot fit`` over the phrasings and the fitting half of the labelled questions; they
rank. Likeness to the nearest phrasing rejects, which weights alone do badly. An entry that the weights do not know
yet gets a column that answers to its own phrasings, so that a new file works at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np

from knowledge.model import Aspect
from knowledge.understanding.features import BUCKETS, Floats, features, named
from knowledge.understanding.gates import ALWAYS
from knowledge.understanding.likeness import Likeness
from knowledge.understanding.utterance import Utterance
from knowledge.understanding.weights import Columns, Learned, Scorer, Scores, Vector, vector

#: The groups of learned columns: which entry; whether it is danger, a scam or outside; which side, by the whole
#: message, by the sentence that asks and by the first clause that asks.
ENTRIES, DETECTORS, ASPECTS, ASKED, FIRST_ASKED = "entries", "detectors", "aspects", "asked", "first-asked"
#: How firmly a new entry's column must answer to its own phrasings, in the scale of learned scores.
NEW_ENTRY_SCORE = 6.0
RIDGE = 0.3
#: A message at least so like a known phrasing is that phrasing, whatever the weights say; so much is it preferred.
SAME = 0.9
RECOGNISED = 3.0
#: What a message is labelled with that asks about no side of an entry.
NO_ASPECT = "none"


@dataclass(frozen=True)
class Ranking:
    """Entries with their probabilities, best first; ``signs`` tell how sure that is, ``dangers`` what speaks for alarm.

    ``nearest`` is how like the nearest known phrasing is (0 to 1), which is one of ``nearest_entry``.
    """

    entries: tuple[tuple[str, float], ...]
    nearest: float
    nearest_entry: str
    signs: Mapping[str, float]
    dangers: Mapping[str, Mapping[str, float]]

    @property
    def best(self) -> tuple[str, float]:
        """The entry ranked first and its probability."""
        return self.entries[0]


@dataclass(frozen=True)
class Special:
    """The entries that are not answers: of danger and scams, and of what the bot does not do."""

    alarming: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()


class Ranker:
    """Ranks the entries for a question. Built once from phrasings and learned weights; then pure."""

    def __init__(self, phrasings: Mapping[str, Sequence[str]], learned: Learned, special: Special) -> None:
        self.names = tuple(phrasings)
        self.index = {name: at for at, name in enumerate(self.names)}
        self.special = special
        self.alarming = tuple(name for name in self.names if name in special.alarming)
        self._outside = [self.index[name] for name in self.names if name in special.outside]
        self._inside = [at for name, at in self.index.items() if name not in special.alarming | special.outside]
        known = {name: [Utterance.of(text) for text in texts] for name, texts in phrasings.items()}
        seen = np.zeros(BUCKETS, dtype=bool)
        for texts in known.values():
            for utterance in texts:
                seen[features(utterance)[0]] = True
        self._idf = learned.idf
        self._likeness = Likeness(known, learned.idf)
        self._entries = _completed(learned.groups[ENTRIES], known, learned.idf)
        self._scorer = Scorer(learned.idf, {**learned.groups, ENTRIES: self._entries}, seen)

    def scores(self, utterance: Utterance) -> Scores:
        """The scores of a message in every group; those of the entries are in the order of ``names``."""
        return self._scorer.score(utterance)

    def rank(self, utterance: Utterance, scores: Scores, carried: Floats | None = None, lean: float = 0.0) -> Ranking:
        """The entries ranked for a message; ``carried`` are scores that the conversation so far adds, as it leans on
        that by ``lean``."""
        found = scores.of(ENTRIES).copy() if carried is None else scores.of(ENTRIES) + carried
        nearest, where = self._likeness.nearest(utterance)
        if nearest >= SAME:
            found[where] += RECOGNISED
        chances = np.exp(found - found.max())
        shares = (chances / chances.sum()).tolist()
        order = sorted(range(len(shares)), key=shares.__getitem__, reverse=True)
        return Ranking(
            entries=tuple([(self.names[at], shares[at]) for at in order]),
            nearest=nearest,
            nearest_entry=self.names[where],
            signs={**self._signs(found.tolist(), scores, nearest, where, len(utterance.folded)), "lean": lean},
            dangers=self._dangers(found.tolist(), scores, len(utterance.folded)),
        )

    def _signs(self, found: list[float], scores: Scores, nearest: float, where: int, length: int) -> dict[str, float]:
        """What tells whether a message is inside, and whether the first entry inside is right."""
        inside = sorted([(found[at], at) for at in self._inside], reverse=True)
        top, best = inside[0]
        second = inside[1][0] if len(inside) > 1 else top
        outside = max([found[at] for at in self._outside], default=top - 1)
        danger = max([found[self.index[name]] for name in self.alarming], default=top - 1)
        return {
            ALWAYS: 1.0,
            "top": top,
            "lead": top - second,
            "log-chance": -log(sum([exp(score - top) for score, _ in inside])),
            "outside": self._detected(scores, self._outside),
            "outside-lead": outside - top,
            "danger": danger,
            "nearest": nearest,
            "nearest-agrees": float(where == best),
            "nearest-and-agrees": nearest * (where == best),
            "nearest-outside": float(where in self._outside),
            "known": scores.known,
            "length": log1p(length),
        }

    def _detected(self, scores: Scores, entries: Sequence[int]) -> float:
        names = self._scorer.names.get(DETECTORS, ())
        found = scores.of(DETECTORS).tolist() if names else []
        wanted = {self.names[at] for at in entries}
        return max([score for name, score in zip(names, found, strict=True) if name in wanted], default=0.0)

    def _dangers(self, found: list[float], scores: Scores, length: int) -> dict[str, dict[str, float]]:
        """For each kind of danger what speaks for it: its detector, and its lead in the ranking."""
        dangers = {}
        for name in self.alarming:
            own = self.index[name]
            rest = max([score for at, score in enumerate(found) if at != own], default=0.0)
            dangers[name] = {
                ALWAYS: 1.0,
                "detected": self._detected(scores, [own]),
                "ranked": found[own],
                "ranked-lead": found[own] - rest,
                "length": log1p(length),
            }
        return dangers

    def aspect(self, whole: Scores, sentence: Scores, clause: Scores) -> Aspect | None:
        """The side that a message asks about; None where it asks about none."""
        total = whole.of(ASPECTS) + sentence.of(ASKED) + clause.of(FIRST_ASKED)
        name = self._scorer.names[ASPECTS][int(total.argmax())]
        return None if name == NO_ASPECT else Aspect(name)

    def evidence(self, utterance: Utterance, entry: str, most: int = 12) -> list[tuple[str, float]]:
        """The terms of a message that speak most for ``entry``, with how much they add; for ``explain``."""
        column = self._entries.weights[:, self.index[entry]]
        whole = vector(utterance, self._idf)
        share = dict(zip(whole.buckets.tolist(), whole.weights.tolist(), strict=True))
        gains = {term: share[at] * float(column[at]) for term, at in named(utterance)}
        return sorted(gains.items(), key=lambda gain: -abs(gain[1]))[:most]


def _completed(learned: Columns, known: Mapping[str, Sequence[Utterance]], idf: Floats) -> Columns:
    """The learned columns in the order of our entries, and a made one for each entry fitting did not see."""
    if tuple(known) == learned.names:
        return learned
    weights = np.zeros((BUCKETS, len(known)), dtype=np.float32)
    bias = np.full(len(known), float(learned.bias.mean()), dtype=np.float32)
    columns = {name: column for column, name in enumerate(learned.names)}
    for index, (name, texts) in enumerate(known.items()):
        if name in columns:
            weights[:, index] = learned.weights[:, columns[name]]
            bias[index] = learned.bias[columns[name]]
        else:
            weights[:, index] = _interpolating_column([vector(text, idf) for text in texts])
    return Columns(tuple(known), weights, bias)


def _interpolating_column(own: Sequence[Vector]) -> Floats:
    """The smallest weights that score every own phrasing at about NEW_ENTRY_SCORE (ridge interpolation)."""
    rows = np.zeros((len(own), BUCKETS), dtype=np.float32)
    for row, one in enumerate(own):
        np.add.at(rows[row], one.buckets, one.weights)
    kernel = rows @ rows.T + RIDGE * np.eye(len(own), dtype=np.float32)
    share = np.linalg.solve(kernel, np.full(len(own), NEW_ENTRY_SCORE, dtype=np.float32))
    return np.asarray(rows.T @ share, dtype=np.float32)
