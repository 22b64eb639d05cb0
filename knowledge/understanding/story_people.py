"""The people of a story and what is said of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from knowledge.understanding.story_numbers import ago, day_at, number_at
from knowledge.understanding.story_scope import Scope, Way
from knowledge.understanding.story_words import Mark, Message

ASKED_ABOUT: Final = "nguoi-duoc-hoi"
_CHILDREN: Final = frozenset({"con", "chau"})
_ELDERS: Final = frozenset({"me", "bo", "ong", "ba", "bo-me", "ong-ba"})
_PAIRS: Final = {"bo-me": ("bo", "me"), "ong-ba": ("ong", "ba")}
_BESIDE: Final = frozenset("toi em chau minh noi ngoai gia cu chong vo me de sinh nam tuoi nay van con khong chua bi toi".split())
_NOT_CHILD_BEFORE: Final = frozenset("duoc khoe lai nua phai no thieu co toi lam bo trau ga lon de meo cho vit bay".split())
_BESIDE_ME: Final = frozenset("cung voi cho nuoi cua nho giup bao ho cham".split())
_BEASTS: Final = frozenset("bo trau lon ga de vit heo ngua cay xe may rung keo que".split())
Person = dict[str, Any]


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
        self.speaker_is_grandchild = any(True for _ in self.message.of("speaker-chau")) or any(
            person.value in _ELDERS and self.message.plain(person.end - 1) == "chau" for person in self.message.of("person")
        )
        self.speaker_is_grandchild &= not any(True for _ in self.message.of("family"))

    def read(self) -> None:
        """Note every fact in order."""
        before: Mark | None = None
        for mark in self.message.marks:
            if before is not None and self.message.stopped(before.start, mark.start):
                self._new_sentence()
            before = mark
            note = _NOTES.get(mark.kind)
            if note:
                note(self, mark)

    def _new_sentence(self) -> None:
        self.other = False
        if not (self.now and self.now[0]["la"] in _CHILDREN | {"toi"}):
            self.now = self.now if self.now and self.now[0]["la"] in _ELDERS else ()

    # --- who -----------------------------------------------------------------------------------------------------------

    def meet(self, mark: Mark) -> None:
        """Somebody is named."""
        who = str(mark.value)
        if who == "ho":
            self.other = False
            if self.now and self.now[0]["la"] not in {"toi", *_CHILDREN}:
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
        self.now = tuple(self._person(part, mark) for part in _PAIRS.get(name, (name,)))

    def _name(self, mark: Mark, who: str) -> str | None:
        if who == "other":
            return ASKED_ABOUT
        if who == "dua":
            return self.child
        if who == "cu":
            return "ba" if not any(person["la"] in _ELDERS for person in self.people) else None
        if who == "chau-bare":
            who = "toi" if self.speaker_is_grandchild and not self._own_child(mark) else "chau"
        if who in _CHILDREN:
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
            return after not in _BEASTS
        unsure = word.text == "ba" or word.text.isascii() and not message.accented and word.plain in {"bo", "ba", "u", "ma", "ong", "cha", "thay"}
        return not unsure or after in _BESIDE or after[:1].isdigit() or number_at(message, mark.end) is not None

    def _person(self, who: str, mark: Mark | None) -> Person:
        known = [person for person in self.people if person["la"] == who]
        if known and not (who in _CHILDREN and mark and self._another(known[-1], mark)):
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
            self.now = (self._person(ASKED_ABOUT, None),)
        return self.now

    def grown_up(self, partner: bool = False) -> Person:
        """The adult spoken of: the speaker unless a relative other than the partner or a child is."""
        for person in self.now:
            if person["la"] not in ({"con", "chau"} if partner else {"con", "chau", "chong", "vo"}):
                return person
        return self._person("toi" if _named(self) else ASKED_ABOUT, None)

    def note(self, mark: Mark, fact: str, value: Any, people: Iterable[Person] | None = None) -> None:
        """Note one fact of those spoken of; a second value of a child's fact is another child's."""
        if self.other:
            return
        for person in tuple(self.someone() if people is None else people):
            target = person
            if person.get(fact, value) != value and person["la"] in _CHILDREN:
                target = {"la": person["la"]}
                self.people.append(target)
                self.now = (target,)
            target.setdefault(fact, value)
        self.heard.append(mark)


# --- what ------------------------------------------------------------------------------------------------------------


def _age(people: People, mark: Mark) -> None:
    message, value = people.message, int(mark.value)
    before = message.plain(mark.start - 1)
    named = message.at(mark.start - 1, "person") is not None
    if (before in _BEASTS and not named) or (message.plain(mark.start - 2) in _BEASTS and not people.now) or people.other or value > 130:
        return
    if _beast_near(message, mark):
        return
    if before in {"gan", "ngot", "sap"}:
        value -= 1
    general = before in {"duoi", "tu", "du", "tren"} or [message.plain(mark.end + step) for step in (0, 1)] == ["tro", "len"]
    below = before == "duoi"
    if _future(message, mark):
        return
    if value >= 60 and not below:
        people.statuses.add("nguoi-cao-tuoi")
    elif value < 16 or (below and value <= 16):
        people.statuses.add("tre-em")
    if not general or (people.now and before in {"tren", "du"}):
        people.note(mark, "tuoi", value)


def _future(message: Message, mark: Mark) -> bool:
    return any(message.plain(at) in {"nua"} for at in range(max(mark.start - 5, 0), mark.start))


def _beast_near(message: Message, mark: Mark) -> bool:
    window = [message.plain(at) for at in range(max(mark.start - 5, 0), mark.start)]
    pairs = zip(window, window[1:], strict=False)
    return any(pair in {("con", "bo"), ("con", "trau"), ("con", "lon"), ("xe", "may"), ("cay", "keo"), ("con", "ngua")} for pair in pairs)


def _birth(people: People, mark: Mark) -> None:
    age = people.day.year - int(mark.value)
    people.note(mark, "tuoi", age)
    if age >= 60:
        people.statuses.add("nguoi-cao-tuoi")
    elif age < 16:
        people.statuses.add("tre-em")


def _ethnic(people: People, mark: Mark) -> None:
    if people.other:
        return
    value = mark.value == "yes"
    way = people.scope.way(mark, ("ethnic", "status"))
    if way is Way.DENIED:
        value = False
    owner = people.now or (people._person("toi" if _named(people) else ASKED_ABOUT, None),)
    people.note(mark, "dan-toc-thieu-so", value, owner)
    if value:
        people.statuses.add("dtts")


def _named(people: People) -> bool:
    return any(mark.value in {"toi", "ho", "vo", "chong"} for mark in people.message.of("person"))


def _status(people: People, mark: Mark) -> None:
    """Words that are both a status and a fact of a person."""
    if people.other or mark.value not in {"mo-coi", "don-than", "dtts", "khuyet-tat"}:
        return
    way = people.scope.way(mark)
    if mark.value == "dtts":
        if way is Way.DENIED:
            people.note(mark, "dan-toc-thieu-so", False)
        elif way is Way.CLAIMED and people.now and mark.start and people.message.plain(mark.start - 1) in {"la", "toi", "em"}:
            people.note(mark, "dan-toc-thieu-so", True)
    elif way is Way.CLAIMED and mark.value == "mo-coi":
        _orphan(people, mark)
    elif way is Way.CLAIMED and mark.value == "don-than":
        people.note(mark, "don-than", True, (people.grown_up(),))
    elif way is Way.CLAIMED:
        _severity(people, mark)


def _orphan(people: People, mark: Mark) -> None:
    if people.message.plain(mark.start) == "tre":
        return
    if not (people.now and people.now[0]["la"] in _CHILDREN | {"em", "toi"}):
        following = next((person for person in people.message.of("person") if person.start >= mark.end), None)
        if following and following.value in {"chau", "chau-bare", "con", "em"}:
            people.now = (people._person("chau" if following.value == "chau-bare" else str(following.value), None),)
    if people.now:
        people.note(mark, "mo-coi", True)


def _severity(people: People, mark: Mark) -> None:
    for level, value in (("heavy", "dac-biet-nang"), ("medium", "nang"), ("light", "nhe")):
        for at in range(mark.end, min(mark.end + 5, len(people.message.words))):
            found = people.message.at(at, "fact")
            if found and found.value == level:
                people.note(found, "muc-khuyet-tat", value)
                return


def _fact(people: People, mark: Mark) -> None:
    note = _FACTS.get(str(mark.value))
    if note and not people.other:
        note(people, mark)


def _pension(people: People, mark: Mark) -> None:
    way = people.scope.way(mark, ("fact",))
    if way is Way.DENIED:
        people.note(mark, "luong-huu", False, people.now or None)
        return
    before = people.message.plain(mark.start - 1)
    if way in (Way.CLAIMED, Way.PAST) and before in {"co", "huong", "linh", "lanh", "an", "nhan", "dang", "ve", "nghi"}:
        people.note(mark, "luong-huu", True)


def _neither(people: People, mark: Mark) -> None:
    """ "… and mother has none", said after somebody's pension."""
    message = people.message
    known = any("luong-huu" in person for person in people.people)
    end = mark.end + (message.plain(mark.end) == "co" and not message.ends(mark.end))
    missing = people.now and people.now[0]["la"] in _ELDERS and "luong-huu" not in people.now[0]
    if known and missing and message.ends(end) and message.plain(mark.start - 1) in {"thi", "cung", people.now[0]["la"]}:
        people.note(mark, "luong-huu", False)


