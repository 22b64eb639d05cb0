"""``/dangky``: who wants notices, on which topics and for which place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers import facts, home, residents
from handlers.actions import Go
from handlers.awaiting import CONSENT, PLACE, TOPICS, after_consent, ticking
from handlers.context import Context
from handlers.subscribed import keep, named_topic, stored
from handlers.topic_names import EVERY
from handlers.types import Choice, Reply
from handlers.visit import Turn, Visit
from handlers.wording import lower_first
from knowledge.places import Unit


async def taken(visit: Visit, where: str) -> Turn:
    """Do what a button says: tick a topic, go on to the place, take the place."""
    if not await residents.agreed(visit):
        choices = residents.consent_choices(visit.context, "dangky")
        consent, reachable = residents.sentence(visit.context), visit.incoming.reachable
        reply = visit.say("consent_asked", choices, consent=consent, reachable=reachable)
        named_before = where.removeprefix("them/") if where.startswith("them/") else ""
        return visit.turn(reply, awaits=f"{CONSENT}dangky?{named_before}" if named_before else f"{CONSENT}dangky")
    if where.startswith("="):
        return await named(visit, where[1:])
    step, _, what = where.partition("/")
    topics = ticked(visit)
    match step:
        case "o":
            return await _placed(visit, topics, what)
        case "xong" if topics:
            return _place_asked(visit, topics)
        case "tiep" if topics and ticking(visit.session).startswith(PLACE):
            return _place_asked(visit, topics)
        case "chon":
            return _place_asked(visit, _known(visit, what.split(",")))
        case "them":
            return _topics_asked(visit, _known(visit, (*topics, *what.split(","))))
        case _ if step == EVERY or step in visit.context.knowledge.topics:
            return _topics_asked(visit, _toggled(topics, step))
    return _topics_asked(visit, topics, empty=step == "xong")


async def named(visit: Visit, text: str) -> Turn:
    """A place typed: one of today is taken, several are a question back."""
    topics, place = ticked(visit), visit.context.understander.places.find(text)
    if place is not None and place.kind == "unit":
        return await _placed(visit, topics, place.units[0].code)
    asked = home.which(visit, text, place)
    found = home.candidates(visit, text, place)
    choices = tuple(Choice(label, Go(f"dangky/o/{code}")) for code, label in found)
    reply = Reply(asked.text, (*choices, _everywhere(visit)))
    return visit.turn(reply, awaits=PLACE + ",".join(topics))


async def consented(visit: Visit) -> Turn:
    """The person agreed: on to the topics, those named before ticked."""
    await residents.agree(visit)
    _, topics = after_consent(visit.session.desk or "")
    return _topics_asked(visit, _known(visit, topics))


async def kept(visit: Visit, where: str) -> Turn:
    """Take back the end of one subscription: ``vay-von/05500``."""
    topic, _, place = where.partition("/")
    if not await residents.agreed(visit) or not (topic == EVERY or topic in visit.context.knowledge.topics):
        return await taken(visit, "")
    return await _placed(visit, (topic,), place)


async def _placed(visit: Visit, topics: Sequence[str], place: str) -> Turn:
    """Everything is known: subscribe."""
    unit = visit.unit(place)
    if not topics or (unit is None and place != EVERY):
        return _place_asked(visit, topics) if topics else _topics_asked(visit, ())
    await keep(visit, [stored(topic) for topic in topics], stored(place))
    where = f"{lower_first(unit.title)}, tỉnh {unit.province}" if unit else visit.label("desk", "all_places")
    names = [named_topic(visit, stored(topic)) for topic in topics]
    start = Choice(visit.label("buttons", "start"), Go("start"))
    data = Choice(visit.label("desk", "dulieu"), Go("dulieu"))
    settled = await _settled(visit, unit)
    reply = visit.say(
        "notices_set", (data, start), topics=names, place=where, reachable=visit.incoming.reachable,
        home=settled is not visit,
    )  # fmt: skip
    return settled.turn(reply)


async def _settled(visit: Visit, unit: Unit | None) -> Visit:
    """``visit`` of somebody living in the place that notices are for, where no other is known."""
    if unit is None or visit.home is not None:
        return visit
    await residents.remember(visit, unit.code)
    return replace(visit, session=facts.moved(visit.session, unit))


def resuming(context: Context) -> Choice:
    """The button that leads back to what was ticked."""
    return Choice(context.wording.label("desk", "resume"), Go("dangky/tiep"))


def _topics_asked(visit: Visit, topics: Sequence[str], *, empty: bool = False) -> Turn:
    marks = {True: visit.label("interview", "ticked"), False: visit.label("interview", "unticked")}
    boxes = [
        Choice(f"{marks[topic.id in topics]} {topic.label}", Go(f"dangky/{topic.id}"))
        for topic in visit.context.knowledge.topics.values()
    ]
    every = Choice(f"{marks[EVERY in topics]} {visit.label('desk', 'all')}", Go(f"dangky/{EVERY}"))
    done = [Choice(visit.label("desk", "chosen"), Go("dangky/xong"))] if topics else []
    named = done[0].label if done else ""
    reply = visit.say("notices_topics", (*boxes, every, *done), done=named, empty=empty)
    return visit.turn(reply, awaits=TOPICS + ",".join(topics))


def _place_asked(visit: Visit, topics: Sequence[str]) -> Turn:
    known = [Choice(visit.home.full, Go(f"dangky/o/{visit.home.code}"))] if visit.home else []
    reply = visit.say("notices_place", (*known, _everywhere(visit)), unit=visit.home)
    return visit.turn(reply, awaits=PLACE + ",".join(topics))


def _everywhere(visit: Visit) -> Choice:
    return Choice(visit.label("desk", "everywhere"), Go(f"dangky/o/{EVERY}"))


def ticked(visit: Visit) -> tuple[str, ...]:
    """The topics ticked so far."""
    _, _, names = ticking(visit.session).rpartition("/")
    return _known(visit, names.split(","))


def _known(visit: Visit, names: Sequence[str]) -> tuple[str, ...]:
    known = tuple(dict.fromkeys(name for name in names if name in visit.context.knowledge.topics))
    return (EVERY,) if EVERY in names else known


def _toggled(topics: tuple[str, ...], topic: str) -> tuple[str, ...]:
    if topic in topics:
        return tuple(name for name in topics if name != topic)
    return (EVERY,) if topic == EVERY else (*(name for name in topics if name != EVERY), topic)
