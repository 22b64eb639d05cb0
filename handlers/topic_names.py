"""Topics for notices, as people name them: by words of their labels, or by their numbers in the list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.actions import Go
from handlers.context import Context
from handlers.phrases import asks, holds, says, without
from handlers.types import Choice
from knowledge.text import plain_words

#: Stands for every topic or place where a button or the session names one.
EVERY = "tat-ca"
_NUMBERS = re.compile(r"\d{1,2}(?:[\s,;.+&]+(?:va\s+)?\d{1,2})*")
_BETWEEN = re.compile(r"[,;+&/\n]|\s(?:và|va|với|voi)\s")


def named(text: str, context: Context) -> tuple[str, ...]:
    """The topics that ``text`` lists and nothing else: "vay vốn, học nghề"; none where it says anything more."""
    whole = _one(text, context)
    parts = [part for part in _BETWEEN.split(text.lower()) if plain_words(part)]
    found = [whole] if whole else [_one(part, context) for part in parts]
    known = tuple(dict.fromkeys(name for name in found if name))
    return () if None in found else (EVERY,) if EVERY in known else known


def _one(text: str, context: Context) -> str | None:
    """The one topic whose label holds the words of ``text`` side by side; a question names none."""
    desk = context.wording.labels["desk"]
    if says(text, desk["every_topic"], context):
        return EVERY
    labels = {name: plain_words(topic.label) for name, topic in context.knowledge.topics.items()}
    said = {plain_words(text), without(text, (*desk["polite"], *desk["around_topics"]))} - {""}
    exact = [name for name, label in labels.items() if label in said]
    if exact or asks(text, context):
        return exact[0] if exact else None
    found = [name for name, label in labels.items() if any(holds(label, (words,)) for words in said)]
    return found[0] if len(found) == 1 else None


def by_numbers(text: str, offered: Sequence[Choice]) -> tuple[str, ...] | None:
    """The topics picked by their numbers in the list, "1, 3"; none of them where a number is not in it, and None where
    ``text`` is not about numbers."""
    if not _NUMBERS.fullmatch(plain_numbers := " ".join(text.lower().replace("và", "va").split())):
        return None
    listed = [choice.action.where for choice in offered if isinstance(choice.action, Go)]
    topics = [where.removeprefix("dangky/") for where in listed if where not in {"dangky/xong", "hotro"}]
    numbers = [int(number) for number in re.findall(r"\d+", plain_numbers)]
    return tuple(topics[n - 1] for n in numbers) if all(0 < n <= len(topics) for n in numbers) else ()
