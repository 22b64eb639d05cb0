"""``/dangky`` and ``/huy``: who wants notices, on which topics and for which place.

What was ticked so far stands in the session's ``desk``: ``dangky/muc/vay-von,san-xuat`` while topics are chosen,
``dangky/noi/…`` while a place is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers import home, residents
from handlers.actions import Go
from handlers.types import Choice, Reply
from handlers.visit import Turn, Visit
from handlers.wording import lower_first
from store import subscriptions
from store.subscriptions import ALL

CONSENT = "dongy/dangky"
TOPICS, PLACE = "dangky/muc/", "dangky/noi/"
#: Stands for every topic or place where a button or the session names one.
EVERY = "tat-ca"


async def taken(visit: Visit, where: str) -> Turn:
    """Do what a button says: tick a topic, go on to the place, take the place."""
    if not await residents.agreed(visit):
        choices = residents.consent_choices(visit.context, "dangky")
        reply = visit.say("consent_asked", choices, consent=residents.sentence(visit.context))
        return visit.turn(reply, awaits=CONSENT)
    if where.startswith("="):
        return await named(visit, where[1:])
    step, _, what = where.partition("/")
    topics = ticked(visit)
    match step:
        case "o":
            return await _placed(visit, topics, what)
        case "xong" if topics:
            return _place_asked(visit, topics)
        case "chon":
            return _place_asked(visit, _known(visit, what.split(",")))
        case _ if step == EVERY or step in visit.context.knowledge.topics:
            return _topics_asked(visit, _toggled(topics, step))
    return _topics_asked(visit, topics)


async def named(visit: Visit, text: str) -> Turn:
    """A place typed: one of today is taken, several are a question back."""
    topics, place = ticked(visit), visit.context.understander.places.find(text)
    if place is not None and place.kind == "unit":
        return await _placed(visit, topics, place.units[0].code)
    asked = home.which(visit, text, place)
    units = place.units if place and place.units else visit.context.understander.places.search(text)[: home.NEAR]
    choices = tuple(Choice(unit.full, Go(f"dangky/o/{unit.code}")) for unit in units)
    reply = Reply(asked.text, (*choices, _everywhere(visit)))
    return visit.turn(reply, awaits=PLACE + ",".join(topics))


async def consented(visit: Visit) -> Turn:
    """The person agreed: on to the topics."""
    await residents.agree(visit)
    return _topics_asked(visit, ())


async def ended(visit: Visit, topic: str = "") -> Turn:
    """``/huy``: end all, or those on one topic; what was ended can be taken back by a button."""
    before = await held_by(visit)
    wanted = _stored(topic) if topic else None
    gone = [pair for pair in before if wanted in (None, pair[0])]
    await subscriptions.remove(visit.tx, visit.speaker, wanted)
    left = [pair for pair in before if pair not in gone]
    keep = [_keep(visit, *pair) for pair in gone if len(gone) > 1]
    texts = {"ended": _topic_names(visit, gone), "left": described(visit, left)}
    start = Choice(visit.label("buttons", "start"), Go("start"))
    return visit.turn(visit.say("notices_ended", (*keep, start), **texts))


def _keep(visit: Visit, topic: str, place: str) -> Choice:
    label = visit.label("desk", "keep").format(named_topic(visit, topic))
    return Choice(label, Go(f"giu/{topic or EVERY}/{place or EVERY}"))


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
    await _subscribe(visit, [_stored(topic) for topic in topics], _stored(place))
    where = f"{lower_first(unit.title)}, tỉnh {unit.province}" if unit else visit.label("desk", "all_places")
    names = [named_topic(visit, _stored(topic)) for topic in topics]
    start = Choice(visit.label("buttons", "start"), Go("start"))
    data = Choice(visit.label("desk", "dulieu"), Go("dulieu"))
    reply = visit.say("notices_set", (data, start), topics=names, place=where, reachable=visit.incoming.reachable)
    return visit.turn(reply)


async def _subscribe(visit: Visit, topics: Collection[str], place: str) -> None:
    """Keep ``topics`` for ``place``, in place of what they cover; what is covered already changes nothing."""
    before = await subscriptions.of(visit.tx, visit.speaker)
    wanted = [(topic, place) for topic in topics]
    new = [pair for pair in wanted if not any(covers(held, pair) for held in before)]
    for held in before:
        if any(covers(pair, held) for pair in new):
            await subscriptions.remove(visit.tx, visit.speaker, *held)
    await subscriptions.add(visit.tx, visit.speaker, [topic for topic, _ in new], place, visit.incoming.at)


async def held_by(visit: Visit) -> list[tuple[str, str]]:
    """The person's subscriptions, in the order of the topics."""
    order = {name: index for index, name in enumerate((ALL, *visit.context.knowledge.topics))}
    held = await subscriptions.of(visit.tx, visit.speaker)
    return sorted(held, key=lambda pair: order.get(pair[0], len(order)))


