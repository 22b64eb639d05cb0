"""One message in, a new session and replies out. The only entrance to everything the bot says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers import answering, commands, desk, facts, interview, own_data, place_talk, results, screens, told, voting
from handlers.actions import Action, Answer, Ask, Go, PickPlace, Vote
from handlers.choosing import chosen
from handlers.context import SESSION_LIFE, Context
from handlers.course import Course
from handlers.typed import typed
from handlers.types import Heard, Incoming, IncomingKind, Reply, Session
from handlers.visit import Turn, Visit
from knowledge.model import Aspect
from knowledge.places import PlaceMatch, Unit
from knowledge.text import clean, fold, tokens
from knowledge.understanding.understander import Decision, Understanding

COMMANDS = {
    "start": "start",
    "batdau": "start",
    "trogiup": "help",
    "help": "help",
    "chude": "start",
    "hotro": "hotro",
    "ketqua": "ketqua",
    **{name: name for name in commands.NAMES},
}
#: How many digits the number of a choice has at most.
LISTED = 2
#: Where buttons lead that ask or show something personal.
PERSONAL = frozenset({"hotro", "ketqua", "khoan"})


#: What can be told of an answer without looking into the store: what is wanted at the desk, or else the answer.
Foreseen = Action | Turn


def foresee(incoming: Incoming, session: Session, context: Context) -> Foreseen:
    """The part of answering that depends on nothing but the message, the conversation and the knowledge."""
    action = desk.wanted(incoming, session, context)
    if action is not None:
        return action
    after, replies = respond(incoming, replace(session, desk=None), context)
    return replace(after, offered=(), shown=()), replies  # Settled by the replies, and much to carry.


async def handle(
    incoming: Incoming, session: Session, tx: AsyncConnection, context: Context, foreseen: Foreseen | None = None
) -> Turn:
    """The replies to ``incoming`` and what to remember afterwards; a session without expiry is not kept. ``foreseen``
    is what ``foresee`` says of it, where it was asked before."""
    foreseen = foreseen or foresee(incoming, session, context)
    visit = Visit(incoming, session, tx, context)
    if isinstance(foreseen, tuple):
        after, replies = desk.beside(session, foreseen, context)
    elif desk.erases(foreseen, incoming):
        return Session(), [await own_data.erased(visit)]
    elif isinstance(foreseen, Vote):
        after, replies = await voting.voted(visit, foreseen)
        return replace(after, expires=incoming.at + SESSION_LIFE), replies
    else:
        after, replies = await desk.taken(foreseen, visit)
    offered = tuple(choice for reply in replies for choice in reply.choices)
    # Messengers show what was said before by themselves.
    shown = tuple(replace(reply, text="") for reply in replies) if incoming.reachable else tuple(replies)
    asked = incoming.text if incoming.kind is IncomingKind.TEXT else _label_of(incoming.action, session)
    return (
        replace(after, offered=offered, shown=shown, asked=clean(asked)[:300], expires=incoming.at + SESSION_LIFE),
        replies,
    )


def respond(incoming: Incoming, session: Session, context: Context) -> Turn:
    """Answer a message. In a group nothing personal is asked, kept or shown."""
    after, replies = _responded(incoming, session, context)
    if not incoming.group:
        return after, replies
    if Course.of(after) is not None or _shows_personal(incoming.action):
        replies = [screens.simple(context, "not_in_groups")]
    return replace(after, flow=None, facts={}), [_for_all(reply) for reply in replies]


def _for_all(reply: Reply) -> Reply:
    """``reply`` without the buttons that lead to somebody's own affairs."""
    return replace(reply, choices=tuple(choice for choice in reply.choices if not desk.is_personal(choice.action)))


def _shows_personal(action: Action | None) -> bool:
    return isinstance(action, Go) and action.where.partition("/")[0] in PERSONAL


def _responded(incoming: Incoming, session: Session, context: Context) -> Turn:
    """Answer by the kind of message: a choice, a command, an answer awaited, a choice typed, a question."""
    day = context.day(incoming.at)
    if incoming.kind is IncomingKind.ACTION and incoming.action is not None:
        return act(incoming.action, session, context, day)
    if incoming.kind is IncomingKind.UNSUPPORTED:
        return session, [screens.simple(context, "unsupported")]
    if incoming.kind is IncomingKind.WITHHELD:
        return session, [Reply(context.wording.say("withheld"))]
    text = clean(incoming.text)
    if not tokens(text):
        return session, [screens.simple(context, "empty")]
    if text.startswith("/"):
        return _command(text, session, context, day)
    if (command := commands.general(text, context)) is not None:
        return _beside_the_interview(*act(command, session, context, day), context)
    turn = typed(text, session, context, day)
    if turn is not None:
        return turn
    choice = chosen(text, session.offered)
    if choice is not None:
        return act(choice.action, session, context, day)
    if text.isdigit() and len(text) <= LISTED:
        return session, [screens.number_unknown(session, context)]
    return _beside_the_interview(*_question(text, session, context, day), context)


def _beside_the_interview(session: Session, replies: list[Reply], context: Context) -> Turn:
    """A question in the middle of the interview is answered, with a button back to it."""
    course = Course.of(session)
    if course is None or course.awaits is None:
        return session, replies
    last = replies[-1]
    return interview.paused(session), [
        *replies[:-1],
        replace(last, choices=(interview.continuing(context), *last.choices)),
    ]


