"""A question as weighted features: words, word pairs and the character n-grams of words, folded and as typed.

Features are hashed into a fixed number of buckets, so that learned weights stay small and a new word needs no new
column. Folding makes "vay von" and "vay vốn" alike; the accented words count too where accents were typed. A feature
counts as often as it occurs, so that what a word adds to a score is always the same and can be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.utterance import Utterance

Floats = NDArray[np.float32]
Buckets = NDArray[np.int64]

BUCKET_BITS = 15
BUCKETS = 1 << BUCKET_BITS
NGRAM_SIZES = (3, 4)
#: How much one sort of feature counts beside the others; chosen by cross-validation (docs/understanding.md).
WORD, PAIR, SKIPPED, ACCENTED, GRAM = 1.0, 1.0, 0.5, 0.7, 0.35
_KEPT = 1 << 14
#: Two odd numbers that mix the hashes of two words, and what tells pairs from pairs with a word left out.
_LEFT, _RIGHT, _APART = 0x9E3779B1, 0x85EBCA77, 0x27D4EB2F
_WHOLE = (1 << 32) - 1


def word_terms(word: str) -> Iterator[tuple[str, float]]:
    """What a folded word gives by itself, by name, with its weight: the word and its n-grams."""
    yield f"w {word}", WORD
    padded = f" {word} "
    for size in NGRAM_SIZES:
        for start in range(len(padded) - size + 1):
            yield f"c {padded[start : start + size]}", GRAM


def bucket(term: str) -> int:
    """The bucket that a term falls into; the same on every machine and in every run."""
    return crc32(term.encode()) & (BUCKETS - 1)


@lru_cache(maxsize=_KEPT)
def code(word: str) -> int:
    """A number that stands for a word in pairs."""
    return crc32(word.encode())


@lru_cache(maxsize=_KEPT)
def accented_bucket(word: str) -> int:
    """The bucket of a word as typed with its accents."""
    return bucket(f"a {word}")


def pair_bucket(left: str, right: str, apart: bool = False) -> int:
    """The bucket of two words that stand side by side, or with one between them."""
    mixed = code(left) * _LEFT + code(right) * _RIGHT + _APART * apart
    return (mixed & _WHOLE) >> (32 - BUCKET_BITS)


def word_features(word: str) -> tuple[Buckets, Floats]:
    """The buckets and weights of what a folded word gives by itself."""
    found = [(bucket(term), weight) for term, weight in word_terms(word)]
    return np.array([at for at, _ in found], dtype=np.int64), np.array([weight for _, weight in found], np.float32)


def joint_features(utterance: Utterance) -> tuple[Buckets, Floats]:
    """The buckets and weights of what no folded word gives by itself: pairs, and words with their accents."""
    codes = np.array([code(word) for word in utterance.folded], dtype=np.uint64)
    accented = [accented_bucket(word) for word in utterance.words if not word.isascii()]
    pairs = _mixed(codes[:-1], codes[1:], 0)
    apart = _mixed(codes[:-2], codes[2:], _APART)
    buckets = np.concatenate((pairs, apart, np.array(accented, dtype=np.int64)))
    weights = np.full(len(buckets), ACCENTED, dtype=np.float32)
    weights[: len(pairs)] = PAIR
    weights[len(pairs) : len(pairs) + len(apart)] = SKIPPED
    return buckets, weights


def _mixed(left: NDArray[np.uint64], right: NDArray[np.uint64], apart: int) -> Buckets:
    mixed = left * np.uint64(_LEFT) + right * np.uint64(_RIGHT) + np.uint64(apart)
    return ((mixed & np.uint64(_WHOLE)) >> np.uint64(32 - BUCKET_BITS)).astype(np.int64)


def features(utterance: Utterance) -> tuple[Buckets, Floats]:
    """The buckets and weights of all features of a message."""
    parts = [*(_kept_features(word) for word in utterance.folded), joint_features(utterance)]
    return np.concatenate([buckets for buckets, _ in parts]), np.concatenate([weights for _, weights in parts])


_kept_features = lru_cache(maxsize=_KEPT)(word_features)


def named(utterance: Utterance) -> Iterator[tuple[str, int]]:
    """All features by name, with their buckets; for showing them."""
    folded: Sequence[str] = utterance.folded
    for word in folded:
        yield from ((term, bucket(term)) for term, _ in word_terms(word))
    yield from ((f"p {left} {right}", pair_bucket(left, right)) for left, right in pairwise(folded))
    apart = zip(folded, folded[2:], strict=False)
    yield from ((f"s {left} {right}", pair_bucket(left, right, True)) for left, right in apart)
    yield from ((f"a {word}", accented_bucket(word)) for word in utterance.words if not word.isascii())
