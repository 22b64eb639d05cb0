"""The desk for the person's own affairs: which messages belong there, and to which part.

Everything that reaches it is an action: a button's, a command's, or one that stands for what was typed while the desk
awaits something. The other conversations need no store; these do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from handlers import answering, home, interview, notices, own_data, residents
from handlers.actions import Action, Go, PickPlace, Vote
from handlers.choosing import chosen
from handlers.context import Context
from handlers.course import Course
from handlers.place_talk import is_place
from handlers.types import Incoming, IncomingKind, Session
from handlers.visit import Turn, Visit
from knowledge.text import clean, fold, tokens
from knowledge.understanding.understander import Decision

#: The desk's commands; and where else its buttons lead, with the command that comes nearest.
NAMES = ("noi", "dangky", "huy", "dulieu", "xoa")
COMMANDS = {
    **{name: name for name in NAMES},
    "giu": "dangky",
    "rut": "dulieu",
    "dongy": "noi",
    "khong": "noi",
    "thoi": "noi",
}
#: A message of at most so many words that names nothing known is a place that is not found, not a question.
SHORT = 5
UNKNOWN = frozenset({Decision.FALLBACK, Decision.CLARIFY, Decision.BOUNDARY})
_NUMBERS = re.compile(r"\d{1,2}(?:[\s,;.+&]+(?:va\s+)?\d{1,2})+")


def wanted(incoming: Incoming, session: Session, context: Context) -> Action | None:
    """What a message wants at the desk; none where it belongs to another conversation."""
    if incoming.kind is IncomingKind.ACTION:
        return incoming.action if _is_ours(incoming.action, session, context) else None
    if incoming.kind is not IncomingKind.TEXT:
        return None
    text = clean(incoming.text)
    if text.startswith("/"):
        return _command(text, context)
    course = Course.of(session)
    interviewed = course is not None and course.waiting is not None and session.desk is None
    command = _in_words(text, context)
    if command is not None and not (interviewed and len(tokens(text)) == 1):
        return command
    if interviewed:
        return None
    choice = chosen(text, session.offered)
    if choice is not None:
        return choice.action if _is_ours(choice.action, session, context) else None
    return _awaited(text, incoming, session, context) if session.desk else None


async def taken(action: Action, visit: Visit) -> Turn:
    """Do what is wanted; an interview under way waits meanwhile. In a group nothing personal is asked or kept."""
    if visit.incoming.group:
        command = COMMANDS[action.where.partition("/")[0]] if isinstance(action, Go) else "noi"
        reply = visit.say("not_in_groups", answering.topics(visit.context), command=f"/{command}")
        return replace(visit.session, desk=None), [reply]
    course = Course.of(visit.session)
    after, replies = await _done(action, replace(visit, session=interview.paused(visit.session)))
    if course is None or course.awaits is None:
        return after, replies
    last = replies[-1]
    return after, [*replies[:-1], replace(last, choices=(*last.choices, interview.continuing(visit.context)))]


async def _done(action: Action, visit: Visit) -> Turn:
    where = action.where if isinstance(action, Go) else ""
    head, _, rest = where.partition("/")
    if isinstance(action, PickPlace) and (unit := visit.unit(action.code)) is not None:
        return await home.picked(visit, unit)
    match head:
        case "dangky":
            return await notices.taken(visit, rest)
        case "huy":
            return await notices.ended(visit, rest)
        case "giu":
            return await notices.kept(visit, rest)
        case "dulieu":
            return await own_data.shown(visit)
        case "rut":
            return await own_data.withdrawn(visit)
        case "dongy" | "khong":
            return await _consent(visit, head, rest)
        case "thoi":
            return visit.turn(visit.say("desk_left", answering.topics(visit.context)))
    return await home.taken(visit, rest)


async def _consent(visit: Visit, head: str, rest: str) -> Turn:
    """Yes or no to being remembered; a yes to another wording than today's is asked for again."""
    wording, _, then = rest.rpartition("/")
    if head == "khong":
        return home.refused(visit)
    if wording != residents.version(visit.context):
        return await (notices.taken(visit, "") if then == "dangky" else home.taken(visit, "nho"))
    return await (notices.consented(visit) if then == "dangky" else home.consented(visit))


