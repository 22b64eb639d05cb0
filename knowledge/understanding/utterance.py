"""A message prepared once for everything that looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from knowledge.text import clean, expand, fold, normalise, tokens

#: From this share of words with diacritics on, a message is taken to be typed with them throughout.
TYPED_WITH_ACCENTS = 0.3


@dataclass(frozen=True)
class Utterance:
    """A message: ``text`` cleaned as typed, ``words`` normalised and written out, ``folded`` without diacritics."""

    text: str
    words: tuple[str, ...]
    folded: tuple[str, ...]

    @staticmethod
    def of(raw: str) -> Utterance:
        """Prepare a message."""
        text = clean(raw)
        spoken = expand(normalise(text))
        return Utterance(text, tuple(tokens(spoken)), tuple(tokens(fold(spoken))))

    @cached_property
    def accented(self) -> bool:
        """Whether it is typed with diacritics, so that they tell words apart."""
        return sum(not word.isascii() for word in self.words) > TYPED_WITH_ACCENTS * len(self.words)
