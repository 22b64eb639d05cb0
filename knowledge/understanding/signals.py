"""Signs of an emergency or a scam: word patterns that go before any ranking, because missing one costs most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from knowledge.reading import read_records
from knowledge.record import Record, Slug, Text
from knowledge.text import expand, fold, normalise, tokens

#: How many words may stand where a pattern says "…".
GAP = 4


class Signal(Record):
    """One kind of emergency: word patterns of which any shows it, ``unless`` one of the others is there too."""

    kind: Slug
    entry: Slug
    patterns: tuple[Text, ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()


Pattern = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Signals:
    """The signals in the order in which they are tried; the gravest come first in the file."""

    signals: tuple[tuple[Signal, tuple[Pattern, ...], tuple[Pattern, ...]], ...]

    @staticmethod
    def load(path: Path) -> Signals:
        """Read ``data/signals.yaml``."""
        return Signals(
            tuple(
                (signal, tuple(map(_pattern, signal.patterns)), tuple(map(_pattern, signal.unless)))
                for signal, _ in read_records(path, Signal)
            )
        )

    def find(self, text: str) -> tuple[Signal, str] | None:
        """The first signal that ``text`` shows, with the pattern that showed it."""
        words = tokens(fold(expand(normalise(text))))
        for signal, patterns, unless in self.signals:
            for pattern, written in zip(patterns, signal.patterns, strict=True):
                if _matches(words, pattern) and not any(_matches(words, guard) for guard in unless):
                    return signal, written
        return None


def _pattern(written: str) -> Pattern:
    """The runs of words between the "…" of a written pattern."""
    return tuple(tuple(tokens(fold(run))) for run in written.split("…"))


def _matches(words: Sequence[str], pattern: Pattern) -> bool:
    return any(_matches_from(words, pattern, start) for start in range(len(words)))


def _matches_from(words: Sequence[str], pattern: Pattern, start: int) -> bool:
    at = start
    for position, run in enumerate(pattern):
        limit = 0 if position == 0 else GAP
        found = next(
            (at + skip for skip in range(limit + 1) if tuple(words[at + skip : at + skip + len(run)]) == run), None
        )
        if found is None:
            return False
        at = found + len(run)
    return True
