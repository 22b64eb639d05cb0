"""Everyone in a story: which note is taken of which mark."""

from __future__ import annotations

from typing import Final

from knowledge.story.notes import age, baby, birth, certificate, ethnic, neither, pay, pension, status
from knowledge.story.people import Note, People
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


_NOTES: Final[dict[str, Note]] = {
    "person": People.meet, "not": neither, "age": age, "span": baby, "birth": birth, "ethnic": ethnic, "status": status,
    "fact": _fact, "school": school, "kind": school_kind, "degree": degree, "km": distance, "metres": distance,
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
    return people
