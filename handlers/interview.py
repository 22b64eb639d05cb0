"""``/hotro``: what may my household get? Asks next what settles most; its state is in the session alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from handlers import facts, results
from handlers.actions import Answer, Go
from handlers.context import Context
from handlers.course import HAS, MORE, NEEDS, WHO, Course
from handlers.people import person_name
from handlers.types import Choice, Reply, Session
from knowledge.household import AREA, TELLER, FactError, facts_of_place, read_value
from knowledge.household import WHO as PERSON
from knowledge.interview import SOMEBODY_ELSE, Home, candidates, home_of, may_be_asked, preticked
from knowledge.model import Fact, FactType, Group
from knowledge.places import PlaceMatch
from knowledge.rules import PEOPLE, PROVINCE, Gap
from knowledge.screening import Screening

#: Facts that a typed place tells.
PLACES = frozenset({PROVINCE, AREA})
#: An answer that settles less than this on average is not worth a question.
LEAST = 0.3
TYPED = frozenset({FactType.NUMBER, FactType.AGE, FactType.DATE})
Turn = tuple[Session, list[Reply]]


def opened(session: Session, context: Context, day: date) -> Turn:
    """Begin, with what was told already, or go on where it stopped."""
    course = Course.of(session)
    if course is None:
        ticked = preticked(context.knowledge, session.facts)
        course = Course(ticked.groups, ticked.states)
    return asked_next(course, session, context, day)


def go(where: str, session: Session, context: Context, day: date) -> Turn:
    """Follow a button of the interview: back, results, correct, go on, erase."""
    course = Course.of(session)
    match where.split("/", 1):
        case ["xoa"]:
            erased = replace(session, facts={}, flow=None, shown=())
            return erased, [_plain(context, "interview_erased")]
        case ["moi"]:
            return opened(replace(session, facts={}, flow=None), context, day)
        case ["lui"] if course and course.done:
            return _back(course, session, context, day)
        case ["sua"] if course:
            return _ended(course, session), [_corrections(course, session, context)]
        case ["sua", step] if course and step in course.done:
            return _awaited(replace(course, awaits=step), session, context, day)
        case ["tiep"] if course:
            return asked_next(replace(course, limit=len(course.done) + MORE), session, context, day)
        case ["ketqua"] if facts.begun(session):
            return results.shown(_ended(course, session) if course else session, context, day)
    return opened(session, context, day)


def answered(step: str, value: str, session: Session, context: Context, day: date) -> Turn:
    """Take the answer of a button; an old one begins an interview with what it says."""
    course = Course.of(session) or Course()
    if step in {HAS, NEEDS}:
        return _ticked(course, step, value, session, context, day)
    if step.startswith(WHO):
        return _placed(course, step, value, session, context, day)
    fact = context.knowledge.facts.get(step.rpartition(".")[2])
    if fact is None:
        return opened(session, context, day)
    try:
        meant = {"true": True, "false": False}.get(value, value) if fact.type is FactType.YES_NO else value
        return taken(course, step, read_value(fact, meant) if value else None, session, context, day)
    except FactError:
        return asked_next(course, session, context, day)


def taken(course: Course, step: str, value: Any, session: Session, context: Context, day: date) -> Turn:
    """One fact answered (None: not known); ask the next."""
    return asked_next(course.past(step), facts.told(session, step, value), context, day)


def at_place(place: PlaceMatch, session: Session, context: Context, day: date) -> Turn | None:
    """A place typed where the province or the area was asked; none where the name leaves open which."""
    course, found = Course.of(session), facts_of_place(place)
    if course is None or course.waiting not in PLACES or course.awaits not in found:
        return None
    code = place.units[0].code if place.kind == "unit" else session.place
    after = replace(session, place=code, facts={**session.facts, **found})
    return asked_next(course.past(course.awaits), after, context, day)


def ticked_by_numbers(numbers: list[int], session: Session, context: Context, day: date) -> Turn | None:
    """Several groups picked by their numbers at once: "1, 3, 5" answers the whole question."""
    course = Course.of(session)
    step = course.waiting if course else None
    if course is None or step not in {HAS, NEEDS}:
        return None
    listed = _listed(context, step)
    wanted = [listed[number - 1].id for number in numbers if 0 < number <= len(listed)]
    if len(wanted) != len(numbers):
        return None
    groups = dict.fromkeys([*course.groups, *wanted])
    return asked_next(replace(course, groups=tuple(groups)).past(step), session, context, day)


def paused(session: Session) -> Session:
    """``session`` while something else is talked of: nothing is awaited, all answers are kept."""
    course = Course.of(session)
    return replace(course, aside=course.awaits is not None).kept(session) if course else session


def continuing(context: Context) -> Choice:
    """The button that leads back to the questions."""
    return Choice(context.wording.label("interview", "continue"), Go("hotro"))


def _ended(course: Course, session: Session) -> Session:
    return replace(course, awaits=None, aside=False).kept(session)


# --- answers ---------------------------------------------------------------------------------------------------------


def _ticked(course: Course, step: str, group: str, session: Session, context: Context, day: date) -> Turn:
    """Tick or untick a group and show the list again; without a group the list is finished."""
    if group not in context.knowledge.groups:
        return asked_next(course.past(step), session, context, day)
    after = course.toggled(group)
    if group not in after.groups:
        session = facts.without_person(session, group)
    return _awaited(replace(after, awaits=step), session, context, day)


def _placed(course: Course, step: str, person: str, session: Session, context: Context, day: date) -> Turn:
    """Who is in a state: one of the household told of, or somebody else."""
    states = {**course.states, step.removeprefix(WHO): person}
    return asked_next(replace(course.past(step), states=states), session, context, day)


def _back(course: Course, session: Session, context: Context, day: date) -> Turn:
    """Ask the last question again, without its answer."""
    step = course.done[-1]
    after = session if step in {HAS, NEEDS} or step.startswith(WHO) else facts.told(session, step, None)
    return _awaited(replace(course, done=course.done[:-1], awaits=step), after, context, day)


# --- questions -------------------------------------------------------------------------------------------------------


def asked_next(course: Course, session: Session, context: Context, day: date) -> Turn:
    """Ask the next question of a course, or show the result where none is left."""
    step = next_step(course, session, context, day)
    if step is None:
        return results.shown(_ended(course, session), context, day)
    return _awaited(replace(course, awaits=step), session, context, day)


def _awaited(course: Course, session: Session, context: Context, day: date) -> Turn:
    after = replace(course, aside=False).kept(session)
    return after, [question(course, after, context, day)]


def next_step(course: Course, session: Session, context: Context, day: date) -> str | None:
    """What to ask next: first whom the household has and what it needs, then the fact that settles most."""
    if len(course.done) >= course.limit:
        return None
    fixed = next(iter(_fixed(course, session, context)), None)
    if fixed is not None:
        return fixed
    found = facts.screening(course.kept(session), context, day)
    gap = context.screener.next_question(found, _without(course, found, session, context), LEAST)
    return _step(gap, found, context) if gap else None


def _fixed(course: Course, session: Session, context: Context) -> list[str]:
    """The steps that come before the useful facts, as far as they are still to be taken."""
    states = [group for group in map(context.knowledge.groups.get, course.groups) if group and group.state]
    asked = [
        group.id
        for group in states
        if group.id not in course.states and _may_be_others(group, course, session, context)
    ]
    place = [] if PROVINCE in facts.with_place(session, context) else [PROVINCE]
    return [step for step in (HAS, NEEDS, *(f"{WHO}{name}" for name in asked), *place) if step not in course.done]


def _may_be_others(group: Group, course: Course, session: Session, context: Context) -> bool:
    return bool(candidates(context.knowledge, session.facts, course.ticked, group))


def _without(course: Course, found: Screening, session: Session, context: Context) -> set[Gap]:
    """What is not asked: what was answered with "do not know", and what is not about the person."""
    home = home_of(context.knowledge, session.facts, course.ticked)
    gaps = {gap for outcome in found.outcomes.values() for gap in outcome.gaps}
    return {gap for gap in gaps if _step(gap, found, context) in course.done or not _fits(gap, found, home, context)}


def _fits(gap: Gap, found: Screening, home: Home, context: Context) -> bool:
    if gap.person is None or context.knowledge.facts[gap.fact].shared:
        return True
    groups = home.groups_of(found.facts[PEOPLE][gap.person][PERSON])
    return may_be_asked(context.knowledge, gap.fact, groups)


def _step(gap: Gap, found: Screening, context: Context) -> str:
    fact = context.knowledge.facts[gap.fact]
    if gap.person is None or fact.shared:
        return gap.fact
    return f"{found.facts[PEOPLE][gap.person][PERSON]}.{gap.fact}"


def question(course: Course, session: Session, context: Context, day: date, *, wrong: bool = False) -> Reply:
    """The question that the course awaits an answer to; ``wrong``: the answer before could not be used."""
    step = course.awaits or HAS
    heading = {"number": len(course.done) + 1, "left": _left(course, session, context, day), "wrong": wrong}
    if step in {HAS, NEEDS}:
        some = _some_ticked(context, course, step)
        done = context.wording.label("interview", "done" if some else "none")
        text = context.wording.say("interview_groups", step=step, done=done, some=some, **heading)
        return Reply(text, (*_boxes(context, course, step), *_controls(context, course, step)))
    if step.startswith(WHO):
        group = context.knowledge.groups[step.removeprefix(WHO)]
        text = context.wording.say("interview_who", group=group, **heading)
        return Reply(text, (*_persons(context, course, session, group), *_controls(context, course, step)))
    who, _, name = step.rpartition(".")
    fact = context.knowledge.facts[name]
    about = person_name(context, who) if who else ""
    text = context.wording.say("interview_question", fact=fact, about=about, teller=who == TELLER, **heading)
    return Reply(text, (*_values(context, fact, step), *_controls(context, course, step)), worded=fact.type in TYPED)


def _left(course: Course, session: Session, context: Context, day: date) -> int:
    """About how many questions are left, this one included."""
    fixed = len(_fixed(course, session, context))
    found = facts.screening(course.kept(session), context, day)
    skipped = _without(course, found, session, context)
    missing = {gap for key in found.open for gap in found.outcomes[key].to_hold or ()} - skipped
    steps = {_step(gap, found, context) for gap in missing}
    return max(1, min(course.limit - len(course.done), fixed + (len(steps) + 1) // 2))


def _listed(context: Context, step: str) -> list[Group]:
    """The groups of a screen: people on the first, needs on the second."""
    return [group for group in context.knowledge.groups.values() if (group.who is not None) is (step == HAS)]


def _boxes(context: Context, course: Course, step: str) -> tuple[Choice, ...]:
    marks = {True: context.wording.label("interview", "ticked"), False: context.wording.label("interview", "unticked")}
    boxes = [
        Choice(f"{marks[group.id in course.groups]} {group.label}", Answer(step, group.id))
        for group in _listed(context, step)
    ]
    done = "done" if _some_ticked(context, course, step) else "none"
    return (*boxes, Choice(context.wording.label("interview", done), Answer(step)))


def _some_ticked(context: Context, course: Course, step: str) -> bool:
    return any(group.id in course.groups for group in _listed(context, step))


def _persons(context: Context, course: Course, session: Session, group: Group) -> tuple[Choice, ...]:
    """Who may be in a state, the teller first, and somebody else."""
    names = candidates(context.knowledge, session.facts, course.ticked, group)
    ordered = sorted(names, key=lambda name: name != TELLER)
    choices = [Choice(person_name(context, name, alone=True), Answer(f"{WHO}{group.id}", name)) for name in ordered]
    return (*choices, Choice(context.wording.label("interview", "somebody"), Answer(f"{WHO}{group.id}", SOMEBODY_ELSE)))


def _values(context: Context, fact: Fact, step: str) -> tuple[Choice, ...]:
    if fact.type is FactType.YES_NO:
        pair = ((context.wording.value(fact, value), str(value).lower()) for value in (True, False))
        return tuple(Choice(label, Answer(step, value)) for label, value in pair)
    return tuple(Choice(choice.label, Answer(step, choice.value)) for choice in fact.choices)


def _controls(context: Context, course: Course, step: str) -> tuple[Choice, ...]:
    label = context.wording.label
    skip = [] if step in {HAS, NEEDS} or step.startswith(WHO) else [Choice(label("interview", "skip"), Answer(step))]
    back = [Choice(label("interview", "back"), Go("hotro/lui"))] if course.done else []
    result = [Choice(label("interview", "results"), Go("hotro/ketqua"))] if course.done else []
    return (*skip, *back, *result)


def _corrections(course: Course, session: Session, context: Context) -> Reply:
    """Every answer given, each to be changed."""
    choices = [Choice(_answer_line(step, course, session, context), Go(f"hotro/sua/{step}")) for step in course.done]
    go_on = Choice(context.wording.label("interview", "results"), Go("hotro/ketqua"))
    return Reply(context.wording.say("interview_corrections"), (*choices, go_on))


def _answer_line(step: str, course: Course, session: Session, context: Context) -> str:
    """A step and its answer, as a label."""
    wording, knowledge = context.wording, context.knowledge
    if step in {HAS, NEEDS}:
        ticked = [group.label for group in _listed(context, step) if group.id in course.groups]
        return f"{wording.label('interview', step)}: {', '.join(ticked) or wording.label('interview', 'nothing')}"
    if step.startswith(WHO):
        group = knowledge.groups[step.removeprefix(WHO)]
        person = course.states.get(group.id, SOMEBODY_ELSE)
        return f"{group.label}: {person_name(context, person, alone=True)}"
    who, _, name = step.rpartition(".")
    value = facts.value_told(session, step)
    said = wording.label("interview", "unknown") if value is None else wording.value(knowledge.facts[name], value)
    about = f" ({person_name(context, who)})" if who else ""
    return f"{knowledge.facts[name].name}{about}: {said}"


def _plain(context: Context, template: str) -> Reply:
    start = Choice(context.wording.label("buttons", "start"), Go("start"))
    return Reply(context.wording.say(template), (continuing_anew(context), start))


def continuing_anew(context: Context) -> Choice:
    """The button that begins the questions."""
    return Choice(context.wording.label("interview", "open"), Go("hotro"))
