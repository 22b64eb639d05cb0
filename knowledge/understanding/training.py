"""Fitting the understanding: one reproducible command over files in the repository (``python -m bot fit``).

Needs scikit-learn, which the running bot does not. What is learned: the weights of the ranking, from phrasings and the
fitting half of the labelled questions (``learned/ranking.npz``); and the gates that decide whether to answer, from
predictions for questions that the weights had not seen (``learned/gates.yaml``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from knowledge.text import fold
from knowledge.understanding.features import BUCKETS, counts, document_counts
from knowledge.understanding.gates import Gate, Gates, signs
from knowledge.understanding.ranking import Columns, Floats, Learned, Ranker, Ranking
from knowledge.understanding.utterance import Utterance

#: Inverse strength of regularisation, and the factor that turns distances into scores whose exponentials are chances;
#: both chosen by cross-validation on the fitting half (docs/understanding.md).
STRENGTH = 0.4
ASPECT_STRENGTH = 0.4
SHARPNESS = 4.0
FOLDS = 5
#: What each kind of mistake costs when thresholds are chosen: a wrong answer sends somebody on a day's walk.
COSTS = {"wrong": 3.5, "clarify": 1.0, "refused": 2.2, "outside answered": 6.0, "outside clarified": 2.0}


@dataclass(frozen=True)
class Example:
    """A text, the entries that are right for it (the first is its label) and the aspect, where they were labelled."""

    text: str
    entries: tuple[str, ...]
    aspect: str | None = None
    weight: float = 1.0


def learn(examples: Sequence[Example]) -> Learned:
    """Learn to rank entries and aspects. Deterministic: the same examples give the same weights."""
    forms = [(Utterance.of(form), e) for e in examples for form in dict.fromkeys((e.text, fold(e.text)))]
    idf = inverse_frequencies([utterance for utterance, _ in forms])
    sided = [(utterance, e.aspect, e.weight) for utterance, e in forms if e.aspect]
    return Learned(
        idf=idf,
        entries=_columns(
            [(utterance, e.entries[0], e.weight) for utterance, e in forms if e.entries], idf, STRENGTH, "balanced"
        ),
        aspects=_columns(sided, idf, ASPECT_STRENGTH, None),
    )


def _columns(
    labelled: Sequence[tuple[Utterance, str, float]], idf: Floats, strength: float, class_weight: str | None
) -> Columns:
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=strength, class_weight=class_weight, random_state=0)
    model.fit(
        _matrix([utterance for utterance, _, _ in labelled], idf),
        [label for _, label, _ in labelled],
        sample_weight=[weight for _, _, weight in labelled],
    )
    return Columns(
        names=tuple(str(name) for name in model.classes_),
        weights=(SHARPNESS * model.coef_.T).astype(np.float32),
        bias=(SHARPNESS * model.intercept_).astype(np.float32),
    )


def inverse_frequencies(utterances: Sequence[Utterance]) -> Floats:
    """Smoothed inverse document frequency of every bucket over ``utterances``."""
    frequency = np.zeros(BUCKETS, dtype=np.float32)
    for index, times in document_counts(utterances).items():
        frequency[index] = times
    idf: Floats = (np.log((1 + len(utterances)) / (1 + frequency)) + 1).astype(np.float32)
    return idf


def _matrix(utterances: Sequence[Utterance], idf: Floats) -> Any:
    from scipy.sparse import csr_matrix

    held = [counts(utterance) for utterance in utterances]
    rows = np.repeat(np.arange(len(held)), [len(row) for row in held])
    columns = np.concatenate([np.fromiter(row.keys(), dtype=np.int64) for row in held])
    values = np.concatenate([np.fromiter(row.values(), dtype=np.float64) for row in held]) * idf[columns]
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(held)))
    return csr_matrix((values / lengths[rows], (rows, columns)), shape=(len(held), BUCKETS))


#: A question, how it was ranked, and how well the best statement of the first entry fits it.
Ranked = tuple[Example, Ranking, float]
#: How well the best statement of an entry fits a message.
Told = Callable[[str, Utterance], float]


def fit_gates(
    phrasings: Mapping[str, Sequence[str]],
    known: Sequence[Example],
    questions: Sequence[Example],
    outside: frozenset[str],
    told: Told,
) -> Gates:
    """Learn when to answer, from rankings of questions that the weights had not seen.

    ``known`` is what may be learned from besides. ``outside`` are the entries that say what the bot does not do.
    """
    unseen = _out_of_fold(phrasings, known, told, [question for question in questions if question.entries])
    inner = [ranked for ranked in unseen if ranked[1].best[0] not in outside]
    outer = [ranked for ranked in unseen if ranked[1].best[0] in outside]
    inside_gate = _fit_gate(inner)
    outside_gate = _fit_gate(outer)
    grid = [round(0.05 * step, 2) for step in range(1, 20)]
    candidates = [
        Gates(inside=inside_gate, outside=outside_gate, answer=answer, clarify=clarify, refuse=refuse)
        for answer, clarify, refuse in product(grid, grid, grid)
        if clarify <= answer
    ]
    decided = [(e, r, inside_gate.confidence(r, fit), outside_gate.confidence(r, fit)) for e, r, fit in unseen]
    return min(candidates, key=lambda gates: _cost(gates, decided, outside))


def _out_of_fold(
    phrasings: Mapping[str, Sequence[str]], known: Sequence[Example], told: Told, questions: Sequence[Example]
) -> list[Ranked]:
    order = np.random.default_rng(0).permutation(len(questions))
    found: list[Ranked] = []
    for part in range(FOLDS):
        held_out = {int(index) for index in order[part::FOLDS]}
        learned = learn([*known, *(q for index, q in enumerate(questions) if index not in held_out)])
        ranker = Ranker(phrasings, learned)
        for index in sorted(held_out):
            utterance = Utterance.of(questions[index].text)
            ranking = ranker.rank(ranker.vector(utterance))
            found.append((questions[index], ranking, told(ranking.best[0], utterance)))
    return found


def _fit_gate(unseen: Sequence[Ranked]) -> Gate:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(
        [signs(ranking, told) for _, ranking, told in unseen],
        [ranking.best[0] in example.entries for example, ranking, _ in unseen],
    )
    names = [name for name in Gate.model_fields if name != "intercept"]
    weights = dict(zip(names, (round(float(weight), 3) for weight in model.coef_[0]), strict=True))
    return Gate(intercept=round(float(model.intercept_[0]), 3), **weights)


def _cost(gates: Gates, decided: Sequence[tuple[Example, Ranking, float, float]], outside: frozenset[str]) -> float:
    cost = 0.0
    for example, ranking, inside, beyond in decided:
        is_outside = example.entries[0] in outside
        first_outside = ranking.best[0] in outside
        if first_outside:
            outcome = "refused" if beyond >= gates.refuse else "clarify"
        elif inside >= gates.answer:
            outcome = "answer"
        else:
            outcome = "clarify" if inside >= gates.clarify else "refused"
        if is_outside:
            cost += {"answer": COSTS["outside answered"], "clarify": COSTS["outside clarified"]}.get(outcome, 0.0)
        elif outcome == "answer":
            cost += 0.0 if ranking.best[0] in example.entries else COSTS["wrong"]
        else:
            cost += COSTS[outcome]
    return cost
