"""Every date on which any statement starts or ends, a day before and after, over every entry and aspect."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers.answering import answer
from handlers.context import Context
from handlers.richtext import plain
from knowledge.answers import FRESH, is_reported
from knowledge.base import in_force, load
from knowledge.figures import allowed_forms, figures
from knowledge.model import Entry

DAY = timedelta(days=1)
LONGEST = 900
TODAY = date(2026, 11, 22)


def boundaries() -> list[date]:
    knowledge = load()
    days = {TODAY}
    for entry in knowledge.entries.values():
        for statement in knowledge.statements(entry):
            edges = [statement.from_, statement.until, statement.seen]
            if statement.seen:
                edges.append(statement.seen + FRESH)
            days.update(edge + step for edge in edges if edge for step in (-DAY, timedelta(0), DAY))
    return sorted(days)


DAYS = boundaries()


def held_figures(context: Context, entry: Entry, day: date) -> frozenset[str]:
    """The figures that a reply on ``day`` may hold: of statements in force, their sources, the offices."""
    knowledge = context.knowledge
    texts = [entry.title, entry.say or "", entry.next_step or ""]
    for statement in knowledge.statements(entry):
        if in_force(statement, day):
            texts.append(statement.text)
            for name in statement.sources:
                source = knowledge.sources[name]
                texts.append(f"{source.publisher} {context.wording.day(source.dated)}")
    roles = [knowledge.roles[name] for name in entry.roles]
    texts += [role.name_without_place for role in roles]
    texts += [office.phone or "" for office in knowledge.offices.values() if office.role in entry.roles]
    return allowed_forms(figure for text in texts for figure in figures(text))


@pytest.mark.parametrize("name", sorted(load().entries))
def test_every_reply_on_every_boundary_holds_only_what_is_in_force(name: str, context: Context) -> None:
    entry = context.knowledge.entries[name]
    statements = list(context.knowledge.statements(entry))
    seen: set[tuple[tuple[str, bool], ...]] = set()
    for day in DAYS:
        state = tuple((s.id, is_reported(s, day)) for s in statements if in_force(s, day))
        if state in seen:
            continue  # The same statements in force say the same.
        seen.add(state)
        allowed = held_figures(context, entry, day)
        for aspect in (None, *entry.aspects):
            text = plain(answer(context, entry, aspect, day).text)
            assert text, f"{name} {aspect} on {day} says nothing"
            assert len(text) <= LONGEST, f"{name} {aspect} on {day}: {len(text)} characters"
            stray = [figure for figure in figures(text) if figure not in allowed]
            assert not stray, f"{name} {aspect} on {day} holds {stray}:\n{text}"
