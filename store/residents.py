"""People who agreed to be remembered: where they live, when they agreed, and to which wording."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from store.database import upsert
from store.schema import SPEAKER, residents
from store.sessions import Speaker, parts

_KNOWN = select(residents).where(*(residents.c[part].in_(bindparam(f"{part}s", expanding=True)) for part in SPEAKER))


@dataclass(frozen=True)
class Resident:
    """What is remembered of somebody: a commune's code, and the consent."""

    place: str | None
    consent: str
    consented_at: datetime


async def load(tx: AsyncConnection, speakers: Collection[Speaker]) -> dict[Speaker, Resident]:
    """Those of ``speakers`` who agreed to be remembered."""
    found = await tx.execute(_KNOWN, parts(speakers))
    known = {
        Speaker(row.channel, row.chat, row.person): Resident(row.place, row.consent, row.consented_at) for row in found
    }
    return {speaker: known[speaker] for speaker in speakers if speaker in known}


async def save(tx: AsyncConnection, speaker: Speaker, resident: Resident) -> None:
    """Remember somebody in place of what was known."""
    insert = upsert(tx, residents).values(**speaker._asdict(), **vars(resident))
    await tx.execute(insert.on_conflict_do_update(index_elements=SPEAKER, set_=vars(resident)))


async def erase(tx: AsyncConnection, speaker: Speaker) -> bool:
    """Forget somebody; false where nothing was known."""
    result = await tx.execute(delete(residents).filter_by(**speaker._asdict()))
    return result.rowcount > 0
