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

from sqlalchemy import bindparam, delete, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import upsert
from store.schema import inbox

_earlier = inbox.alias("earlier")
# Written out, for SQLite uses the indexes over the few rows that wait or are dead only where it sees the word.
_WAITS, _DEAD = (inbox.c.state == literal_column(f"'{state}'") for state in ("waiting", "dead"))
#: Whether a row of the same chat came before and still waits.
_HELD_BACK = (
    select(_earlier.c.id)
    .where(
        _earlier.c.state == literal_column("'waiting'"),
        _earlier.c.channel == inbox.c.channel,
        _earlier.c.chat == inbox.c.chat,
        _earlier.c.id < inbox.c.id,
    )
    .exists()
)
_FREE = or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= bindparam("now"))
_DUE = (
    select(inbox.c.id)
    .where(_WAITS, inbox.c.available_at <= bindparam("now"), _FREE, ~_HELD_BACK)
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_CONTENT = (
    inbox.c.id, inbox.c.channel, inbox.c.update_id, inbox.c.chat, inbox.c.person, inbox.c.payload,
    inbox.c.received_at, inbox.c.attempts,
)  # fmt: skip
_CLAIMED = (
    update(inbox)
    .where(inbox.c.id.in_(_DUE.scalar_subquery()), _FREE)
    .values(leased_until=bindparam("until"))
    .returning(*_CONTENT)
)
_HELD = select(inbox.c.id).where(inbox.c.id.in_(bindparam("ids", expanding=True)), _WAITS).with_for_update()
_GIVEN_BACK = update(inbox).where(inbox.c.id.in_(bindparam("ids", expanding=True))).values(leased_until=None)
_FINISHED = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(state=bindparam("end"), payload=None, leased_until=None)
)
_RECENT = (
    select(inbox.c.person, inbox.c.state, func.count())
    .where(
        inbox.c.channel == bindparam("channel"),
        inbox.c.person.in_(bindparam("people", expanding=True)),
        inbox.c.received_at > bindparam("since"),
        inbox.c.state.in_(("answered", "limited")),
    )
    .group_by(inbox.c.person, inbox.c.state)
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
    taken = await tx.execute(_CLAIMED, {"now": now, "until": now + lease, "most": most})
    return sorted((Waiting(**row) for row in taken.mappings()), key=lambda waiting: waiting.id)


async def held(tx: AsyncConnection, ids: Collection[int]) -> frozenset[int]:
    """Those of the updates claimed that still wait; the others were given up meanwhile, because their person wanted
    everything erased."""
    found = await tx.execute(_HELD, {"ids": list(ids)})
    return frozenset(found.scalars())


async def give_back(tx: AsyncConnection, ids: Collection[int]) -> None:
    """Let others take updates that were claimed."""
    await tx.execute(_GIVEN_BACK, {"ids": list(ids)})


async def finish(tx: AsyncConnection, ids: Collection[int], state: State) -> None:
    """These updates are done; what they held is blanked."""
    if ids:
        await tx.execute(_FINISHED, {"ids": list(ids), "end": state})


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
    found = select(inbox.c.id, inbox.c.channel, inbox.c.received_at, inbox.c.error).where(_DEAD)
    return [Dead(*row) for row in await tx.execute(found.order_by(inbox.c.id))]


async def revive(tx: AsyncConnection, now: datetime) -> int:
    """Take up again every update that was set aside; returns how many."""
    again = update(inbox).where(_DEAD, inbox.c.payload.is_not(None))
    result = await tx.execute(again.values(state=State.WAITING, attempts=0, available_at=now, error=None))
    return result.rowcount


async def release(tx: AsyncConnection) -> None:
    """Take back what a process that is gone had leased; only where no other process works on this database."""
    await tx.execute(update(inbox).where(inbox.c.leased_until.is_not(None)).values(leased_until=None))


async def recent(
    tx: AsyncConnection, people: Collection[tuple[str, str]], since: datetime
) -> dict[tuple[str, str, str], int]:
    """How many updates of each of ``people`` (channel, person) that came after ``since`` ended in which state."""
    counted = dict[tuple[str, str, str], int]()
    for channel in {channel for channel, _ in people}:
        names = [person for its, person in people if its == channel]
        found = await tx.execute(_RECENT, {"channel": channel, "people": names, "since": since})
        counted |= {(channel, person, state): times for person, state, times in found}
    return counted


async def depth(tx: AsyncConnection) -> Depth:
    """What waits and what is dead, counted on the indexes that hold nothing else."""
    count = select(func.count(), func.min(inbox.c.received_at))
    waiting, oldest = (await tx.execute(count.where(_WAITS))).one()
    dead, _ = (await tx.execute(count.where(_DEAD))).one()
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
