"""``/noi``: where the person lives. It counts for the conversation at once, and beyond it for those who agree."""

from __future__ import annotations

from dataclasses import replace

from handlers import answering, facts, residents
from handlers.actions import Ask, Go, PickPlace
from handlers.awaiting import CONSENT, HOME
from handlers.types import Choice, Reply
from handlers.visit import Turn, Visit
from knowledge.model import Aspect
from knowledge.places import PlaceMatch, Unit

#: How many places that sound alike are offered.
NEAR = 6


async def taken(visit: Visit, where: str) -> Turn:
    """Ask for the place, take the one typed along (``noi/=Cù Vân``), remember the one known (``noi/nho``) or forget it
    (``noi/xoa``)."""
    if where.startswith("="):
        return await named(visit, where[1:])
    if where == "xoa":
        return await _forgotten(visit)
    if where == "nho" and visit.home is not None:
        return await picked(visit, visit.home)
    known = visit.home is None or await residents.remembers(visit, visit.home.code)
    remember = [] if known else [Choice(visit.label("desk", "nho"), Go("noi/nho"))]
    return visit.turn(visit.say("home_asked", (*remember, _start(visit)), unit=visit.home), awaits=HOME)


async def _forgotten(visit: Visit) -> Turn:
    """The place is forgotten, here and beyond the conversation; consent and notices stay."""
    await residents.remember(visit, None)
    reply = visit.say("home_forgotten", (_start(visit),), known=visit.home is not None)
    return replace(visit.session, place=None, desk=None), [reply]


async def named(visit: Visit, text: str) -> Turn:
    """A place by its name: one of today is taken, several are a question back."""
    place = visit.context.understander.places.find(text)
    if place is not None and place.kind == "unit":
        return await picked(visit, place.units[0], place)
    return visit.turn(which(visit, text, place), awaits=HOME)


def which(visit: Visit, text: str, place: PlaceMatch | None) -> Reply:
    """Which place is meant, to be picked or typed again."""
    choices = (*(Choice(label, PickPlace(code)) for code, label in candidates(visit, text, place)), _start(visit))
    if place is not None and place.units:
        return visit.say("which_place", choices, place=place)
    kind = place.kind if place else ""
    said = place.said if place else text[:60]
    return visit.say(
        "home_unknown", choices, said=said, some=len(choices) > 1, elsewhere=kind == "elsewhere",
        province=kind == "province",
    )  # fmt: skip


def candidates(visit: Visit, text: str, place: PlaceMatch | None) -> list[tuple[str, str]]:
    """Communes of today that a typed name may mean, by code and label: a former name it may be a slip of is said."""
    if place is not None:
        return [(unit.code, unit.full) for unit in place.units[: answering.MOST_PLACES]]
    places, labels = visit.context.understander.places, dict[str, str]()
    for unit, former in places.alike(text):
        was = former.commune if former and former.commune != unit.title else ""
        label = visit.label("desk", "formerly").format(was, unit.full) if was else unit.full
        labels.setdefault(unit.code, label)
    for unit in () if labels else places.search(text):
        labels.setdefault(unit.code, unit.full)
    return list(labels.items())[:NEAR]


async def picked(visit: Visit, unit: Unit, place: PlaceMatch | None = None) -> Turn:
    """The place is known: it counts from now on; who has not agreed to more is asked."""
    agreed = await residents.agreed(visit)
    if agreed:
        await residents.remember(visit, unit.code)
    consent = () if agreed else residents.consent_choices(visit.context, HOME)
    reply = visit.say(
        "home_set", (*consent, *_onward(visit)), unit=unit, place=place, remembered=agreed,
        consent=residents.sentence(visit.context),
    )  # fmt: skip
    return replace(facts.moved(visit.session, unit), desk=None if agreed else CONSENT + HOME), [reply]


async def consented(visit: Visit) -> Turn:
    """The person agreed: the place is remembered."""
    await residents.agree(visit)
    return visit.turn(visit.say("consent_given", _onward(visit), unit=visit.home))


def refused(visit: Visit) -> Turn:
    """The person did not agree: nothing is kept beyond the conversation."""
    return visit.turn(visit.say("consent_refused", _onward(visit)))


def _onward(visit: Visit) -> tuple[Choice, ...]:
    """Back to what was spoken of, now for this place, or to the first screen."""
    entry = visit.context.knowledge.entries.get(visit.session.entry or "")
    if entry is None or not entry.topic:
        return (_start(visit),)
    aspect = Aspect(visit.session.aspect) if visit.session.aspect else None
    return (Choice(entry.label, Ask(entry.id, aspect)), _start(visit))


def _start(visit: Visit) -> Choice:
    return Choice(visit.label("buttons", "start"), Go("start"))
