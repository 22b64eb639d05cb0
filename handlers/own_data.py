"""``/dulieu`` and ``/xoa``: what is stored about the person; withdrawing consent; erasing everything at once."""

from __future__ import annotations

from handlers import residents, subscribed
from handlers.actions import Go
from handlers.awaiting import ERASURE
from handlers.context import SESSION_LIFE, VIETNAM
from handlers.topic_names import EVERY
from handlers.types import Choice, Reply, Session
from handlers.visit import Turn, Visit
from knowledge.household import WHO
from knowledge.rules import PEOPLE
from store import inbox, outbox, sessions, subscriptions
from store import residents as kept
from store.residents import Resident


async def shown(visit: Visit) -> Turn:
    """Everything stored, how long, and the buttons that change or end it."""
    resident = await residents.known(visit.tx, visit.speaker)
    held = await subscribed.held_by(visit)
    until = (visit.incoming.at + SESSION_LIFE).astimezone(VIETNAM)
    reply = visit.say(
        "own_data", _choices(visit, resident, held), resident=_told(visit, resident), unit=visit.home,
        subscribed=subscribed.described(visit, held), facts=counted(visit.session), time=f"{until:%H:%M}",
        until=until.date(), reachable=visit.incoming.reachable,
    )  # fmt: skip
    return visit.turn(reply)


async def withdrawn(visit: Visit) -> Turn:
    """Consent is taken back: what hung on it is erased; the conversation goes on until it is forgotten."""
    known = await kept.erase(visit.tx, visit.speaker)
    await subscriptions.remove(visit.tx, visit.speaker)
    start = Choice(visit.label("buttons", "start"), Go("start"))
    return visit.turn(visit.say("consent_withdrawn", (start,), known=known))


def erasure_asked(visit: Visit) -> Turn:
    """Ask once before everything is erased."""
    yes, no = (
        Choice(visit.label("desk", "erase_all"), Go("xoa")),
        Choice(visit.label("desk", "erase_nothing"), Go("thoi")),
    )
    return visit.turn(visit.say("erasure_asked", (no, yes)), awaits=ERASURE)


async def erased(visit: Visit) -> Reply:
    """Erase the person from every table at once, and say so. Nothing is offered along: no session is left that would
    know what a typed number picks."""
    channel, chat, person = visit.speaker
    await sessions.erase_person(visit.tx, channel, person)
    await kept.erase(visit.tx, visit.speaker)
    await subscriptions.remove(visit.tx, visit.speaker)
    await outbox.remove_chat(visit.tx, channel, chat)
    waiting = await inbox.erase_person(visit.tx, channel, person)
    return visit.say("erased", waiting=waiting)


def counted(session: Session) -> int:
    """How many facts a conversation holds."""
    people = session.facts.get(PEOPLE) or ()
    return sum(name != PEOPLE for name in session.facts) + sum(len(person.keys() - {WHO}) for person in people)


def _told(visit: Visit, resident: Resident | None) -> dict[str, object] | None:
    if resident is None:
        return None
    at = resident.consented_at.astimezone(VIETNAM)
    unit = visit.unit(resident.place)
    return {"unit": unit, "day": at.date(), "time": f"{at:%H:%M}", "version": resident.consent}


def _choices(visit: Visit, resident: Resident | None, held: list[tuple[str, str]]) -> tuple[Choice, ...]:
    topics = list(dict.fromkeys(topic for topic, _ in held))
    end = visit.label("desk", "end")
    ends = [Choice(end.format(subscribed.named_topic(visit, name)), Go(f"huy/{name or EVERY}")) for name in topics]
    withdraw = [Choice(visit.label("desk", "rut"), Go("rut"))] if resident else []
    erase_all = Choice(visit.label("desk", "xoa"), Go("dulieu/xoa"))
    change = Choice(visit.label("desk", "noi"), Go("noi"))
    return (change, *ends, *withdraw, Choice(visit.label("buttons", "start"), Go("start")), erase_all)