def erases(action: Action | None, incoming: Incoming) -> bool:
    """Whether everything about the person is to be erased."""
    return action == Go("xoa") and not incoming.group


def is_personal(action: Action) -> bool:
    """Whether a button leads to the desk; such are not shown in groups."""
    return isinstance(action, Go) and action.where.partition("/")[0] in COMMANDS


def _is_ours(action: Action | None, session: Session, context: Context) -> bool:
    if isinstance(action, PickPlace):
        return session.desk == home.AWAITS
    if isinstance(action, Vote):
        return action.entry in context.knowledge.entries
    return action is not None and is_personal(action)


def _command(text: str, context: Context) -> Go | None:
    """A command with what was typed after it; written with diacritics or in two words it counts as well."""
    name, _, argument = text[1:].partition(" ")
    name, argument = fold(name.partition("@")[0]), argument.strip()
    match name:
        case "noi":
            return Go(f"noi/={argument}" if argument else "noi")
        case "dangky" | "huy" if topic := _topic(argument, context):
            return Go(f"{name}/{topic}")
        case _ if name in NAMES:
            return Go(name)
    return _in_words(text[1:], context)


def _topic(text: str, context: Context) -> str | None:
    """The one topic whose label holds every word of ``text``."""
    words = set(tokens(fold(text)))
    labels = {name: topic.label for name, topic in context.knowledge.topics.items()}
    labels[notices.EVERY] = context.wording.label("desk", "all")
    found = [name for name, label in labels.items() if words and words <= set(tokens(fold(label)))]
    return found[0] if len(found) == 1 else None


def _in_words(text: str, context: Context) -> Go | None:
    """A command as one word or phrase that is the whole message, polite words aside: "cho em đăng ký ạ"."""
    words = tokens(fold(text))
    if len(words) > SHORT * 2:
        return None
    desk = context.wording.labels["desk"]
    polite = {fold(word) for word in desk["polite"]}
    said = (" ".join(words), " ".join(word for word in words if word not in polite))
    for command, phrases in desk["words"].items():
        if not _folded(phrases).isdisjoint(said):
            return Go(command)
    return None


def _awaited(text: str, incoming: Incoming, session: Session, context: Context) -> Action | None:
    """What a text means as an answer to what the desk asked; none where it is another question."""
    awaits, words = session.desk or "", " ".join(tokens(fold(text)))
    if awaits in {home.CONSENT, notices.CONSENT}:
        return _yes_or_no(words, awaits.removeprefix("dongy/"), context)
    if words in _folded(context.wording.labels["desk"]["leave"]):
        return Go("thoi")
    if awaits.startswith(notices.TOPICS):
        return _topics_by_number(text, session)
    for_notices = awaits.startswith(notices.PLACE)
    if text.isdigit():
        return Go("dangky/xong" if for_notices else "noi")
    understood = context.understander.understand(text, context.day(incoming.at), session.entry, session.subject)
    unknown = understood.decision in UNKNOWN and len(tokens(text)) <= SHORT
    if not (unknown or (understood.place is not None and is_place(text, understood.place))):
        return None
    return Go(f"dangky/={text}" if for_notices else f"noi/={text}")


def _yes_or_no(words: str, then: str, context: Context) -> Go | None:
    known = context.wording.labels["interview"]["words"]
    if words in _folded(known["yes"]):
        return Go(f"dongy/{residents.version(context)}/{then}")
    leave = (*known["no"], *context.wording.labels["desk"]["leave"])
    return Go(f"khong/{then}") if words in _folded(leave) else None


def _topics_by_number(text: str, session: Session) -> Go | None:
    """Several topics picked by their numbers at once: "1, 3" answers the whole question."""
    if not _NUMBERS.fullmatch(fold(text).strip()):
        return None
    listed = [choice.action.where for choice in session.offered if isinstance(choice.action, Go)]
    topics = [where.removeprefix("dangky/") for where in listed if where not in {"dangky/xong", "hotro"}]
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if not all(0 < number <= len(topics) for number in numbers):
        return None
    return Go(f"dangky/chon/{','.join(topics[number - 1] for number in numbers)}")


def _folded(words: Iterable[str]) -> set[str]:
    return {" ".join(tokens(fold(word))) for word in words}
