"""Notes on a person: age, people, disability, orphans, pensions."""

from __future__ import annotations

from itertools import pairwise

from knowledge.story.people import ASKED_ABOUT, BEASTS, CHILDREN, ELDERS, People, named
from knowledge.story.scope import Way
from knowledge.story.words import Mark, Message


def age(people: People, mark: Mark) -> None:
    message, value = people.message, int(mark.value)
    before = message.plain(mark.start - 1)
    named = message.at(mark.start - 1, "person") is not None
    if (
        (before in BEASTS and not named)
        or (message.plain(mark.start - 2) in BEASTS and not people.now)
        or people.other
        or value > 130
    ):
        return
    if _beast_near(message, mark):
        return
    if before in {"gan", "ngot", "sap"}:
        value -= 1
    if {before, message.plain(mark.start - 2)} & {"chua"} and before in {"den", "du", "toi", "chua"}:
        return
    general = before in {"duoi", "tu", "du", "tren"} or [message.plain(mark.end + step) for step in (0, 1)] == [
        "tro",
        "len",
    ]
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
    pairs = pairwise(window)
    return any(
        pair in {("con", "bo"), ("con", "trau"), ("con", "lon"), ("xe", "may"), ("cay", "keo"), ("con", "ngua")}
        for pair in pairs
    )


def baby(people: People, mark: Mark) -> None:
    """``con em được 5 tháng``, ``mới sinh con được 2 tháng``: months said right after a child."""
    message, start = people.message, mark.start
    while message.plain(start - 1) in {"duoc", "moi", "gan", "hon", "khoang", "da"} and not message.ends(start):
        start -= 1
    child = message.at(start - 1, "person")
    named_child = child is not None and child.value in {"con", "chau", "chau-bare"} and not message.ends(start)
    if named_child and message.plain(mark.end - 1) == "thang" and mark.value <= 48:
        age(people, Mark("age", int(mark.value) // 12, mark.start, mark.end))


def birth(people: People, mark: Mark) -> None:
    age = people.day.year - int(mark.value)
    people.note(mark, "tuoi", age)
    if age >= 60:
        people.statuses.add("nguoi-cao-tuoi")
    elif age < 16:
        people.statuses.add("tre-em")


def ethnic(people: People, mark: Mark) -> None:
    if people.other:
        return
    value = mark.value == "yes"
    way = people.scope.way(mark, ("ethnic", "status"))
    if way is Way.DENIED:
        value = False
    owner = people.now or (people.person("toi" if named(people) else ASKED_ABOUT, None),)
    people.note(mark, "dan-toc-thieu-so", value, owner)
    if value:
        people.statuses.add("dtts")


def status(people: People, mark: Mark) -> None:
    """Words that are both a status and a fact of a person."""
    if people.other or mark.value not in {"mo-coi", "don-than", "dtts", "khuyet-tat"}:
        return
    way = people.scope.way(mark)
    if mark.value == "dtts":
        if way is Way.DENIED:
            people.note(mark, "dan-toc-thieu-so", False)
        elif (
            way is Way.CLAIMED
            and people.now
            and mark.start
            and people.message.plain(mark.start - 1) in {"la", "toi", "em"}
        ):
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
    if not (people.now and people.now[0]["la"] in CHILDREN | {"em", "toi"}):
        following = next((person for person in people.message.of("person") if person.start >= mark.end), None)
        if following and following.value in {"chau", "chau-bare", "con", "em"}:
            people.now = (people.person("chau" if following.value == "chau-bare" else str(following.value), None),)
    if people.now:
        people.note(mark, "mo-coi", True)


def _severity(people: People, mark: Mark) -> None:
    for level, value in (("heavy", "dac-biet-nang"), ("medium", "nang"), ("light", "nhe")):
        for at in range(mark.end, min(mark.end + 5, len(people.message.words))):
            found = people.message.at(at, "fact")
            if found and found.value == level:
                people.note(found, "muc-khuyet-tat", value)
                return


def pension(people: People, mark: Mark) -> None:
    way = people.scope.way(mark, ("fact",))
    if way is Way.DENIED:
        people.note(mark, "luong-huu", False, people.now or None)
        return
    before = people.message.plain(mark.start - 1)
    if way in (Way.CLAIMED, Way.PAST) and before in {"co", "huong", "linh", "lanh", "an", "nhan", "dang", "ve", "nghi"}:
        people.note(mark, "luong-huu", True)


def neither(people: People, mark: Mark) -> None:
    """ "… and mother has none", said after somebody's pension."""
    message = people.message
    known = any("luong-huu" in person for person in people.people)
    end = mark.end + (message.plain(mark.end) == "co" and not message.ends(mark.end))
    missing = people.now and people.now[0]["la"] in ELDERS and "luong-huu" not in people.now[0]
    if (
        known
        and missing
        and message.ends(end)
        and message.plain(mark.start - 1) in {"thi", "cung", people.now[0]["la"]}
    ):
        people.note(mark, "luong-huu", False)


def pay(people: People, mark: Mark) -> None:
    """ "No pay of any kind", said of the old, means no pension."""
    old = people.now and any(person["la"] in ELDERS or person.get("tuoi", 0) >= 55 for person in people.now)
    if old and people.scope.way(mark, ("fact",)) is Way.DENIED:
        owners = people.now if len(people.now) > 1 else [one for one in people.now if one.get("luong-huu") is None]
        people.note(mark, "luong-huu", False, owners)


def certificate(people: People, mark: Mark) -> None:
    people.statuses.add("khuyet-tat")
    way = people.scope.way(mark, ("fact",))
    if way is Way.DENIED and people.now:
        people.note(mark, "muc-khuyet-tat", "khong")
    elif way is Way.CLAIMED:
        _severity(people, mark)
