"""What a story says of the household: size, income, area, loan, group, electricity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from knowledge.story.numbers import day_at
from knowledge.story.scope import Scope, Way
from knowledge.story.words import Mark, Message

_MOST: Final = 1_000_000_000
#: Sums that somebody may want to borrow, in đồng; others are no loan.
_LEAST_LOAN, _LARGEST_LOAN = 1_000_000, 100_000_000_000
_PER_HEAD: Final = frozenset({"dau", "binh", "moi"})
Facts = dict[str, Any]


def read_household(scope: Scope) -> tuple[Facts, list[Mark]]:
    """The household's facts and the marks that gave them."""
    facts: Facts = {}
    heard: list[Mark] = []
    for fact, read in _READERS.items():
        found = read(scope)
        if found is not None:
            facts[fact] = found[0]
            heard.append(found[1])
    for mark in scope.message.of("told"):
        if mark.value.scope == "household" and not scope.others(mark):
            facts.setdefault(mark.value.fact, mark.value.value)
            heard.append(mark)
    income = _income(scope, facts.get("so-nguoi"))
    if income:
        facts["thu-nhap-dau-nguoi"] = income[0]
        heard.append(income[1])
    return facts, heard


Found = tuple[Any, Mark]


def _around(message: Message, mark: Mark, back: int, ahead: int) -> list[str]:
    return [message.plain(at) for at in range(max(mark.start - back, 0), min(mark.end + ahead, len(message.words)))]


def _size(scope: Scope) -> Found | None:
    return _people_count(scope) or _couple(scope) or _family(scope) or _alone(scope)


def _people_count(scope: Scope) -> Found | None:
    message = scope.message
    for mark in message.of("people"):
        word, before = message.plain(mark.end - 1), message.plain(mark.start - 1)
        if (before in {"moi", "thang", "tren", "cho"} and mark.value <= 1) or scope.others(mark):
            continue
        clear = word in {"khau", "an"} or message.plain(mark.end - 2) == "mieng"
        near = set(_around(message, mark, 6, 3))
        household = near & {"nha", "dinh", "ho", "chia", "trieu", "ca"} or any(True for _ in message.of("money"))
        if mark.value >= 1 and mark.value <= 50 and (clear or (household and mark.value > 1)):
            return int(mark.value), mark
    return None


def _couple(scope: Scope) -> Found | None:
    """``hai vợ chồng với 3 con``."""
    message = scope.message
    for at in range(len(message.words) - 1):
        if (message.plain(at), message.plain(at + 1)) != ("vo", "chong"):
            continue
        for children in message.of("children"):
            if at < children.start <= at + 7 and not message.stopped(at, children.start) and children.value < 15:
                return 2 + int(children.value) + _elder_after(message, children), Mark("size", None, at, children.end)
    return None


def _elder_after(message: Message, children: Mark) -> int:
    for at in range(children.end, min(children.end + 4, len(message.words))):
        person = message.at(at, "person")
        if person and person.value in {"me", "bo", "ba", "ong"} and message.plain(at - 1) in {"va", "voi", "cung"}:
            return 1
        if person and person.value in {"bo-me", "ong-ba"} and message.plain(at - 1) in {"va", "voi", "cung"}:
            return 2
    return 0


def _family(scope: Scope) -> Found | None:
    """``bốn mẹ con``, ``hai bà cháu``; an old couple on its own."""
    message = scope.message
    for mark in message.of("family"):
        if 2 <= mark.value <= 15 and message.plain(mark.end - 1) in {"con", "chau"} and not scope.others(mark):
            return int(mark.value), mark
    return None


def _alone(scope: Scope) -> Found | None:
    for mark in scope.message.of("fact"):
        if (
            mark.value == "lives-alone"
            and not scope.others(mark)
            and scope.message.plain(mark.end) not in {"nuoi", "cham"}
        ):
            return 1, mark
    return None


# --- money -----------------------------------------------------------------------------------------------------------


def _income(scope: Scope, size: int | None) -> Found | None:
    message = scope.message
    for mark in message.of("money"):
        if scope.others(mark) or _is_loan(message, mark) or mark.value > _MOST:
            continue
        near = _around(message, mark, 9, 8)
        yearly = _yearly(message, mark)
        value = mark.value // 12 if yearly else mark.value
        if _per_head(message, mark):
            return value, mark
        if size and _total(near):
            return value // size, mark
    return None


def _per_head(message: Message, mark: Mark) -> bool:
    before, after = _around(message, mark, 9, 0), _around(message, mark, -len(range(mark.start, mark.end)), 5)
    joined, later = " ".join(before), " ".join(after)
    if "dau nguoi" in joined or "binh quan" in joined or "moi nguoi" in joined or "tinh ra" in joined:
        return True
    slash = mark.end < len(message.words) and message.words[mark.end].raw_gap.strip() == "/" and "nguoi" in after[:1]
    return slash or any(
        words in later for words in ("mot nguoi", "1 nguoi", "moi nguoi", "dau nguoi", "tren nguoi", "thang nguoi")
    )


def _total(near: list[str]) -> bool:
    joined = " ".join(near)
    return any(
        words in joined
        for words in ("ca nha", "tong", "ca gia dinh", "chia", "nha toi", "nha em", "gia dinh", "vo chong", "ca ho")
    )


