"""Words that hint at a status; learning weighs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from knowledge.reading import read_yaml
from knowledge.text import fold, normalise, tokens
from knowledge.understanding.around import around
from knowledge.understanding.signals import GAP
from knowledge.understanding.utterance import Utterance

Words = tuple[str, ...]


class Phrase(NamedTuple):
    """Words of a hint: runs of them, between which up to ``GAP`` others may stand."""

    hint: str
    runs: tuple[Words, ...]

    def stands(self, words: Words, at: int) -> bool:
        """Whether it stands in ``words`` from ``at`` on."""
        reach = 1
        for run in self.runs:
            found = next((spot for spot in range(at, at + reach) if words[spot : spot + len(run)] == run), None)
            if found is None:
                return False
            at, reach = found + len(run), GAP + 1
        return True


#: The phrases by how they begin: by their first two words, or their only one. Looking words up costs far less than
#: trying an expression for each of some sixty hints.
Beginnings = Mapping[Words, Sequence[Phrase]]


@dataclass(frozen=True)
class Hints:
    """The phrases of all hints, with diacritics and without; ``typos`` are known slips of the keys."""

    accented: Beginnings
    folded: Beginnings
    typos: Mapping[str, str]

    @staticmethod
    def load(path: Path, typos: Mapping[str, str]) -> Hints:
        """Read ``data/hints.yaml``; ``typos`` are those that the story reader knows."""
        content, _ = read_yaml(path)
        written = [(name, normalise(pattern)) for name, patterns in content.items() for pattern in _listed(patterns)]
        without_diacritics = ((name, fold(pattern)) for name, pattern in written)
        plain = {typed: fold(meant) for typed, meant in typos.items() if typed.isascii()}
        return Hints(_beginnings(written), _beginnings(without_diacritics), plain)

    def found(self, utterance: Utterance) -> frozenset[str]:
        """The hints in a message, by name, and the words around those that say most."""
        known, words = self.accented if utterance.accented else self.folded, utterance.as_typed
        hints = {
            phrase.hint
            for at in range(len(words))
            for beginning in (words[at : at + 1], words[at : at + 2])
            for phrase in known.get(beginning, ())
            if phrase.stands(words, at)
        }
        return around([self.typos.get(word, word) for word in utterance.folded]) | hints


def _listed(patterns: Sequence[str | Sequence[str]]) -> Sequence[str]:
    """The patterns of a hint; where they are two lists, each of the first goes before each of the second."""
    if all(isinstance(pattern, str) for pattern in patterns):
        return [str(pattern) for pattern in patterns]
    before, after = patterns
    return [f"{first} {second}" for first in before for second in after]


def _beginnings(written: Iterable[tuple[str, str]]) -> Beginnings:
    found: dict[Words, list[Phrase]] = {}
    for name, pattern in written:
        runs = tuple(tuple(tokens(run)) for run in pattern.split("…"))
        found.setdefault(runs[0][:2], []).append(Phrase(f"hint {name}", runs))
    return found
