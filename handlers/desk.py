"""The desk for the person's own affairs: which messages belong there, and to which part.

Everything that reaches it is an action: a button's, a command's, or one that stands for what was typed while the desk
awaits something. The other conversations need no store; these do.
"""

from __future__ import annotations

from dataclasses import replace

from handlers import answering, commands, ending, home, interview, meant, notices, own_data, residents, voting
from handlers.actions import Action, Go, PickPlace, Vote
from handlers.awaiting import AGAIN, CONSENT, HOME, PAUSED, PLACE, after_consent, awaited, ticking
from handlers.choosing import chosen
from handlers.commands import NAMES
from handlers.context import Context
from handlers.course import Course
from handlers.subscribed import held_by
from handlers.types import Choice, Incoming, IncomingKind, Reply, Session
from handlers.visit import Turn, Visit
from knowledge.text import clean, tokens
from knowledge.understanding.understander import Decision

#: Where the desk's buttons lead, with the command that comes nearest.
COMMANDS = {
    **{name: name for name in NAMES},
    "giu": "dangky",
    "rut": "dulieu",
    "dongy": "noi",
    "khong": "noi",
    "thoi": "noi",
}


def wanted(incoming: Incoming, session: Session, context: Context) -> Action | None:
    """What a message wants at the desk; none where it belongs to another conversation."""
    if incoming.kind is IncomingKind.ACTION:
        return incoming.action if _is_ours(incoming.action, session, context) else None
    if incoming.kind is not IncomingKind.TEXT:
        return None
    text = clean(incoming.text)
    if text.startswith("/"):
        return commands.slashed(text, context)
    course = Course.of(session)
    if course is not None and course.waiting is not None and awaited(session) is None:
        return commands.in_words(text, context) if len(tokens(text)) > 1 else None
    choice = chosen(text, session.offered)
    if choice is not None:
        return choice.action if _is_ours(choice.action, session, context) else None
    return _typed(text, incoming, session, context)


def _typed(text: str, incoming: Incoming, session: Session, context: Context) -> Action | None:
    """What words mean that pick no choice: a vote, the way out, a command, an answer."""
    found = voting.typed(text, session, context) or meant.left(text, session, context)
    if found is not None or commands.general(text, context) is not None:
        return found
    command = commands.in_words(text, context) or meant.meant(incoming, session, context)
    return command or voting.reason_typed(incoming, session, context)


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
            return await ending.ended(visit, rest)
        case "giu":
            return await notices.kept(visit, rest)
        case "dulieu":
            return own_data.erasure_asked(visit) if rest == "xoa" else await own_data.shown(visit)
        case "rut":
            return await own_data.withdrawn(visit)
        case "dongy" | "khong":
            return await _consent(visit, head, rest)
        case "thoi":
            return await _left(visit)
        case "lai":
            return _asked_again(visit, rest)
    return await home.taken(visit, rest)


async def _consent(visit: Visit, head: str, rest: str) -> Turn:
    """Yes or no to being remembered; a yes to another wording than today's is asked for again."""
    wording, _, then = rest.rpartition("/")
    if head == "khong":
        return home.refused(visit)
    if wording != residents.version(visit.context):
        return await (notices.taken(visit, "") if then == "dangky" else home.taken(visit, "nho"))
    return await (notices.consented(visit) if then == "dangky" else home.consented(visit))


async def _left(visit: Visit) -> Turn:
    """The desk is left; who meant to end notices is told how."""
    held = await held_by(visit) if ticking(visit.session) else []
    return visit.turn(visit.say("desk_left", answering.topics(visit.context), held=bool(held)))


def _asked_again(visit: Visit, why: str) -> Turn:
    """The same choices again: what was typed was a number not listed, or no answer."""
    awaits, going_on = awaited(visit.session) or "", interview.continuing(visit.context)
    choices = tuple(choice for choice in visit.session.offered if choice != going_on)
    reply = visit.say("desk_again", choices, number=why == "so", place=awaits.startswith((HOME, PLACE)))
    return visit.turn(reply, awaits=awaits or None)


def beside(before: Session, turn: Turn, context: Context) -> Turn:
    """Something else was answered while the desk awaited an answer: what was ticked is kept, with a choice to go on;
    consent is asked for once more. An emergency is no time for either."""
    after, replies = turn
    decisions = {reply.heard.decision for reply in replies if reply.heard}
    asked = bool(decisions) and Decision.EMERGENCY.value not in decisions
    awaits = awaited(before) or ""
    if state := ticking(before):
        after = replace(after, desk=PAUSED + state)
        return after, _with_choice(replies, notices.resuming(context)) if asked and awaits else replies
    if not asked or not awaits.startswith(CONSENT) or awaits.endswith(AGAIN):
        return after, replies
    again = context.wording.say("consent_again", consent=residents.sentence(context))
    choices = residents.consent_choices(context, after_consent(awaits)[0])
    return replace(after, desk=awaits + AGAIN), [*replies, Reply(again, choices)]


def _with_choice(replies: list[Reply], choice: Choice) -> list[Reply]:
    last = replies[-1]
    return [*replies[:-1], replace(last, choices=(*last.choices, choice))]


def erases(action: Action, incoming: Incoming) -> bool:
    """Whether everything about the person is to be erased."""
    return action == Go("xoa") and not incoming.group


def is_personal(action: Action) -> bool:
    """Whether a button leads to the desk; such are not shown in groups."""
    return isinstance(action, Go) and action.where.partition("/")[0] in COMMANDS


def _is_ours(action: Action | None, session: Session, context: Context) -> bool:
    if isinstance(action, PickPlace):
        return awaited(session) == HOME
    if isinstance(action, Vote):
        return action.entry in context.knowledge.entries
    return action is not None and is_personal(action)
