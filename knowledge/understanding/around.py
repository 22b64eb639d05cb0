"""The words around the one that says poor.

They tell a household that is on the list from one that asks to be put on it, was taken off it, or is somebody else's;
learning weighs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.understanding.utterance import Utterance

#: The word looked around, without diacritics, and how many words before and after it are looked at.
POOR = "ngheo"
BEFORE, AFTER = 5, 3
_START, _END = ("^",) * BEFORE, ("$",) * AFTER


def around(utterance: Utterance) -> frozenset[str]:
    """The words around each mention of poverty in a message, by where they stand."""
    padded = (*_START, *utterance.folded, *_END)
    return frozenset(mark for at, word in enumerate(padded) if word == POOR for mark in _near(padded, at))


def _near(words: Sequence[str], at: int) -> Iterator[str]:
    before = [words[at - step] for step in range(1, BEFORE + 1)]
    after = words[at + 1 : at + 1 + AFTER]
    yield from (f"before {step} {word}" for step, word in enumerate(before[:-1], 1))
    yield from (f"before {step} {before[step]} {before[step - 1]}" for step in (1, 2, 3))
    yield from (f"before {word}" for word in before)
    yield from (f"after {step} {word}" for step, word in enumerate(after, 1))
    yield f"after {after[0]} {after[1]}"
    yield f"between {before[1]} {after[0]}"
