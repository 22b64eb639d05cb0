"""What somebody is subscribed to: kept, put in order and said in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.topic_names import EVERY
from handlers.visit import Visit
from handlers.wording import lower_first
from store import subscriptions
from store.subscriptions import ALL

#: A topic and a place, as they are stored.
Pair = tuple[str, str]


async def held_by(visit: Visit) -> list[Pair]:
    """The person's subscriptions, in the order of the topics."""
    order = {name: index for index, name in enumerate((ALL, *visit.context.knowledge.topics))}
    held = await subscriptions.of(visit.tx, visit.speaker)
    return sorted(held, key=lambda pair: order.get(pair[0], len(order)))


async def keep(visit: Visit, topics: Collection[str], place: str) -> None:
    """Keep ``topics`` for ``place``, in place of what they cover; what is covered already changes nothing."""
    before = await subscriptions.of(visit.tx, visit.speaker)
    wanted = [(topic, place) for topic in topics]
    new = [pair for pair in wanted if not any(covers(held, pair) for held in before)]
    for held in before:
        if any(covers(pair, held) for pair in new):
            await subscriptions.remove(visit.tx, visit.speaker, *held)
    await subscriptions.add(visit.tx, visit.speaker, [topic for topic, _ in new], place, visit.incoming.at)


def covers(wide: Pair, narrow: Pair) -> bool:
    """Whether a subscription brings everything that another one brings."""
    return all(one in (ALL, other) for one, other in zip(wide, narrow, strict=True))


def stored(name: str) -> str:
    """A topic or a place of a button, as it is stored."""
    return ALL if name == EVERY else name


def named_topic(visit: Visit, topic: str) -> str:
    """A topic inside a sentence."""
    found = visit.context.knowledge.topics.get(topic)
    return lower_first(found.label) if found else visit.label("desk", "all_topics")


def topic_names(visit: Visit, held: Sequence[Pair]) -> list[str]:
    """The topics of subscriptions, each once."""
    return list(dict.fromkeys(named_topic(visit, topic) for topic, _ in held))


def described(visit: Visit, held: Sequence[Pair]) -> list[str]:
    """Subscriptions in words: "vay vốn ưu đãi (xã An Khánh)"."""
    texts = []
    for topic, place in held:
        unit = visit.unit(place)
        where = lower_first(unit.title) if unit else visit.label("desk", "all_places")
        texts.append(visit.label("desk", "subscribed").format(named_topic(visit, topic), where))
    return texts
