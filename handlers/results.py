"""What an interview or a story comes to: three groups, one line of reason each; details of one benefit on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers import facts
from handlers.actions import Ask, Go
from handlers.answering import LONGEST, offices
from handlers.context import Context
from handlers.course import Course
from handlers.people import missing_names
from handlers.richtext import plain
from handlers.types import Choice, Reply, Session
from handlers.wording import short_label
from knowledge.answers import Question, is_reported
from knowledge.base import in_force
from knowledge.conditions import Benefit
from knowledge.model import Aspect, Entry, Source, Statement
from knowledge.rules import Facts, Outcome, Verdict, truth
from knowledge.screening import Screening

#: How many buttons lead to details of benefits.
MOST_DETAILS = 8
#: The most characters of the lines of one page of a list.
PAGE = 700
ORDER = (Verdict.ELIGIBLE, Verdict.UNKNOWN, Verdict.NOT_ELIGIBLE)
WHERE = {Verdict.ELIGIBLE: "duoc", Verdict.UNKNOWN: "can", Verdict.NOT_ELIGIBLE: "khong"}


@dataclass(frozen=True)
class Line:
    """One benefit in a list: its verdict and the one reason that says most."""

    key: str
    title: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Detail:
    """Everything about one benefit for one household."""

    line: Line
    entry: Entry
    reasons: tuple[str, ...]
    mends: tuple[str, ...]
    missing: tuple[str, ...]
    amount: Statement | None
    papers: Statement | None
    offices: tuple[str, ...]
    sources: tuple[Source, ...]
    marks: dict[str, str]
    instead: tuple[Line, ...]


def shown(session: Session, context: Context, day: date) -> tuple[Session, list[Reply]]:
    """The three groups, as far as they fit into one message, with buttons to the rest."""
    found = lines(facts.screening(session, context, day), context)
    eligible, unknown, refused = (found[verdict] for verdict in ORDER)
    first = page(eligible, 0, PAGE - 150)
    room = PAGE - sum(map(_length, first))
    text = context.wording.say("results", day=day, eligible=eligible, first=first, unknown=unknown, refused=refused,
                               open=_titles(unknown, room))  # fmt: skip
    return session, [
        Reply(text, (*detail_choices(first), *_lists(context, found, len(first)), *_onward(context, session, day)))
    ]


def listed(where: str, session: Session, context: Context, day: date) -> tuple[Session, list[Reply]]:
    """One page of one of the groups: ``can/0``."""
    name, _, start = where.partition("/")
    verdict = next((verdict for verdict, word in WHERE.items() if word == name), Verdict.ELIGIBLE)
    every = lines(facts.screening(session, context, day), context)[verdict]
    begin = int(start) if start.isdigit() and int(start) < len(every) else 0
    part = page(every, begin, PAGE)
    end = begin + len(part)
    text = context.wording.say("result_list", verdict=verdict, page=part, begin=begin, end=end, total=len(every))
    more = [Choice(context.wording.label("results", "next"), Go(f"ketqua/{name}/{end}"))] if end < len(every) else []
    back = Choice(context.wording.label("results", "list"), Go("ketqua"))
    return session, [Reply(text, (*detail_choices(part), *more, back))]


def detail_shown(key: str, session: Session, context: Context, day: date) -> tuple[Session, list[Reply]]:
    """One benefit for this household: verdict, reasons, amount, papers, office; shortened until it fits."""
    found = detail(key, facts.screening(session, context, day), session, context)
    for brief in range(4):
        text = context.wording.say("benefit", detail=found, day=day, brief=brief)
        if len(plain(text)) <= LONGEST:
            break
    label = context.wording.label
    instead = tuple(Choice(short_label(line.title), Go(f"khoan/{line.key}")) for line in found.instead)
    asks = tuple(
        Choice(label("aspects", side.value), Ask(found.entry.id, side)) for side in (Aspect.AMOUNT, Aspect.PAPERS)
    )
    back = Choice(label("results", "list"), Go("ketqua"))
    go_on = Choice(label("interview", "continue" if Course.of(session) else "open"), Go("hotro"))
    return session, [Reply(text, (*instead, *asks, go_on, back), statements=_used(found))]


def lines(found: Screening, context: Context) -> dict[Verdict, list[Line]]:
    """Every benefit by verdict, in the order of the topics' entries; last what is everybody's."""
    order = {name: index for index, name in enumerate(_in_topics(context))}
    anyones = {key for key in found.outcomes if truth(context.knowledge.benefits[key], {}, found.day)}
    keys = sorted(found.outcomes, key=lambda key: (key in anyones, order.get(key.partition(":")[0], len(order))))
    grouped: dict[Verdict, list[Line]] = {verdict: [] for verdict in ORDER}
    for key in keys:
        line = line_of(key, found.outcomes[key], found.facts, context)
        grouped[line.verdict].append(line)
    return grouped


def line_of(key: str, outcome: Outcome, told: Facts, context: Context) -> Line:
    """One benefit with the one reason that says most: what is missing, or else the first that decided."""
    reason = outcome.reasons[0].text if outcome.reasons else ""
    if outcome.missing:
        names = missing_names(outcome, told, context)
        reason = context.wording.label("results", "needs").format(", ".join(names))
    elif outcome.truth is None and not reason:
        reason = context.wording.label("results", "no_rule")
    return Line(key, context.knowledge.benefits[key].title, outcome.verdict, reason)


def details(session: Session, context: Context, day: date) -> dict[Verdict, list[Detail]]:
    """Every benefit in full, for the page that is printed."""
    found = facts.screening(session, context, day)
    grouped = lines(found, context)
    return {verdict: [detail(line.key, found, session, context) for line in grouped[verdict]] for verdict in ORDER}


def detail(key: str, found: Screening, session: Session, context: Context) -> Detail:
    """Everything about the benefit under ``key`` for the household that was screened."""
    knowledge, day = context.knowledge, found.day
    benefit, entry = knowledge.benefits[key], knowledge.entry_of(key)
    outcome = found.outcomes.get(key) or context.screener.screen(found.facts, day, {key}).outcomes[key]
    amount = _statement(context, entry, benefit.amount, Aspect.AMOUNT, day) if outcome.truth is not False else None
    papers = _statement(context, entry, benefit.papers, Aspect.PAPERS, day) if outcome.truth is not False else None
    unit = context.understander.places.unit(session.place) if session.place else None
    scopes = context.understander.places.scopes_of(unit) if unit else frozenset[str]()
    statements = [statement for statement in (amount, papers) if statement]
    return Detail(
        line=line_of(key, outcome, found.facts, context),
        entry=entry,
        reasons=tuple(reason.text for reason in outcome.reasons),
        mends=tuple(dict.fromkeys(reason.mend for reason in outcome.reasons if reason.mend)),
        missing=missing_names(outcome, found.facts, context),
        amount=amount,
        papers=papers,
        offices=tuple(item["name"] for item in offices(knowledge, entry, scopes, unit)),
        sources=_sources(context, outcome, statements),
        marks={statement.id: mark for statement in statements if (mark := _mark(context, statement, day))},
        instead=_instead(context, benefit, found, day) if outcome.truth is False else (),
    )


def _statement(context: Context, entry: Entry, name: str | None, aspect: Aspect, day: date) -> Statement | None:
    """The statement that a benefit names, where it is in force; else the lead of the aspect, of a single benefit."""
    named = next((s for s in context.knowledge.statements(entry) if s.id == name and in_force(s, day)), None)
    if named or (len(entry.benefits) > 1 and name is None):
        return named
    answer = context.answers.find(entry, aspect, day, Question(), 1)
    return answer.lead if answer.aspect is aspect else None


def _sources(context: Context, outcome: Outcome, statements: Sequence[Statement]) -> tuple[Source, ...]:
    """What proves it: the sources of the deciding conditions and of the statements, one per publisher."""
    knowledge = context.knowledge
    names = [knowledge.claims[claim].source for reason in outcome.reasons for claim in reason.claims]
    names += [name for statement in statements for name in statement.sources]
    sources = [knowledge.sources[name] for name in dict.fromkeys(names) if name]
    return tuple({source.publisher: source for source in reversed(sources)}.values())[::-1]


def _mark(context: Context, statement: Statement, day: date) -> str:
    if any(context.knowledge.sources[name].copy_of_text for name in statement.sources):
        return "copied"
    return "reported" if is_reported(statement, day) else ""


def _instead(context: Context, benefit: Benefit, found: Screening, day: date) -> tuple[Line, ...]:
    """What may fit when this does not: the likelier first, at most two."""
    keys = [key for key in benefit.instead if key in context.knowledge.benefits]
    outcomes = context.screener.screen(found.facts, day, set(keys)).outcomes
    open_ones = sorted(
        (key for key in keys if outcomes[key].truth is not False), key=lambda key: not outcomes[key].truth
    )
    return tuple(line_of(key, outcomes[key], found.facts, context) for key in open_ones[:2])


def _in_topics(context: Context) -> list[str]:
    return list(dict.fromkeys(name for topic in context.knowledge.topics.values() for name in topic.entries))


def page(every: Sequence[Line], begin: int, room: int) -> list[Line]:
    """As many lines as fit, at least one."""
    part: list[Line] = []
    for line in every[begin:]:
        room -= _length(line)
        if part and (room < 0 or len(part) == MOST_DETAILS):
            break
        part.append(line)
    return part


def _length(line: Line) -> int:
    return len(line.title) + len(line.reason) + 5


def _titles(every: Sequence[Line], room: int) -> list[Line]:
    """Open benefits with their reason while there is room for them."""
    taken: list[Line] = []
    for line in every:
        room -= _length(line)
        if room < 0:
            break
        taken.append(line)
    return taken


def detail_choices(part: Sequence[Line]) -> tuple[Choice, ...]:
    return tuple(Choice(short_label(line.title), Go(f"khoan/{line.key}")) for line in part[:MOST_DETAILS])


def _lists(context: Context, found: dict[Verdict, list[Line]], shown_already: int) -> list[Choice]:
    """Buttons to the groups, and to the rest of the first."""
    label = context.wording.label
    names = {Verdict.UNKNOWN: "all_unknown", Verdict.NOT_ELIGIBLE: "all_not"}
    choices = []
    if shown_already < len(found[Verdict.ELIGIBLE]):
        text = label("results", "all_eligible").format(len(found[Verdict.ELIGIBLE]))
        choices.append(Choice(text, Go(f"ketqua/duoc/{shown_already}")))
    for verdict, name in names.items():
        if found[verdict]:
            choices.append(Choice(label("results", name).format(len(found[verdict])), Go(f"ketqua/{WHERE[verdict]}/0")))
    return choices


def _onward(context: Context, session: Session, day: date) -> list[Choice]:
    """What can be done next: go on, correct, erase."""
    label, course = context.wording.label, Course.of(session)
    if course is None:
        return [Choice(label("interview", "continue"), Go("hotro")), Choice(label("buttons", "start"), Go("start"))]
    more = [Choice(label("interview", "more"), Go("hotro/tiep"))] if facts.screening(session, context, day).open else []
    return [
        *more,
        Choice(label("interview", "correct"), Go("hotro/sua")),
        Choice(label("interview", "erase"), Go("hotro/xoa")),
        Choice(label("buttons", "start"), Go("start")),
    ]


def _used(found: Detail) -> tuple[str, ...]:
    return tuple(f"{found.entry.id}/{statement.id}" for statement in (found.amount, found.papers) if statement)
