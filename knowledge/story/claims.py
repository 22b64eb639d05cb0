"""Where each status of a message is said: the traces by which learning judges whether the rules were right to claim it.

They are named alike for all statuses: what stands around a status that is denied, sought or somebody else's is much the
same for each, and together they teach what none of them teaches alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from knowledge.story.scope import Scope
from knowledge.story.statuses import ALIKE
from knowledge.story.words import Mark, Message

BEFORE, AFTER = 5, 3
_ALIKE: Final = {**ALIKE, "bare-ngheo": "ho-ngheo"}
_BY_KIND: Final = {"ethnic": "dtts", "school": "hoc-sinh", "degree": "sinh-vien"}
_CHILD, _OLD = 16, 60


def claims(scope: Scope, said: Collection[str]) -> Mapping[str, frozenset[str]]:
    """For each status that the rules ``said``, how it is said and the words around it."""
    found: dict[str, set[str]] = {status: set() for status in said}
    for mark in scope.message.marks:
        status = _status(scope, mark)
        if status in found:
            found[status].update(_traces(scope, mark, status))
    return {status: frozenset(traces) for status, traces in found.items()}


def _status(scope: Scope, mark: Mark) -> str:
    if mark.kind == "status":
        return _ALIKE.get(str(mark.value), str(mark.value))
    if mark.kind in {"age", "birth"}:
        years = mark.value if mark.kind == "age" else scope.day.year - mark.value
        return "tre-em" if years < _CHILD else "nguoi-cao-tuoi" if years >= _OLD else ""
    if mark.kind == "fact" and mark.value == "class":
        return "hoc-sinh"
    return _BY_KIND.get(mark.kind, "")


def _traces(scope: Scope, mark: Mark, status: str) -> Iterator[str]:
    if mark.kind == "status":
        way = scope.way(mark).value
        yield f"own {way}"
        yield f"own {way} {'other' if scope.others(mark) else 'own'}"
    before = [_word(scope.message, mark.start - step) for step in range(1, BEFORE + 1)]
    after = [_word(scope.message, mark.end + step) for step in range(AFTER)]
    yield from (f"own -{step} {word}" for step, word in enumerate(before, 1))
    yield from (f"own - {word}" for word in before)
    yield from (f"own -{step} {before[step]} {before[step - 1]}" for step in (1, 2, 3))
    yield from (f"own +{step} {word}" for step, word in enumerate(after, 1))
    yield f"own + {after[0]} {after[1]}"
    yield f"own {before[0]} . {after[0]}"
    yield from (f"own {status} - {word}" for word in before[:2])


def _word(message: Message, at: int) -> str:
    return message.plain(at) or ("^" if at < 0 else "$")
