"""What a typed text means as an answer to what the desk asked."""

from __future__ import annotations

from collections.abc import Callable

from handlers import residents, topic_names
from handlers.actions import Go
from handlers.awaiting import CONSENT, ERASURE, HOME, PLACE, TOPICS, after_consent, awaited
from handlers.context import Context
from handlers.phrases import asks, says
from handlers.place_talk import is_place
from handlers.types import Incoming, Session
from knowledge.text import clean, tokens
from knowledge.understanding.understander import Decision, Understanding

#: A message of at most so many words that names nothing known is a failed answer, not a question.
SHORT = 5
UNKNOWN = frozenset({Decision.FALLBACK, Decision.CLARIFY, Decision.BOUNDARY})
#: Where the question is asked again, for a number not listed and for words that answer nothing.
NO_NUMBER, NO_ANSWER = Go("lai/so"), Go("lai/chu")


def left(text: str, session: Session, context: Context) -> Go | None:
    """The way out of the desk's question, everything as it was: "thôi", "hủy"."""
    awaits = awaited(session)
    if not awaits or not says(text, context.wording.labels["desk"]["leave"], context):
        return None
    return Go(f"khong/{after_consent(awaits)[0]}") if awaits.startswith(CONSENT) else Go("thoi")


def meant(incoming: Incoming, session: Session, context: Context) -> Go | None:
    """What a text answers; none where nothing is asked, or it is another question."""
    awaits, text = awaited(session) or "", clean(incoming.text)
    if not awaits:
        return None
    if not tokens(text):
        return NO_ANSWER

    def alone() -> Understanding:
        return context.understander.understand(text, context.day(incoming.at))

    def understood() -> Understanding:
        return context.understander.understand(text, context.day(incoming.at), session.entry, session.subject)

    if awaits.startswith(CONSENT) or awaits == ERASURE:
        return _yes_or_no(text, awaits, context)
    if awaits.startswith(TOPICS):
        return _topics(text, session, context, alone)
    return _place(text, awaits, context, understood) if awaits.startswith((HOME, PLACE)) else None


def _yes_or_no(text: str, awaits: str, context: Context) -> Go | None:
    words, (then, _) = context.wording.labels["desk"], after_consent(awaits)
    if text.isdigit():
        return NO_NUMBER
    if says(text, words["yes"], context):
        return Go("xoa") if awaits == ERASURE else Go(f"dongy/{residents.version(context)}/{then}")
    if says(text, words["no"], context):
        return Go("thoi") if awaits == ERASURE else Go(f"khong/{then}")
    return None


def _topics(text: str, session: Session, context: Context, alone: Callable[[], Understanding]) -> Go | None:
    words = context.wording.labels["desk"]
    numbered = topic_names.by_numbers(text, session.offered)
    if numbered is not None:
        return Go(f"dangky/chon/{','.join(numbered)}") if numbered else NO_NUMBER
    if says(text, words["done"], context):
        return Go("dangky/xong")
    if topics := topic_names.named(text, context):
        return Go(f"dangky/them/{','.join(topics)}")
    return NO_ANSWER if says(text, words["puzzled"], context) or _is_nonsense(text, alone(), context) else None


def _place(text: str, awaits: str, context: Context, understood: Callable[[], Understanding]) -> Go | None:
    words, for_notices = context.wording.labels["desk"], awaits.startswith(PLACE)
    if for_notices and says(text, words["whole_area"], context):
        return Go(f"dangky/o/{topic_names.EVERY}")
    if text.isdigit():
        return NO_NUMBER
    if says(text, words["puzzled"], context):
        return NO_ANSWER
    found = understood()
    named = found.place is not None and is_place(text, found.place)
    if not (named or _is_short_and_unknown(text, found) or _is_misspelt(text, found, context)):
        return None
    return Go(f"dangky/={text}" if for_notices else f"noi/={text}")


def _is_short_and_unknown(text: str, understood: Understanding) -> bool:
    return understood.decision in UNKNOWN and len(tokens(text)) <= SHORT


def _is_nonsense(text: str, alone: Understanding, context: Context) -> bool:
    """Whether a text says nothing by itself, and is no question about what was spoken of before either."""
    return _is_short_and_unknown(text, alone) and not asks(text, context)


def _is_misspelt(text: str, understood: Understanding, context: Context) -> bool:
    """Whether a text is a place's name with a slip, whatever else it sounds like: "Cuu Van" is no cry for help."""
    known = understood.place is not None or understood.decision is Decision.ANSWER
    return not known and len(tokens(text)) <= SHORT and bool(context.understander.places.alike(text))
