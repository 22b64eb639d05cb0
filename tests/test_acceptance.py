"""Every acceptance question gets a reply that holds what it must, nothing it must not and no unsourced figure."""

from __future__ import annotations

import pytest

from tests.acceptance.run import Case, ask, cases, problems


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case["id"])
def test_reply_holds_what_it_must(case: Case) -> None:
    found = ask(case)
    wrong = problems(case, found)
    assert not wrong, f"{'; '.join(wrong)}\n{found['reply']}"
