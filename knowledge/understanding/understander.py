"""From a message to what it means: ranked entries, aspect, facts, statuses, place, and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from knowledge.base import Knowledge
from knowledge.model import Aspect, Kind
from knowledge.places import PlaceMatch, Places
from knowledge.reading import read_record
from knowledge.story import StoryReader
from knowledge.text import clean
from knowledge.understanding.features import Floats
from knowledge.understanding.following import Linking, carried
from knowledge.understanding.gates import Gates
from knowledge.understanding.hints import Hints
from knowledge.understanding.ranking import ENTRIES, Ranker, Ranking, Special
from knowledge.understanding.signals import SHOWN, Signals
from knowledge.understanding.statuses import ENOUGH, ENOUGH_ASIDE, STATUSES, in_claims, in_view_of, judged
from knowledge.understanding.utterance import Utterance
from knowledge.understanding.weights import Learned, Scores

Ranked = tuple[tuple[str, float], ...]
#: Stands for a place in the texts that are ranked.
PLACE_WORD = "diadanh"
#: So many words that name a subject tell enough to raise an alarm; fewer only where a known sign is among them.
TELLING = 3
#: From this chance on a message is taken to lean on the one before.
LEANING = 0.5
#: From this chance on, a message whose likeliest entry is that of the one before is sure to be about it, where that
#: entry is likelier than all others together.
STAYING, LIKELIER = 0.5, 0.5


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
        places: Places,
        ranker: Ranker,
        learned: Learned,
        gates: Gates,
        linking: Linking,
        signals: Signals,
        stories: StoryReader,
        hints: Hints,
    ) -> None:
        self._knowledge = knowledge
        self._learned = learned
        self.places = places
        self.ranker = ranker
        self.gates = gates
        self.linking = linking
        self.signals = signals
        self.stories = stories
        self.hints = hints

    @staticmethod
    def build(knowledge: Knowledge, data: Path) -> Understander:
        """Put together from the data folder."""
        places = Places.load(data / "places")
        learned = Learned.read(data / "learned" / "ranking.npz")
        stories = StoryReader.load(data)
        return Understander(
            knowledge=knowledge,
            places=places,
            ranker=Ranker(phrasings(knowledge, places), learned, special(knowledge)),
            learned=learned,
            gates=read_record(data / "learned" / "gates.yaml", Gates)[0],
            linking=Linking.load(data / "linking.yaml"),
            signals=Signals.load(data / "signals.yaml"),
            stories=stories,
            hints=Hints.load(data / "hints.yaml", stories.phrases.typos),
        )

    def understand(self, raw: str, day: date, previous: str | None = None, before: str = "") -> Understanding:
        """What ``raw`` means on ``day``, said after the message ``before`` that was about the entry ``previous``."""
        text = clean(raw)
        place, utterance, scores = self.heard(text)
        lean = self._lean(utterance, scores) if previous is not None else 0.0
        ranking = self.ranker.rank(utterance, scores, self._carried(lean, previous, before) if lean else None, lean)
        story = self.stories.read(text, day) if place else self.stories.read_spoken(utterance.spoken, day)
        alarm = self._alarm(utterance, ranking)
        meant = Understanding(
            text, ranking.entries, self._aspect(utterance, scores), place, Decision.ANSWER, None, 1.0,
            lean >= LEANING and alarm is None, story.facts,
        )  # fmt: skip
        marks = in_view_of(ranking.best[0], story.marks | self.hints.found(utterance))
        if alarm:
            name, kind, words = alarm
            ranked, decision, confidence = _first(name, ranking.entries), Decision.EMERGENCY, 1.0
        else:
            passed = self.ranker.special.alarming | self.ranker.special.outside
            name, chance = ranking.best
            stays = lean >= STAYING and name == previous and chance >= LIKELIER and previous not in passed
            decision, confidence, ranked = self._decided(ranking, utterance, stays)
            kind, words = self._knowledge.entries[ranked[0][0]].kind.value, None
        aside = decision in {Decision.EMERGENCY, Decision.BOUNDARY}
        enough, claims = ENOUGH_ASIDE if aside else ENOUGH, in_claims(ranking.best[0], story.claims)
        statuses = judged(scores.of(STATUSES), marks, claims, self._learned, enough)
        return replace(
            meant, ranked=ranked, decision=decision, kind=kind, confidence=confidence, statuses=statuses, pattern=words
        )

    def heard(self, text: str) -> tuple[PlaceMatch | None, Utterance, Scores]:
        """The place that a clean text names, the text without its name, and the scores of that."""
        place = self.places.find(text)
        utterance = Utterance.of(mask(text, place))
        return place, utterance, self.ranker.scores(utterance)

    def _aspect(self, utterance: Utterance, scores: Scores) -> Aspect | None:
        sentence = self.linking.questions.sentence(utterance)
        clause = self.linking.questions.clause(sentence)
        of_sentence = scores if sentence is utterance else self.ranker.scores(sentence)
        of_clause = of_sentence if clause is sentence else self.ranker.scores(clause)
        return self.ranker.aspect(scores, of_sentence, of_clause)

    def _decided(self, ranking: Ranking, utterance: Utterance, stays: bool) -> tuple[Decision, float, Ranked]:
        """What to do where nothing alarms, how sure the first entry is, and the entries in the order that follows.

        A message that ``stays`` with the entry of the one before is sure.
        """
        outside = 0.0 if stays else self.gates.outside.chance(ranking.signs)
        calm = [item for item in ranking.entries if item[0] not in self.ranker.special.alarming]
        alarms = [item for item in ranking.entries if item[0] in self.ranker.special.alarming]
        inside = [item for item in calm if item[0] not in self.ranker.special.outside]
        beyond = [item for item in calm if item[0] in self.ranker.special.outside]
        if outside >= self.gates.refuse and beyond and self.linking.subject(utterance):
            return Decision.BOUNDARY, outside, (*beyond, *inside, *alarms)
        confidence = 1.0 if stays else self.gates.right.chance(ranking.signs) * (1 - outside)
        ranked = (*inside, *beyond, *alarms)
        if confidence < self.gates.clarify:
            return Decision.FALLBACK, confidence, ranked
        if confidence < self.gates.answer:
            return Decision.CLARIFY, confidence, ranked
        smalltalk = self._knowledge.entries[ranked[0][0]].kind is Kind.SMALLTALK
        return Decision.SMALLTALK if smalltalk else Decision.ANSWER, confidence, ranked

    def _alarm(self, utterance: Utterance, ranking: Ranking) -> tuple[str, str, str | None] | None:
        """The entry and kind of an emergency or scam, and the words that show it where some are known to."""
        shown = self.signals.shown(utterance)
        chances = self.alarm_chances(ranking, shown)
        told = len(self.linking.subject(utterance)) >= TELLING
        raised = [
            name for name, chance in chances.items() if chance >= self.gates.enough[name] and (told or name in shown)
        ]
        if not raised:
            return None
        name = max(raised, key=lambda one: chances[one] / self.gates.enough[one])
        if name in shown:
            return name, shown[name][0].kind, shown[name][1]
        entry = self._knowledge.entries[name]
        return name, entry.alarm or entry.kind.value, None

    def alarm_chances(self, ranking: Ranking, shown: Collection[str]) -> dict[str, float]:
        """How likely each alarm is, where signals of some were ``shown``."""
        return {
            name: self.gates.alarms[name].chance({**signs, SHOWN: float(name in shown)})
            for name, signs in ranking.dangers.items()
            if name in self.gates.alarms
        }

    def _lean(self, utterance: Utterance, scores: Scores) -> float:
        """The chance that a message leans on the one before."""
        signs = self.linking.signs(utterance, scores.of(ENTRIES), self.ranker.goes_on(scores))
        return self.gates.carry.lean.chance(signs)

    def _carried(self, lean: float, previous: str | None, before: str) -> Floats:
        """What the conversation so far says of the entries: the message before, and the entry it came to."""
        entry = self._knowledge.entries.get(previous or "")
        said = before or (entry.title if entry else "")
        _, _, earlier = self.heard(clean(said))
        return carried(self.gates.carry, lean, earlier.of(ENTRIES), self.ranker.index.get(previous or ""))


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


def special(knowledge: Knowledge) -> Special:
    """The entries that are no answers."""
    kinds = {name: entry.kind for name, entry in knowledge.entries.items()}
    return Special(
        frozenset(name for name, kind in kinds.items() if kind is Kind.EMERGENCY),
        frozenset(name for name, kind in kinds.items() if kind is Kind.BOUNDARY),
    )


def _first(name: str, ranked: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """``ranked`` with ``name`` put first."""
    best = ranked[0][1] if ranked else 1.0
    return ((name, max(best, 1 - 1e-6)), *(item for item in ranked if item[0] != name))