def _pay(people: People, mark: Mark) -> None:
    """ "No pay of any kind", said of the old, means no pension."""
    old = people.now and any(person["la"] in _ELDERS or person.get("tuoi", 0) >= 55 for person in people.now)
    if old and people.scope.way(mark, ("fact",)) is Way.DENIED:
        owners = people.now if len(people.now) > 1 else [one for one in people.now if one.get("luong-huu") is None]
        people.note(mark, "luong-huu", False, owners)


def _certificate(people: People, mark: Mark) -> None:
    people.statuses.add("khuyet-tat")
    if people.scope.way(mark, ("fact",)) is Way.DENIED and people.now:
        people.note(mark, "muc-khuyet-tat", "khong")


def _class(people: People, mark: Mark) -> None:
    message = people.message
    number = number_at(message, mark.end) if not message.ends(mark.end) else None
    if number is None or not 1 <= number.value <= 12 or number.value % 1 or _is_over(message, mark):
        return
    if message.plain(number.end) in {"thang", "ngay", "buoi", "tuan"} and not message.ends(number.end):
        return
    level = "tieu-hoc" if number.value <= 5 else "thcs" if number.value <= 9 else "thpt"
    _at_school(people, Mark("fact", "class", mark.start, number.end), level)


def _is_over(message: Message, mark: Mark) -> bool:
    return any(
        found.value in {"finished", "quit-school"}
        for at in range(max(mark.start - 4, 0), mark.end)
        if (found := message.at(at, "fact")) and not message.stopped(at, mark.start)
    )


