"""Conversations kept as readable texts that run as tests; the format is explained in ``docs/testing.md``.

``Ngày 22/11/2026`` sets the day. ``Bà con: …`` types a message, ``Bà con bấm: …`` presses a button by its label.
``Chung Tay: a … b`` says what the reply holds, in this order; ``Không nói: x`` what it does not; ``Nút: x`` a button
that it offers. ``Khởi động lại`` stops the bot and starts it again. ``# …`` is a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass
class Turn:
    """One message of the person and what is expected of the replies to it."""

    line: int
    text: str
    pressed: bool = False
    restarted: bool = False
    said: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Transcript:
    """A conversation on one day."""

    path: Path
    day: date
    turns: tuple[Turn, ...]

    @property
    def at(self) -> datetime:
        """Noon of the day, in Vietnam."""
        return datetime.combine(self.day, time(5), UTC)


class TranscriptError(ValueError):
    """A line that the format does not know."""


def read(path: Path) -> Transcript:
    """The transcript in ``path``. Raises TranscriptError naming file and line."""
    day, turns, restarted = date(2026, 11, 22), list[Turn](), False
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, _, rest = line.partition(":")
        match key.strip(), rest.strip():
            case "Khởi động lại", "":
                restarted = True
            case "Bà con" | "Bà con bấm" as who, text:
                turns.append(Turn(number, text, pressed=who != "Bà con", restarted=restarted))
                restarted = False
            case "Chung Tay", text if turns:
                turns[-1].said.append(text)
            case "Không nói", text if turns:
                turns[-1].unsaid.append(text)
            case "Nút", text if turns:
                turns[-1].offered.append(text)
            case _ if found := re.fullmatch(r"Ngày (\d+)/(\d+)/(\d{4})", line):
                day = date(int(found[3]), int(found[2]), int(found[1]))
            case _:
                raise TranscriptError(f"{path}:{number}: unknown line: {line}")
    return Transcript(path, day, tuple(turns))


def all_transcripts() -> list[Path]:
    """Every transcript of the project."""
    return sorted(FOLDER.glob("*.txt"))


def missing_part(expected: str, text: str) -> str | None:
    """The first part of ``expected`` (parts are split by "…") that ``text`` does not hold in order; None if all do."""
    at, lowered = 0, text.lower()
    for part in (part.strip().lower() for part in expected.split("…")):
        found = lowered.find(part, at)
        if found < 0:
            return part
        at = found + len(part)
    return None
