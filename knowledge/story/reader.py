"""The reader of stories: puts the parts together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.reading import read_yaml
from knowledge.story.claims import claims
from knowledge.story.household import read_household
from knowledge.story.marks import mark_names, verdict_names
from knowledge.story.numbers import Number, measures, number_at
from knowledge.story.people import ASKED_ABOUT
from knowledge.story.sayings import Sayings
from knowledge.story.scope import Scope
from knowledge.story.statuses import ORDER, read_others, read_poverty
from knowledge.story.told import read_people
from knowledge.story.words import Mark, Message, Phrases, put_marks, set_marks, taken_apart
from knowledge.text import written_out

_LONGEST_TIME = 3
_LONGEST_ASKED = 6
_BEFORE_AGE = frozenset({
    "len", "me", "bo", "ba", "ong", "vo", "chong", "toi", "cu", "chu", "bac", "noi", "ngoai", "em", "nay", "gan",
    "da", "tren", "hon", "ngot", "khoang",
})  # fmt: skip
_BORN = frozenset({"sinh", "sn", "de"})
_BEFORE_NUMBER = _BEFORE_AGE | _BORN
_DAY_WORDS = frozenset({"ngay", "thang", "nam"})
_GROWS = frozenset({"con", "chau", "be", "moi", "da", "vua", "toi", "em", "cu", "nha", "khi", "nay"})
_AFTER_AGE = frozenset({
    "", "roi", "ma", "khong", "chua", "con", "van", "thi", "bi", "tuoi", "vo", "chong", "ba", "ong", "me", "co", "hai",
    "coi", "duoc",
})  # fmt: skip


@dataclass(frozen=True)
class Story:
    """What was understood; ``heard`` are the words that gave facts and statuses, ``marks`` what was marked, by name;
    ``claims`` are the traces of where each status is said."""

    facts: Mapping[str, Any]
    statuses: tuple[str, ...]
    heard: tuple[str, ...]
    marks: frozenset[str] = frozenset()
    claims: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class StoryReader:
    """Reads stories. Built once; the same text on the same day always says the same."""

    phrases: Phrases
    sayings: Sayings

    @staticmethod
    def load(data: Path) -> StoryReader:
        """Read the word tables from the data folder."""
        content, _ = read_yaml(data / "story.yaml")
        return StoryReader(Phrases.of(content), Sayings.of(content["told"]))

    def read(self, text: str, day: date) -> Story:
        """What ``text`` says on ``day``."""
        return self.read_spoken(written_out(text), day)

    def read_spoken(self, spoken: str, day: date) -> Story:
        """The same of a text that is normalised and written out."""
        message = taken_apart(spoken, self.phrases.typos)
        put_marks(message, self.phrases, _numbers(message, day))
        told = self.sayings.find(message)
        if told:
            set_marks(message, [*told, *message.marks])
        scope = Scope(message, self.phrases, day)
        people = read_people(scope)
        household, heard = read_household(scope)
        persons = [person for person in people.people if len(person) > 1]
        personal = any(person["la"] != ASKED_ABOUT for person in persons)
        poverty = read_poverty(scope, personal)
        if poverty.own:
            household["tinh-trang-ho"] = poverty.own
        statuses, by_word = read_others(scope, _is_majority(persons))
        statuses |= people.statuses | poverty.about
        if people.schooled and "sinh-vien" not in statuses:
            statuses.add("hoc-sinh")
        _settle_leaving(household, statuses, day)
        if persons:
            household["nguoi"] = persons
        said = tuple(status for status in ORDER if status in statuses)
        return Story(
            household,
            said,
            _spans(message, [*heard, *people.heard, *poverty.heard, *by_word]),
            frozenset((*mark_names(scope), *verdict_names(said, household))),
            claims(scope, said),
        )


def _numbers(message: Message, day: date) -> list[Mark]:
    """Measures, years of birth, and ages that are said without a unit."""
    found = measures(message)
    taken = {at for mark in found for at in range(mark.start, mark.end)}
    for at, word in enumerate(message.words):
        if word.plain not in _BEFORE_NUMBER:
            continue
        mark = _birth_year(message, at, day) or _bare_age(message, at)
        if mark and not any(spot in taken for spot in range(mark.start, mark.end)):
            found.append(mark)
    return found


def _birth_year(message: Message, at: int, day: date) -> Mark | None:
    """``sinh năm 1950``, ``sn 1950``."""
    if message.plain(at) not in _BORN:
        return None
    year_at = at + 1
    while year_at < at + 6 and (message.plain(year_at) in _DAY_WORDS or len(message.plain(year_at)) <= 2):
        year_at += 1
    year = message.plain(year_at)
    if not (year.isascii() and year.isdigit() and len(year) == 4 and 1900 < int(year) <= day.year):
        return None
    return Mark("birth", int(year), at, year_at + 1)


def _bare_age(message: Message, at: int) -> Mark | None:
    """``lên 3``, ``tuổi 76``, ``ngoài 80``, ``mẹ 77``."""
    before = message.plain(at)
    number = number_at(message, at + 1) if before in _BEFORE_AGE and not message.ends(at + 1) else None
    if number is None or number.scaled or number.value % 1:
        return None
    if message.plain(number.start) in {"tram", "chuc"} or _maybe_years(message, number):
        return None
    follows = message.plain(number.end) if not message.ends(number.end) else ""
    grows = before == "len" and message.plain(at - 1) in _GROWS and message.plain(at - 2) not in {"khi", "nam", "hoi"}
    if grows and number.value <= 10 and follows in _AFTER_AGE:
        return Mark("age", number.value, at, number.end)
    fits = before != "len" and 50 <= number.value <= 110 and follows in _AFTER_AGE
    return Mark("age", number.value, at + 1, number.end) if fits else None


def _maybe_years(message: Message, number: Number) -> bool:
    """``tám năm`` is rather eight years than 85."""
    return number.end - number.start == 2 and message.plain(number.end - 1) == "nam"


def _is_majority(persons: list[dict[str, Any]]) -> bool:
    """Whether the people told of are Kinh, as far as anything is said of it."""
    told = [person["dan-toc-thieu-so"] for person in persons if "dan-toc-thieu-so" in person]
    return bool(told) and not any(told)


def _settle_leaving(household: dict[str, Any], statuses: set[str], day: date) -> None:
    """Who left poverty more than three years ago no longer counts as "newly"."""
    left = household.get("ngay-thoat-ngheo")
    if left and int(left[:4]) < day.year - _LONGEST_TIME:
        if int(left[:4]) < day.year - _LONGEST_ASKED:
            statuses.discard("moi-thoat-ngheo")
        if household.get("tinh-trang-ho") == "moi-thoat-ngheo":
            del household["tinh-trang-ho"]


def _spans(message: Message, marks: list[Mark]) -> tuple[str, ...]:
    ordered = sorted({(mark.start, mark.end) for mark in marks})
    return tuple(message.text(start, end) for start, end in ordered)
