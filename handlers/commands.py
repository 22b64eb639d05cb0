"""Commands: with a slash, or as a word or phrase that is the whole message."""

from __future__ import annotations

from handlers import topic_names
from handlers.actions import Go
from handlers.context import Context
from handlers.phrases import cores
from knowledge.text import fold, plain_words

#: The commands of the desk for the person's own affairs.
NAMES = ("noi", "dangky", "huy", "dulieu", "xoa")


def slashed(text: str, context: Context) -> Go | None:
    """A desk's command with what was typed after it; written with diacritics or in two words it counts as well."""
    name, _, argument = text[1:].partition(" ")
    name, argument = fold(name.partition("@")[0]), argument.strip()
    topics = topic_names.named(argument, context) if name in {"dangky", "huy"} else ()
    match name:
        case "noi":
            return Go(f"noi/={argument}" if argument else "noi")
        case "dangky" if topics:
            return Go(f"dangky/them/{','.join(topics)}")
        case "huy" if len(topics) == 1:
            return Go(f"huy/{topics[0]}")
        case _ if name in NAMES:
            return Go(name)
    return in_words(text[1:], context)


def in_words(text: str, context: Context) -> Go | None:
    """A desk's command in words."""
    return _said(text, context.wording.labels["desk"]["words"], context)


def general(text: str, context: Context) -> Go | None:
    """A command in words that leads to no desk: help, the first screen."""
    return _said(text, context.wording.labels["commands"], context)


def _said(text: str, known: dict[str, list[str]], context: Context) -> Go | None:
    said = cores(text, context)
    if not said:
        return None
    return next((Go(where) for where, phrases in known.items() if not said.isdisjoint(map(plain_words, phrases))), None)