def covers(wide: tuple[str, str], narrow: tuple[str, str]) -> bool:
    """Whether a subscription brings everything that another one brings."""
    return all(one in (ALL, other) for one, other in zip(wide, narrow, strict=True))


def _topics_asked(visit: Visit, topics: Sequence[str]) -> Turn:
    marks = {True: visit.label("interview", "ticked"), False: visit.label("interview", "unticked")}
    boxes = [
        Choice(f"{marks[topic.id in topics]} {topic.label}", Go(f"dangky/{topic.id}"))
        for topic in visit.context.knowledge.topics.values()
    ]
    every = Choice(f"{marks[EVERY in topics]} {visit.label('desk', 'all')}", Go(f"dangky/{EVERY}"))
    done = [Choice(visit.label("desk", "chosen"), Go("dangky/xong"))] if topics else []
    reply = visit.say("notices_topics", (*boxes, every, *done), done=visit.label("desk", "chosen"))
    return visit.turn(reply, awaits=TOPICS + ",".join(topics))


def _place_asked(visit: Visit, topics: Sequence[str]) -> Turn:
    known = [Choice(visit.home.full, Go(f"dangky/o/{visit.home.code}"))] if visit.home else []
    reply = visit.say("notices_place", (*known, _everywhere(visit)), unit=visit.home)
    return visit.turn(reply, awaits=PLACE + ",".join(topics))


def _everywhere(visit: Visit) -> Choice:
    return Choice(visit.label("desk", "everywhere"), Go(f"dangky/o/{EVERY}"))


def ticked(visit: Visit) -> tuple[str, ...]:
    """The topics ticked so far."""
    for step in (TOPICS, PLACE):
        if (visit.session.desk or "").startswith(step):
            return _known(visit, (visit.session.desk or "").removeprefix(step).split(","))
    return ()


def _known(visit: Visit, names: Sequence[str]) -> tuple[str, ...]:
    known = tuple(name for name in names if name in visit.context.knowledge.topics)
    return (EVERY,) if EVERY in names else known


def _toggled(topics: tuple[str, ...], topic: str) -> tuple[str, ...]:
    if topic in topics:
        return tuple(name for name in topics if name != topic)
    return (EVERY,) if topic == EVERY else (*(name for name in topics if name != EVERY), topic)


def _stored(name: str) -> str:
    return ALL if name == EVERY else name


def named_topic(visit: Visit, topic: str) -> str:
    """A topic inside a sentence."""
    found = visit.context.knowledge.topics.get(topic)
    return lower_first(found.label) if found else visit.label("desk", "all_topics")


def _topic_names(visit: Visit, held: Sequence[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(named_topic(visit, topic) for topic, _ in held))


def described(visit: Visit, held: Sequence[tuple[str, str]]) -> list[str]:
    """Subscriptions in words: "vay vốn ưu đãi (xã An Khánh)"."""
    texts = []
    for topic, place in held:
        unit = visit.unit(place)
        where = lower_first(unit.title) if unit else visit.label("desk", "all_places")
        texts.append(visit.label("desk", "subscribed").format(named_topic(visit, topic), where))
    return texts
