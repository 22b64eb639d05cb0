"""The answer to a question about an entry: lead first, then office, next step, source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from handlers.actions import Ask, Go, PickPlace, Vote
from handlers.context import Context
from handlers.deciding import Told, decided
from handlers.richtext import plain
from handlers.types import Choice, Reply
from handlers.wording import lower_first
from knowledge.answers import Answer, Question
from knowledge.base import Knowledge
from knowledge.model import Aspect, Entry, Kind, Office
from knowledge.places import PlaceMatch, Unit
from knowledge.understanding.understander import Understanding

#: How many other aspects and related entries are offered under an answer.
MOST_ASPECTS = 4
MOST_RELATED = 2
#: The most characters of an answer.
LONGEST = 900
#: By how many characters a length may differ from what leaving out a line promises, for blank lines are closed up.
SLACK = 3
#: How many communes are offered when a name fits several.
MOST_PLACES = 12


def answer(
    context: Context,
    entry: Entry,
    aspect: Aspect | None,
    day: date,
    *,
    text: str = "",
    place: PlaceMatch | None = None,
    home: Unit | None = None,
    told: Told | None = None,
) -> Reply:
    """What the bot knows of ``entry``. ``place`` was named in the message, ``home`` is known from before; ``told`` is
    what the facts in the message decide."""
    unit = home
    if place and place.kind == "unit":
        unit = place.units[0]
    scopes = place.scopes if place else _scopes(context, home)
    question = Question(text, scopes, place=place.said if place else "")
    whole = context.answers.find(entry, aspect, day, question)
    where = offices(context.knowledge, entry, scopes, unit)

    def fitted(told: Told | None) -> tuple[Answer, str]:
        def written(most: int, brief: bool) -> tuple[str, int]:
            rich = context.wording.say(
                _template(entry), answer=context.answers.shortened(whole, most), entry=entry, day=day, place=place,
                unit=unit, offices=where, brief=brief, told=told,
            )  # fmt: skip
            return rich, len(plain(rich))

        most, rich = _roomiest(len(whole.statements), written)
        return context.answers.shortened(whole, most), rich

    found, rich = fitted(told)
    if told and told.aside:
        alone = fitted(None)
        if len(alone[0].statements) > len(found.statements):
            found, rich = alone  # What was asked goes before what the facts decide beside it.
    return Reply(
        text=rich,
        choices=(*_places_to_pick(place), *_more(context, entry, found)),
        statements=tuple(f"{entry.id}/{statement.id}" for statement in found.statements),
    )


def _roomiest(statements: int, written: Callable[[int, bool], tuple[str, int]]) -> tuple[int, str]:
    """The fullest text that is not too long, and how many statements it holds: what to say at the counter is left out
    first (``brief``), then the last statement, and so on. ``written`` gives the text and its length; it is asked no
    more often than needed, for writing takes longer than choosing."""
    rich, length = written(statements, False)
    if length <= LONGEST:
        return statements, rich
    most = statements
    brief, short = written(most, True)
    line = length - short
    while short > LONGEST and most > 1:
        most -= 1
        brief, short = written(most, True)
    if most < statements and short + line <= LONGEST + SLACK:
        rich, length = written(most, False)
        if length <= LONGEST:
            return most, rich
    return most, brief


def answer_understood(
    context: Context, understood: Understanding, day: date, *, home: Unit | None = None, entry: str | None = None
) -> Reply:
    """The answer to a message that was understood, about its first entry or ``entry``."""
    name = entry or understood.entry
    assert name is not None
    asked = context.knowledge.entries[name]
    return answer(
        context,
        asked,
        understood.aspect,
        day,
        text=understood.text,
        place=understood.place,
        home=home,
        told=decided(understood, asked, context, day, home),
    )


def offices(knowledge: Knowledge, entry: Entry, scopes: frozenset[str], unit: Unit | None) -> list[dict[str, Any]]:
    """Who handles ``entry``: each role by its name for the place, with a known office where there is one."""
    found = []
    for name in entry.roles[:2]:
        role = knowledge.roles[name]
        written = (
            role.name.format(commune=lower_first(unit.title), province=unit.province)
            if unit
            else role.name_without_place
        )
        found.append({"name": written, "role": name, "office": _office(knowledge, name, scopes)})
    return found


def _office(knowledge: Knowledge, role: str, scopes: frozenset[str]) -> Office | None:
    """The known office with this role at the place; a national one where no local one is known."""
    playing = [office for office in knowledge.offices.values() if office.role == role]
    local = [office for office in playing if scopes.intersection(office.places)]
    national = [office for office in playing if not office.places]
    return next(iter([*local, *national]), None)


def _scopes(context: Context, home: Unit | None) -> frozenset[str]:
    if home is None:
        return frozenset()
    return context.understander.places.scopes_of(home)


def _template(entry: Entry) -> str:
    return {
        Kind.EMERGENCY: "emergency",
        Kind.BOUNDARY: "boundary",
        Kind.SMALLTALK: "smalltalk",
    }.get(entry.kind, "answer")


def _places_to_pick(place: PlaceMatch | None) -> tuple[Choice, ...]:
    """The communes to choose from where the named place is not one of today's."""
    if place is None or place.kind not in {"split", "ambiguous", "district"}:
        return ()
    return tuple(Choice(unit.full, PickPlace(unit.code)) for unit in place.units[:MOST_PLACES])


def _more(context: Context, entry: Entry, found: Answer) -> tuple[Choice, ...]:
    """What else can be asked: other aspects of the entry, related entries, the first screen."""
    wording = context.wording
    if entry.kind in {Kind.BOUNDARY, Kind.SMALLTALK}:
        return topics(context)
    aspects = [Choice(wording.label("aspects", side.value), Ask(entry.id, side)) for side in found.aspects]
    related = [
        Choice(context.knowledge.entries[name].label, Ask(name))
        for name in entry.related[:MOST_RELATED]
        if name in context.knowledge.entries
    ]
    start = Choice(wording.label("buttons", "start"), Go("start"))
    return (*aspects[:MOST_ASPECTS], *related, start, *_votes(context, entry))


def _votes(context: Context, entry: Entry) -> tuple[Choice, ...]:
    """The buttons by which an answer about ``entry`` is said to help or not; an emergency is no time for them."""
    if entry.kind is Kind.EMERGENCY:
        return ()
    label = context.wording.label
    return (Choice(label("votes", "up"), Vote(entry.id, True)), Choice(label("votes", "down"), Vote(entry.id, False)))


def topics(context: Context) -> tuple[Choice, ...]:
    """The life topics of the first screen."""
    return tuple(Choice(topic.label, Go(f"topic/{topic.id}")) for topic in context.knowledge.topics.values())