def _at_school(people: People, mark: Mark, level: str) -> None:
    if people.other:
        return
    if level in {"tieu-hoc", "thcs", "thpt"}:
        people.statuses.add("hoc-sinh")
    if level != "thpt":
        people.statuses.add("tre-em")
    if people.now or _child_named(people):
        if people.now and people.now[0]["la"] in {"vo", "chong", "me", "bo", "ba", "ong"}:
            people.now = (people._person("con", None),)
        people.note(mark, "lop", level)


def _child_named(people: People) -> bool:
    return any(True for _ in people.message.of("children"))


def _school(people: People, mark: Mark) -> None:
    if not _is_over(people.message, mark) and not people.scope.past(mark):
        if not people.now and _child_named(people):
            people.now = (people._person("con", None),)
        _at_school(people, mark, str(mark.value))


def _kind(people: People, mark: Mark) -> None:
    if not people.other:
        people.statuses.add("hoc-sinh")
        if people.now and people.scope.way(mark) is Way.CLAIMED:
            people.note(mark, "truong", mark.value)


def _degree(people: People, mark: Mark) -> None:
    message = people.message
    before = {message.plain(at) for at in range(max(mark.start - 6, 0), mark.start)}
    if people.other or _is_over(message, mark) or message.plain(mark.start) == "tot":
        return
    student = any(status.value == "sinh-vien" for status in message.of("status"))
    studies = before & {"hoc", "do", "dau", "vao", "trung", "nhap", "vien", "sv"} or mark.value == "hoc-nghe"
    if not (studies or student):
        return
    if people.scope.way(mark, ("degree",)) in (Way.DENIED,):
        return
    if mark.value != "hoc-nghe":
        people.statuses.add("sinh-vien")
    if people.now:
        people.note(mark, "bac-hoc", mark.value)


