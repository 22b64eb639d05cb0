"""Learned weights: a column per name, side by side, so that a message is scored for all names in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.features import BUCKETS, Buckets, Floats, features, joint_features, word_features
from knowledge.understanding.utterance import Utterance

#: The group of columns that detect danger, scams and what lies outside, and the one among them that detects a message
#: which goes on from the one before.
DETECTORS, LEANS = "detectors", "leans"
#: How many words' scores are kept; when there are more, they are worked out again.
_KEPT = 1 << 13


@dataclass(frozen=True)
class Columns:
    """One column of weights per name, and what each name scores to begin with."""

    names: tuple[str, ...]
    weights: Floats
    bias: Floats


@dataclass(frozen=True)
class Learned:
    """What fitting found: inverse document frequencies, groups of columns by what they are for, and for the statuses
    what each mark of a story adds."""

    idf: Floats
    groups: Mapping[str, Columns]
    marks: Mapping[str, Floats] = field(default_factory=dict)

    @staticmethod
    def read(path: Path) -> Learned:
        """Read the file that ``write`` made."""
        with np.load(path, allow_pickle=False) as found:
            groups = {key: _read_columns(found, key) for key in found["groups"].tolist()}
            marks = dict(zip(found["marks"].tolist(), found["marks_weights"].astype(np.float32), strict=True))
            return Learned(found["idf"].astype(np.float32), groups, marks)

    def write(self, path: Path) -> None:
        """Write the weights in eight bits each, so that the file stays small."""
        parts = {name: part for key, columns in self.groups.items() for name, part in _packed(key, columns).items()}
        np.savez_compressed(
            path,
            allow_pickle=False,
            idf=self.idf.astype(np.float16),
            groups=np.array(list(self.groups)),
            marks=np.array(list(self.marks)),
            marks_weights=np.array(list(self.marks.values()), dtype=np.float16),
            **parts,
        )


def _packed(key: str, columns: Columns) -> dict[str, NDArray[Any]]:
    scale = np.maximum(np.abs(columns.weights).max(axis=0), 1e-9) / 127
    return {
        key: np.array(columns.names),
        f"{key}_weights": np.round(columns.weights / scale).astype(np.int8),
        f"{key}_scale": scale.astype(np.float32),
        f"{key}_bias": columns.bias.astype(np.float32),
    }


def _read_columns(found: Mapping[str, NDArray[Any]], key: str) -> Columns:
    weights = found[f"{key}_weights"].astype(np.float32) * found[f"{key}_scale"]
    return Columns(tuple(str(name) for name in found[key]), weights, found[f"{key}_bias"])


@dataclass(frozen=True)
class Vector:
    """A message as buckets and weights of unit length; a bucket stands as often as its feature occurs."""

    buckets: Buckets
    weights: Floats


def vector(utterance: Utterance, idf: Floats) -> Vector:
    """A message as a weighted vector."""
    buckets, weights = features(utterance)
    rare = weights * idf[buckets]
    length = float(np.sqrt(rare @ rare)) or 1.0
    return Vector(buckets, rare / np.float32(length))


class Scorer:
    """Scores messages by all columns at once. What a word adds is kept, so that a message costs a few sums."""

    def __init__(self, idf: Floats, groups: Mapping[str, Columns], seen: NDArray[np.bool_]) -> None:
        self._idf = idf
        self.names = {key: columns.names for key, columns in groups.items()}
        sizes = np.cumsum([0, *(len(columns.names) for columns in groups.values())]).tolist()
        self._parts = dict(zip(groups, map(slice, sizes, sizes[1:]), strict=False))
        self._bias = np.concatenate([columns.bias for columns in groups.values()])
        # Beside the weights of each bucket: what it adds to the weight of a message, and to what is known of that.
        self._weights = np.concatenate(
            [*(columns.weights for columns in groups.values()), np.ones((BUCKETS, 1)), seen[:, None]], axis=1
        ).astype(np.float32)
        self._kept = np.zeros((_KEPT, self._weights.shape[1] + 1), dtype=np.float32)
        self._at: dict[str, int] = {}

    def score(self, utterance: Utterance) -> Scores:
        """The score of every name of every group, and the share of the message that known phrasings have."""
        total = self._added(*joint_features(utterance))
        if utterance.folded:
            if len(self._at) + len(utterance.folded) > _KEPT:
                self._at.clear()
            total += self._kept[[self._row(word) for word in utterance.folded]].sum(axis=0)
        whole, known, square = total[-3:].tolist()
        values = total[:-3] / np.float32(square**0.5 or 1.0) + self._bias
        return Scores(values, self._parts, known / (whole or 1.0))

    def detected(self, scores: Scores) -> dict[str, float]:
        """The scores of the detectors by name; none where none were learned."""
        names = self.names.get(DETECTORS, ())
        return dict(zip(names, scores.of(DETECTORS).tolist(), strict=True)) if names else {}

    def _row(self, word: str) -> int:
        at = self._at.get(word)
        if at is None:
            at = self._at[word] = len(self._at)
            self._kept[at] = self._added(*word_features(word))
        return at

    def _added(self, buckets: Buckets, weights: Floats) -> Floats:
        """What features add: to each score, to the weight of the message, to what is known of that, to its square."""
        rare = weights * self._idf[buckets]
        added = np.empty(self._kept.shape[1], dtype=np.float32)
        np.dot(rare, self._weights[buckets], out=added[:-1])
        added[-1] = rare @ rare
        return added


@dataclass(frozen=True)
class Scores:
    """The scores of a message by group of columns; ``known`` is the share of its weight that phrasings have."""

    values: Floats
    parts: Mapping[str, slice]
    known: float

    def of(self, group: str) -> Floats:
        """The scores of one group, in the order of its names."""
        found: Floats = self.values[self.parts[group]]
        return found
