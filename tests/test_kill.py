"""Killed at any moment: whatever was accepted is answered after the next start, in order."""

from __future__ import annotations

import pytest

from handlers.context import Context
from tests.load.scenarios import killed


@pytest.mark.parametrize(("webhook", "times"), [(True, 3), (False, 1)], ids=["webhook", "polling"])
async def test_nothing_accepted_stays_unanswered(context: Context, webhook: bool, times: int) -> None:
    tally = await killed(context, times, rate=40, webhook=webhook)
    assert tally.written > 20 * times
    assert (tally.unanswered, tally.out_of_order) == (0, 0), str(tally)
