"""Signs of an emergency or a scam: word patterns that go before any ranking, because missing one costs most."""

from __future__ import annotations

import re
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


@dataclass(frozen=True)
class _Forms:
    """The patterns of a signal as one expression: with diacritics, and without."""

    accented: re.Pattern[str]
    folded: re.Pattern[str]

    @staticmethod
    def of(written: Sequence[str]) -> _Forms:
        accented = [normalise(pattern) for pattern in written]
        return _Forms(_expression(accented), _expression([fold(pattern) for pattern in accented]))

    def search(self, text: str, accented: bool) -> str | None:
        """The words of ``text`` that match, if any do."""
        found = (self.accented if accented else self.folded).search(text)
        return found[0].strip() if found else None


@dataclass(frozen=True)
class Signals:
    """The signals in the order in which they are tried; the gravest come first in the file."""

    signals: tuple[tuple[Signal, _Forms, _Forms], ...]

    @staticmethod
    def load(path: Path) -> Signals:
        """Read ``data/signals.yaml``."""
        return Signals(
            tuple(
                (signal, _Forms.of(signal.patterns), _Forms.of(signal.unless))
                for signal, _ in read_records(path, Signal)
            )
        )

    def find(self, utterance: Utterance) -> tuple[Signal, str] | None:
        """The first signal that a message shows, with the words that showed it.

        Where diacritics were typed they must agree: "từ từ" is not "tự tử".
        """
        words = utterance.words if utterance.accented else utterance.folded
        text = " ".join(words)
        for signal, patterns, unless in self.signals:
            found = patterns.search(text, utterance.accented)
            if found and unless.search(text, utterance.accented) is None:
                return signal, found
        return None


def _expression(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression for all ``patterns`` over words parted by single spaces; of none, one that never matches."""
    gap = rf"(?: \S+){{0,{GAP}}}? "
    written = [gap.join(re.escape(" ".join(tokens(run))) for run in pattern.split("…")) for pattern in patterns]
    return re.compile(rf"(?:^| )(?:{'|'.join(written)})(?= |$)" if written else r"(?!)")
