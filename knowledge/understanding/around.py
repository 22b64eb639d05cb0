"""The words around those that say most of a status.

They tell a household that is on the list of the poor from one that asks to be put on it, was taken off it, or is
somebody else's; a child that learns at school from a course for grown-ups; who lost work from who looks for some.
Learning weighs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: The words looked around, without diacritics, and how many words before and after them are looked at.
TELLING = frozenset({
    "ngheo", "hoc", "lop", "be", "tre", "con", "chau", "cu", "gia", "tuoi", "viec", "nghi", "mat", "liet", "dan",
})  # fmt: skip
BEFORE, AFTER = 5, 3
_START, _END = ("^",) * BEFORE, ("$",) * AFTER


def around(words: Sequence[str]) -> frozenset[str]:
    """The words around each telling one in a message without diacritics, by where they stand."""
    padded = (*_START, *words, *_END)
    return frozenset(mark for at, word in enumerate(padded) if word in TELLING for mark in _near(padded, at))


def _near(words: Sequence[str], at: int) -> Iterator[str]:
    of, after = f"around {words[at]}", words[at + 1 : at + 1 + AFTER]
    before = [words[at - step] for step in range(1, BEFORE + 1)]
    yield from (f"{of} -{step} {word}" for step, word in enumerate(before[:-1], 1))
    yield from (f"{of} -{step} {before[step]} {before[step - 1]}" for step in (1, 2, 3))
    yield from (f"{of} - {word}" for word in before)
    yield from (f"{of} +{step} {word}" for step, word in enumerate(after, 1))
    yield f"{of} + {after[0]} {after[1]}"
    yield f"{of} {before[0]} {after[0]}"
    yield f"{of} {before[1]} . {after[0]}"
