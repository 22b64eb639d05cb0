"""Which entries a question is about: learned weights, and likeness to known phrasings.

The weights come from ``python -m bot fit`` over the phrasings and the fitting half of the labelled questions; they
rank. Likeness to the nearest phrasing rejects, which weights alone do badly. An entry that the weights do not know
yet gets a column that answers to its own phrasings, so that a new file works at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, log1p

import numpy as np

from knowledge.model import Aspect
from knowledge.understanding.features import BUCKETS, Floats, features, named
from knowledge.understanding.gates import ALWAYS
from knowledge.understanding.likeness import Likeness
from knowledge.understanding.utterance import Utterance
from knowledge.understanding.weights import LEANS, Columns, Learned, Scorer, Scores, Vector, vector

#: The groups of learned columns: which entry; which side, by the whole message, by the sentence that asks and by the
#: first clause that asks.
ENTRIES, ASPECTS, ASKED, FIRST_ASKED = "entries", "aspects", "asked", "first-asked"
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
class _Scored:
    """The scores of the entries, their chances, and their numbers, likeliest first."""

    scores: list[float]
    shares: list[float]
    order: list[int]


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
        self._special = frozenset(at for name, at in self.index.items() if name in special.alarming | special.outside)
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

    def goes_on(self, scores: Scores) -> float:
        """How much the words of a message are like those of messages that go on from the one before."""
        return self._scorer.detected(scores).get(LEANS, 0.0)

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
        scored = _Scored(found.tolist(), shares, order)
        length = log1p(len(utterance.folded))
        detected = self._scorer.detected(scores)
        return Ranking(
            entries=tuple([(self.names[at], shares[at]) for at in order]),
            nearest=nearest,
            nearest_entry=self.names[where],
            signs={
                ALWAYS: 1.0,
                **self._signs(scored, detected),
                **self._likeness_signs(scored, nearest, where),
                "known": scores.known,
                "length": length,
                "lean": lean,
            },
            dangers={name: self._danger(scored, name, detected, length) for name in self.alarming},
        )

    def _signs(self, scored: _Scored, detected: Mapping[str, float]) -> dict[str, float]:
        """What the scores tell: whether a message is inside, and whether the first entry inside is right."""
        best, second = self._leaders(scored)
        top = scored.scores[best]
        inside = sum([scored.shares[at] for at in self._inside])
        return {
            "top": top,
            "lead": top - scored.scores[second],
            "log-chance": log(max(scored.shares[best], 1e-30) / max(inside, 1e-30)),
            "outside": max([detected.get(self.names[at], 0.0) for at in self._outside], default=0.0),
            "outside-lead": max([scored.scores[at] for at in self._outside], default=top - 1) - top,
            "danger": max([scored.scores[self.index[name]] for name in self.alarming], default=top - 1),
        }

    def _leaders(self, scored: _Scored) -> tuple[int, int]:
        """The two likeliest entries that can be answered."""
        leaders = [at for at in scored.order[: 2 + len(self._special)] if at not in self._special]
        return leaders[0], leaders[1] if len(leaders) > 1 else leaders[0]

    def _likeness_signs(self, scored: _Scored, nearest: float, where: int) -> dict[str, float]:
        agrees = float(where == self._leaders(scored)[0])
        return {
            "nearest": nearest,
            "nearest-agrees": agrees,
            "nearest-and-agrees": nearest * agrees,
            "nearest-outside": float(where in self._outside),
        }

    def _danger(self, scored: _Scored, name: str, detected: Mapping[str, float], length: float) -> dict[str, float]:
        """What speaks for one kind of danger: its detector, and its lead in the ranking."""
        own = self.index[name]
        rest = next((at for at in scored.order if at != own), own)
        return {
            ALWAYS: 1.0,
            "detected": detected.get(name, 0.0),
            "ranked": scored.scores[own],
            "ranked-lead": scored.scores[own] - scored.scores[rest],
            "length": length,
        }

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
