"""Every saved household, from its facts and from its story, through ``screen --jsonl``."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bot.screening import LineScreener
from handlers.context import Context
from knowledge.household import written
from tests.households import Case, cases

CASES = list(cases())
#: Of the verdicts from a story alone, how many must be right; of the settled ones, how many may be wrong.
STORIES_RIGHT = 0.9
REFUSED_WRONGLY = 0.02


def verdicts(screener: LineScreener, case: Case, **told: object) -> dict[str, str]:
    line = {"id": case.id, "date": case.day.isoformat(), "place": case.place, **told}
    found = json.loads(screener.screen_line(json.dumps(line)))
    assert "error" not in found, found
    return {key: verdict["verdict"] for key, verdict in found["verdicts"].items() if key in case.verdicts}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_facts_come_to_the_verdicts(case: Case, context: Context) -> None:
    assert verdicts(LineScreener(context), case, facts=written(case.facts)) == case.verdicts


def test_ids_are_unique_and_every_benefit_has_three_cases(context: Context) -> None:
    assert [name for name, times in Counter(case.id for case in CASES).items() if times > 1] == []
    counts = Counter(key for case in CASES for key in case.verdicts)
    assert {key: counts[key] for key in context.knowledge.benefits if counts[key] < 3} == {}
    assert len(CASES) >= 120


def test_stories_come_to_the_verdicts(context: Context) -> None:
    """A story may say less than the facts: then it is open, but never decided wrongly in the household's favour."""
    screener = LineScreener(context)
    right, refused, total, favoured = 0, 0, 0, []
    for case in CASES:
        if not case.story:
            continue
        for key, verdict in verdicts(screener, case, story=case.story).items():
            total += 1
            right += verdict == case.verdicts[key]
            refused += verdict == "not_eligible" != case.verdicts[key]
            if verdict == "eligible" != case.verdicts[key]:
                favoured.append((case.id, key))
    assert favoured == []
    assert refused <= REFUSED_WRONGLY * total
    assert right >= STORIES_RIGHT * total
