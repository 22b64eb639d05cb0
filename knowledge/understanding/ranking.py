"""Which entries a question is about: learned weights, and likeness to known phrasings.

The weights come from ``python -m bot fit`` over the phrasings and the fitting half of the labelled questions; they
rank. Likeness to the nearest phrasing rejects, which weights alone do badly. An entry that the weights do not know
yet gets a column that answers to its own phrasings, so that a new file works at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Aspect
from knowledge.understanding.features import BUCKETS, bucket, counts, terms
from knowledge.understanding.utterance import Utterance

Floats = NDArray[np.float32]
#: How firmly a new entry's column must answer to its own phrasings, in the scale of learned scores.
NEW_ENTRY_SCORE = 6.0
RIDGE = 0.3
#: A message at least so like a known phrasing is that phrasing, whatever the weights say; so much is it preferred.
SAME = 0.9
RECOGNISED = 3.0
#: What a message is labelled with that asks about no side of an entry.
NO_ASPECT = "none"


@dataclass(frozen=True)
class Columns:
    """One column of weights per name, and what each name scores to begin with."""

    names: tuple[str, ...]
    weights: Floats
    bias: Floats

    def scores(self, vector: Vector) -> Floats:
        """The score of every name, in the order of ``names``."""
        found: Floats = vector.weights @ self.weights[vector.buckets] + self.bias
        return found


@dataclass(frozen=True)
class Learned:
    """What fitting found: inverse document frequencies, weights for entries and for aspects."""

    idf: Floats
    entries: Columns
    aspects: Columns

    @staticmethod
    def read(path: Path) -> Learned:
        """Read the file that ``write`` made."""
        with np.load(path, allow_pickle=False) as held:
            return Learned(
                idf=held["idf"].astype(np.float32),
                entries=_read_columns(held, "entries"),
                aspects=_read_columns(held, "aspects"),
            )

    def write(self, path: Path) -> None:
        """Write the weights in eight bits each, so that the file stays small."""
        parts = {**_packed("entries", self.entries), **_packed("aspects", self.aspects)}
        np.savez_compressed(path, allow_pickle=False, idf=self.idf.astype(np.float16), **parts)


def _packed(key: str, columns: Columns) -> dict[str, NDArray[Any]]:
    scale = np.maximum(np.abs(columns.weights).max(axis=0), 1e-9) / 127
    return {
        key: np.array(columns.names),
        f"{key}_weights": np.round(columns.weights / scale).astype(np.int8),
        f"{key}_scale": scale.astype(np.float32),
        f"{key}_bias": columns.bias.astype(np.float32),
    }


def _read_columns(held: Mapping[str, NDArray[Any]], key: str) -> Columns:
    weights = held[f"{key}_weights"].astype(np.float32) * held[f"{key}_scale"]
    return Columns(tuple(str(name) for name in held[key]), weights, held[f"{key}_bias"])


@dataclass(frozen=True)
class Vector:
    """A question as buckets and weights of unit length; ``known`` is the share of its weight seen in phrasings."""

    buckets: NDArray[np.int64]
    weights: Floats
    known: float


@dataclass(frozen=True)
class Ranking:
    """Entries with their probabilities, best first, and how near the nearest known phrasing is (0 to 1)."""

    entries: tuple[tuple[str, float], ...]
    nearest: float
    nearest_entry: str
    known: float

    @property
    def best(self) -> tuple[str, float]:
        """The entry ranked first and its probability."""
        return self.entries[0]

    @property
    def margin(self) -> float:
        """How far the first entry is ahead of the second."""
        return self.entries[0][1] - self.entries[1][1]


class Ranker:
    """Ranks the entries for a question. Built once from phrasings and learned weights; then pure."""

    def __init__(self, phrasings: Mapping[str, Sequence[str]], learned: Learned) -> None:
        self.names = tuple(phrasings)
        self._idf = learned.idf
        documents = [(name, counts(Utterance.of(text))) for name, texts in phrasings.items() for text in texts]
        self._seen = np.zeros(BUCKETS, dtype=bool)
        for _, held in documents:
            self._seen[list(held)] = True
        self._document_entry = np.array([self.names.index(name) for name, _ in documents])
        vectors = [self._unit(held) for _, held in documents]
        self._postings = _postings(vectors)
        self._size = len(documents)
        self._entries = self._columns(learned.entries, vectors)
        self._aspects = learned.aspects

    def vector(self, utterance: Utterance) -> Vector:
        """A message as a weighted vector."""
        return self._unit(counts(utterance))

    def scores(self, vector: Vector) -> Floats:
        """The score of every entry, in the order of ``names``."""
        return self._entries.scores(vector)

    def rank(self, vector: Vector, before: Floats | None = None) -> Ranking:
        """The entries ranked for a message, with the likeness of the nearest phrasing.

        ``before`` are scores that the conversation so far adds.
        """
        scores = self.scores(vector) if before is None else self.scores(vector) + before
        nearest, where = self._nearest(vector)
        if nearest >= SAME:
            scores[where] += RECOGNISED
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        order = np.argsort(-chances, kind="stable").tolist()
        return Ranking(
            entries=tuple((self.names[index], float(chances[index])) for index in order),
            nearest=nearest,
            nearest_entry=self.names[where],
            known=vector.known,
        )

    def aspect(self, vector: Vector) -> Aspect | None:
        """The side that a message asks about; None where it asks about none."""
        name = self._aspects.names[int(self._aspects.scores(vector).argmax())]
        return None if name == NO_ASPECT else Aspect(name)

    def evidence(self, utterance: Utterance, entry: str, most: int = 12) -> list[tuple[str, float]]:
        """The terms of a message that speak most for ``entry``, with how much they add; for ``explain``."""
        vector = self.vector(utterance)
        share = dict(zip(vector.buckets.tolist(), vector.weights.tolist(), strict=True))
        column = self._entries.weights[:, self.names.index(entry)]
        gains = {term: share[bucket(term)] * float(column[bucket(term)]) for term, _ in terms(utterance)}
        return sorted(gains.items(), key=lambda gain: -abs(gain[1]))[:most]

    def _unit(self, held: Mapping[int, float]) -> Vector:
        buckets = np.fromiter(held.keys(), dtype=np.int64, count=len(held))
        weights = np.fromiter(held.values(), dtype=np.float32, count=len(held)) * self._idf[buckets]
        total = float(weights.sum()) or 1.0
        known = float(weights[self._seen[buckets]].sum()) / total
        length = float(np.sqrt(weights @ weights)) or 1.0
        return Vector(buckets, weights / np.float32(length), known)

    def _nearest(self, vector: Vector) -> tuple[float, int]:
        starts, documents, weights = self._postings
        first = starts[vector.buckets]
        lengths = starts[vector.buckets + 1] - first
        total = int(lengths.sum())
        if total == 0:
            return 0.0, 0
        # The postings of all buckets of the message, one after another.
        at = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths) + np.arange(total)
        gains = weights[at] * np.repeat(vector.weights, lengths)
        likeness = np.bincount(documents[at], weights=gains, minlength=self._size)
        best = int(likeness.argmax())
        return float(likeness[best]), int(self._document_entry[best])

    def _columns(self, learned: Columns, vectors: Sequence[Vector]) -> Columns:
        """The learned columns in the order of our entries, and a made one for each entry fitting did not see."""
        weights = np.zeros((BUCKETS, len(self.names)), dtype=np.float32)
        bias = np.full(len(self.names), float(learned.bias.mean()), dtype=np.float32)
        for index, name in enumerate(self.names):
            if name in learned.names:
                column = learned.names.index(name)
                weights[:, index] = learned.weights[:, column]
                bias[index] = learned.bias[column]
            else:
                own = [vectors[at] for at in np.flatnonzero(self._document_entry == index).tolist()]
                weights[:, index] = _interpolating_column(own)
        return Columns(self.names, weights, bias)


def _postings(vectors: Sequence[Vector]) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """For each bucket the documents that hold it and their weights, as three flat arrays."""
    buckets = np.concatenate([vector.buckets for vector in vectors])
    documents = np.repeat(np.arange(len(vectors)), [len(vector.buckets) for vector in vectors])
    weights = np.concatenate([vector.weights for vector in vectors])
    order = np.argsort(buckets, kind="stable")
    starts = np.searchsorted(buckets[order], np.arange(BUCKETS + 1))
    return starts, documents[order], weights[order]


def _interpolating_column(own: Sequence[Vector]) -> Floats:
    """The smallest weights that score every own phrasing at about NEW_ENTRY_SCORE (ridge interpolation)."""
    rows = np.zeros((len(own), BUCKETS), dtype=np.float32)
    for row, vector in enumerate(own):
        rows[row, vector.buckets] = vector.weights
    kernel = rows @ rows.T + RIDGE * np.eye(len(own), dtype=np.float32)
    share = np.linalg.solve(kernel, np.full(len(own), NEW_ENTRY_SCORE, dtype=np.float32))
    return np.asarray(rows.T @ share, dtype=np.float32)
