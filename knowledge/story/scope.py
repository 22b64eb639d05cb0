"""How something is said: claimed, denied, sought, past, lost, as a programme's name, or of somebody else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Final

from knowledge.story.words import SPACE, STOP, Mark, Message, Phrases

_REACH: Final = 12
_QUESTION_ENDS: Final = frozenset(
    ["a", "vay", "nhi", "the", "khong", "ko", "ha", "nha", "ban", "oi", "hay", "bac", "anh", "chi", "em", "roi"]
)
#: Whoever came to be something in the past is it now.
_BECOMES: Final = frozenset({"len", "sang", "xuong", "thanh", "vao"})
_PUT: Final = frozenset({"xep", "dua", "nhan", "chuyen", "ghi"})
_NO_FILLER: Final = frozenset({"con", "cai"})
_DONE: Final = frozenset({"da", "cho", "duoc", "xep", "dua", "xa", "moi", "vua", "bi", "tinh", "nam"})
_KIN: Final = frozenset({"me", "bo", "ba", "ong", "con", "vo", "chong", "dua"})
#: "hỏi hộ" somebody, not a question about a kind of household.
_FOR_OTHERS: Final = re.compile(r"\bhoi ho (?:ba|ong|chi|anh|bac|co|chu|nha|ban|hang|nguoi|me|bo|em|chau|cu|di|cau)\b")
PERSONS: Final = ("person",)


class Way(Enum):
    """The way in which something is said."""

    CLAIMED = "claimed"
    DENIED = "denied"
    SOUGHT = "sought"
    PAST = "past"
    LOST = "lost"
    PROGRAMME = "programme"
    ASKED = "asked"
    MANY = "many"


class Scope:
    """Judges marks of one message."""

    def __init__(self, message: Message, phrases: Phrases, day: date) -> None:
        self.message = message
        self.phrases = phrases
        self.day = day
        self._ways: dict[tuple[Mark, tuple[str, ...]], Way] = {}

    def way(self, mark: Mark, same: tuple[str, ...] = ("status",)) -> Way:
        """How a mark is said; ``same`` are the kinds that may stand in one chain ("nor poor nor nearly poor")."""
        if mark.kind != "status":
            return self._judged(mark, same)
        known = self._ways.get((mark, same))
        if known is None:
            known = self._ways[(mark, same)] = self._judged(mark, same)
        return known

    def _judged(self, mark: Mark, same: Sequence[str]) -> Way:
        before = self._chain(mark, same)
        if before is not None and before is not Way.CLAIMED:
            return before
        if self._denied_after(mark):
            return Way.DENIED
        if self._asked_after(mark):
            return Way.ASKED
        return Way.PAST if self.past(mark) else Way.CLAIMED

    def _chain(self, mark: Mark, same: Sequence[str]) -> Way | None:
        """Walk back over words that only link, to what governs the mark."""
        at, steps, crossed = mark.start - 1, 0, False
        while at >= 0 and steps < _REACH and self._linked(at, mark, same):
            steps += 1
            cue = self._cue(at, mark, crossed)
            if cue:
                return cue
            if self.message.at(at, *same):
                at = self.message.at(at, *same).start - 1  # type: ignore[union-attr]
                continue
            if not self._fills(at) and not self.message.at(at, "seek", "person"):
                return None
            crossed = crossed or self.message.at(at, "person") is not None
            at -= 1
        return None

    def _linked(self, at: int, mark: Mark, same: Sequence[str]) -> bool:
        """Whether no clause ends right after a word; a comma between two of the same kind is no end."""
        gap = self.message.words[at + 1].gap
        if gap == SPACE:
            return True
        return gap != STOP and self.message.at(at, *same) is not None and self.message.at(at + 1, *same) is not None

    def _enters(self, at: int) -> bool:
        """``vào hộ nghèo``, ``công nhận hộ nghèo``: sought, unless somebody has done it."""
        entering = self.message.plain(at) == "vao" or (self.message.plain(at), self.message.plain(at + 1)) == (
            "cong",
            "nhan",
        )
        return entering and not self.message.at(at - 1, "not") and not self._put(at)

    def _put(self, at: int) -> bool:
        """Whether the entering at ``at`` has been done: ``được vào``, ``xã xếp nhà em vào``."""
        if self.message.plain(at - 1) in _DONE:
            return True
        person = self.message.at(at - 1, *PERSONS)
        return person is not None and self.message.plain(person.start - 1) in _PUT

    def _seeks(self, at: int) -> bool:
        """Whether a word shows that something is sought; ``em mới được công nhận`` has been done."""
        seeking = self.message.at(at, "seek")
        if seeking is None:
            return False
        words = (self.message.plain(seeking.start), self.message.plain(seeking.start + 1))
        return words != ("moi", "duoc") or self.message.at(seeking.start - 1, *PERSONS) is None

    def _fills(self, at: int) -> bool:
        """Whether a word only links; "con" typed among diacritics is no "còn"."""
        word, fillers = self.message.words[at], self.phrases.fillers
        plainly = word.text.isascii() and not (self.message.accented and word.plain in _NO_FILLER)
        return (word.text in fillers and (not word.text.isascii() or plainly)) or (plainly and word.plain in fillers)

    def _cue(self, at: int, mark: Mark, crossed: bool) -> Way | None:
        message = self.message
        if message.at(at, "break"):
            return Way.CLAIMED
        if message.at(at, "not"):
            return Way.CLAIMED if crossed or self._ends_question(at, mark) else Way.DENIED
        if message.at(at, "lost"):
            return Way.LOST
        if message.at(at, "programme"):
            return Way.PROGRAMME
        if message.at(at, "many"):
            return Way.MANY
        if message.plain(at) == "tu" and message.plain(mark.end) in {"len", "sang", "xuong", "thanh", "thoat"}:
            return Way.PAST
        return Way.SOUGHT if self._seeks(at) or (mark.kind == "status" and self._enters(at)) else None

    def _ends_question(self, at: int, mark: Mark) -> bool:
        """Whether a "không" closes the question before it (``vay được không hộ nghèo``)."""
        message = self.message
        alone = message.plain(at) == "khong" and at + 1 == mark.start and message.words[at].gap == SPACE
        return alone and message.plain(at - 1) in {"duoc", "nao", "gi"}

    def _denied_after(self, mark: Mark) -> bool:
        """``hộ nghèo thì không phải``, ``cận nghèo cũng không``."""
        at, linked = mark.end, False
        while self.message.plain(at) in {"thi", "cung"} and not self.message.ends(at):
            linked, at = True, at + 1
        if self.message.ends(at) or not self.message.at(at, "not"):
            return False
        plain = self.message.plain(at + 1)
        final = self.message.ends(at + 1) or (plain in {"phai", "co"} and self._closes(at + 2))
        return final and (linked or plain == "phai")

    def _closes(self, at: int) -> bool:
        return self.message.ends(at) or (self.message.plain(at) in _QUESTION_ENDS and self.message.ends(at + 1))

    def _asked_after(self, mark: Mark) -> bool:
        """``có phải hộ nghèo không``, ``có lương hưu không``: whether it is so is the question."""
        end = mark.end
        if self.message.ends(end) or self.message.plain(end) not in {"khong", "chua", "ha", "a"}:
            return False
        if not self._closes(end + 1):
            return False
        start = max(mark.start - 6, 0)
        return any(self.message.plain(at) in {"co", "duoc", "phai"} for at in range(start, mark.start))

    def past(self, mark: Mark) -> bool:
        """Whether a clause puts a mark in the past."""
        return self._past_before(mark) or self._past_after(mark.end)

    def _past_before(self, mark: Mark) -> bool:
        message = self.message
        for at in range(mark.start - 1, max(mark.start - 16, -1), -1):
            if message.words[at + 1].gap != SPACE or message.at(at, "break", "now"):
                return False
            named = message.at(at, "past")
            if named or self._past_year(at):
                began = message.plain((named.start if named else at) - 1) == "tu"
                return not began and message.plain(mark.start - 1) not in _BECOMES
        return False

    def _past_year(self, at: int) -> bool:
        after = self.message.plain(at + 1)
        year = self.message.plain(at) == "nam" and len(after) == 4 and after.isascii() and after.isdigit()
        return year and 1900 < int(after) < self.day.year and self.message.plain(at - 1) not in {"tu", "sinh"}

    def _past_after(self, end: int) -> bool:
        if self.message.ends(end):
            return False
        return self.message.at(end, "past") is not None or self._past_year(end)

    # --- whose ---

    def subject(self, mark: Mark) -> Mark | None:
        """The person or household named last before a mark, in its sentence."""
        found: Mark | None = None
        for person in self.message.of(*PERSONS):
            if person.start >= mark.start:
                break
            theirs = (
                found is not None and found.value == "other" and not self.message.stopped(found.start, person.start)
            )
            if not (theirs and self.is_bare_kin(person)) or self.asks_for_other:
                found = person
        if found and self.message.stopped(found.start, mark.start):
            return None
        return found

    @staticmethod
    def is_bare_kin(person: Mark) -> bool:
        """``mẹ`` without whose she is: after a neighbour's household, one of theirs."""
        return person.value in _KIN and person.end - person.start == 1

    def others(self, mark: Mark) -> bool:
        """Whether a mark is about somebody else, on whose behalf nothing is asked."""
        subject = self.subject(mark)
        return subject is not None and subject.value == "other" and not self.asks_for_other

    @cached_property
    def asks_for_other(self) -> bool:
        """Whether the message asks on another's behalf."""
        return any(True for _ in self.message.of("ask-for")) or _FOR_OTHERS.search(self.message.folded) is not None
