"""The knowledge as plain objects, so that other search engines can be compared on the same data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from knowledge.base import Knowledge, in_force


def exported(knowledge: Knowledge, day: date) -> Iterator[dict[str, Any]]:
    """One object per entry: id, title, phrasings, all statements in force on ``day`` as text, claims."""
    for entry in knowledge.entries.values():
        shown = [statement for statement in knowledge.statements(entry) if in_force(statement, day)]
        yield {
            "id": entry.id,
            "title": entry.title,
            "phrasings": [*entry.names, *entry.phrasings],
            "text": "\n".join(statement.text for statement in shown),
            "claims": sorted({claim for statement in shown for claim in statement.claims}),
        }
