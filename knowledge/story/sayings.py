"""Facts that people say in set phrases: ``told`` in data/story.yaml, matched without diacritics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from knowledge.story.numbers import number_at
from knowledge.story.words import COMMA, SPACE, STOP, Mark, Message

#: What a saying may not follow: it is then denied, wished or asked.
_NOT_AFTER: Final = frozenset(
    {"khong", "chua", "chang", "cha", "neu", "muon", "dinh", "sap", "phai", "hong", "gia", "tung", "hay"}
)
_ASKED: Final = frozenset({"chua", "khong"})
_GAPS: Final = {COMMA: ",", STOP: "."}


@dataclass(frozen=True)
class Saying:
    """Phrases that tell one fact. ``near`` are words of which the message must have one."""

    scope: str
    fact: str
    value: Any
    near: frozenset[str]
    pattern: re.Pattern[str]
    everyone: bool

    @staticmethod
    def read(scope: str, row: Mapping[str, Any]) -> Saying:
        """A row of the table; ``~`` stands for up to three words."""
        alternatives = "|".join(row["say"]).replace("~", r"(?: \w+){0,3}?")
        pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
        return Saying(scope, row["fact"], row["value"], frozenset(row["near"]), pattern, row.get("everyone", False))


@dataclass(frozen=True)
class Told:
    """A fact told: of the household or a person, or of everyone in the household."""

    scope: str
    fact: str
    value: Any
    everyone: bool


@dataclass(frozen=True)
class Sayings:
    """All sayings; the first in the table that matches some words has them."""

    rows: tuple[Saying, ...]
    by_word: Mapping[str, tuple[int, ...]]

    @staticmethod
    def of(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Sayings:
        """From the tables of the data file."""
        rows = tuple(Saying.read(scope, row) for scope, table in tables.items() for row in table)
        words = {word for row in rows for word in row.near}
        return Sayings(rows, {word: tuple(at for at, row in enumerate(rows) if word in row.near) for word in words})

    def find(self, message: Message) -> list[Mark]:
        """A mark for each fact that is told in a set phrase."""
        near = {at for word in message.words for at in self.by_word.get(word.plain, ())}
        return _found(message, [self.rows[at] for at in sorted(near)]) if near else []


def _found(message: Message, rows: Sequence[Saying]) -> list[Mark]:
    tokens, spots_of = _joined(message)
    text = " ".join(tokens)
    found: list[Mark] = []
    taken: set[int] = set()
    for row in rows:
        for match in row.pattern.finditer(text):
            first = text.count(" ", 0, match.start())
            spots = range(spots_of[first], spots_of[first + match[0].count(" ")] + 1)
            if not taken.isdisjoint(spots):
                continue
            taken.update(spots)
            if _stands(message, spots.start, spots.stop):
                value = (
                    _number(message, spots_of[text.count(" ", 0, match.start("number"))])
                    if row.value == "number"
                    else row.value
                )
                if value is not None:
                    found.append(Mark("told", Told(row.scope, row.fact, value, row.everyone), spots.start, spots.stop))
    return found


def _number(message: Message, at: int) -> int | None:
    found = number_at(message, at)
    return int(found.value) if found and not found.scaled and 0 <= found.value <= 100 else None


def _joined(message: Message) -> tuple[list[str], list[int]]:
    """The words without diacritics with commas and stops between them, and which word each one is or follows."""
    tokens: list[str] = []
    spots: list[int] = []
    for at, word in enumerate(message.words):
        if word.gap != SPACE and at:
            tokens.append(_GAPS[word.gap])
            spots.append(at - 1)
        tokens.append(word.plain)
        spots.append(at)
    return tokens, spots


def _stands(message: Message, start: int, end: int) -> bool:
    """Whether a saying is simply said: not denied, wished for, or asked."""
    at = start - 1
    while at >= max(start - 2, 0) and not message.ends(at + 1):
        if message.plain(at) in _NOT_AFTER:
            return False
        at -= 1
    if not message.ends(end) and message.plain(end) in _ASKED:
        return not message.ends(end + 1) and message.plain(end + 1) not in {"a", "vay", "nhi", "the", "ha"}
    return True