def act(action: Action, session: Session, context: Context, day: date) -> Turn:
    """Do what a button says. A button of an earlier version that leads nowhere leads to the first screen."""
    home = _home(session, context)
    match action:
        case Answer(step, value):
            return interview.answered(step, value, session, context, day)
        case Go("hotro"):
            return interview.opened(session, context, day)
        case Go(where) if where.startswith("hotro/"):
            return interview.go(where[6:], session, context, day)
        case Go("ketqua"):
            return interview.go("ketqua", session, context, day)
        case Go(where) if where.startswith("ketqua/"):
            return results.listed(where[7:], interview.paused(session), context, day)
        case Go(where) if where.startswith("khoan/") and where[6:] in context.knowledge.benefits:
            return results.detail_shown(where[6:], interview.paused(session), context, day)
    return _acted(action, interview.paused(session), context, day, home)


def _acted(action: Action, session: Session, context: Context, day: date, home: Unit | None) -> Turn:
    """Do what a button outside the interview says."""
    match action:
        case Ask(name, aspect) if name in context.knowledge.entries:
            entry = context.knowledge.entries[name]
            reply = answering.answer(context, entry, aspect, day, home=home)
            return replace(session, entry=name, aspect=aspect.value if aspect else None, subject=""), [reply]
        case PickPlace(code) if (unit := context.understander.places.unit(code)) is not None:
            return _picked(unit, session, context, day)
        case Go(where) if where.startswith("topic/") and where[6:] in context.knowledge.topics:
            return session, [screens.topic(context, where[6:])]
        case Go("help"):
            return session, [screens.how_to_ask(context)]
        case Go(_) | Ask() | PickPlace() | Answer() | Vote():
            return replace(session, entry=None, aspect=None, subject=""), [screens.greeting(context)]


def _question(text: str, session: Session, context: Context, day: date) -> Turn:
    """Answer a question; the first reply says what it was taken for."""
    understood = context.understander.understand(text, day, session.entry, session.subject)
    after, replies = _answered(text, understood, session, context, day)
    heard = Heard(understood.decision.value, understood.entry)
    return after, [replace(replies[0], heard=heard), *replies[1:]]


def _answered(text: str, understood: Understanding, session: Session, context: Context, day: date) -> Turn:
    home = _home(session, context)
    place = understood.place
    if place is not None and place.kind == "unit":
        session = replace(session, place=place.units[0].code)
        home = place.units[0]
    if told.is_story(understood, context):
        return told.story_answered(understood, _remembered(understood, session), context, day)
    if place_talk.only_place(text, understood):
        assert place is not None
        if place_talk.tells_home(text, place) and session.entry in context.knowledge.entries:
            return session, [_again(session, context, day, place)]
        return session, [place_talk.about_place(context, place, day)]
    session = told.remembered(session, understood, context)
    match understood.decision:
        case Decision.FALLBACK:
            return session, [screens.fallback(context, understood)]
        case Decision.CLARIFY:
            return session, [screens.clarify(context, understood)]
        case _:
            reply = answering.answer_understood(context, understood, day, home=home)
            return _remembered(understood, session), [reply]


def _remembered(understood: Understanding, session: Session) -> Session:
    """What the conversation is about now. Smalltalk and boundaries do not change it; a follow-up keeps its words."""
    if understood.decision in {Decision.SMALLTALK, Decision.BOUNDARY}:
        return session
    stays = understood.follow_up and understood.entry == session.entry
    return replace(
        session,
        entry=understood.entry,
        aspect=understood.aspect.value if understood.aspect else None,
        subject=session.subject if stays else understood.text[:300],
    )


def _picked(unit: Unit, session: Session, context: Context, day: date) -> Turn:
    """A place was chosen: answer the open question again for it, or say who is there."""
    after = facts.moved(session, unit)
    if session.entry is None or session.entry not in context.knowledge.entries:
        return after, [place_talk.about_unit(context, unit, day)]
    return after, [_again(after, context, day)]


def _again(session: Session, context: Context, day: date, place: PlaceMatch | None = None) -> Reply:
    """The last answer once more, now that the place is known."""
    entry = context.knowledge.entries[session.entry or ""]
    aspect = Aspect(session.aspect) if session.aspect else None
    home = _home(session, context)
    return answering.answer(context, entry, aspect, day, text=session.subject, place=place, home=home)


def _command(text: str, session: Session, context: Context, day: date) -> Turn:
    """A command; ``/start <entry>`` opens an entry, as links from outside do. An unknown one is explained."""
    name, _, argument = text[1:].partition(" ")
    name = fold(name.partition("@")[0])
    if name == "start" and argument.strip() == "hotro":
        return interview.opened(session, context, day)
    if name == "start" and argument.strip() in context.knowledge.entries:
        return act(Ask(argument.strip()), session, context, day)
    if name in COMMANDS:
        return act(Go(COMMANDS[name]), session, context, day)
    return session, [screens.how_to_ask(context)]


def _home(session: Session, context: Context) -> Unit | None:
    return context.understander.places.unit(session.place) if session.place else None


def _label_of(action: Action | None, session: Session) -> str:
    return next((choice.label for choice in session.offered if choice.action == action), "")
