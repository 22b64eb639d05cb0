"""What was asked, without who asked: to see what the bot could not answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store.schema import questions

_ADDED = insert(questions)


@dataclass(frozen=True)
class Asked:
    """A question, with the numbers of persons masked; what was decided about it, and the entry it came to."""

    day: date
    channel: str
    text: str
    decision: str
    entry: str | None


async def add(tx: AsyncConnection, asked: Sequence[Asked]) -> None:
    """Keep questions."""
    if asked:
        await tx.execute(_ADDED, [vars(question) for question in asked])


async def since(tx: AsyncConnection, day: date, decisions: Collection[str]) -> list[Asked]:
    """The questions from ``day`` on that were decided so, oldest first."""
    found = select(questions).where(questions.c.day >= day, questions.c.decision.in_(list(decisions)))
    rows = await tx.execute(found.order_by(questions.c.id))
    return [Asked(row.day, row.channel, row.text, row.decision, row.entry) for row in rows]


async def purge(tx: AsyncConnection, before: date) -> int:
    """Forget questions from before a day; returns how many."""
    result = await tx.execute(delete(questions).where(questions.c.day < before))
    return result.rowcount
