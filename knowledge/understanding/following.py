"""Whether a message leans on the one before ("thế giấy tờ gì?"), and what the conversation so far says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p
from pathlib import Path

import numpy as np

from knowledge.reading import read_record
from knowledge.record import Record
from knowledge.text import fold
from knowledge.understanding.asking import QuestionWords
from knowledge.understanding.features import Floats
from knowledge.understanding.gates import ALWAYS, Carry
from knowledge.understanding.utterance import Utterance

_MANY = 8


class LinkingWords(Record):
    """Words that name no subject, and words that show which part of a message asks (``data/linking.yaml``)."""

    asking: tuple[str, ...]
    linking: tuple[str, ...]
    opening: tuple[str, ...]
    pointing: tuple[str, ...]
    questions: tuple[str, ...]
    endings: tuple[str, ...]


@dataclass(frozen=True)
class Linking:
    """The linking words without diacritics, ready for use."""

    without_subject: frozenset[str]
    opening: frozenset[str]
    pointing: frozenset[str]
    questions: QuestionWords

    @staticmethod
    def load(path: Path) -> Linking:
        """Read ``data/linking.yaml``."""
        words, _ = read_record(path, LinkingWords)
        return Linking(
            _folded((*words.asking, *words.linking)),
            _folded(words.opening),
            _folded(words.pointing),
            QuestionWords.of(words.questions, words.endings),
        )

    def subject(self, utterance: Utterance) -> set[str]:
        """The words of a message that name a subject: neither linking words nor numbers."""
        return {word for word in set(utterance.folded) - self.without_subject if not word[:1].isdigit()}

    def signs(self, utterance: Utterance, scores: Floats, goes_on: float) -> Mapping[str, float]:
        """What tells whether a message leans on the one before; ``scores``: of the entries for it by itself;
        ``goes_on``: how much its words are like those of messages that go on from another."""
        subjects = len(self.subject(utterance))
        return {
            ALWAYS: 1.0,
            "no-subject": float(not subjects),
            "subjects": min(subjects, _MANY) / _MANY,
            "length": log1p(len(utterance.folded)),
            "chance": _likeliest(scores),
            "goes-on": goes_on,
            "opening": float(utterance.folded[:1] != () and utterance.folded[0] in self.opening),
            "pointing": float(not self.pointing.isdisjoint(utterance.folded)),
        }


def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(fold, words))


def carried(carry: Carry, lean: float, earlier: Floats, previous: int | None) -> Floats:
    """What a conversation adds to the scores of the entries: those of the message before, and for its entry."""
    added: Floats = (lean * carry.scores * (earlier - earlier.mean())).astype(np.float32)
    if previous is not None:
        added[previous] += lean * carry.stay
    return added


def _likeliest(scores: Floats) -> float:
    """The chance of the likeliest entry."""
    chances = np.exp(scores - scores.max())
    return float(chances.max() / chances.sum())
