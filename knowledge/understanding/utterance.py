"""A message prepared once for everything that looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from knowledge.text import clean, plain_words, tokens, written_out

#: From this share of words with diacritics on, a message is taken to be typed with them throughout.
TYPED_WITH_ACCENTS = 0.3


@dataclass(frozen=True)
class Utterance:
    """A message: ``text`` cleaned as typed, ``spoken`` normalised and written out, in ``words``, ``folded`` without
    diacritics."""

    text: str
    spoken: str
    words: tuple[str, ...]
    folded: tuple[str, ...]

    @staticmethod
    def of(raw: str) -> Utterance:
        """Prepare a message."""
        text = clean(raw)
        return Utterance._told(text, written_out(text))

    @staticmethod
    def spoken_so(spoken: str) -> Utterance:
        """Prepare a part of a message that is normalised and written out."""
        return Utterance._told(spoken, spoken)

    @staticmethod
    def _told(text: str, spoken: str) -> Utterance:
        return Utterance(text, spoken, tuple(tokens(spoken)), tuple(plain_words(spoken).split()))

    @cached_property
    def accented(self) -> bool:
        """Whether it is typed with diacritics, so that they tell words apart."""
        return sum(not word.isascii() for word in self.words) > TYPED_WITH_ACCENTS * len(self.words)

    @cached_property
    def as_typed(self) -> tuple[str, ...]:
        """The words with diacritics where it is typed with them, else without."""
        return self.words if self.accented else self.folded

    @cached_property
    def line(self) -> str:
        """The words of ``as_typed`` parted by single spaces."""
        return " ".join(self.as_typed)
