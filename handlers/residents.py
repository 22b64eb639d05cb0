"""What is remembered of people who agreed to it, and how they agree: to one sentence, whose version is kept."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.actions import Go
from handlers.context import Context
from handlers.types import Choice, Session
from handlers.visit import Visit
from store import residents
from store.residents import Resident
from store.sessions import Speaker


async def begun(tx: AsyncConnection, speakers: Collection[Speaker]) -> dict[Speaker, Session]:
    """New conversations with ``speakers``, each with the place its person agreed to have remembered."""
    found = await residents.load(tx, speakers)
    return {key: Session(place=found[key].place) if key in found else Session() for key in speakers}


async def known(tx: AsyncConnection, speaker: Speaker) -> Resident | None:
    """What is remembered of somebody, if they agreed."""
    return (await residents.load(tx, [speaker])).get(speaker)


async def agreed(visit: Visit) -> bool:
    """Whether the person agreed to the sentence as it is worded today."""
    found = await known(visit.tx, visit.speaker)
    return found is not None and found.consent == version(visit.context)


async def remembers(visit: Visit, place: str) -> bool:
    """Whether ``place`` is kept beyond the conversation."""
    found = await known(visit.tx, visit.speaker)
    return found is not None and found.place == place


async def remember(visit: Visit, place: str | None) -> None:
    """Keep the place of somebody who agreed; when and to which wording stays as it was."""
    found = await known(visit.tx, visit.speaker)
    if found is not None:
        await residents.save(visit.tx, visit.speaker, Resident(place, found.consent, found.consented_at))


async def agree(visit: Visit) -> None:
    """The person agrees now: keep when, to which wording, and the place spoken of."""
    found = await known(visit.tx, visit.speaker)
    place = visit.session.place or (found.place if found else None)
    now = visit.incoming.at
    await residents.save(visit.tx, visit.speaker, Resident(place, version(visit.context), now))


def version(context: Context) -> str:
    """Which wording of the sentence is asked today."""
    return context.wording.label("consent", "version")


def sentence(context: Context) -> str:
    """What a person agrees to, after who will hold it where that is known; the version is that of the fixed part."""
    fixed, operator = context.wording.label("consent", "sentence"), context.wording.operator
    return f"{context.wording.label('consent', 'holder').format(operator)} {fixed}" if operator else fixed


def consent_choices(context: Context, then: str) -> tuple[Choice, ...]:
    """Yes and no; yes says to which wording, and what goes on ``then``."""
    yes = Choice(context.wording.label("consent", "yes"), Go(f"dongy/{version(context)}/{then}"))
    return (yes, Choice(context.wording.label("consent", "no"), Go(f"khong/{then}")))
