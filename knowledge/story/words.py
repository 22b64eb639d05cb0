"""A message as words with positions, and the known phrases found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, count
from string import ascii_lowercase
from typing import Any, Final, NamedTuple

from knowledge.text import fold, is_plain_syllable, is_syllable, normalise, written_out

_PIECE: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_STOP: Final = re.compile(r"[.?!;\n]")
#: Phrases of these kinds also match with wrong diacritics.
_LOOSE: Final = frozenset({"status", "hides", "school", "degree", "ethnic"})
_SHORT: Final = {"e": "em"}
_KEPT: Final = 1 << 14
_COMMA: Final = re.compile(r"[,:()\[\]\-–…/]")

#: What stands before a word.
SPACE, COMMA, STOP = 0, 1, 2


class Word(NamedTuple):
    """One word: as typed (lower case), without diacritics, and the gap before it."""

    text: str
    plain: str
    gap: int
    raw_gap: str


class Mark(NamedTuple):
    """A known phrase or a measure: what it is, which one, and the words it covers."""

    kind: str
    value: Any
    start: int
    end: int


class Node:
    """A branch of the phrase tree."""

    __slots__ = ("branches", "meanings")

    def __init__(self) -> None:
        self.branches: dict[str, Node] = {}
        self.meanings: list[tuple[int, str, str]] = []


@dataclass(frozen=True)
class Phrases:
    """All phrases of ``data/story.yaml`` as one tree."""

    root: Node
    strict: Mapping[str, frozenset[str]]
    forms: dict[str, set[str]]
    typos: Mapping[str, str]
    plain: frozenset[str]
    fillers: frozenset[str]
    claims: frozenset[str]
    own: frozenset[str]
    counter: Iterator[int] = field(default_factory=count)
    kept: dict[tuple[str, str, bool], tuple[str, ...]] = field(default_factory=dict)

    @staticmethod
    def of(content: Mapping[str, Any]) -> Phrases:
        """From the phrase tables of the data file."""
        strict: dict[str, set[str]] = {}
        for word in content["strict"]:
            strict.setdefault(fold(word), set()).add(word)
        plain, own = (_folded(content[key]) for key in ("plain", "own"))
        fillers, claims = (_folded(content[key]).union(content[key]) for key in ("fillers", "claims"))
        sealed = {key: frozenset(value) for key, value in strict.items()}
        phrases = Phrases(
            Node(), sealed, strict, _near(content["slips"]) | content["typos"], plain, fillers, claims, own
        )
        for kind, table in content.items():
            if kind not in {"strict", "plain", "fillers", "claims", "own", "typos", "slips", "told"}:
                phrases._add_table(kind, table)
        return phrases

    def _add_table(self, kind: str, table: Any) -> None:
        groups = table.items() if isinstance(table, dict) else [("", table)]
        for value, written in groups:
            for phrase in written:
                self._add(_split(normalise(phrase)), kind, value)

    def _add(self, words: list[Word], kind: str, value: str) -> None:
        """A phrase of one word matches as written; in longer ones, only the strict words must."""
        node = self.root
        for word in words:
            exact = len(words) == 1 or kind not in _LOOSE or word.text in self.strict.get(word.plain, ())
            key = "=" + word.text if exact else word.plain
            if exact:
                self.forms.setdefault(word.plain, set()).add(word.text)
            node = node.branches.setdefault(key, Node())
        node.meanings.append((next(self.counter), kind, value))

    def keys(self, word: Word, accented: bool) -> tuple[str, ...]:
        """The branches that a typed word may take; what is no syllable ("diẹn") may be any word that looks like it.
        Those of the words seen first are kept, for people say the same."""
        typed = (word.text, word.plain, accented)
        found = self.kept.get(typed)
        if found is None:
            found = self._keys(word, accented)
            if len(self.kept) < _KEPT:
                self.kept[typed] = found
        return found

    def _keys(self, word: Word, accented: bool) -> tuple[str, ...]:
        forms = self.strict.get(word.plain, frozenset()) if accented else self.forms.get(word.plain)
        if forms is None:
            return (word.plain,)
        meant = not word.text.isascii() and is_syllable(word.text)
        if meant or (accented and word.text.isascii() and (word.plain in self.plain or not forms)):
            return (word.plain, "=" + word.text)
        return (word.plain, "=" + word.text, *("=" + form for form in forms - {word.text}))

    def longest(self, words: list[Word], start: int, accented: bool) -> tuple[int, list[tuple[str, str]]]:
        """The longest phrase that begins at a word: its end and its meanings."""
        branches = self.root.branches
        nodes = [branches[key] for key in self.keys(words[start], accented) if key in branches]
        at, end = start + 1, start
        found: list[tuple[int, str, str]] = []
        while nodes:
            meanings = [meaning for node in nodes for meaning in node.meanings]
            if meanings:
                found, end = meanings, at
            if at == len(words) or words[at].gap != SPACE:
                break
            keys = self.keys(words[at], accented)
            nodes = [node.branches[key] for node in nodes for key in keys if key in node.branches]
            at += 1
        return end, _one_person([(kind, value) for _, kind, value in sorted(found)]) if found else []


@dataclass
class Message:
    """A message taken apart: words, and marks in order."""

    words: list[Word]
    accented: bool
    marks: list[Mark] = field(default_factory=list)
    covered: list[list[Mark]] = field(default_factory=list)

    @cached_property
    def _stops(self) -> list[int]:
        """How many sentences end before each word, after one nought."""
        return [0, *accumulate(word.gap == STOP for word in self.words)]

    @cached_property
    def folded(self) -> str:
        """All words without diacritics."""
        return " ".join(word.plain for word in self.words)

    def text(self, start: int, end: int) -> str:
        """The words from ``start`` to ``end``."""
        return " ".join(word.text for word in self.words[start:end])

    def plain(self, at: int) -> str:
        """A word without diacritics; empty outside the message."""
        return self.words[at].plain if 0 <= at < len(self.words) else ""

    def ends(self, at: int) -> bool:
        """Whether a clause ends before the word ``at``."""
        return at >= len(self.words) or self.words[at].gap != SPACE

    def of(self, *kinds: str) -> Iterator[Mark]:
        """The marks of some kinds, in order."""
        return (mark for mark in self.marks if mark.kind in kinds)

    def at(self, position: int, *kinds: str) -> Mark | None:
        """The mark of one of the kinds that covers a word."""
        if not 0 <= position < len(self.covered):
            return None
        return next((mark for mark in self.covered[position] if mark.kind in kinds), None)

    def stopped(self, start: int, end: int) -> bool:
        """Whether a sentence ends between two words."""
        last = len(self.words) - 1
        return end > start and self._stops[min(max(start, -1), last) + 1] != self._stops[min(max(end, -1), last) + 1]


def _near(words: Iterable[str]) -> dict[str, str]:
    """What is one slip from a word and no syllable itself: a letter left out, doubled, swapped or wrong."""
    slips: dict[str, str] = {}
    for word in words:
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        near = {left + right[1:] for left, right in cuts if right}
        near |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
        near |= {left + letter + right[drop:] for left, right in cuts for letter in ascii_lowercase for drop in (0, 1)}
        slips |= {slip: word for slip in near if len(slip) > 3 and slip != word and not is_plain_syllable(slip)}
    return slips


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _one_person(meanings: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without diacritics a word may be two persons; the first in the table is meant."""
    person = next((meaning for meaning in meanings if meaning[0] == "person"), None)
    return [meaning for meaning in meanings if meaning[0] != "person" or meaning == person]


