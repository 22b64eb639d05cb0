"""Notes on a person: lost work, insurance, bringing up children alone."""

from __future__ import annotations

from datetime import date
from typing import Final

from knowledge.story.numbers import ago, day_at
from knowledge.story.people import People, Person
from knowledge.story.scope import Way
from knowledge.story.words import Mark, Message

_STILL_SINGLE: Final = frozenset({"goa", "khong"})


def _jobless(people: People) -> bool:
    return "that-nghiep" in people.statuses or any(mark.value == "that-nghiep" for mark in people.message.of("status"))


def cover(people: People, mark: Mark) -> None:
    """Months of unemployment insurance."""
    message = people.message
    paid = any(message.plain(at) in {"dong", "tham"} for at in range(max(mark.start - 4, 0), mark.end))
    meant = mark.value == "unemployment-cover" or _jobless(people)
    if not paid or not meant:
        return
    if people.scope.way(mark, ("fact",)) is Way.DENIED:
        people.note(mark, "thang-dong-bhtn", 0, (people.grown_up(partner=True),))
        return
    for span in message.of("span"):
        if mark.end <= span.start <= mark.end + 4 and not message.stopped(mark.end, span.start):
            if message.plain(span.end) not in {"nay", "truoc"}:
                people.note(span, "thang-dong-bhtn", int(span.value), (people.grown_up(partner=True),))
            return


def job_loss(people: People, mark: Mark) -> None:
    lawful = mark.value == "lawful"
    way = people.scope.way(mark, ("fact",))
    if people.message.plain(mark.start) == "khong" and _dismissed(people):
        return
    if way in (Way.DENIED, Way.SOUGHT) and people.message.plain(mark.start) != "khong":
        return
    if people.message.plain(mark.start) not in {"bao", "co", "dung"}:
        people.statuses.add("that-nghiep")
    people.note(mark, "nghi-trai-luat", not lawful, (people.grown_up(partner=True),))


def _dismissed(people: People) -> bool:
    """Whether it was the employer who ended the work, without notice."""
    words = {word.plain for word in people.message.words}
    return "duoi" in words or "thai" in words or {"cho", "nghi"} <= words


def stopped_work(people: People) -> None:
    """The day of leaving a job, told near the words for it."""
    message = people.message
    for mark in message.marks:
        status = mark.kind == "status" and mark.value == "that-nghiep"
        if not (status or (mark.kind == "fact" and mark.value in {"lawful", "unlawful"})):
            continue
        if people.scope.others(mark) or people.scope.way(mark) in (Way.DENIED, Way.SOUGHT):
            continue
        found = _day_near(people, mark)
        if found:
            owner = _owner(people, mark)
            people.note(mark, "ngay-nghi-viec", found.isoformat(), (owner,))
            return


def _owner(people: People, mark: Mark) -> Person:
    told = next((person for person in people.people if "thang-dong-bhtn" in person or "nghi-trai-luat" in person), None)
    if told:
        return told
    subject = people.scope.subject(mark)
    if subject and subject.value in {"vo", "chong", "con", "me", "bo", "anh", "chi", "em", "toi"}:
        return people.person(str(subject.value), None)
    return people.grown_up()


def _day_near(people: People, mark: Mark) -> date | None:
    message, day = people.message, people.day
    for at in range(mark.end, min(mark.end + 7, len(message.words))):
        if message.stopped(mark.start, at) or message.plain(at) in {"nop", "den", "dong", "han"}:
            break
        span = next((one for one in message.of("span", "weeks", "days") if one.start == at), None)
        if span and _is_ago(message, span, mark):
            return ago(message, span, day)
        found = day_at(message, at, day)
        if found and found[0] <= day and message.plain(at - 1) != "luc":
            return found[0]
    for at in range(max(mark.start - 5, 0), mark.start):
        found = day_at(message, at, day)
        if found and found[1] <= mark.start and not message.stopped(at, mark.start) and found[0] <= day:
            return found[0]
    return None


def _is_ago(message: Message, span: Mark, mark: Mark) -> bool:
    after, before = message.plain(span.end), [message.plain(span.start - step) for step in (1, 2)]
    return after in {"nay", "truoc", "roi"} or "day" in before or (before[0] == "duoc" and span.start - mark.end <= 1)


def alone(people: People, mark: Mark) -> None:
    """ "Alone" beside "raises" is a single parent."""
    message = people.message
    ahead = {message.plain(at) for at in range(mark.end, min(mark.end + 4, len(message.words)))}
    ahead |= {message.plain(at) for at in range(max(mark.start - 2, 0), mark.start)}
    if ahead & {"nuoi", "cham"} and people.scope.way(mark) is not Way.DENIED:
        _single(people, mark)


def _single(people: People, mark: Mark) -> None:
    people.statuses.add("don-than")
    if not _left(people.message):
        people.note(mark, "don-than", True, (people.grown_up(),))


def _left(message: Message) -> bool:
    """Whether a partner left or was left: the law's single parent is unmarried or widowed."""
    return any(
        mark.value == "divorced" and message.plain(mark.start) not in _STILL_SINGLE for mark in message.of("fact")
    )


def widowed(people: People, mark: Mark) -> None:
    """A partner dead or gone, and children to bring up."""
    message = people.message
    partner = people.scope.subject(mark)
    if partner and partner.value == "bo-me" and mark.start - partner.end <= 1 and mark.value == "widowed":
        if any(person.value in {"chau", "chau-bare"} for person in message.of("person")):
            people.statuses.add("mo-coi")
            people.note(mark, "mo-coi", True, (people.person("chau", None),))
        return
    if mark.value == "widowed" and not (partner and partner.value in {"chong", "vo"} and mark.start - partner.end <= 3):
        return
    ahead = [message.plain(at) for at in range(mark.end, min(mark.end + 14, len(message.words)))]
    if "nuoi" in ahead and ({"con", "chau", "dua"} & set(ahead)):
        if partner and partner.value in {"chong", "vo"}:
            people.now = ()
        _single(people, mark)