def _schooling(people: People, mark: Mark) -> None:
    message = people.message
    follows = message.plain(mark.end)
    if people.scope.way(mark, ("fact",)) in (Way.DENIED, Way.PAST) or message.at(mark.end, "degree", "school"):
        return
    if follows in {"nghe", "lai", "dai", "cao", "trung", "tieng"} or not people.now:
        return
    if people.now[0]["la"] in _CHILDREN and message.plain(mark.start) != "an":
        people.statuses.add("hoc-sinh")


def _quit_school(people: People, mark: Mark) -> None:
    if people.now and people.now[0]["la"] in _CHILDREN and people.message.plain(mark.start) in {"bo", "nghi", "thoi"}:
        people.note(mark, "lop", "khong")


def _distance(people: People, mark: Mark) -> None:
    message = people.message
    near = {message.plain(at) for at in range(max(mark.start - 7, 0), min(mark.end + 5, len(message.words)))}
    pupil = next((person for person in reversed(people.people) if "lop" in person or "truong" in person), None)
    owners = (pupil,) if pupil else people.now
    if near & {"truong", "hoc"} and near & {"cach", "den", "toi", "xa", "di"} and owners:
        value = mark.value / (1000 if mark.kind == "metres" else 1)
        people.note(mark, "khoang-cach-truong", int(value) if value == int(value) else value, owners)


# --- work ------------------------------------------------------------------------------------------------------------


def _jobless(people: People) -> bool:
    return "that-nghiep" in people.statuses or any(mark.value == "that-nghiep" for mark in people.message.of("status"))


def _cover(people: People, mark: Mark) -> None:
    """Months of unemployment insurance."""
    message = people.message
    paid = any(message.plain(at) in {"dong", "tham"} for at in range(max(mark.start - 4, 0), mark.end))
    meant = mark.value == "unemployment-cover" or _jobless(people)
    if not paid or not meant:
        return
    if people.scope.way(mark, ("fact",)) is Way.DENIED:
        people.note(mark, "thang-dong-bhtn", 0, (people.grown_up(partner=True),))
        return
    for span in message.of("span"):
        if mark.end <= span.start <= mark.end + 4 and not message.stopped(mark.end, span.start):
            if message.plain(span.end) not in {"nay", "truoc"}:
                people.note(span, "thang-dong-bhtn", int(span.value), (people.grown_up(partner=True),))
            return


def _job_loss(people: People, mark: Mark) -> None:
    lawful = mark.value == "lawful"
    way = people.scope.way(mark, ("fact",))
    if way in (Way.DENIED, Way.SOUGHT) and people.message.plain(mark.start) != "khong":
        return
    if people.message.plain(mark.start) not in {"bao", "co", "dung"}:
        people.statuses.add("that-nghiep")
    people.note(mark, "nghi-trai-luat", not lawful, (people.grown_up(partner=True),))


def _stopped_work(people: People) -> None:
    """The day of leaving a job, told near the words for it."""
    message = people.message
    for mark in message.marks:
        status = mark.kind == "status" and mark.value == "that-nghiep"
        if not (status or (mark.kind == "fact" and mark.value in {"lawful", "unlawful"})):
            continue
        if people.scope.others(mark) or people.scope.way(mark) in (Way.DENIED, Way.SOUGHT):
            continue
        found = _day_near(people, mark)
        if found:
            owner = _owner(people, mark)
            people.note(mark, "ngay-nghi-viec", found.isoformat(), (owner,))
            return


