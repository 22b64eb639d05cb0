"""Which statements answer a question about an entry, on a day, for a place. Pure: the wording is the templates'."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from math import fsum, log
from typing import NamedTuple

from knowledge.base import Knowledge, in_force
from knowledge.figures import figures
from knowledge.model import Aspect, Confidence, Entry, Kind, Source, Statement
from knowledge.text import plain_words, written_out

#: The most characters that the statements of one answer may take; the rest of 900 is for office, next step, source.
BODY_LENGTH = 620
MOST_STATEMENTS = 5
#: The kinds of entry whose answers inform at length; the others say one thing.
INFORMING = frozenset({Kind.PROGRAMME, Kind.GUIDE})
#: From this relevance on, a statement was plainly asked for.
ASKED_FOR = 2.0
#: From this relevance on, a statement is worth adding where there is room, if it has this share of the best one's.
RELATED = 1.0
WORTH = 0.35
#: How much relevance being the lead, or of the aspect asked, makes up for.
LEADING = 1.5
BESIDE = 0.6
#: What a word that a statement mentions adds, times its rarity.
MENTIONED = 0.7
#: What each word of the longest cue found in the question adds.
CUE_LENGTH = 0.3
#: From this relevance on, a statement about the place that the question names is taken to be asked for.
LOCAL_HINT = 0.6
#: The share of its words that a statement may have in common with one already chosen.
TOO_ALIKE = 0.7
#: For how many entries, days and places it is remembered what is shown.
DAYS_AND_PLACES = 2048
#: A source older than this makes an open-ended statement merely reported (DESIGN §4).
FRESH = timedelta(days=365)
#: Too common in questions to show what is asked.
STOP_WORDS = frozenset(
    """
    toi nha minh em anh chi ba con co khong duoc la gi thi va cua cho o de nay do the nao bao nhieu muon hoi xin a
    oi ho ngheo can vay von tien tro nam ngay thang dong nguoi tu den mot cac nhung khi phai voi theo trong xa
    """.split()
)


@dataclass(frozen=True)
class Question:
    """What a selection needs to know of a question: its words, the places it is about, and the place it names."""

    text: str = ""
    scopes: frozenset[str] = frozenset()
    place: str = ""

    @property
    def place_named(self) -> bool:
        """Whether it names a place."""
        return bool(self.place)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words without diacritics."""
        return _folded_words(self.text)

    @cached_property
    def words_beside_place(self) -> tuple[str, ...]:
        """The words that are not the name of the place."""
        named = frozenset(_folded_words(self.place))
        return tuple(word for word in self.words if word not in named)


def _folded_words(text: str) -> tuple[str, ...]:
    return tuple(plain_words(written_out(text)).split())


@dataclass(frozen=True)
class Answer:
    """The statements chosen, best first, and what has to be said about them.

    ``reported`` and ``copied`` are the ids of those that rest on press reports or on a copy of a legal text.
    """

    entry: Entry
    aspect: Aspect
    statements: tuple[Statement, ...]
    lead: Statement | None
    sources: tuple[Source, ...]
    reported: frozenset[str]
    copied: frozenset[str]
    varies: bool
    aspects: tuple[Aspect, ...] = field(default=())


class _Content(NamedTuple):
    """What a statement says: its words without diacritics, those that show what is asked, and its figures."""

    words: frozenset[str]
    mentioned: frozenset[str]
    figures: frozenset[str]


