"""A question as weighted features: words, word pairs and character n-grams, folded and as typed.

Features are hashed into a fixed number of buckets, so that learned weights stay small and a new word needs no new
column. Folding makes "vay von" and "vay vốn" alike; the accented words count too where accents were typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from zlib import crc32

from knowledge.understanding.utterance import Utterance

BUCKETS = 1 << 15
NGRAM_SIZES = (3, 4)
#: How much one sort of feature counts beside the others; fitted with the ranking (docs/understanding.md).
WORD, PAIR, ACCENTED, GRAM = 1.0, 1.0, 0.7, 0.35


def terms(utterance: Utterance) -> Iterator[tuple[str, float]]:
    """The features of a message by name, each with the weight of its sort."""
    folded = utterance.folded
    for word in folded:
        yield f"w {word}", WORD
    for pair in pairwise(folded):
        yield f"p {pair[0]} {pair[1]}", PAIR
    for pair in zip(folded, folded[2:], strict=False):
        yield f"s {pair[0]} {pair[1]}", PAIR / 2
    for word in utterance.words:
        if not word.isascii():
            yield f"a {word}", ACCENTED
    joined = f" {' '.join(folded)} "
    for size in NGRAM_SIZES:
        for start in range(len(joined) - size + 1):
            yield f"c {joined[start : start + size]}", GRAM


def bucket(term: str) -> int:
    """The bucket that ``term`` falls into; the same on every machine and in every run."""
    return crc32(term.encode()) & (BUCKETS - 1)


def counts(utterance: Utterance) -> dict[int, float]:
    """How much of each bucket a message holds, repeated terms growing less than in proportion."""
    weights: dict[str, float] = {}
    times: Counter[str] = Counter()
    for term, weight in terms(utterance):
        weights[term] = weight
        times[term] += 1
    held: dict[int, float] = {}
    for term, weight in weights.items():
        index = bucket(term)
        held[index] = held.get(index, 0.0) + weight * times[term] ** 0.5
    return held


def document_counts(utterances: Iterable[Utterance]) -> Counter[int]:
    """In how many of ``utterances`` each bucket occurs."""
    found: Counter[int] = Counter()
    for utterance in utterances:
        found.update(counts(utterance).keys())
    return found
