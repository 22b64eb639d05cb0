"""A number or a day typed as the answer to a question about a fact."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from knowledge.model import Fact, FactType
from knowledge.story.numbers import ago, day_at, measures, number_at
from knowledge.story.words import Message, take_apart

#: A sum in đồng below this was meant in thousands or millions, and which of them is not guessed.
_LEAST_MONEY: Final = 1000
_AGO: Final = frozenset({"truoc", "nay", "roi", "qua"})
_YEAR: Final = re.compile(r"(19|20)\d\d")
_MONEY: Final = "đồng"
_SHARE: Final = "phần trăm"
_HALF: Final = "nua"
#: What one of these measures is in the unit of a fact.
_UNITS: Final = {("metres", "km"): 0.001, ("km", "km"): 1.0, ("span", "tháng"): 1.0, ("weeks", "ngày"): 7.0,
                 ("span", "ngày"): 30.0, ("days", "ngày"): 1.0}  # fmt: skip


def spoken(fact: Fact, text: str, day: date) -> float | date | None:
    """The number or the day that ``text`` says for ``fact``; none where it says none, or not which."""
    message = take_apart(text, {})
    if fact.type is FactType.DATE:
        return _day(message, day)
    if fact.type is FactType.AGE:
        return _whole(_age(message, day))
    return _whole(_number(message, fact))


def _whole(number: float | None) -> float | None:
    return int(number) if number is not None and number == int(number) else number


def _number(message: Message, fact: Fact) -> float | None:
    unit = (fact.unit or "").partition("/")[0]
    for mark in measures(message):
        factor = _UNITS.get((mark.kind, unit))
        if factor is not None:
            return float(mark.value) * factor
    plain = (
        50.0 if unit == _SHARE and _HALF in map(message.plain, range(len(message.words))) else _first_number(message)
    )
    if unit != _MONEY:
        return plain
    money = next((float(mark.value) for mark in measures(message) if mark.kind == "money"), plain)
    return money if money is None or money == 0 or money >= _LEAST_MONEY else None


def _age(message: Message, day: date) -> float | None:
    """An age, or the age of somebody born in a year."""
    born = _year(message, day)
    if born is not None:
        return day.year - born
    told = next((float(mark.value) for mark in measures(message) if mark.kind == "age"), None)
    return _first_number(message) if told is None else told


def _first_number(message: Message) -> float | None:
    numbers = (number_at(message, at) for at in range(len(message.words)))
    return next((number.value for number in numbers if number), None)


def _day(message: Message, day: date) -> date | None:
    spans = [mark for mark in measures(message) if mark.kind in {"span", "weeks", "days"}]
    if spans and message.plain(spans[0].end) in _AGO:
        return ago(message, spans[0], day)
    for at in range(len(message.words)):
        found = day_at(message, at, day)
        if found:
            return found[0]
    year = _year(message, day)
    if year is not None:
        return date(year, 1, 1)
    return ago(message, spans[0], day) if spans else None


def _year(message: Message, day: date) -> int | None:
    years = (int(word.text) for word in message.words if _YEAR.fullmatch(word.text))
    return next((year for year in years if year <= day.year), None)
