"""How like a message is to the nearest known phrasing: what tells a question about something else from a known one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.understanding.features import Floats, bucket, pair_bucket
from knowledge.understanding.utterance import Utterance

Term = str | tuple[str, str]


class Likeness:
    """The phrasings by their words and word pairs, rare ones weighing more. Built once; then pure."""

    def __init__(self, phrasings: Mapping[str, Sequence[Utterance]], idf: Floats) -> None:
        self._idf = idf
        self._weights: dict[Term, float] = {}
        documents = [(entry, utterance) for entry, texts in enumerate(phrasings.values()) for utterance in texts]
        self._entries = [entry for entry, _ in documents]
        postings: dict[Term, list[tuple[int, float]]] = defaultdict(list)
        for document, (_, utterance) in enumerate(documents):
            weights = {term: self._weight(term) for term in _terms(utterance)}
            length = sum(weight * weight for weight in weights.values()) ** 0.5
            for term, weight in weights.items():
                postings[term].append((document, weight * weight / length))
        #: In which phrasings a term stands, and how much it adds to the likeness of each.
        self._postings = {term: _arrays(found) for term, found in postings.items()}

    def nearest(self, utterance: Utterance) -> tuple[float, int]:
        """How like the nearest phrasing is (0 to 1), and the number of its entry."""
        terms = _terms(utterance)
        found = [self._postings[term] for term in terms if term in self._postings]
        if not found:
            return 0.0, 0
        documents, gains = zip(*found, strict=True)
        likeness = np.bincount(np.concatenate(documents), weights=np.concatenate(gains))
        best = int(likeness.argmax())
        length = sum([self._weight(term) ** 2 for term in terms]) ** 0.5
        return float(likeness[best]) / length, self._entries[best]

    def _weight(self, term: Term) -> float:
        kept = self._weights.get(term)
        if kept is None:
            kept = float(self._idf[bucket(f"w {term}") if isinstance(term, str) else pair_bucket(*term)])
            if len(self._weights) < 1 << 16:
                self._weights[term] = kept
        return kept


def _terms(utterance: Utterance) -> set[Term]:
    return {*utterance.folded, *pairwise(utterance.folded)}


def _arrays(found: Sequence[tuple[int, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    documents, gains = zip(*found, strict=True)
    return np.array(documents, dtype=np.int64), np.array(gains, dtype=np.float64)
