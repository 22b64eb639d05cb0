"""Updates as they came in, one row each, until they are answered and for a while after.

A row waits, is leased to a worker, and ends ``answered``, ``limited`` (its person sent too many) or ``dead`` (it could
not be handled). A chat's rows are taken one after another; the first that waits holds the later ones back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, or_, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import upsert
from store.schema import inbox

_earlier = inbox.alias("earlier")
#: Whether a row of the same chat came before and still waits.
_HELD_BACK = (
    select(_earlier.c.id)
    .where(
        _earlier.c.state == "waiting",
        _earlier.c.channel == inbox.c.channel,
        _earlier.c.chat == inbox.c.chat,
        _earlier.c.id < inbox.c.id,
    )
    .exists()
)


class State(StrEnum):
    """What became of an update."""

    WAITING = "waiting"
    ANSWERED = "answered"
    LIMITED = "limited"
    DEAD = "dead"


@dataclass(frozen=True)
class Arrival:
    """An update to be kept: who sent it in which chat, and what is needed to answer it."""

    channel: str
    update_id: str
    chat: str
    person: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Waiting(Arrival):
    """An update whose turn it is."""

    id: int
    received_at: datetime
    attempts: int


@dataclass(frozen=True)
class Dead:
    """An update that was set aside: its number, its channel, when it came, and the error."""

    id: int
    channel: str
    received_at: datetime
    error: str | None


@dataclass(frozen=True)
class Depth:
    """How many updates wait, since when the oldest does, and how many are dead."""

    waiting: int
    oldest: datetime | None
    dead: int


async def accept(tx: AsyncConnection, arrivals: Sequence[Arrival], now: datetime) -> None:
    """Keep ``arrivals``; those that were kept before change nothing."""
    rows = [
        {
            **vars(arrival),
            "received_at": now,
            "state": State.WAITING,
            "attempts": 0,
            "available_at": now,
        }
        for arrival in arrivals
    ]
    await tx.execute(upsert(tx, inbox).on_conflict_do_nothing(), rows)


async def claim(tx: AsyncConnection, now: datetime, lease: timedelta, most: int) -> list[Waiting]:
    """The next update of each of up to ``most`` chats, oldest first, leased so that nobody else takes them."""
    due = (
        select(inbox.c.id)
        .where(inbox.c.state == "waiting", inbox.c.available_at <= now, _free(now), ~_HELD_BACK)
        .order_by(inbox.c.id)
        .limit(most)
    )
    taken = await tx.execute(
        update(inbox)
        .where(inbox.c.id.in_(due.scalar_subquery()), _free(now))
        .values(leased_until=now + lease)
        .returning(
            inbox.c.id, inbox.c.channel, inbox.c.update_id, inbox.c.chat, inbox.c.person, inbox.c.payload,
            inbox.c.received_at, inbox.c.attempts,
        )
    )  # fmt: skip
    return sorted((Waiting(**row) for row in taken.mappings()), key=lambda waiting: waiting.id)


async def finish(tx: AsyncConnection, ids: Collection[int], state: State) -> None:
    """These updates are done; what they held is blanked."""
    if ids:
        done = update(inbox).where(inbox.c.id.in_(ids))
        await tx.execute(done.values(state=state, payload=None, leased_until=None))


async def postpone(tx: AsyncConnection, row: int, until: datetime, error: str) -> None:
    """Try an update again from ``until`` on."""
    await tx.execute(
        update(inbox)
        .where(inbox.c.id == row)
        .values(attempts=inbox.c.attempts + 1, available_at=until, leased_until=None, error=error[:200])
    )


async def set_aside(tx: AsyncConnection, row: int, error: str) -> None:
    """Give an update up; it keeps what it held until ``purge``, so that it can be taken up again."""
    await tx.execute(
        update(inbox)
        .where(inbox.c.id == row)
        .values(state=State.DEAD, attempts=inbox.c.attempts + 1, leased_until=None, error=error[:200])
    )


async def dead(tx: AsyncConnection) -> list[Dead]:
    """The updates set aside, oldest first."""
    found = select(inbox.c.id, inbox.c.channel, inbox.c.received_at, inbox.c.error).where(inbox.c.state == State.DEAD)
    return [Dead(*row) for row in await tx.execute(found.order_by(inbox.c.id))]


async def revive(tx: AsyncConnection, now: datetime) -> int:
    """Take up again every update that was set aside; returns how many."""
    again = update(inbox).where(inbox.c.state == State.DEAD, inbox.c.payload.is_not(None))
    result = await tx.execute(again.values(state=State.WAITING, attempts=0, available_at=now, error=None))
    return result.rowcount


async def release(tx: AsyncConnection) -> None:
    """Take back what a process that is gone had leased; only where no other process works on this database."""
    await tx.execute(update(inbox).where(inbox.c.leased_until.is_not(None)).values(leased_until=None))


async def recent(
    tx: AsyncConnection, people: Collection[tuple[str, str]], since: datetime
) -> dict[tuple[str, str, str], int]:
    """How many updates of each of ``people`` (channel, person) that came after ``since`` ended in which state."""
    counted = (
        select(inbox.c.channel, inbox.c.person, inbox.c.state, func.count())
        .where(
            tuple_(inbox.c.channel, inbox.c.person).in_(list(people)),
            inbox.c.received_at > since,
            inbox.c.state.in_((State.ANSWERED, State.LIMITED)),
        )
        .group_by(inbox.c.channel, inbox.c.person, inbox.c.state)
    )
    return {(channel, person, state): times for channel, person, state, times in await tx.execute(counted)}


async def depth(tx: AsyncConnection) -> Depth:
    """What waits and what is dead, counted on the indexes that hold nothing else."""
    count = select(func.count(), func.min(inbox.c.received_at))
    waiting, oldest = (await tx.execute(count.where(text("state = 'waiting'")))).one()
    dead, _ = (await tx.execute(count.where(text("state = 'dead'")))).one()
    return Depth(waiting, oldest, dead)


async def erase_person(tx: AsyncConnection, channel: str, person: str) -> int:
    """Blank what a person's updates still hold, those in hand too; those that wait are given up. Returns how many
    waited that nobody had in hand."""
    mine = (inbox.c.channel == channel, inbox.c.person == person, inbox.c.payload.is_not(None))
    waiting = select(func.count()).where(*mine, inbox.c.state == State.WAITING, inbox.c.leased_until.is_(None))
    given_up = (await tx.execute(waiting)).scalar_one()
    blank = {"payload": None, "state": State.ANSWERED, "leased_until": None, "error": None}
    await tx.execute(update(inbox).where(*mine).values(blank))
    return int(given_up)


async def purge(tx: AsyncConnection, before: datetime) -> int:
    """Forget updates that came before; returns how many of them were never handled."""
    old = inbox.c.received_at < before
    never = select(func.count()).where(old, inbox.c.state.in_((State.WAITING, State.DEAD)))
    lost = (await tx.execute(never)).scalar_one()
    await tx.execute(delete(inbox).where(old))
    return lost


def _free(now: datetime) -> Any:
    return or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= now)
