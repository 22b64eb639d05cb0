"""The people of a story and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from knowledge.story.numbers import number_at
from knowledge.story.scope import Scope
from knowledge.story.words import Mark

ASKED_ABOUT: Final = "nguoi-duoc-hoi"
CHILDREN: Final = frozenset({"con", "chau"})
ELDERS: Final = frozenset({"me", "bo", "ong", "ba", "bo-me", "ong-ba"})
_PAIRS: Final = {"bo-me": ("bo", "me"), "ong-ba": ("ong", "ba")}
_BESIDE: Final = frozenset(
    [
        "toi",
        "em",
        "chau",
        "minh",
        "noi",
        "ngoai",
        "gia",
        "cu",
        "chong",
        "vo",
        "me",
        "de",
        "sinh",
        "nam",
        "tuoi",
        "nay",
        "van",
        "con",
        "khong",
        "chua",
        "bi",
        "toi",
    ]
)
_NOT_CHILD_BEFORE: Final = frozenset(
    [
        "duoc",
        "khoe",
        "lai",
        "nua",
        "phai",
        "no",
        "thieu",
        "co",
        "toi",
        "lam",
        "bo",
        "trau",
        "ga",
        "lon",
        "de",
        "meo",
        "cho",
        "vit",
        "bay",
    ]
)
_BESIDE_ME: Final = frozenset(["cung", "voi", "cho", "nuoi", "cua", "nho", "giup", "bao", "ho", "cham"])
BEASTS: Final = frozenset(
    ["bo", "trau", "lon", "ga", "de", "vit", "heo", "ngua", "cay", "xe", "may", "rung", "keo", "que"]
)
Person = dict[str, Any]
Note = Callable[["People", Mark], None]


class People:
    """Walks through a message, keeping who is spoken of, and notes what is said."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.message = scope.message
        self.day = scope.day
        self.people: list[Person] = []
        self.now: tuple[Person, ...] = ()
        self.other = False
        self.child: str = "con"
        self.heard: list[Mark] = []
        self.statuses: set[str] = set()
        self.schooled = False
        self.speaker_is_grandchild = any(True for _ in self.message.of("speaker-chau")) or any(
            person.value in ELDERS and self.message.plain(person.end - 1) == "chau"
            for person in self.message.of("person")
        )
        self.speaker_is_child = any(True for _ in self.message.of("speaker-con"))
        self.speaker_is_grandchild &= not any(True for _ in self.message.of("family"))

    def read(self, notes: Mapping[str, Note]) -> None:
        """Note every fact in order."""
        before: Mark | None = None
        for mark in self.message.marks:
            if before is not None and self.message.stopped(before.start, mark.start):
                self._new_sentence()
            before = mark
            note = notes.get(mark.kind)
            if note:
                note(self, mark)

    def _new_sentence(self) -> None:
        self.other = False
        if not (self.now and self.now[0]["la"] in CHILDREN | {"toi"}):
            self.now = self.now if self.now and self.now[0]["la"] in ELDERS else ()

    # --- who ---

    def meet(self, mark: Mark) -> None:
        """Somebody is named."""
        who = str(mark.value)
        if self.other and self.scope.is_bare_kin(mark):
            return
        if who == "ho":
            self.other = False
            if self.now and self.now[0]["la"] not in {"toi", *CHILDREN}:
                self.now = ()
            return
        if who == "other" and not self.scope.asks_for_other:
            self.other = True
            return
        name = self._name(mark, who)
        if name is None:
            return
        if name == "toi" and self.now and self.message.plain(mark.start - 1) in _BESIDE_ME:
            return
        self.other = False
        self.now = tuple(self.person(part, mark) for part in _PAIRS.get(name, (name,)))

    def _name(self, mark: Mark, who: str) -> str | None:
        if who == "other":
            return ASKED_ABOUT
        if who == "dua":
            return self.child
        if who == "cu":
            return "ba" if not any(person["la"] in ELDERS for person in self.people) else None
        if who == "chau-bare":
            who = "toi" if self.speaker_is_grandchild and not self._own_child(mark) else "chau"
        if who == "con" and self.speaker_is_child and mark.end - mark.start == 1:
            return "toi"
        if who in CHILDREN:
            self.child = who
        return who if self._meant(mark, who) else None

    def _own_child(self, mark: Mark) -> bool:
        return self.message.plain(mark.start - 1) in {"co", "nuoi", "mot", "hai", "cua"}

    def _meant(self, mark: Mark, who: str) -> bool:
        """Whether an ambiguous word without diacritics is that person."""
        message = self.message
        if mark.end - mark.start > 1:
            return True
        word, after = message.words[mark.start], message.plain(mark.end)
        if who == "con" and word.text.isascii() and not message.accented:
            return after not in _NOT_CHILD_BEFORE or message.ends(mark.end)
        if who == "con":
            return after not in BEASTS
        unsure = word.text == "ba" or (
            word.text.isascii() and not message.accented and word.plain in {"bo", "ba", "u", "ma", "ong", "cha", "thay"}
        )
        return not unsure or after in _BESIDE or after[:1].isdigit() or number_at(message, mark.end) is not None

    def person(self, who: str, mark: Mark | None) -> Person:
        known = [person for person in self.people if person["la"] == who]
        if known and not (who in CHILDREN and mark and self._another(known[-1], mark)):
            return known[-1]
        person: Person = {"la": who}
        self.people.append(person)
        return person

    def _another(self, person: Person, mark: Mark) -> bool:
        """Whether a child named again is another child."""
        marked = mark.value == "dua" or mark.end - mark.start > 1 or self.message.plain(mark.start - 1) == "mot"
        return len(person) > 1 and marked and person is not self._counted(mark)

    def _counted(self, mark: Mark) -> Person | None:
        own = self.message.plain(mark.end - 1) in {"toi", "em", "nha", "minh"}
        return self.now[0] if own and self.now else None

    def someone(self) -> tuple[Person, ...]:
        """Who is spoken of; the person asked about where nobody is named."""
        if not self.now:
            self.now = (self.person(ASKED_ABOUT, None),)
        return self.now

    def grown_up(self, partner: bool = False) -> Person:
        """The adult spoken of: the speaker unless a relative other than the partner or a child is."""
        for person in self.now:
            if person["la"] not in ({"con", "chau"} if partner else {"con", "chau", "chong", "vo"}):
                return person
        return self.person("toi" if named(self) else ASKED_ABOUT, None)

    def note(self, mark: Mark, fact: str, value: Any, people: Iterable[Person] | None = None) -> None:
        """Note one fact of those spoken of; a second value of a child's fact is another child's."""
        if self.other:
            return
        for person in tuple(self.someone() if people is None else people):
            target = person
            if person.get(fact, value) != value and person["la"] in CHILDREN:
                target = {"la": person["la"]}
                self.people.append(target)
                self.now = (target,)
            target.setdefault(fact, value)
        self.heard.append(mark)


def named(people: People) -> bool:
    """Whether the message tells of the teller."""
    if any(mark.value in {"toi", "ho", "vo", "chong"} for mark in people.message.of("person")):
        return True
    return any(word.plain == "toi" and word.text in {"toi", "tôi"} for word in people.message.words)
