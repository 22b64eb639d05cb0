"""Notes on a person: school, studies and the way there."""

from __future__ import annotations

from knowledge.story.numbers import number_at
from knowledge.story.people import CHILDREN, People
from knowledge.story.scope import Way
from knowledge.story.words import Mark, Message


def school_class(people: People, mark: Mark) -> None:
    message = people.message
    number = number_at(message, mark.end) if not message.ends(mark.end) else None
    if number is None or not 1 <= number.value <= 12 or number.value % 1 or _is_over(message, mark):
        return
    if message.plain(number.end) in {"thang", "ngay", "buoi", "tuan"} and not message.ends(number.end):
        return
    if (message.plain(mark.start - 2), message.plain(mark.start - 1)) in {("tu", "nam"), ("hoi", "hoc")}:
        return
    level = "tieu-hoc" if number.value <= 5 else "thcs" if number.value <= 9 else "thpt"
    _at_school(people, Mark("fact", "class", mark.start, number.end), level)


def _is_over(message: Message, mark: Mark) -> bool:
    return any(
        found.value in {"finished", "quit-school"}
        for at in range(max(mark.start - 4, 0), mark.end)
        if (found := message.at(at, "fact")) and not message.stopped(at, mark.start)
    )


def _at_school(people: People, mark: Mark, level: str) -> None:
    if people.other or (not people.now and people.message.plain(mark.start) == "truong"):
        return
    small = level in {"nha-tre", "mau-giao"}
    if small and people.now and people.now[0]["la"] == "toi":
        return
    if level in {"tieu-hoc", "thcs", "thpt"}:
        people.statuses.add("hoc-sinh")
    if level != "thpt":
        people.statuses.add("tre-em")
    if people.now or _childnamed(people):
        if people.now and people.now[0]["la"] in {"vo", "chong", "me", "bo", "ba", "ong"}:
            people.now = (people.person("con", None),)
        people.note(mark, "lop", level)


def _childnamed(people: People) -> bool:
    return any(True for _ in people.message.of("children"))


def school(people: People, mark: Mark) -> None:
    if not _is_over(people.message, mark) and not people.scope.past(mark):
        if not people.now and _childnamed(people):
            people.now = (people.person("con", None),)
        _at_school(people, mark, str(mark.value))


def school_kind(people: People, mark: Mark) -> None:
    if not people.other:
        if _is_pupil(people):
            people.statuses.add("hoc-sinh")
        if people.now and people.scope.way(mark) is Way.CLAIMED:
            people.note(mark, "truong", mark.value)


def _is_pupil(people: People) -> bool:
    """Whether the kind of school is said of a pupil: not of a nursery, a college or a university."""
    message = people.message
    if any(True for _ in message.of("degree")) or any(
        mark.value in {"nha-tre", "mau-giao"} for mark in message.of("school")
    ):
        return False
    return bool(people.now) or any(mark.value == "hoc-sinh" for mark in message.of("status"))


def degree(people: People, mark: Mark) -> None:
    message = people.message
    before = {message.plain(at) for at in range(max(mark.start - 6, 0), mark.start)}
    if message.plain(mark.start - 1) in {"chi", "phai"} and message.plain(mark.start - 2) in {"hay", "cha", "chang"}:
        return
    if people.other or _is_over(message, mark) or message.plain(mark.start) == "tot":
        return
    student = any(status.value == "sinh-vien" for status in message.of("status"))
    studies = (
        before & {"hoc", "do", "dau", "vao", "trung", "nhap", "vien", "sv", "len", "sap"} or mark.value == "hoc-nghe"
    )
    if not (studies or student):
        return
    if people.scope.way(mark, ("degree",)) in (Way.DENIED,):
        return
    if mark.value == "hoc-nghe" and message.plain(mark.start) != "dang":
        return
    pupil = mark.value in {"hoc-nghe", "trung-cap"} and "sinh vien" not in message.folded
    people.statuses.add("hoc-sinh" if pupil else "sinh-vien")
    if people.now:
        people.note(mark, "bac-hoc", mark.value)


def schooling(people: People, mark: Mark) -> None:
    message = people.message
    follows = message.plain(mark.end)
    if people.scope.way(mark, ("fact",)) in (Way.DENIED, Way.PAST) or message.at(mark.end, "degree", "school"):
        return
    if follows in {"nghe", "lai", "dai", "cao", "trung", "tieng"} or not people.now:
        return
    told = message.plain(mark.start) == "dang" or follows == "truong" or "pho" in message.text(mark.start, mark.end)
    if people.now[0]["la"] in CHILDREN and told:
        people.schooled = True


def quit_school(people: People, mark: Mark) -> None:
    if people.now and people.now[0]["la"] in CHILDREN and people.message.plain(mark.start) in {"bo", "nghi", "thoi"}:
        people.note(mark, "lop", "khong")


def distance(people: People, mark: Mark) -> None:
    message = people.message
    near = {message.plain(at) for at in range(max(mark.start - 7, 0), min(mark.end + 5, len(message.words)))}
    pupil = next((person for person in reversed(people.people) if "lop" in person or "truong" in person), None)
    owners = (pupil,) if pupil else people.now
    if near & {"truong", "hoc"} and near & {"cach", "den", "toi", "xa", "di"} and owners:
        value = mark.value / (1000 if mark.kind == "metres" else 1)
        people.note(mark, "khoang-cach-truong", int(value) if value == int(value) else value, owners)
