"""Fitting the understanding: what is learned from texts (``python -m bot fit``). Needs scikit-learn; the bot does not.

The weights rank entries, detect danger and what lies outside, and judge aspects and statuses. The gates that decide
what to do with a ranking are fitted in ``thresholds.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from knowledge.story.statuses import ORDER
from knowledge.text import fold
from knowledge.understanding.asking import QuestionWords
from knowledge.understanding.features import BUCKETS, Floats, features
from knowledge.understanding.ranking import ASKED, ASPECTS, ENTRIES, FIRST_ASKED
from knowledge.understanding.statuses import CLAIMED, RIGHTLY, STATUSES, in_claims, in_view_of, weight
from knowledge.understanding.utterance import Utterance
from knowledge.understanding.weights import DETECTORS, LEANS, Columns, Learned, vector

#: Inverse strengths of regularisation, and the factor that turns distances into scores whose exponentials are chances;
#: chosen by cross-validation on the fitting half (docs/understanding.md).
STRENGTH, DETECTOR_STRENGTH, ASPECT_STRENGTH, STATUS_STRENGTH, CLAIM_STRENGTH = 0.4, 0.5, 0.4, 20.0, 1.5
SHARPNESS = 4.0
#: How much the sentence and the clause that ask count beside the whole message.
ASKING_PART = 0.7
#: A mark of a story in fewer forms of examples teaches nothing.
RARE = 8


@dataclass(frozen=True)
class Example:
    """A text and what was labelled: the entries that are right for it (the first is its label), the side it asks about,
    its statuses; ``marks`` is what the story reader saw in it, ``claims`` where it saw statuses, ``before`` the message
    before it."""

    text: str
    entries: tuple[str, ...]
    aspect: str | None = None
    weight: float = 1.0
    statuses: tuple[str, ...] | None = None
    marks: frozenset[str] = frozenset()
    claims: Mapping[str, frozenset[str]] = field(default_factory=dict)
    before: str = ""


@dataclass(frozen=True)
class Forms:
    """The examples as typed and without diacritics, prepared once for everything that is learned from them."""

    examples: tuple[Example, ...]
    utterances: tuple[Utterance, ...]
    matrix: Any
    idf: Floats
    of: Any = field(default=None)

    @staticmethod
    def prepare(examples: Sequence[Example]) -> Forms:
        """Both forms of each example; ``of`` tells which example a row is a form of."""
        pairs = [(at, form) for at, e in enumerate(examples) for form in dict.fromkeys((e.text, fold(e.text)))]
        utterances = tuple(Utterance.of(form) for _, form in pairs)
        idf = inverse_frequencies(utterances)
        return Forms(tuple(examples), utterances, matrix(utterances, idf), idf, np.array([at for at, _ in pairs]))

    def rows(self, wanted: Sequence[bool]) -> Any:
        """The numbers of the rows whose examples are wanted."""
        return np.flatnonzero(np.asarray(wanted)[self.of])

    def of_examples(self, rows: Any) -> list[Example]:
        """The examples that some rows are forms of."""
        return [self.examples[at] for at in self.of[rows].tolist()]


def inverse_frequencies(utterances: Sequence[Utterance]) -> Floats:
    """Smoothed inverse document frequency of every bucket over ``utterances``."""
    frequency = np.zeros(BUCKETS, dtype=np.float32)
    for utterance in utterances:
        frequency[np.unique(features(utterance)[0])] += 1
    idf: Floats = (np.log((1 + len(utterances)) / (1 + frequency)) + 1).astype(np.float32)
    return idf


def matrix(utterances: Sequence[Utterance], idf: Floats) -> Any:
    """The vectors of some messages as the rows of a sparse matrix."""
    from scipy.sparse import csr_matrix

    vectors = [vector(utterance, idf) for utterance in utterances]
    rows = np.repeat(np.arange(len(vectors)), [len(one.buckets) for one in vectors])
    buckets = np.concatenate([one.buckets for one in vectors])
    values = np.concatenate([one.weights for one in vectors])
    return csr_matrix((values.astype(np.float64), (rows, buckets)), shape=(len(vectors), BUCKETS))


def learn_entries(forms: Forms, special: Sequence[str], taught: Sequence[bool]) -> dict[str, Columns]:
    """The columns that rank the entries, and those that detect the ``special`` ones and messages that go on from
    another, from the examples ``taught``.

    Detectors weigh all examples alike, so that their scores are chances; the ranking weighs all entries alike.
    """
    from sklearn.svm import LinearSVC

    every = forms.rows(taught)
    going_on = LinearSVC(C=DETECTOR_STRENGTH, random_state=0).fit(
        forms.matrix[every], [bool(example.before) for example in forms.of_examples(every)]
    )
    rows = forms.rows([bool(e.entries) and not e.before and use for e, use in zip(forms.examples, taught, strict=True)])
    examples = forms.of_examples(rows)
    known, weights = forms.matrix[rows], [e.weight for e in examples]
    labels = np.array([e.entries[0] for e in examples])
    ranking = LinearSVC(C=STRENGTH, class_weight="balanced", random_state=0).fit(known, labels, sample_weight=weights)
    detectors = [
        LinearSVC(C=DETECTOR_STRENGTH, random_state=0).fit(known, labels == name, sample_weight=weights)
        for name in special
    ]
    found = [*detectors, going_on]
    return {
        ENTRIES: _columns(ranking.classes_, ranking.coef_, ranking.intercept_),
        DETECTORS: _columns((*special, LEANS), np.vstack([m.coef_ for m in found]), [m.intercept_[0] for m in found]),
    }


def _columns(names: Sequence[Any], weights: Any, bias: Any, sharpness: float = SHARPNESS) -> Columns:
    return Columns(
        names=tuple(str(name) for name in names),
        weights=(sharpness * np.asarray(weights).T).astype(np.float32),
        bias=(sharpness * np.asarray(bias)).astype(np.float32),
    )


def learn_aspects(forms: Forms, questions: QuestionWords) -> dict[str, Columns]:
    """The columns that judge which side is asked about, by the whole message and by the parts of it that ask."""
    from scipy.sparse import hstack
    from sklearn.svm import LinearSVC

    rows = forms.rows([e.aspect is not None for e in forms.examples])
    sentences = [questions.sentence(forms.utterances[row]) for row in rows.tolist()]
    clauses = [questions.clause(sentence) for sentence in sentences]
    parts = [matrix(texts, forms.idf) * ASKING_PART for texts in (sentences, clauses)]
    examples = forms.of_examples(rows)
    model = LinearSVC(C=ASPECT_STRENGTH, random_state=0)
    model.fit(
        hstack([forms.matrix[rows], *parts]).tocsr(),
        [e.aspect for e in examples],
        sample_weight=[e.weight for e in examples],
    )
    whole, sentence, clause = np.split(model.coef_, 3, axis=1)
    nothing = np.zeros(len(model.classes_))
    return {
        ASPECTS: _columns(model.classes_, whole, model.intercept_),
        ASKED: _columns(model.classes_, ASKING_PART * sentence, nothing),
        FIRST_ASKED: _columns(model.classes_, ASKING_PART * clause, nothing),
    }


def learn_statuses(forms: Forms, about: Mapping[int, str]) -> tuple[Columns, dict[str, Floats]]:
    """For each status the column that judges by words, and what each mark of a story adds.

    ``about`` is the entry that each labelled example, by number, was taken to be about when it had not been seen.
    """
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    rows = forms.rows([e.statuses is not None for e in forms.examples])
    examples = forms.of_examples(rows)
    found = [in_view_of(about[at], forms.examples[at].marks) for at in forms.of[rows].tolist()]
    times = Counter(mark for marks in found for mark in marks)
    names = sorted(mark for mark, forms_with in times.items() if forms_with >= RARE)
    held = hstack([forms.matrix[rows], _marks(found, names, weight)]).tocsr()
    models = [
        LogisticRegression(C=STATUS_STRENGTH, solver="liblinear", max_iter=200, random_state=0).fit(
            held, [status in (e.statuses or ()) for e in examples]
        )
        for status in ORDER
    ]
    learned = np.vstack([model.coef_[0] for model in models])
    claim, bias, traces = _learn_claims(forms, rows, found)
    biases = [*(model.intercept_[0] for model in models), bias]
    words = _columns((*ORDER, RIGHTLY), np.vstack([learned[:, :BUCKETS], claim]), biases, sharpness=1.0)
    added = {name: weight(name) * row for name, row in zip(names, learned[:, BUCKETS:].T, strict=True)}
    nothing = np.zeros(len(ORDER))
    both = {name: np.append(added.get(name, nothing), traces.get(name, 0.0)) for name in sorted({*added, *traces})}
    return words, {name: row.astype(np.float32) for name, row in both.items() if np.abs(row).max() > 0}


def _learn_claims(forms: Forms, rows: Any, found: Sequence[frozenset[str]]) -> tuple[Floats, float, dict[str, float]]:
    """What words, and what marks add to the chance that a status is claimed rightly, beyond the usual chance."""
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    claimed: list[tuple[int, frozenset[str], bool]] = []
    for at, (marks, example) in enumerate(zip(found, forms.of_examples(rows), strict=True)):
        entry = next(mark.split(" ")[1] for mark in marks if mark.startswith("about "))
        general = frozenset(mark for mark in marks if not mark.startswith("around "))
        for status, traces in in_claims(entry, example.claims).items():
            claimed.append((at, general | traces, status in (example.statuses or ())))
    of_each, right = [marks for _, marks, _ in claimed], [well for _, _, well in claimed]
    times = Counter(mark for marks in of_each for mark in marks)
    names = sorted(mark for mark, claims_with in times.items() if claims_with >= RARE)
    held = hstack([forms.matrix[rows[[at for at, _, _ in claimed]]], _marks(of_each, names, lambda _: CLAIMED)]).tocsr()
    model = LogisticRegression(C=CLAIM_STRENGTH, solver="liblinear", max_iter=200, random_state=0).fit(held, right)
    usual = np.log(sum(right) / (len(right) - sum(right)))
    added = {name: float(CLAIMED * value) for name, value in zip(names, model.coef_[0, BUCKETS:], strict=True)}
    return model.coef_[0, :BUCKETS], float(model.intercept_[0] - usual), added


def _marks(of_each: Sequence[Collection[str]], names: Sequence[str], counts: Callable[[str], float]) -> Any:
    from scipy.sparse import csr_matrix

    at = {name: column for column, name in enumerate(names)}
    found = [(row, at[mark], counts(mark)) for row, marks in enumerate(of_each) for mark in marks if mark in at]
    rows, columns, weights = zip(*found, strict=True)
    return csr_matrix((weights, (rows, columns)), shape=(len(of_each), len(names)))


def learn(forms: Forms, special: Sequence[str], questions: QuestionWords, about: Mapping[int, str]) -> Learned:
    """Learn all weights; ``about`` as in ``learn_statuses``. Deterministic: the same examples give the same weights."""
    everything = [True] * len(forms.examples)
    statuses, marks = learn_statuses(forms, about)
    entries, aspects = learn_entries(forms, special, everything), learn_aspects(forms, questions)
    return Learned(forms.idf, {**entries, **aspects, STATUSES: statuses}, marks)
