"""Whether answers helped, without who said so."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.schema import votes


async def add(tx: AsyncConnection, day: date, entry: str, up: bool, reason: str | None = None) -> int:
    """Keep a vote; returns its number, by which it can be changed."""
    result = await tx.execute(insert(votes).values(day=day, entry=entry, up=up, reason=reason).returning(votes.c.id))
    return int(result.scalar_one())


async def change(tx: AsyncConnection, vote: int, entry: str, up: bool, reason: str | None = None) -> bool:
    """Change a vote on ``entry``, or say why; false where there is no such vote."""
    mine = update(votes).where(votes.c.id == vote, votes.c.entry == entry)
    result = await tx.execute(mine.values(up=up, reason=reason))
    return result.rowcount > 0


async def counts(tx: AsyncConnection) -> dict[str, tuple[int, int]]:
    """By entry, how many answers helped and how many did not."""
    counted = select(votes.c.entry, votes.c.up, func.count()).group_by(votes.c.entry, votes.c.up)
    found: dict[str, tuple[int, int]] = {}
    for entry, up, times in await tx.execute(counted):
        helped, not_helped = found.get(entry, (0, 0))
        found[entry] = (helped + times, not_helped) if up else (helped, not_helped + times)
    return found


async def reasons(tx: AsyncConnection) -> dict[str, dict[str, int]]:
    """By entry, how often each reason was given why an answer did not help."""
    wanted = select(votes.c.entry, votes.c.reason, func.count()).where(votes.c.reason.is_not(None))
    found: dict[str, dict[str, int]] = {}
    for entry, reason, times in await tx.execute(wanted.group_by(votes.c.entry, votes.c.reason)):
        found.setdefault(entry, {})[reason] = times
    return found
