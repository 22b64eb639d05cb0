"""Short messages that are one of some listed phrases, however they are written."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.context import Context
from knowledge.text import fold, tokens


def plain_words(text: str) -> str:
    """The words of ``text`` without diacritics and marks."""
    return " ".join(tokens(fold(text)))


def says(text: str, phrases: Iterable[str], context: Context) -> bool:
    """Whether ``text`` is one of ``phrases``, polite words around it aside: "cho em đăng ký ạ" is "đăng ký"."""
    said = {plain_words(text), without(text, context.wording.labels["desk"]["polite"])} - {""}
    return not said.isdisjoint(map(plain_words, phrases))


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
