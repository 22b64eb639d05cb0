"""Signs of an emergency or a scam: word patterns that go before any ranking, because missing one costs most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from knowledge.reading import read_records
from knowledge.record import Record, Slug, Text
from knowledge.text import fold, normalise, tokens
from knowledge.understanding.utterance import Utterance

#: How many words may stand where a pattern says "…".
GAP = 4


class Signal(Record):
    """One kind of emergency: word patterns of which any shows it, ``unless`` one of the others is there too."""

    kind: Slug
    entry: Slug
    patterns: tuple[Text, ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()


Pattern = tuple[tuple[str, ...], ...]
#: A pattern with diacritics and without.
Forms = tuple[Pattern, Pattern]


@dataclass(frozen=True)
class Signals:
    """The signals in the order in which they are tried; the gravest come first in the file."""

    signals: tuple[tuple[Signal, tuple[Forms, ...], tuple[Forms, ...]], ...]

    @staticmethod
    def load(path: Path) -> Signals:
        """Read ``data/signals.yaml``."""
        return Signals(
            tuple(
                (signal, tuple(map(_pattern, signal.patterns)), tuple(map(_pattern, signal.unless)))
                for signal, _ in read_records(path, Signal)
            )
        )

    def find(self, utterance: Utterance) -> tuple[Signal, str] | None:
        """The first signal that a message shows, with the pattern that showed it.

        Where diacritics were typed they must agree: "từ từ" is not "tự tử".
        """
        words = utterance.words if utterance.accented else utterance.folded
        which = 0 if utterance.accented else 1
        for signal, patterns, unless in self.signals:
            for pattern, written in zip(patterns, signal.patterns, strict=True):
                if _matches(words, pattern[which]) and not any(_matches(words, guard[which]) for guard in unless):
                    return signal, written
        return None


def _pattern(written: str) -> tuple[Pattern, Pattern]:
    """The runs of words between the "…" of a written pattern, with and without diacritics."""
    runs = [normalise(run) for run in written.split("…")]
    return tuple(tuple(tokens(run)) for run in runs), tuple(tuple(tokens(fold(run))) for run in runs)


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
