"""Fitting the ranking: one reproducible command over files in the repository (``python -m bot fit``).

Needs scikit-learn, which the running bot does not. A multinomial logistic regression over hashed features, trained on
each example as typed and folded; the result is ``knowledge/data/learned/ranking.npz``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.text import fold
from knowledge.understanding.features import BUCKETS, counts, document_counts
from knowledge.understanding.ranking import Floats, Learned
from knowledge.understanding.utterance import Utterance

#: Inverse strength of regularisation; chosen on the fitting half by cross-validation (docs/understanding.md).
STRENGTH = 30.0


def fit(examples: Sequence[tuple[str, str]]) -> Learned:
    """Learn from (text, entry) pairs. Deterministic: the same examples give the same weights."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    pairs = [(form, entry) for text, entry in examples for form in dict.fromkeys((text, fold(text)))]
    utterances = [Utterance.of(text) for text, _ in pairs]
    held = [counts(utterance) for utterance in utterances]
    idf = inverse_frequencies(utterances)
    rows = np.repeat(np.arange(len(held)), [len(row) for row in held])
    columns = np.concatenate([np.fromiter(row.keys(), dtype=np.int64) for row in held])
    values = np.concatenate([np.fromiter(row.values(), dtype=np.float64) for row in held]) * idf[columns]
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(held)))
    matrix = csr_matrix((values / lengths[rows], (rows, columns)), shape=(len(held), BUCKETS))
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300, tol=1e-5)
    model.fit(matrix, [entry for _, entry in pairs])
    return Learned(
        entries=tuple(model.classes_),
        idf=idf,
        weights=model.coef_.T.astype(np.float32),
        bias=model.intercept_.astype(np.float32),
    )


def inverse_frequencies(utterances: Sequence[Utterance]) -> Floats:
    """Smoothed inverse document frequency of every bucket over ``utterances``."""
    frequency = np.zeros(BUCKETS, dtype=np.float32)
    for index, times in document_counts(utterances).items():
        frequency[index] = times
    idf: Floats = (np.log((1 + len(utterances)) / (1 + frequency)) + 1).astype(np.float32)
    return idf
