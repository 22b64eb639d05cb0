"""Signs of an emergency or a scam: word patterns that go before any ranking, because missing one costs most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from knowledge.reading import read_records
from knowledge.record import Record, Slug, Text
from knowledge.text import fold, normalise, tokens
from knowledge.understanding.utterance import Utterance

#: How many words may stand where a pattern says "…".
GAP = 4
#: The name under which a signal counts beside what the ranking says of a danger.
SHOWN = "shown"


class Signal(Record):
    """One kind of emergency: word patterns of which any shows it, ``unless`` one of the others is there too."""

    kind: Slug
    entry: Slug
    patterns: tuple[Text, ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Form:
    """Patterns as one expression, and a word of each: where none of these occurs there is nothing to look for."""

    expression: re.Pattern[str]
    telling: frozenset[str]

    @staticmethod
    def of(patterns: Sequence[str]) -> Form:
        words = [tokens(pattern.replace("…", " ")) for pattern in patterns]
        return Form(_expression(patterns), frozenset(max(found, key=len) for found in words if found))


@dataclass(frozen=True)
class Forms:
    """The patterns of a signal: with diacritics, and without."""

    accented: Form
    folded: Form

    @staticmethod
    def of(written: Sequence[str]) -> Forms:
        accented = [normalise(pattern) for pattern in written]
        return Forms(Form.of(accented), Form.of([fold(pattern) for pattern in accented]))

    def search(self, utterance: Utterance) -> str | None:
        """The words of a message that match, if any do. Where diacritics were typed they must agree: "từ từ" is not
        "tự tử"."""
        form = self.accented if utterance.accented else self.folded
        if form.telling.isdisjoint(utterance.as_typed):
            return None
        found = form.expression.search(utterance.line)
        return found[0].strip() if found else None


@dataclass(frozen=True)
class Signals:
    """The signals in the order in which they are tried; the gravest come first in the file."""

    signals: tuple[tuple[Signal, Forms, Forms], ...]

    @staticmethod
    def load(path: Path) -> Signals:
        """Read ``data/signals.yaml``."""
        return Signals(
            tuple(
                (signal, Forms.of(signal.patterns), Forms.of(signal.unless)) for signal, _ in read_records(path, Signal)
            )
        )

    def shown(self, utterance: Utterance) -> Mapping[str, tuple[Signal, str]]:
        """The gravest signal that a message shows for each entry, with the words that show it."""
        found: dict[str, tuple[Signal, str]] = {}
        for signal, patterns, unless in self.signals:
            if signal.entry in found:
                continue
            match = patterns.search(utterance)
            if match and unless.search(utterance) is None:
                found[signal.entry] = (signal, match)
        return found


def _expression(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression for all ``patterns`` over words parted by single spaces; of none, one that never matches."""
    gap = rf"(?: \S+){{0,{GAP}}}? "
    written = [gap.join(re.escape(" ".join(tokens(run))) for run in pattern.split("…")) for pattern in patterns]
    return re.compile(rf"(?:^| )(?:{'|'.join(written)})(?= |$)" if written else r"(?!)")
