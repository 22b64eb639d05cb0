"""Which of the offered choices a typed text picks."""

from __future__ import annotations

from rapidfuzz.distance import JaroWinkler

from handlers.types import Choice
from knowledge.text import plain_words

#: How alike a typed text and a label must be to pick it.
LABEL_LIKENESS = 0.94


def chosen(text: str, offered: tuple[Choice, ...]) -> Choice | None:
    """The offered choice that ``text`` picks by its number or its label."""
    number = text.strip().rstrip(".)")
    if number.isascii() and number.isdigit():
        index = int(number[:4]) - 1
        return offered[index] if 0 <= index < len(offered) else None
    typed = plain_words(text)
    for choice in offered:
        label = plain_words(choice.label)
        if typed == label or (len(typed) > 6 and JaroWinkler.similarity(typed, label, score_cutoff=LABEL_LIKENESS)):
            return choice
    return None
