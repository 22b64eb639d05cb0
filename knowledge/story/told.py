"""Everyone in a story: which note is taken of which mark."""

from __future__ import annotations

from typing import Final

from knowledge.story.notes import age, baby, birth, certificate, ethnic, neither, pay, pension, status
from knowledge.story.numbers import day_at
from knowledge.story.people import ELDERS, Note, People, Person
from knowledge.story.sayings import Told
from knowledge.story.school import (
    degree,
    distance,
    quit_school,
    school,
    school_class,
    school_kind,
    schooling,
)
from knowledge.story.scope import Scope
from knowledge.story.words import Mark
from knowledge.story.work import alone, cover, job_loss, stopped_work, widowed


def _fact(people: People, mark: Mark) -> None:
    note = _FACTS.get(str(mark.value))
    if note and not people.other:
        note(people, mark)


def _told(people: People, mark: Mark) -> None:
    """A fact of a person in a set phrase; of everyone, once all are known."""
    told: Told = mark.value
    if told.scope == "person" and not people.other and not told.everyone:
        if (told.fact in _TELLERS and people.now and people.now[0]["la"] in _TELLERS[told.fact]) or not people.now:
            people.now = (people.grown_up(),)
        people.note(mark, told.fact, told.value, _old(people) if told.fact == "khong-nguoi-nuoi-duong" else None)
        _came_home(people, mark, told.fact)


def _old(people: People) -> list[Person] | None:
    """The elder told of, where a child was named since."""
    elders = [person for person in people.people if person["la"] in ELDERS or person.get("tuoi", 0) >= 60]
    return elders[-1:] or None


def _came_home(people: People, mark: Mark, fact: str) -> None:
    """The day of release, where it is told right after."""
    if fact != "man-han-tu":
        return
    for at in range(mark.end, min(mark.end + 5, len(people.message.words))):
        found = day_at(people.message, at, people.day)
        if found and found[0] <= people.day and not people.message.stopped(mark.start, at):
            if people.message.plain(at) != "nam":
                people.note(mark, "ngay-ve-dia-phuong", found[0].isoformat())
            return


def _told_of_everyone(people: People) -> None:
    for mark in people.message.of("told"):
        if mark.value.everyone:
            everyone = people.people or [people.person("toi", None)]
            people.note(mark, mark.value.fact, mark.value.value, list(everyone))


#: Of whom these are not said although they are named last: the teller is meant.
_TELLERS: Final = {"viec-phap-ly": {"chong", "vo"}, "sinh-con": {"con", "chau"}}
_NOTES: Final[dict[str, Note]] = {
    "person": People.meet, "not": neither, "age": age, "span": baby, "birth": birth, "ethnic": ethnic, "status": status,
    "fact": _fact, "school": school, "kind": school_kind, "degree": degree, "km": distance, "metres": distance,
    "told": _told,
}  # fmt: skip
_FACTS: Final[dict[str, Note]] = {
    "pension": pension, "pay": pay, "certificate": certificate, "class": school_class, "schooling": schooling,
    "quit-school": quit_school, "unemployment-cover": cover, "insurance": cover, "lawful": job_loss,
    "unlawful": job_loss, "alone": alone, "widowed": widowed, "divorced": widowed,
}  # fmt: skip


def read_people(scope: Scope) -> People:
    """Everyone in the message of whom something is said."""
    people = People(scope)
    people.read(_NOTES)
    stopped_work(people)
    people.other = False
    _told_of_everyone(people)
    return people
