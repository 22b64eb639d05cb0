"""Replies as plain text with numbered choices, for the terminal and every channel without buttons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.richtext import plain
from handlers.types import Reply


@dataclass(frozen=True)
class Headings:
    """What stands above the choices, where the channel wants to say how they are picked: by number or by words."""

    numbered: str = ""
    worded: str = ""


def render(replies: Iterable[Reply], headings: Headings = Headings()) -> str:
    """``replies`` one after another; their choices are numbered through, as a typed number picks them.

    While digits are the answer, choices are listed without numbers.
    """
    parts = []
    number = 0
    for reply in replies:
        heading = headings.worded if reply.worded else headings.numbered
        lines = [plain(reply.text), *([heading] if heading and reply.choices else [])]
        for choice in reply.choices:
            number += 1
            lines.append(f"- {choice.label}" if reply.worded else f"{number}. {choice.label}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