class _Index:
    """The statements of an entry by the words that call for them."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        self._starts: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
        self._mentions: dict[str, list[str]] = defaultdict(list)
        self.content = {statement.id: _content(statement) for statement in statements}
        frequency: Counter[str] = Counter()
        for statement in statements:
            cues = [words for cue in statement.cues if (words := tuple(plain_words(cue).split()))]
            mentioned = self.content[statement.id].mentioned
            for cue in cues:
                self._starts[cue[0]].append((statement.id, cue))
            for word in mentioned:
                self._mentions[word].append(statement.id)
            frequency.update(mentioned.union(*cues))
        total = len(statements)
        #: 1 for a word of one statement, near 0 for a word of all.
        self._rarity = {word: log((1 + total) / times) / log(1 + total) for word, times in frequency.items()}

    def fits(self, words: tuple[str, ...]) -> dict[str, float]:
        """How well each statement fits ``words``: whole cues count most, rare words more. None of 0 is listed."""
        cued: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for at, word in enumerate(words):
            for name, cue in self._starts.get(word, ()):
                if words[at : at + len(cue)] == cue:
                    cued[name].append(cue)
        # Sums are taken in the order of the question: the same words give the same sum, to the last digit.
        unique = tuple(dict.fromkeys(words))
        common: dict[str, float] = defaultdict(float)
        for word in unique:
            for name in self._mentions.get(word, ()):
                common[name] += self._rarity[word]
        found = {name: MENTIONED * rarity for name, rarity in common.items()}
        for name, cues in cued.items():
            found[name] = self._cued(cues, [word for word in unique if word in self.content[name].mentioned])
        return found

    def _cued(self, cues: Sequence[tuple[str, ...]], common: Sequence[str]) -> float:
        """How well a statement fits by the cues found and the words that it mentions."""
        told = {word for cue in cues for word in cue}
        # A cue of several words means itself, however common each of them is; a single common word means nothing.
        meant = {word for cue in cues if len(cue) > 1 for word in cue} | (told - STOP_WORDS)
        score = 2.0 * fsum(self._rarity[word] for word in meant)
        score += MENTIONED * sum(self._rarity[word] for word in common if word not in told)
        return score + CUE_LENGTH * max(len(cue) for cue in cues)


class AnswerFinder:
    """Chooses statements. Built once over the knowledge; weighs rare words more."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._indexes = {entry.id: _Index(list(knowledge.statements(entry))) for entry in knowledge.entries.values()}
        self._shown = lru_cache(maxsize=DAYS_AND_PLACES)(self._all_shown)

    def find(
        self, entry: Entry, aspect: Aspect | None, day: date, question: Question, most: int = MOST_STATEMENTS
    ) -> Answer:
        """The answer to ``question`` about ``entry``: the lead of ``aspect`` and what else the words ask for, together
        at ``most`` so many statements."""
        shown = self._shown(entry.id, day, question.scopes)
        index = self._indexes[entry.id]
        fits = index.fits(question.words)
        beside = index.fits(question.words_beside_place) if question.place_named else {}
        relevance = {
            s.id: _relevance(s, fits.get(s.id, 0.0), beside.get(s.id, 0.0)) for found in shown.values() for s in found
        }
        side = self._side(aspect, shown, relevance)
        lead = _lead(shown.get(side, []), question.scopes)
        informs = entry.kind in INFORMING
        chosen = self._choose(index, shown, side, lead, relevance, most) if informs else _short(shown, lead, relevance)
        return Answer(
            entry=entry,
            aspect=side,
            statements=tuple(chosen),
            lead=lead,
            sources=self._sources(chosen),
            reported=frozenset(s.id for s in chosen if is_reported(s, day)),
            copied=frozenset(s.id for s in chosen if self._is_copied(s)),
            varies=any(s.varies for s in chosen),
            aspects=tuple(other for other, found in shown.items() if other is not side and _lead(found, frozenset())),
        )

    def shortened(self, answer: Answer, most: int) -> Answer:
        """``answer`` with no more than its first ``most`` statements, as ``find`` would have chosen them."""
        if len(answer.statements) <= most:
            return answer
        kept = answer.statements[:most]
        names = {s.id for s in kept}
        return replace(
            answer,
            statements=kept,
            sources=self._sources(kept),
            reported=answer.reported & names,
            copied=answer.copied & names,
            varies=any(s.varies for s in kept),
        )

    def strongest(self, name: str, words: tuple[str, ...]) -> float:
        """How well the best statement of an entry fits ``words`` (a question without diacritics), on whatever day."""
        return max(self._indexes[name].fits(words).values(), default=0.0)

    def _all_shown(self, name: str, day: date, scopes: frozenset[str]) -> dict[Aspect, list[Statement]]:
        """What an entry says on a day to people from a place, by aspect."""
        return {
            side: [s for s in statements if in_force(s, day) and _visible(s, scopes)]
            for side, statements in self._knowledge.entries[name].aspects.items()
        }

    def _side(self, aspect: Aspect | None, shown: dict[Aspect, list[Statement]], relevance: dict[str, float]) -> Aspect:
        """The aspect to answer: the one asked if there is anything to say, else the overview, else any."""
        if aspect and shown.get(aspect):
            return aspect
        with_lead = [side for side, found in shown.items() if any(s.lead for s in found)]
        if Aspect.OVERVIEW in with_lead:
            return Aspect.OVERVIEW
        if with_lead:
            return with_lead[0]
        return max(shown, key=lambda side: max((relevance[s.id] for s in shown[side]), default=0.0))

    def _choose(
        self,
        index: _Index,
        shown: dict[Aspect, list[Statement]],
        side: Aspect,
        lead: Statement | None,
        relevance: dict[str, float],
        most: int,
    ) -> list[Statement]:
        """The lead and what the words ask for, best first, while there is room. A statement that fits the words much
        better than the lead goes before it."""
        bar = max(RELATED, WORTH * max(relevance.values(), default=0.0))

        own = {s.id for s in shown.get(side, ())}

        def score(statement: Statement) -> float:
            return relevance[statement.id] + LEADING * (statement is lead) + BESIDE * (statement.id in own)

        asked = [s for found in shown.values() for s in found if s is not lead and relevance[s.id] >= bar]
        ordered = sorted([*([lead] if lead else []), *asked], key=score, reverse=True)
        if lead and all(s.history for s in ordered[: ordered.index(lead)]):
            # What once was never hides how it is now.
            ordered.remove(lead)
            ordered.insert(min(1, len(ordered)), lead)
        return _fitting(ordered, most, index.content)

    def _sources(self, statements: Iterable[Statement]) -> tuple[Source, ...]:
        """The newest source of each statement, the lead's first."""
        newest = [
            max((self._knowledge.sources[name] for name in s.sources), key=lambda source: source.dated or date.min)
            for s in statements
            if s.sources
        ]
        return tuple({source.publisher: source for source in reversed(newest)}.values())[::-1]

    def _is_copied(self, statement: Statement) -> bool:
        return any(self._knowledge.sources[name].copy_of_text for name in statement.sources)


