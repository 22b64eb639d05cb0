"""From a message to what it means: ranked entries, aspect, facts, statuses, place, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.answers import AnswerFinder
from knowledge.base import Knowledge
from knowledge.model import Aspect, Kind
from knowledge.places import PlaceMatch, Places
from knowledge.reading import read_record
from knowledge.record import Record
from knowledge.story import StoryReader
from knowledge.text import clean, fold
from knowledge.understanding.gates import Gates
from knowledge.understanding.ranking import Floats, Learned, Ranker, Ranking
from knowledge.understanding.signals import Signals
from knowledge.understanding.utterance import Utterance

#: How likely an emergency or scam must be: where a sign of it was found, where none was, and where none was in the
#: middle of a conversation about something else. Set so that false alarms stay within one in two hundred.
BACKED = 0.05
ALARM = 0.1
ALARM_BETWEEN = 0.12
#: Stands for a place in the texts that are ranked.
PLACE_WORD = "diadanh"


#: A message of at most so many words may lean on the one before although it names something.
SHORT = 14
#: From this chance on, even a short message speaks for itself.
CLEAR = 0.6
#: How much the message before counts beside one that leans on it, and staying with the same entry on top.
CARRIED = 0.35
STAYING = 1.5


class LinkingWords(Record):
    """Words that name no subject; a message made of them alone leans on the message before."""

    asking: tuple[str, ...]
    linking: tuple[str, ...]

    @property
    def folded(self) -> frozenset[str]:
        """All of them without diacritics."""
        return frozenset(map(fold, (*self.asking, *self.linking)))


class Decision(StrEnum):
    """What to do with a message."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    FALLBACK = "fallback"
    SMALLTALK = "smalltalk"
    EMERGENCY = "emergency"
    BOUNDARY = "boundary"


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
        self,
        knowledge: Knowledge,
        answers: AnswerFinder,
        places: Places,
        ranker: Ranker,
        gates: Gates,
        linking: LinkingWords,
        signals: Signals,
        stories: StoryReader,
    ) -> None:
        self._knowledge = knowledge
        self._answers = answers
        self.places = places
        self.ranker = ranker
        self.gates = gates
        self.linking = linking.folded
        self.signals = signals
        self.stories = stories

    @staticmethod
    def build(knowledge: Knowledge, answers: AnswerFinder, data: Path) -> Understander:
        """Put together from the data folder."""
        gates, _ = read_record(data / "learned" / "gates.yaml", Gates)
        places = Places.load(data / "places")
        return Understander(
            knowledge=knowledge,
            answers=answers,
            places=places,
            ranker=Ranker(phrasings(knowledge, places), Learned.read(data / "learned" / "ranking.npz")),
            gates=gates,
            linking=read_record(data / "linking.yaml", LinkingWords)[0],
            signals=Signals.load(data / "signals.yaml"),
            stories=StoryReader.load(data),
        )

    def understand(self, raw: str, day: date, previous: str | None = None, before: str = "") -> Understanding:
        """What ``raw`` means on ``day``, said after the message ``before`` that was about the entry ``previous``."""
        text = clean(raw)
        place = self.places.find(text)
        utterance = Utterance.of(mask(text, place))
        vector = self.ranker.vector(utterance)
        aspect = self.ranker.aspect(vector)
        ranking = self.ranker.rank(vector)
        leans = previous is not None and self._leans(utterance, ranking)
        alarm = self._alarm(utterance, ranking, ALARM_BETWEEN if leans else ALARM)
        follow_up = leans and alarm is None
        if follow_up:
            ranking = self.ranker.rank(vector, self._carried(previous, before))
        story = self.stories.read(text, day)
        meant = Understanding(
            text, ranking.entries, aspect, place, Decision.ANSWER, None, 1.0, follow_up, story.facts, story.statuses
        )
        if alarm:
            name, kind, words = alarm
            ranked = _first(name, ranking.entries)
            return replace(meant, ranked=ranked, decision=Decision.EMERGENCY, kind=kind, pattern=words)
        ranking = self._without_alarms(ranking)
        decision, confidence = self._decide(ranking, utterance, stays=follow_up and ranking.best[0] == previous)
        kind = self._knowledge.entries[ranking.best[0]].kind
        return replace(meant, ranked=ranking.entries, decision=decision, kind=kind.value, confidence=confidence)

    def _decide(self, ranking: Ranking, utterance: Utterance, stays: bool) -> tuple[Decision, float]:
        """What to do, and how sure the first entry is. A message that stays with the last entry is sure."""
        kind = self._knowledge.entries[ranking.best[0]].kind
        if not stays and kind is Kind.BOUNDARY and not self._subject(utterance):
            return Decision.CLARIFY, 0.0
        told = self._answers.strongest(ranking.best[0], utterance.folded)
        if kind is Kind.BOUNDARY:
            confidence = self.gates.outside.confidence(ranking, told)
            return Decision.BOUNDARY if confidence >= self.gates.refuse else Decision.CLARIFY, confidence
        confidence = 1.0 if stays else self.gates.inside.confidence(ranking, told)
        if confidence < self.gates.clarify:
            return Decision.FALLBACK, confidence
        if confidence < self.gates.answer:
            return Decision.CLARIFY, confidence
        sure = {Kind.SMALLTALK: Decision.SMALLTALK, Kind.EMERGENCY: Decision.EMERGENCY}
        return sure.get(kind, Decision.ANSWER), confidence

    def _alarm(self, utterance: Utterance, ranking: Ranking, enough: float) -> tuple[str, str, str | None] | None:
        """The entry and kind of an emergency or scam, and the words that show it.

        A sign counts where the ranking does not speak against it; the ranking alone, where it puts an emergency first
        and the message names a subject at all.
        """
        chances = dict(ranking.entries)
        signal = self.signals.find(utterance)
        if signal and chances[signal[0].entry] >= BACKED:
            return signal[0].entry, signal[0].kind, signal[1]
        name, chance = ranking.best
        entry = self._knowledge.entries[name]
        if entry.kind is Kind.EMERGENCY and chance >= enough and self._subject(utterance):
            return name, entry.alarm or entry.kind.value, None
        return None

    def _without_alarms(self, ranking: Ranking) -> Ranking:
        """Emergencies last: they were judged before, and a faint one must not displace what is asked."""
        calm = tuple(item for item in ranking.entries if self._knowledge.entries[item[0]].kind is not Kind.EMERGENCY)
        alarms = tuple(item for item in ranking.entries if item not in calm)
        return replace(ranking, entries=(*calm, *alarms))

    def _subject(self, utterance: Utterance) -> set[str]:
        """The words of a message that name a subject: neither linking words nor numbers."""
        return {word for word in set(utterance.folded) - self.linking if not word[:1].isdigit()}

    def _leans(self, utterance: Utterance, ranking: Ranking) -> bool:
        """Whether a message leans on the one before: it names no subject but only a side, or is short and unclear."""
        if not self._subject(utterance):
            return True
        return len(utterance.folded) <= SHORT and ranking.best[1] < CLEAR

    def _carried(self, previous: str | None, before: str) -> Floats:
        """What the conversation so far says of the entries: the last message's scores, and the entry it came to."""
        carried = np.zeros(len(self.ranker.names), dtype=np.float32)
        staying = STAYING
        earlier = Utterance.of(mask(clean(before), self.places.find(before)))
        if self._subject(earlier):
            carried += CARRIED * self.ranker.scores(self.ranker.vector(earlier))
        else:
            staying *= 2
        if previous in self.ranker.names:
            carried[self.ranker.names.index(previous)] += staying
        return carried


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
