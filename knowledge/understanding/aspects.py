"""Which side of an entry a question is about: who, how much, which papers, how, where, when, why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.model import Aspect
from knowledge.reading import read_records
from knowledge.record import Record
from knowledge.text import fold, tokens
from knowledge.understanding.utterance import Utterance


class Cue(Record):
    """Words that show an aspect; ``weight`` says how strongly."""

    aspect: Aspect
    words: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class AspectCues:
    """The cues of all aspects, as word sequences without diacritics."""

    sequences: tuple[tuple[tuple[str, ...], Aspect, float], ...]

    @staticmethod
    def load(path: Path) -> AspectCues:
        """Read ``data/aspects.yaml``."""
        found = [
            (tuple(tokens(fold(words))), cue.aspect, cue.weight)
            for cue, _ in read_records(path, Cue)
            for words in cue.words
        ]
        return AspectCues(tuple(sorted(found, key=lambda cue: -len(cue[0]))))

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that some cue is made of."""
        return frozenset(word for sequence, _, _ in self.sequences for word in sequence)

    def scores(self, utterance: Utterance) -> dict[Aspect, float]:
        """How strongly a message asks about each aspect. A longer cue hides the shorter ones inside it."""
        words = utterance.folded
        free = [True] * len(words)
        scores: dict[Aspect, float] = {}
        for sequence, aspect, weight in self.sequences:
            for start in _occurrences(words, sequence):
                span = range(start, start + len(sequence))
                if all(free[at] for at in span):
                    scores[aspect] = scores.get(aspect, 0.0) + weight
                    for at in span:
                        free[at] = False
        return scores

    def best(self, utterance: Utterance) -> Aspect | None:
        """The aspect asked about most clearly, if any."""
        scores = self.scores(utterance)
        return max(scores, key=lambda aspect: scores[aspect]) if scores else None


def _occurrences(words: tuple[str, ...], sequence: tuple[str, ...]) -> list[int]:
    size = len(sequence)
    return [start for start in range(len(words) - size + 1) if words[start : start + size] == sequence]
