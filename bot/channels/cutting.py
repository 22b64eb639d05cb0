"""Cutting a text that is too long for one message where it hurts least."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Where a long text may be cut, best first: between paragraphs, lines, sentences, words.
_CUTS = tuple(re.compile(pattern) for pattern in (r"\n\s*\n", r"\n", r"(?<=[.!?…;])\s", r"\s"))


def cut(text: str, limit: int) -> list[str]:
    """``text`` in pieces of at most ``limit`` UTF-16 units; nothing where there is no text."""
    return [text[start:end] for start, end in spans(text, limit)]


def spans(text: str, limit: int) -> Iterator[tuple[int, int]]:
    """The pieces of ``text`` as start and end, without the white space at their edges."""
    end = len(text.rstrip())
    start = len(text) - len(text.lstrip())
    while start < end:
        at = _cut(text[start:end], limit) + start
        yield start, start + len(text[start:at].rstrip())
        start = at + len(text[at:end]) - len(text[at:end].lstrip())


def units(text: str) -> int:
    """The length of ``text`` in UTF-16 units, as messengers count it."""
    return len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, limit: int) -> int:
    """How much of ``text`` goes into one piece, with the white space after it: cut at the best place in the second
    half, by force if need be."""
    if units(text) <= limit:
        return len(text)
    fitting = _fitting(text, limit)
    for pattern in _CUTS:
        ends = [match.end() for match in pattern.finditer(text, fitting // 2, fitting + 1)]
        if ends:
            return ends[-1]
    return fitting


def _fitting(text: str, limit: int) -> int:
    """How many characters of ``text`` are at most ``limit`` units."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return index
    return len(text)
