"""Replies as plain text with numbered choices, for the terminal and every channel without buttons."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.richtext import plain
from handlers.types import Reply


def render(replies: Iterable[Reply]) -> str:
    """``replies`` one after another; their choices are numbered through, as a typed number picks them.

    While digits are the answer, choices are listed without numbers.
    """
    parts = []
    number = 0
    for reply in replies:
        lines = [plain(reply.text)]
        for choice in reply.choices:
            number += 1
            lines.append(f"- {choice.label}" if reply.worded else f"{number}. {choice.label}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
