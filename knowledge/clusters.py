"""Questions that ask the same, put together: the same texts always make the same groups.

Texts are compared by the cosine of the hashed features that the understanding uses too, weighed by how rare they are.
Going from the most frequent text down, each joins the most similar group begun so far, or begins one; a group is known
by the text that began it, so that groups do not drift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.features import BUCKETS, features
from knowledge.understanding.utterance import Utterance

#: From which cosine on two texts ask the same; of the labelled questions that it puts together 85 % ask for one entry.
ALIKE = 0.35
#: How many texts are thought to be there beside those given, so that among few no word counts as common.
UNSEEN = 200
#: Into how many dimensions the features are projected, and how many texts are compared at once.
DIMENSIONS = 512
BLOCK = 256
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Cluster:
    """Texts that ask the same, by their places in what was given; the most frequent wording is first."""

    members: tuple[int, ...]
    wordings: tuple[int, ...]


def clusters(texts: Sequence[str]) -> list[Cluster]:
    """``texts`` in groups, the largest first, then the one that began first."""
    same: dict[tuple[str, ...], list[int]] = {}
    utterances: list[Utterance] = []
    for place, text in enumerate(texts):
        utterance = Utterance.of(text)
        held = same.setdefault(utterance.folded, [])
        if not held:
            utterances.append(utterance)
        held.append(place)
    wordings = list(same.values())
    order = sorted(range(len(wordings)), key=lambda index: (-len(wordings[index]), wordings[index][0]))
    groups = _led(_vectors([utterances[index] for index in order]))
    made = [_cluster([wordings[order[position]] for position in group]) for group in groups]
    return sorted(made, key=lambda cluster: (-len(cluster.members), cluster.members[0]))


def _cluster(wordings: Sequence[Sequence[int]]) -> Cluster:
    return Cluster(tuple(sorted(place for held in wordings for place in held)), tuple(held[0] for held in wordings))


def _vectors(utterances: Sequence[Utterance]) -> Matrix:
    """Each text as a vector of length one; repeated features grow less than in proportion."""
    held = [_features(utterance) for utterance in utterances]
    documents = np.zeros(BUCKETS, np.float32)
    for buckets, _ in held:
        documents[buckets] += 1
    rarity = np.log1p((len(held) + UNSEEN) / (documents + 1))
    columns, signs = _projection()
    vectors: Matrix = np.zeros((len(held), DIMENSIONS), np.float32)
    for row, (buckets, weights) in enumerate(held):
        np.add.at(vectors[row], columns[buckets], weights * rarity[buckets] * signs[buckets])
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors /= np.maximum(lengths, np.float32(1e-9))
    return vectors


def _features(utterance: Utterance) -> tuple[NDArray[np.int64], Matrix]:
    """Each bucket that a message holds once, with its weight."""
    found, weights = features(utterance)
    buckets, first, times = np.unique(found, return_index=True, return_counts=True)
    return buckets, weights[first] * np.sqrt(times, dtype=np.float32)


def _projection() -> tuple[NDArray[np.int64], Matrix]:
    """The dimension that each bucket is added to, and with which sign, so that collisions cancel out."""
    mixed = np.array([crc32(bucket.to_bytes(4, "big")) for bucket in range(BUCKETS)], np.int64)
    return mixed % DIMENSIONS, np.where(mixed & (1 << 30), 1, -1).astype(np.float32)


def _led(vectors: Matrix) -> list[list[int]]:
    """The rows in groups, each begun by a row that resembles none begun before."""
    groups: list[list[int]] = []
    leaders: list[int] = []
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        before, among = len(leaders), block @ block.T
        known = block @ vectors[leaders].T if leaders else np.full((len(block), 1), -1, np.float32)
        nearest, closeness = known.argmax(axis=1), known.max(axis=1)
        for offset in range(len(block)):
            best, near = int(nearest[offset]), float(closeness[offset])
            for index, leader in enumerate(leaders[before:], before):
                if among[offset, leader - start] > near:
                    best, near = index, float(among[offset, leader - start])
            if near >= ALIKE:
                groups[best].append(start + offset)
            else:
                leaders.append(start + offset)
                groups.append([start + offset])
    return groups
