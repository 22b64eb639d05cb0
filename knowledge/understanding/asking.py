"""The part of a message that asks: long stories tell first and ask once, and of several questions the first counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.text import fold
from knowledge.understanding.utterance import Utterance

_SENTENCE_END = re.compile(r"(?<=[.?!;])\s+")
_JOINT = re.compile(r",\s+|\s+(?:và|va|rồi|roi|với|voi)\s+")
_LEAST = 2


#: Stands for the clause that asks where none does.
ASKING_NOTHING = Utterance.spoken_so("khonghoi")


@dataclass(frozen=True)
class QuestionWords:
    """Words that ask wherever they stand, and words that ask at the end of a clause."""

    anywhere: frozenset[str]
    last: frozenset[str]
    anywhere_plain: frozenset[str]
    last_plain: frozenset[str]

    @staticmethod
    def of(anywhere: Iterable[str], last: Iterable[str]) -> QuestionWords:
        """From the words as they are written."""
        some, final = frozenset(anywhere), frozenset(last)
        return QuestionWords(some, final, frozenset(map(fold, some)), frozenset(map(fold, final)))

    def sentence(self, utterance: Utterance) -> Utterance:
        """The first sentence with a question mark, else the last sentence."""
        sentences = [part for part in _SENTENCE_END.split(utterance.spoken) if part]
        if len(sentences) < 2:
            return utterance
        return Utterance.spoken_so(next((part for part in sentences if part.endswith("?")), sentences[-1]))

    def clause(self, sentence: Utterance) -> Utterance:
        """The first clause of a sentence that asks; a stand-in where none does."""
        if not self._asks(sentence):
            return ASKING_NOTHING
        clauses = [part for part in _JOINT.split(sentence.spoken) if part.strip()]
        if len(clauses) < 2:
            return sentence
        return next((one for one in map(Utterance.spoken_so, clauses) if self._asks(one)), sentence)

    def _asks(self, clause: Utterance) -> bool:
        """Whether a clause asks. Where diacritics are typed they must agree: "bảo" is not "bao"."""
        words = clause.words
        if len(words) < _LEAST:
            return False
        anywhere, last = (self.anywhere, self.last) if clause.accented else (self.anywhere_plain, self.last_plain)
        found = words if clause.accented else clause.folded
        return "?" in clause.spoken or found[-1] in last or not anywhere.isdisjoint(found)
