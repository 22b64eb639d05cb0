"""Words that hint at a status; learning weighs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.reading import read_yaml
from knowledge.understanding.around import around
from knowledge.understanding.signals import Forms
from knowledge.understanding.utterance import Utterance


@dataclass(frozen=True)
class Hints:
    """The hints of each status as one expression, with diacritics and without."""

    forms: Mapping[str, Forms]

    @staticmethod
    def load(path: Path) -> Hints:
        """Read ``data/hints.yaml``."""
        content, _ = read_yaml(path)
        return Hints({name: Forms.of(_written(patterns)) for name, patterns in content.items()})

    def found(self, utterance: Utterance) -> frozenset[str]:
        """The hints in a message, by name, and the words around the one that says poor."""
        hints = frozenset(f"hint {name}" for name, forms in self.forms.items() if forms.search(utterance))
        return hints | around(utterance)


def _written(patterns: Sequence[str | Sequence[str]]) -> Sequence[str]:
    """The patterns of a hint; where they are two lists, each of the first goes before each of the second."""
    if all(isinstance(pattern, str) for pattern in patterns):
        return [str(pattern) for pattern in patterns]
    before, after = patterns
    return [f"{first} {second}" for first in before for second in after]
