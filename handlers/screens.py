"""Screens that say no fact: the greeting, help, a topic's entries, which entry is meant, and that nothing is known."""

from __future__ import annotations

from dataclasses import replace

from handlers import answering, interview
from handlers.actions import Ask, Go
from handlers.context import Context
from handlers.types import Choice, Reply, Session
from knowledge.understanding.understander import Understanding

#: How many entries are offered where none is sure.
NEAREST = 3


def simple(context: Context, template: str) -> Reply:
    """A fixed text over the life topics."""
    return Reply(context.wording.say(template), choices=answering.topics(context))


def greeting(context: Context) -> Reply:
    """The first screen: who speaks, the question what one's household may get, and the life topics."""
    start = simple(context, "start")
    return replace(start, choices=(interview.continuing_anew(context), *start.choices))


def how_to_ask(context: Context) -> Reply:
    """How to ask, and the way to one's own affairs."""
    told = simple(context, "help")
    return replace(told, choices=(*told.choices, *own_affairs(context)))


def own_affairs(context: Context) -> tuple[Choice, ...]:
    """The way to one's place, notices and data."""
    return tuple(Choice(context.wording.label("desk", name), Go(name)) for name in ("noi", "dangky", "dulieu"))


def number_unknown(session: Session, context: Context) -> Reply:
    """A number that picks nothing: the choices once more, or the topics where there are none."""
    listed = bool(session.offered)
    choices = session.offered or answering.topics(context)
    return Reply(context.wording.say("number_unknown", listed=listed), choices)


def topic(context: Context, name: str) -> Reply:
    """The entries of a life topic."""
    asked = context.knowledge.topics[name]
    choices = [Choice(context.knowledge.entries[entry].label, Ask(entry)) for entry in asked.entries]
    start = Choice(context.wording.label("buttons", "start"), Go("start"))
    return Reply(context.wording.say("topic", topic=asked), choices=(*choices, start))


def clarify(context: Context, understood: Understanding) -> Reply:
    """Ask which of the two or three likeliest entries is meant."""
    known = [(name, chance) for name, chance in understood.ranked if context.knowledge.entries[name].topic]
    likely = [name for name, chance in known[:NEAREST] if chance > known[0][1] / 12]
    names = likely if len(likely) > 1 else [name for name, _ in known[:2]]
    return Reply(context.wording.say("clarify"), choices=_entry_choices(context, names, understood))


def fallback(context: Context, understood: Understanding) -> Reply:
    """Say that nothing sure is known, with the nearest entries."""
    names = [name for name, _ in understood.ranked if context.knowledge.entries[name].topic][:NEAREST]
    return Reply(context.wording.say("fallback"), choices=_entry_choices(context, names, understood))


def _entry_choices(context: Context, names: list[str], understood: Understanding) -> tuple[Choice, ...]:
    choices = [Choice(context.knowledge.entries[name].label, Ask(name, understood.aspect)) for name in names]
    return (*choices, Choice(context.wording.label("buttons", "start"), Go("start")))