def _owner(people: People, mark: Mark) -> Person:
    told = next((person for person in people.people if "thang-dong-bhtn" in person or "nghi-trai-luat" in person), None)
    if told:
        return told
    subject = people.scope.subject(mark)
    if subject and subject.value in {"vo", "chong", "con", "me", "bo", "anh", "chi", "em", "toi"}:
        return people._person(str(subject.value), None)
    return people.grown_up()


def _day_near(people: People, mark: Mark) -> date | None:
    message, day = people.message, people.day
    for at in range(mark.end, min(mark.end + 7, len(message.words))):
        if message.stopped(mark.start, at) or message.plain(at) in {"nop", "den", "dong", "han"}:
            break
        span = next((one for one in message.of("span", "weeks", "days") if one.start == at), None)
        if span and _is_ago(message, span, mark):
            return ago(message, span, day)
        found = day_at(message, at, day)
        if found and found[0] <= day and message.plain(at - 1) != "luc":
            return found[0]
    for at in range(max(mark.start - 5, 0), mark.start):
        found = day_at(message, at, day)
        if found and found[1] <= mark.start and not message.stopped(at, mark.start) and found[0] <= day:
            return found[0]
    return None


def _is_ago(message: Message, span: Mark, mark: Mark) -> bool:
    after, before = message.plain(span.end), [message.plain(span.start - step) for step in (1, 2)]
    return after in {"nay", "truoc", "roi"} or "day" in before or (before[0] == "duoc" and span.start - mark.end <= 1)


def _birth_or_alone(people: People, mark: Mark) -> None:
    """ "Alone" beside "raises" is a single parent."""
    message = people.message
    ahead = {message.plain(at) for at in range(mark.end, min(mark.end + 4, len(message.words)))}
    if ahead & {"nuoi", "cham"} and people.scope.way(mark) is not Way.DENIED:
        _single(people, mark)


def _single(people: People, mark: Mark) -> None:
    people.statuses.add("don-than")
    people.note(mark, "don-than", True, (people.grown_up(),))


def _widowed(people: People, mark: Mark) -> None:
    """A partner dead or gone, and children to bring up."""
    message = people.message
    partner = people.scope.subject(mark)
    if partner and partner.value == "bo-me" and mark.start - partner.end <= 1 and mark.value == "widowed":
        if any(person.value in {"chau", "chau-bare"} for person in message.of("person")) or message.plain(partner.end - 1) == "chau":
            people.statuses.add("mo-coi")
            people.note(mark, "mo-coi", True, (people._person("chau", None),))
        return
    if mark.value == "widowed" and not (partner and partner.value in {"chong", "vo"} and mark.start - partner.end <= 3):
        return
    ahead = [message.plain(at) for at in range(mark.end, min(mark.end + 14, len(message.words)))]
    if "nuoi" in ahead and ({"con", "chau", "dua"} & set(ahead)):
        if partner and partner.value in {"chong", "vo"}:
            people.now = ()
        _single(people, mark)


_NOTES: Final[dict[str, Callable[[People, Mark], None]]] = {
    "person": People.meet, "not": _neither, "age": _age, "birth": _birth, "ethnic": _ethnic, "status": _status, "fact": _fact,
    "school": _school, "kind": _kind, "degree": _degree, "km": _distance, "metres": _distance,
}  # fmt: skip
_FACTS: Final[dict[str, Callable[[People, Mark], None]]] = {
    "pension": _pension, "pay": _pay, "certificate": _certificate, "class": _class, "schooling": _schooling,
    "quit-school": _quit_school, "unemployment-cover": _cover, "insurance": _cover, "lawful": _job_loss,
    "unlawful": _job_loss, "alone": _birth_or_alone, "widowed": _widowed, "divorced": _widowed,
}  # fmt: skip


def read_people(scope: Scope) -> People:
    """Everyone in the message of whom something is said."""
    people = People(scope)
    people.read()
    _stopped_work(people)
    return people
