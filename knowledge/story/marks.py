"""What is marked in a message, by name: the traces by which learning judges which statuses it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from knowledge.story.scope import Scope

_AGES: Final = ((3, "baby"), (6, "small"), (16, "child"), (18, "youth"), (60, "grown"), (200, "old"))


def mark_names(scope: Scope) -> Iterator[str]:
    """Each mark by name: a status with the way in which it is said and of whom, an age with the person before it."""
    person = ""
    for mark in scope.message.marks:
        if mark.kind == "person":
            person = str(mark.value)
        if mark.kind == "status":
            way = scope.way(mark).value
            yield from (f"status {mark.value}", f"status {mark.value} {way}")
            yield f"status {mark.value} {way} {'other' if scope.others(mark) else 'own'}"
        elif mark.kind in {"age", "birth"}:
            years = mark.value if mark.kind == "age" else scope.day.year - mark.value
            yield from (f"age {_age(years)}", f"age {_age(years)} {person}")
        elif isinstance(mark.value, str):
            yield f"{mark.kind} {mark.value}"
        else:
            yield mark.kind


def _age(years: float) -> str:
    return next((name for most, name in _AGES if years < most), "old")


def verdict_names(statuses: tuple[str, ...], facts: dict[str, Any]) -> Iterator[str]:
    """What the rules made of the message, by name."""
    yield from (f"said {status}" for status in statuses)
    if "tinh-trang-ho" in facts:
        yield f"certified {facts['tinh-trang-ho']}"
    for person in facts.get("nguoi", ()):
        yield from (f"told {fact}" for fact in person if fact != "la")
        if "tuoi" in person:
            yield f"aged {_age(person['tuoi'])}"