def _yearly(message: Message, mark: Mark) -> bool:
    before, after = " ".join(_around(message, mark, 6, 0)), " ".join(_around(message, mark, 0, 3))
    yearly = any(
        words in before or words in after
        for words in ("mot nam", "moi nam", "1 nam", "ca nam", "hang nam", "trieu nam", "dong nam")
    )
    return yearly and "thang" not in before.split() and "thang" not in after.split()


def _is_loan(message: Message, mark: Mark) -> bool:
    return "vay" in _around(message, mark, 6, 1)


def _clause_before(message: Message, mark: Mark, reach: int) -> list[str]:
    """The words before a mark, back to the last full stop."""
    start = max(mark.start - reach, 0)
    return [message.plain(at) for at in range(start, mark.start) if not message.stopped(at, mark.start)]


def _loan(scope: Scope) -> Found | None:
    message = scope.message
    for mark in message.of("money"):
        before = _clause_before(message, mark, 11)
        if "vay" not in before or scope.others(mark):
            continue
        at = len(before) - 1 - before[::-1].index("vay")
        if set(before[max(at - 2, 0) : at]) & {"dang", "da", "tung"} or set(before[at:]) & {"da", "toi", "no"}:
            continue
        if _LEAST_LOAN <= mark.value <= _LARGEST_LOAN:
            return mark.value, mark
    return None


# --- the rest --------------------------------------------------------------------------------------------------------


def _area(scope: Scope) -> Found | None:
    if any(words in scope.message.folded for words in ("len phuong", "thanh phuong", "nay la phuong")):
        return None
    marks = [mark for mark in scope.message.of("area") if not scope.others(mark)]
    marks = [mark for mark in marks if _is_home(scope.message, mark)]
    return (marks[0].value, marks[0]) if len({mark.value for mark in marks}) == 1 else None


def _is_home(message: Message, mark: Mark) -> bool:
    if mark.end - mark.start > 1:
        return message.plain(mark.start - 1) not in {"uy", "bo", "truong", "dan"}
    before = message.plain(mark.start - 1)
    if before in {
        "len",
        "ra",
        "uy",
        "bo",
        "truong",
        "tren",
        "do",
        "hoi",
        "can",
        "duoc",
        "co",
        "nhan",
        "van",
        "dan",
        "ma",
        "vi",
    }:
        return False
    return before in {"o", "tai", "thuoc", "que", "nha", "nguoi", "song"} or mark.value == "thanh-thi"


def _hardship(scope: Scope) -> Found | None:
    for value, level in (("hardest", "dac-biet-kho-khan"), ("hard", "kho-khan")):
        for mark in scope.message.of("fact"):
            if mark.value != value or scope.others(mark):
                continue
            way = scope.way(mark, ("fact",))
            if way is Way.DENIED:
                return "khong", mark
            if way in (Way.CLAIMED, Way.MANY):
                return level, mark
    return None


def _group(scope: Scope) -> Found | None:
    message = scope.message
    for mark in message.of("fact"):
        if mark.value != "group" or scope.others(mark):
            continue
        before = [message.plain(at) for at in range(max(mark.start - 6, 0), mark.start)]
        if message.plain(mark.start - 1) == "truong" or ({"phai", "can"} & set(before[-5:]) and "khong" not in before):
            continue
        way = scope.way(mark, ("fact",))
        if way is Way.DENIED:
            return False, mark
        member = {"trong", "da", "vien", "gia", "hoat"} & set(before) or message.plain(mark.end) == "roi"
        if way is Way.CLAIMED and member:
            return True, mark
    return None


def _power(scope: Scope) -> Found | None:
    message = scope.message
    for mark in message.of("power"):
        near = set(_around(message, mark, 6, 2))
        if message.plain(mark.end - 1) == "kwh" or near & {"dien", "dung", "xai"}:
            value = mark.value + (message.plain(mark.start - 1) in {"hon", "tren"})
            return (int(value) if value == int(value) else value), mark
    return None


def _lacking(scope: Scope) -> Found | None:
    for mark in scope.message.of("indicators"):
        if "thieu" in _around(scope.message, mark, 4, 0) and mark.value <= 12:
            return int(mark.value), mark
    return None


def _left_poverty(scope: Scope) -> Found | None:
    """The day a household left poverty; a bare year only where any of its days tells the same."""
    message, day = scope.message, scope.day
    for mark in message.of("status"):
        if mark.value != "moi-thoat-ngheo" or scope.others(mark):
            continue
        places = [
            *range(mark.end - 1, min(mark.end + 4, len(message.words))),
            *range(max(mark.start - 6, 0), mark.start),
        ]
        for at in places:
            found = day_at(message, at, day)
            if not found or message.stopped(min(at, mark.start), max(at, mark.start)):
                continue
            whole_year = message.plain(at) == "nam"
            if whole_year and found[0].year == day.year - 3:
                return None
            return found[0].isoformat(), Mark("left", None, min(at, mark.start), max(found[1], mark.end))
    return None


_READERS: Final[dict[str, Callable[[Scope], Found | None]]] = {
    "so-nguoi": _size, "so-tien-vay": _loan, "khu-vuc": _area, "vung-kho-khan": _hardship,
    "to-tiet-kiem-vay-von": _group, "kwh-thang": _power, "so-thieu-hut": _lacking, "ngay-thoat-ngheo": _left_poverty,
}  # fmt: skip
