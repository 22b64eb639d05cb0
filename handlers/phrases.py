"""Short messages that are one of some listed phrases, however they are written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from handlers.context import Context
from knowledge.text import plain_words, tokens

#: A message of more words is none of the listed phrases.
LONGEST = 10


def says(text: str, phrases: Iterable[str], context: Context) -> bool:
    """Whether ``text`` is one of ``phrases``, polite words around it aside."""
    return not cores(text, context).isdisjoint(map(plain_words, phrases))


def cores(text: str, context: Context) -> frozenset[str]:
    """What a short text may mean with polite words around it aside: "cho em đăng ký ạ" is "đăng ký"; a polite word may
    itself be meant, as in "vâng ạ"."""
    words = plain_words(text).split()
    if len(words) > LONGEST:
        return frozenset()
    polite = set(map(plain_words, context.wording.labels["desk"]["polite"]))
    before = len(list(takewhile(polite.__contains__, words)))
    after = len(list(takewhile(polite.__contains__, reversed(words))))
    said = {" ".join(words[first : len(words) - cut]) for first in range(before + 1) for cut in range(after + 1)}
    said.add(" ".join(word for word in words if word not in polite))
    return frozenset(said - {""})


def without(text: str, words: Iterable[str]) -> str:
    """The plain words of ``text`` but for ``words``."""
    left_out = set(map(plain_words, words))
    return " ".join(word for word in plain_words(text).split() if word not in left_out)


def asks(text: str, context: Context) -> bool:
    """Whether ``text`` has a question word; written out, for "hội chợ" without diacritics would hold "hỏi"."""
    return "?" in text or holds(" ".join(tokens(text.lower())), context.wording.labels["questions"]["within"])


def holds(words: str, phrases: Iterable[str]) -> bool:
    """Whether one of ``phrases`` stands in ``words``, whole words each."""
    return any(f" {phrase} " in f" {words} " for phrase in phrases)
