"""Told stories: facts and statuses from free text."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.story import Story, StoryReader
from knowledge.story.statuses import ORDER
from knowledge.text import fold

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "knowledge" / "data"
DAY = date(2026, 11, 22)
READER = StoryReader.load(DATA)
FACTS = {fact["id"]: fact for fact in yaml.safe_load((DATA / "facts.yaml").read_text(encoding="utf-8"))}


def rows(*names: str) -> list[dict[str, Any]]:
    return [row for name in names for row in yaml.safe_load((HERE / name).read_text(encoding="utf-8"))]


TUNED = rows("stories.yaml")
ALL = rows("stories.yaml", "stories_unseen.yaml")


def comparable(facts: Mapping[str, Any]) -> dict[str, Any]:
    people = sorted(sorted(f"{key}={value}" for key, value in person.items()) for person in facts.get("nguoi", ()))
    return {**facts, "nguoi": people}


@pytest.mark.parametrize("row", TUNED, ids=lambda row: row["t"][:60])
def test_says_what_the_table_says(row: dict[str, Any]) -> None:
    story = READER.read(row["t"], DAY)
    assert set(story.statuses) == set(row["s"])
    assert comparable(story.facts) == comparable(row["f"])


def test_statuses_of_all_tables() -> None:
    expected = found = wrong = claimed = 0
    for row in ALL:
        statuses = set(READER.read(row["t"], DAY).statuses)
        expected, found = expected + len(row["s"]), found + len(statuses & set(row["s"]))
        wrong, claimed = wrong + len(statuses - set(row["s"])), claimed + len(statuses)
    assert found >= 0.97 * expected
    assert wrong <= 0.02 * claimed


def test_facts_of_all_tables() -> None:
    right = sum(comparable(READER.read(row["t"], DAY).facts) == comparable(row["f"]) for row in ALL)
    assert right >= 0.95 * len(ALL)


def test_diacritics_do_not_change_statuses() -> None:
    same = sum(READER.read(fold(row["t"]), DAY).statuses == READER.read(row["t"], DAY).statuses for row in ALL)
    assert same >= 0.97 * len(ALL)


def check(story: Story) -> None:
    """Facts are known ones of their type; statuses are known."""
    assert set(story.statuses) <= set(ORDER)
    household = {key: value for key, value in story.facts.items() if key != "nguoi"}
    people = [{key: value for key, value in one.items() if key != "la"} for one in story.facts.get("nguoi", ())]
    for scope, facts in [("household", household), *(("person", one) for one in people)]:
        for key, value in facts.items():
            check_fact(scope, FACTS[key], value)


def check_fact(scope: str, fact: Mapping[str, Any], value: Any) -> None:
    assert fact["scope"] == scope
    if fact["type"] == "choice":
        assert value in {choice["value"] for choice in fact["choices"]}
    elif fact["type"] == "yes-no":
        assert isinstance(value, bool)
    elif fact["type"] == "date":
        assert date.fromisoformat(value) <= DAY
    else:
        assert fact.get("minimum", value) <= value <= fact.get("maximum", value)


@pytest.mark.parametrize("row", ALL, ids=lambda row: row["t"][:60])
def test_facts_have_the_types_of_the_data(row: dict[str, Any]) -> None:
    check(READER.read(row["t"], DAY))
    check(READER.read(fold(row["t"]).upper(), DAY))


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_text_crashes(text: str) -> None:
    check(READER.read(text, DAY))


WORDS = sorted({word for row in ALL for word in row["t"].split()})


@given(
    st.lists(st.sampled_from(WORDS) | st.text(max_size=3) | st.integers(0, 10**12).map(str), max_size=60).map(" ".join)
)
@settings(max_examples=400, deadline=None)
def test_no_mixture_of_words_crashes(text: str) -> None:
    check(READER.read(text, DAY))


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
@settings(max_examples=200, deadline=None)
def test_any_day(text: str, day: date) -> None:
    assert READER.read(text, day) == READER.read(text, day)


def test_what_was_heard_is_told() -> None:
    story = READER.read("nhà tôi hộ nghèo, mẹ 77 tuổi không lương hưu", DAY)
    assert "hộ nghèo" in story.heard
    assert "77 tuổi" in story.heard


@pytest.mark.parametrize(
    ("text", "day", "left"),
    [
        ("tôi nghỉ việc tháng trước", date(2027, 1, 31), "2026-12-01"),
        ("tôi nghỉ việc hôm qua", date(2026, 3, 1), "2026-02-28"),
        ("tôi nghỉ việc ngày 5/12", date(2026, 11, 22), "2025-12-05"),
        ("tôi nghỉ việc cách đây 3 tháng", date(2026, 5, 31), "2026-02-28"),
        ("toi nghi viec tu thang 12 nam ngoai", date(2026, 2, 1), "2025-12-01"),
    ],
)
def test_days_are_told_from_the_day_of_the_question(text: str, day: date, left: str) -> None:
    assert READER.read(text, day).facts["nguoi"][0]["ngay-nghi-viec"] == left


def test_quick() -> None:
    texts = [(row["t"] + " ") * 3 for row in TUNED]
    started = time.perf_counter()
    for text in texts:
        READER.read(text[:120], DAY)
    assert (time.perf_counter() - started) / len(texts) < 0.003  # an order of magnitude of room for slow machines
    started = time.perf_counter()
    READER.read(" ".join(texts)[:2000], DAY)
    assert time.perf_counter() - started < 0.05
