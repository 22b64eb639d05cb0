"""The interview on every channel; by digits alone where there are no buttons."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.channels.conftest import Talking
from tests.channels.talking import TALKS

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
#: A line that a number picks, and the heading of a question: which it is, and how many are left.
_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_QUESTION = re.compile(r"Câu (\d+)")
MOST = 15


@pytest.mark.parametrize("channel", ["zalo", "terminal"])
@pytest.mark.parametrize("ticks", ["1, 2", "2 3 5", "1"])
async def test_the_interview_can_be_finished_by_numbers_alone(channel: str, ticks: str, talking: Talking) -> None:
    """From the first screen to the result, nothing is typed but digits."""
    talk = await talking(channel, NOON)
    await talk.say("/start")
    seen = await talk.say("1")
    asked = []
    while (found := _QUESTION.search(seen.text)) and len(asked) < MOST:
        asked.append(int(found[1]))
        seen = await talk.say(_digits(seen.text, ticks, asked))
    assert len(asked) < MOST
    assert max(asked) >= 4
    assert "Tính theo quy định ngày 22/11/2026" in seen.text
    label = dict(_NUMBERED.findall(seen.text))["1"]
    assert label.lower() in (await talk.say("1")).text.lower()


def _digits(text: str, ticks: str, asked: list[int]) -> str:
    """Several groups at once; the button that ends the list where one was ticked; else the first choice or a number."""
    numbered = _NUMBERED.findall(text)
    if not numbered:
        return "3000000" if "tiền" in text else "3"
    boxes = [label for _, label in numbered if label[0] in "☐☑⬜✅"]
    if not boxes:
        return "1"
    if len(asked) > 1 and asked[-1] == asked[-2]:
        return next(number for number, label in numbered if label not in boxes)
    return ticks


@pytest.mark.parametrize("channel", TALKS)
async def test_ticking_a_list_asks_no_more_than_it_must(channel: str, talking: Talking) -> None:
    """A pressed box draws the list again, ticked; on a channel without edits several boxes are one message."""
    talk = await talking(channel, NOON)
    seen = await talk.say("/hotro")
    first, second, *_ = seen.labels
    ticked = await talk.press(first)
    assert first not in ticked.labels
    assert second in ticked.labels
    if channel in {"zalo", "terminal"}:
        seen = await talk.say("2, 3")
        assert "Câu 2" in seen.text
