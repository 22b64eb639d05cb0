"""Acceptance questions: nearly all replies hold what they must; none is too long or holds an unsourced figure."""

from __future__ import annotations

import pytest

from tests.acceptance.run import Case, ask, cases, problems

#: The share of questions whose reply must hold all it must and nothing it must not.
BAR = 0.93
#: Problems that no reply may have.
NEVER = ("holds figures", "characters")


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[Case, list[str]]]:
    return [(case, problems(case, ask(case))) for case in cases()]


def test_nearly_all_replies_hold_what_they_must(outcomes: list[tuple[Case, list[str]]]) -> None:
    wrong = [f"{case['id']} {case['text']}: {'; '.join(found)}" for case, found in outcomes if found]
    assert len(wrong) <= (1 - BAR) * len(outcomes), "\n".join(wrong)


def test_no_reply_is_too_long_or_holds_a_figure_without_source(outcomes: list[tuple[Case, list[str]]]) -> None:
    wrong = [
        f"{case['id']} {case['text']}: {problem}"
        for case, found in outcomes
        for problem in found
        if any(mark in problem for mark in NEVER)
    ]
    assert not wrong, "\n".join(wrong)
