"""``/noi``: where the person lives. It counts for the conversation at once, and beyond it for those who agree."""

from __future__ import annotations

from dataclasses import replace

from handlers import answering, facts, residents
from handlers.actions import Ask, Go, PickPlace
from handlers.types import Choice, Reply
from handlers.visit import Turn, Visit
from knowledge.model import Aspect
from knowledge.places import PlaceMatch, Unit

#: What the desk awaits after ``/noi``, and after the question for consent.
AWAITS = "noi"
CONSENT = "dongy/noi"
#: How many places that sound alike are offered.
NEAR = 6


async def taken(visit: Visit, where: str) -> Turn:
    """Ask for the place, take the one typed along (``noi/=Cù Vân``), or remember the one known (``noi/nho``)."""
    if where.startswith("="):
        return await named(visit, where[1:])
    if where == "nho" and visit.home is not None:
        return await picked(visit, visit.home)
    remember = [Choice(visit.label("desk", "nho"), Go("noi/nho"))] if visit.home else []
    return visit.turn(visit.say("home_asked", (*remember, _start(visit)), unit=visit.home), awaits=AWAITS)


async def named(visit: Visit, text: str) -> Turn:
    """A place by its name: one of today is taken, several are a question back."""
    place = visit.context.understander.places.find(text)
    if place is not None and place.kind == "unit":
        return await picked(visit, place.units[0], place)
    return visit.turn(which(visit, text, place), awaits=AWAITS)


def which(visit: Visit, text: str, place: PlaceMatch | None) -> Reply:
    """Which place is meant, to be picked or typed again."""
    if place is not None and place.units:
        return visit.say("which_place", _picks(visit, place.units[: answering.MOST_PLACES]), place=place)
    near = tuple(visit.context.understander.places.search(text)[:NEAR]) if place is None else ()
    kind = place.kind if place else ""
    said = place.said if place else text[:60]
    return visit.say(
        "home_unknown", _picks(visit, near), said=said, some=near, elsewhere=kind == "elsewhere",
        province=kind == "province",
    )  # fmt: skip


async def picked(visit: Visit, unit: Unit, place: PlaceMatch | None = None) -> Turn:
    """The place is known: it counts from now on; who has not agreed to more is asked."""
    agreed = await residents.agreed(visit)
    if agreed:
        await residents.remember(visit, unit.code)
    consent = () if agreed else residents.consent_choices(visit.context, AWAITS)
    reply = visit.say(
        "home_set", (*consent, *_onward(visit)), unit=unit, place=place, remembered=agreed,
        consent=residents.sentence(visit.context),
    )  # fmt: skip
    return replace(facts.moved(visit.session, unit), desk=None if agreed else CONSENT), [reply]


async def consented(visit: Visit) -> Turn:
    """The person agreed: the place is remembered."""
    await residents.agree(visit)
    return visit.turn(visit.say("consent_given", _onward(visit), unit=visit.home))


def refused(visit: Visit) -> Turn:
    """The person did not agree: nothing is kept beyond the conversation."""
    return visit.turn(visit.say("consent_refused", _onward(visit)))


def _picks(visit: Visit, units: tuple[Unit, ...]) -> tuple[Choice, ...]:
    return (*(Choice(unit.full, PickPlace(unit.code)) for unit in units), _start(visit))


def _onward(visit: Visit) -> tuple[Choice, ...]:
    """Back to what was spoken of, now for this place, or to the first screen."""
    entry = visit.context.knowledge.entries.get(visit.session.entry or "")
    if entry is None or not entry.topic:
        return (_start(visit),)
    aspect = Aspect(visit.session.aspect) if visit.session.aspect else None
    return (Choice(entry.label, Ask(entry.id, aspect)), _start(visit))


def _start(visit: Visit) -> Choice:
    return Choice(visit.label("buttons", "start"), Go("start"))
