"""From a message to what it means: ranked entries, aspect, facts, statuses, place, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import exp, log
from pathlib import Path
from typing import Any

from knowledge.base import Knowledge
from knowledge.model import Aspect, Kind
from knowledge.places import PlaceMatch, Places
from knowledge.reading import read_record
from knowledge.record import Record
from knowledge.text import clean, expand, fold, normalise, tokens
from knowledge.understanding.aspects import AspectCues
from knowledge.understanding.ranking import Learned, Ranker, Ranking
from knowledge.understanding.signals import Signals


#: Stands for a place in the texts that are ranked.
PLACE_WORD = "diadanh"


#: A message of at most so many words may be a follow-up although it names something.
SHORT = 9
#: Words without a subject, in which a follow-up leans on the question before.
LINKING_WORDS = frozenset(
    "the con vay thi a roi nua la va cho toi em minh nha chau con oi day do kia nay ay o co phai duoc khong can xin hoi "
    "vang da u um neu ma luon gi nao di them nhe voi ra sao het bac anh chi ban co chu".split()
)


class Decision(StrEnum):
    """What to do with a message."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    FALLBACK = "fallback"
    SMALLTALK = "smalltalk"
    EMERGENCY = "emergency"
    BOUNDARY = "boundary"


class Gate(Record):
    """Learned: how sure the first entry is, from how it was ranked, and how sure is sure enough."""

    intercept: float
    log_chance: float
    margin: float
    nearest: float
    known: float
    agrees: float
    answer: float
    clarify: float

    def confidence(self, ranking: Ranking) -> float:
        """The chance (0 to 1) that the first entry is the right one and the question is in scope."""
        name, chance = ranking.best
        score = (
            self.intercept
            + self.log_chance * log(max(chance, 1e-6))
            + self.margin * ranking.margin
            + self.nearest * ranking.nearest
            + self.known * ranking.known
            + self.agrees * float(ranking.nearest_entry == name)
        )
        return 1 / (1 + exp(-score))


@dataclass(frozen=True)
class Understanding:
    """What a message means. ``kind`` is the kind of emergency, else the kind of the first entry."""

    text: str
    ranked: tuple[tuple[str, float], ...]
    aspect: Aspect | None
    place: PlaceMatch | None
    decision: Decision
    kind: str | None
    confidence: float
    follow_up: bool
    facts: Mapping[str, Any] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()
    pattern: str | None = None

    @property
    def entry(self) -> str | None:
        """The entry meant, if any could be ranked."""
        return self.ranked[0][0] if self.ranked else None


class Understander:
    """Understands messages. Built once; then the same message always means the same."""

    def __init__(
        self, knowledge: Knowledge, places: Places, ranker: Ranker, gate: Gate, cues: AspectCues, signals: Signals
    ) -> None:
        self._knowledge = knowledge
        self.places = places
        self.ranker = ranker
        self.gate = gate
        self.cues = cues
        self.signals = signals

    @staticmethod
    def build(knowledge: Knowledge, data: Path) -> Understander:
        """Put together from the data folder."""
        gate, _ = read_record(data / "learned" / "gate.yaml", Gate)
        places = Places.load(data / "places")
        return Understander(
            knowledge=knowledge,
            places=places,
            ranker=Ranker(phrasings(knowledge, places), Learned.read(data / "learned" / "ranking.npz")),
            gate=gate,
            cues=AspectCues.load(data / "aspects.yaml"),
            signals=Signals.load(data / "signals.yaml"),
        )

    def understand(self, raw: str, day: date, previous: str | None = None) -> Understanding:
        """What ``raw`` means on ``day``, said after a question about the entry ``previous``."""
        text = clean(raw)
        place = self.places.find(text)
        masked = mask(text, place)
        ranking = self.ranker.rank(masked)
        aspect = self.cues.best(masked)
        signal = self.signals.find(text)
        if signal:
            found, pattern = signal
            ranked = _first(found.entry, ranking.entries)
            return Understanding(
                text, ranked, aspect, place, Decision.EMERGENCY, found.kind, 1.0, False, pattern=pattern
            )
        confidence = self.gate.confidence(ranking)
        follow_up = previous is not None and self._follows(text, ranking, confidence, aspect)
        if follow_up and previous is not None:
            return Understanding(
                text, _first(previous, ranking.entries), aspect, place, Decision.ANSWER,
                self._knowledge.entries[previous].kind.value, max(confidence, self.gate.answer), True,
            )  # fmt: skip
        entry = self._knowledge.entries[ranking.best[0]]
        decision = self._decide(entry.kind, confidence)
        return Understanding(text, ranking.entries, aspect, place, decision, entry.kind.value, confidence, False)

    def _decide(self, kind: Kind, confidence: float) -> Decision:
        if confidence < self.gate.clarify:
            return Decision.FALLBACK
        if kind is Kind.BOUNDARY:
            return Decision.BOUNDARY
        if confidence < self.gate.answer:
            return Decision.CLARIFY
        return {Kind.SMALLTALK: Decision.SMALLTALK, Kind.EMERGENCY: Decision.EMERGENCY}.get(kind, Decision.ANSWER)

    def _follows(self, text: str, ranking: Ranking, confidence: float, aspect: Aspect | None) -> bool:
        """Whether a message only makes sense as one more question about the last entry.

        That is so where it names no subject, only a side; or where it is short, asks for a side and fits nothing well.
        """
        words = tokens(fold(expand(normalise(text))))
        subject = set(words) - self.cues.words - LINKING_WORDS
        if not subject:
            return True
        return len(words) <= SHORT and aspect is not None and confidence < self.gate.answer


def mask(text: str, place: PlaceMatch | None) -> str:
    """``text`` with the place it names replaced by one word, so that its name says nothing about the subject."""
    if place is None:
        return text
    start, end = place.span
    return f"{text[:start]} {PLACE_WORD} {text[end:]}"


def phrasings(knowledge: Knowledge, places: Places) -> dict[str, Sequence[str]]:
    """Everything people may call an entry: its title, names and phrasings, with places masked."""
    return {
        entry.id: [mask(clean(text), places.find(text)) for text in (entry.title, *entry.names, *entry.phrasings)]
        for entry in knowledge.entries.values()
    }


def _first(name: str, ranked: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """``ranked`` with ``name`` put first."""
    best = ranked[0][1] if ranked else 1.0
    return ((name, max(best, 1 - 1e-6)), *(item for item in ranked if item[0] != name))
