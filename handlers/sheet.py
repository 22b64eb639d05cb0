"""Everything the bot knows of one entry on a day, for the permanent page that is shared and printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.context import Context
from knowledge.answers import is_reported
from knowledge.base import in_force
from knowledge.model import Entry, Source, Statement


@dataclass(frozen=True)
class Section:
    """One aspect with its general statements in force; the lead comes first."""

    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Sheet:
    """The sections, where to go, and the sources of everything said."""

    sections: tuple[Section, ...]
    offices: tuple[str, ...]
    sources: tuple[Source, ...]
    reported: bool
    copied: bool


def sheet(context: Context, entry: Entry, day: date) -> Sheet:
    """The sheet of ``entry`` on ``day``, for no place in particular."""
    knowledge = context.knowledge
    shown = {
        aspect: [s for s in statements if in_force(s, day) and not s.places and not s.history]
        for aspect, statements in entry.aspects.items()
    }
    sections = tuple(
        Section(context.wording.label("aspects", aspect.value), tuple(sorted(found, key=lambda s: not s.lead)))
        for aspect, found in shown.items()
        if found
    )
    names = dict.fromkeys(name for section in sections for s in section.statements for name in s.sources)
    sources = tuple(knowledge.sources[name] for name in names)
    return Sheet(
        sections=sections,
        offices=tuple(knowledge.roles[name].name_without_place for name in entry.roles),
        sources=sources,
        reported=any(is_reported(s, day) for section in sections for s in section.statements),
        copied=any(source.copy_of_text for source in sources),
    )