def _gap(gap: str) -> int:
    return STOP if _STOP.search(gap) else COMMA if _COMMA.search(gap) else SPACE


@lru_cache(maxsize=8192)
def _bare(word: str) -> str:
    return fold(word).replace(" ", "")


def _split(text: str) -> list[Word]:
    words: list[Word] = []
    end = 0
    for piece in _PIECE.finditer(text):
        start, after = piece.span()
        gap = text[end:start]
        word = text[start:after]
        word = _SHORT.get(word, word)
        words.append(Word(word, _bare(word), SPACE if gap == " " or not gap else _gap(gap), gap))
        end = after
    return words


def _mended(word: Word, typos: Mapping[str, str]) -> Word:
    meant = typos.get(word.text) or typos[word.plain]
    return word._replace(text=meant, plain=fold(meant))


def take_apart(raw: str, typos: Mapping[str, str]) -> Message:
    """A message as words; whether it is typed with diacritics."""
    return taken_apart(written_out(raw), typos)


def taken_apart(spoken: str, typos: Mapping[str, str]) -> Message:
    """The same of a message that is normalised and written out."""
    words = [
        _mended(word, typos) if word.text in typos or word.plain in typos else word
        for word in _split(spoken.replace("%", " phần trăm "))
    ]
    letters = [word.text for word in words if word.text.isalpha()]
    marked = sum([not text.isascii() for text in letters])
    return Message(words, accented=marked * 100 >= 30 * max(len(letters), 1))


def put_marks(message: Message, phrases: Phrases, measures: list[Mark]) -> None:
    """Find phrases left to right, longest first; measures (numbers with a unit) go before phrases."""
    taken = {at for mark in measures for at in range(mark.start, mark.end - (mark.kind == "children"))}
    at = 0
    marks = list(measures)
    while at < len(message.words):
        end, meanings = phrases.longest(message.words, at, message.accented)
        if meanings and taken.isdisjoint(range(at, end)):
            end = _with_owner(message, phrases, end, meanings)
            marks.extend(Mark(kind, value, at, end) for kind, value in meanings)
            at = end
        else:
            at += 1
    set_marks(message, marks)


def _with_owner(message: Message, phrases: Phrases, end: int, meanings: list[tuple[str, str]]) -> int:
    """The end of a phrase with whose it is: ``mẹ tôi``, ``thằng cu nhà em``, ``xóm tôi``."""
    owned = any(kind == "area" or (kind == "person" and value not in {"toi", "ho"}) for kind, value in meanings)
    at = end + (message.plain(end) == "nha" and not message.ends(end))
    if owned and not message.ends(at) and message.plain(at) in phrases.own and not message.ends(end):
        return at + 1
    return end


def set_marks(message: Message, marks: list[Mark]) -> None:
    """Put marks in order and index them by word."""
    message.marks = sorted(marks, key=lambda mark: mark.start)
    message.covered = [[] for _ in message.words]
    for mark in message.marks:
        for at in range(mark.start, mark.end):
            message.covered[at].append(mark)
