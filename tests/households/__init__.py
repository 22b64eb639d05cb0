"""Households told as facts and as stories, with the verdicts that the rules must come to; one file per entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Case:
    """One household."""

    id: str
    verdicts: dict[str, str]
    facts: dict[str, Any] = field(default_factory=dict)
    story: str | None = None
    day: date = TODAY
    place: str | None = None


def cases() -> Iterator[Case]:
    """Every case of every file. Raises TypeError for one with an unknown key."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case(day=row.pop("date", TODAY), **row)