def _relevance(statement: Statement, fit: float, beside: float) -> float:
    """How much a question calls for a statement: its fit, and more if it is local and fits the words ``beside`` the
    place as well."""
    return fit + ASKED_FOR if statement.places and beside > LOCAL_HINT else fit


def _short(
    shown: dict[Aspect, list[Statement]], lead: Statement | None, relevance: dict[str, float]
) -> list[Statement]:
    """For an emergency, smalltalk or a boundary: only what fits the words best, else the lead."""
    best = max((s for found in shown.values() for s in found), key=lambda s: relevance[s.id], default=None)
    if best is not None and relevance[best.id] >= ASKED_FOR:
        return [best]
    return [lead] if lead else []


def _visible(statement: Statement, scopes: frozenset[str]) -> bool:
    """Whether a statement concerns the places of the question; local ones only where one of theirs is named."""
    if scopes.intersection(statement.except_places):
        return False
    return not statement.places or bool(scopes.intersection(statement.places))


def _lead(statements: Collection[Statement], scopes: frozenset[str]) -> Statement | None:
    """The lead for the place if there is one, else the general lead."""
    leads = [s for s in statements if s.lead]
    local = [s for s in leads if scopes.intersection(s.places)]
    general = [s for s in leads if not s.places]
    return next(iter([*local, *general]), None)


def _fitting(wanted: Iterable[Statement], most: int, contents: Mapping[str, _Content]) -> list[Statement]:
    chosen: dict[str, Statement] = {}
    room = BODY_LENGTH
    for statement in wanted:
        if statement.id in chosen or len(chosen) == most:
            continue
        content = contents[statement.id]
        if chosen and (len(statement.text) > room or any(_alike(content, contents[name]) for name in chosen)):
            continue
        chosen[statement.id] = statement
        room -= len(statement.text)
    return list(chosen.values())


def _content(statement: Statement) -> _Content:
    words = frozenset(plain_words(statement.text).split())
    return _Content(words, words - STOP_WORDS, frozenset(figures(statement.text)))


def _alike(one: _Content, other: _Content) -> bool:
    """Whether ``one`` says nearly the same as ``other`` and holds no figure that it lacks, so that it is not needed."""
    shared = len(one.words & other.words)
    return one.figures <= other.figures and shared >= TOO_ALIKE * min(len(one.words), len(other.words))


def is_reported(statement: Statement, day: date) -> bool:
    """Whether a statement must be shown as merely reported on ``day`` (DESIGN §4, "Dated")."""
    if statement.guidance:
        return False
    if statement.confidence is not Confidence.CONFIRMED:
        return True
    stale = statement.seen is None or day - statement.seen > FRESH
    return statement.until is None and not statement.history and stale
