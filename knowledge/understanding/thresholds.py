"""Fitting the gates: when to answer, to ask back, to refuse, to raise an alarm, and when a message leans on another.

All from rankings of questions that the weights had not seen: the questions are parted, and each part is ranked with
weights learned from the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from knowledge.understanding.features import Floats
from knowledge.understanding.following import Linking, carried
from knowledge.understanding.gates import ALWAYS, Carry, Gate, Gates
from knowledge.understanding.ranking import ENTRIES, Ranker, Ranking, Special
from knowledge.understanding.signals import SHOWN, Signals
from knowledge.understanding.training import Example, Forms, learn_entries
from knowledge.understanding.utterance import Utterance
from knowledge.understanding.weights import Learned, Scores

PARTS = 3
#: Of how many questions that stand alone one is given a strange message before, and how much it counts.
STRANGE, STRANGE_WEIGHT = 4, 0.5
#: How many calm questions in a hundred may raise each alarm, on the fitting half, which is full of near ones: among
#: questions as they come it is a third of that. Missing danger to life costs more than missing a scam.
FALSE_ALARMS = {"nguy-cap": 1.25, "lua-dao": 0.4}
#: For each figure the share that is still good enough on the fitting half, which is harder than questions as they come;
#: thresholds are chosen so that the worst kept of them is kept best. Few wrong answers are allowed, because one sends
#: somebody on a day's walk, and few refusals, because the next thing to do is then not known.
ALLOWED = {
    "wrong": 0.05,
    "clarified": 0.15,
    "refused": 0.02,
    "unanswered": 0.20,
    "outside answered": 0.08,
    "outside clarified": 0.12,
}


@dataclass
class Unseen:
    """A question ranked by weights that had not seen it, with its message before; ``ranking`` after what that adds.
    ``at`` is its number among the examples."""

    at: int
    example: Example
    utterance: Utterance
    ranker: Ranker
    scores: Scores
    earlier: Floats | None
    shown: frozenset[str]
    ranking: Ranking | None = None

    @property
    def label(self) -> str:
        """The entry that should come first."""
        return self.example.entries[0]

    @property
    def ranked(self) -> Ranking:
        """The ranking, once it is known."""
        assert self.ranking is not None
        return self.ranking


def rank_unseen(
    phrasings: Mapping[str, Sequence[str]], forms: Forms, special: Special, signals: Signals, asked: Sequence[int]
) -> list[Unseen]:
    """The questions, whose numbers among the examples are ``asked``, ranked without having been learned from."""
    order = np.random.default_rng(0).permutation(len(asked))
    found: list[Unseen] = []
    for part in range(PARTS):
        held_out = {asked[at] for at in order[part::PARTS].tolist()}
        taught = [at not in held_out for at in range(len(forms.examples))]
        groups = learn_entries(forms, sorted(special.alarming | special.outside), taught)
        ranker = Ranker(phrasings, Learned(forms.idf, groups), special)
        for at in sorted(held_out):
            example = forms.examples[at]
            utterance = Utterance.of(example.text)
            earlier = ranker.scores(Utterance.of(example.before)).of(ENTRIES) if example.before else None
            shown = frozenset(signals.shown(utterance))
            found.append(Unseen(at, example, utterance, ranker, ranker.scores(utterance), earlier, shown))
    return found


def fit_gates(unseen: Sequence[Unseen], linking: Linking, special: Special) -> Gates:
    """Learn all gates and thresholds. Deterministic."""
    carry = _fit_carry(unseen, linking)
    for one in unseen:
        lean = _lean(one, carry, linking)
        added = None if one.earlier is None else carried(carry, lean, one.earlier, int(one.earlier.argmax()))
        one.ranking = one.ranker.rank(one.utterance, one.scores, added, lean)
    alarms, enough = _fit_alarms(unseen, special)
    calm = [one for one in unseen if one.label not in special.alarming]
    inside = [one for one in calm if one.label not in special.outside]
    outside = _fit_gate([one.ranked.signs for one in calm], [one.label in special.outside for one in calm])
    right = _fit_gate([one.ranked.signs for one in inside], [_is_right(one, special) for one in inside])
    refuse, answer, clarify = _fit_thresholds(calm, outside, right, special)
    return Gates(
        carry=carry, alarms=alarms, enough=enough, outside=outside, right=right,
        refuse=refuse, answer=answer, clarify=clarify,
    )  # fmt: skip


def _is_right(one: Unseen, special: Special) -> bool:
    """Whether the first entry that can be answered is a right one."""
    passed = special.alarming | special.outside
    return next(name for name, _ in one.ranked.entries if name not in passed) in one.example.entries


def _fit_gate(signs: Sequence[Mapping[str, float]], labels: Sequence[bool]) -> Gate:
    from sklearn.linear_model import LogisticRegression

    names = [name for name in signs[0] if name != ALWAYS]
    model = LogisticRegression(C=10.0, max_iter=2000)
    model.fit([[one[name] for name in names] for one in signs], labels)
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    return Gate(weights={name: round(w, 3) for name, w in {ALWAYS: float(model.intercept_[0]), **weights}.items()})


# --- leaning on the message before -----------------------------------------------------------------------------------


def _lean(one: Unseen, carry: Carry, linking: Linking) -> float:
    """The chance that a question leans on the message before; none where there is none."""
    if one.earlier is None:
        return 0.0
    return carry.lean.chance(_signs(one, linking))


def _signs(one: Unseen, linking: Linking) -> Mapping[str, float]:
    """What tells whether a question leans on the message before."""
    return linking.signs(one.utterance, one.scores.of(ENTRIES), one.ranker.goes_on(one.scores))


def _fit_carry(unseen: Sequence[Unseen], linking: Linking) -> Carry:
    """Whether a message leans on the one before, and how much that counts then: what makes the right entries likeliest.

    Questions that have none are given another question as the one before, so that it learns to leave those alone.
    Leaning is learned by itself: learned together with what it counts for, it let whole questions lean as well.
    """
    from scipy.optimize import minimize

    pairs = [(one, one.earlier) for one in unseen if one.earlier is not None]
    others = [one for one in unseen if one.earlier is None]
    pairs += [
        (one, other.scores.of(ENTRIES)) for one, other in zip(others[::STRANGE], others[1::STRANGE], strict=False)
    ]
    signs = [_signs(one, linking) for one, _ in pairs]
    gate = _fit_gate(signs, [one.earlier is not None for one, _ in pairs])
    lean = np.array([gate.chance(sign) for sign in signs])
    own = np.array([one.scores.of(ENTRIES) for one, _ in pairs])
    before = np.array([earlier - earlier.mean() for _, earlier in pairs])
    stay = np.zeros_like(own)
    stay[np.arange(len(own)), before.argmax(axis=1)] = 1.0
    right = np.array([[name in one.example.entries for name in one.ranker.names] for one, _ in pairs])
    weights = np.array([1.0 if one.earlier is not None else STRANGE_WEIGHT for one, _ in pairs])

    def loss(found: Any) -> float:
        scores = own + lean[:, None] * (found[0] * before + found[1] * stay)
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        share = (chances * right).sum(axis=1) / chances.sum(axis=1)
        return float(-(weights * np.log(share + 1e-6)).mean() + 1e-3 * (found**2).sum())

    found = minimize(loss, np.array([0.5, 2.0]), method="L-BFGS-B", options={"maxiter": 60}).x
    return Carry(scores=round(float(found[0]), 3), stay=round(float(found[1]), 3), lean=gate)


# --- alarms ----------------------------------------------------------------------------------------------------------


def _fit_alarms(unseen: Sequence[Unseen], special: Special) -> tuple[dict[str, Gate], dict[str, float]]:
    """For each alarm its gate, and the chance from which on few enough calm questions raise it."""
    gates, enough = {}, {}
    for name in sorted(special.alarming):
        signs = [{**one.ranked.dangers[name], SHOWN: float(name in one.shown)} for one in unseen]
        gates[name] = _fit_gate(signs, [one.label == name for one in unseen])
        chances = [gates[name].chance(one) for one in signs]
        calm = [special.alarming.isdisjoint(one.example.entries) for one in unseen]
        raised = sorted((chance for chance, quiet in zip(chances, calm, strict=True) if quiet), reverse=True)
        enough[name] = round(raised[int(len(raised) * FALSE_ALARMS[name] / 100)], 4)
    return gates, enough


# --- answering, asking back, refusing --------------------------------------------------------------------------------


def _fit_thresholds(calm: Sequence[Unseen], outside: Gate, right: Gate, special: Special) -> tuple[float, float, float]:
    """From where on to refuse, to answer and to ask back: what keeps the worst kept of ``ALLOWED`` best."""
    beyond = np.array([outside.chance(one.ranked.signs) for one in calm])
    sure = np.array([right.chance(one.ranked.signs) for one in calm]) * (1 - beyond)
    hits = np.array([_is_right(one, special) for one in calm])
    out = np.array([one.label in special.outside for one in calm])
    grid = [round(0.05 * step, 2) for step in range(1, 20)]

    def spare(refuse: float, answer: float, clarify: float) -> float:
        bound = beyond >= refuse
        answered = ~bound & (sure >= answer)
        clarified = ~bound & ~answered & (sure >= clarify)
        refused = ~answered & ~clarified
        shares = {
            "wrong": (answered & ~hits)[~out].mean(),
            "clarified": clarified[~out].mean(),
            "refused": refused[~out].mean(),
            "unanswered": 1 - (answered & hits)[~out].mean(),
            "outside answered": answered[out].mean(),
            "outside clarified": clarified[out].mean(),
        }
        return float(min(1 - share / ALLOWED[name] for name, share in shares.items()))

    candidates = [
        (refuse, answer, clarify) for refuse, answer, clarify in product(grid, grid, grid) if clarify <= answer
    ]
    return max(candidates, key=lambda thresholds: spare(*thresholds))
