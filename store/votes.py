"""Whether answers helped, without who said so."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.schema import votes


async def add(tx: AsyncConnection, day: date, entry: str, up: bool) -> int:
    """Keep a vote; returns its number, by which a reason can be added."""
    result = await tx.execute(insert(votes).values(day=day, entry=entry, up=up).returning(votes.c.id))
    return int(result.scalar_one())


async def change(tx: AsyncConnection, vote: int, up: bool, reason: str | None = None) -> None:
    """Change a vote, or say why."""
    await tx.execute(update(votes).where(votes.c.id == vote).values(up=up, reason=reason))


async def counts(tx: AsyncConnection) -> dict[str, tuple[int, int]]:
    """By entry, how many answers helped and how many did not."""
    counted = select(votes.c.entry, votes.c.up, func.count()).group_by(votes.c.entry, votes.c.up)
    found: dict[str, tuple[int, int]] = {}
    for entry, up, times in await tx.execute(counted):
        helped, not_helped = found.get(entry, (0, 0))
        found[entry] = (helped + times, not_helped) if up else (helped, not_helped + times)
    return found
