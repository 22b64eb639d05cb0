"""Numbers, money, measures and days as people write and say them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final, NamedTuple

from knowledge.story.words import COMMA, SPACE, Mark, Message, Word
from knowledge.text import fold

_ONES: Final = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_SCALES: Final = {"nghìn": 1_000, "ngàn": 1_000, "triệu": 1_000_000, "củ": 1_000_000, "tỷ": 10**9, "tỉ": 10**9}
_TENS: Final = {"mươi": 10, "chục": 10, "trăm": 100}
_HALF: Final = "rưỡi"
_OTHER: Final = ("mười", "hăm", "linh", "lẻ", _HALF)
_SPELT: Final = {**_ONES, **_SCALES, **_TENS, **dict.fromkeys(_OTHER, 0)}
_PLAIN: Final = {fold(word): word for word in reversed(_SPELT)}
_SMALL_UNITS: Final = {
    "tuoi": "age", "t": "age", "tuo": "age", "tui": "age", "khau": "people", "nguoi": "people", "nhan": "people",
    "mieng": "people", "thang": "months", "nam": "years", "tuan": "weeks", "ngay": "days", "hom": "days",
    "con": "children", "dua": "children", "chau": "children", "km": "km", "cay": "km", "cs": "km", "kilomet": "km",
    "ki": "kilo", "so": "power", "kwh": "power", "ky": "kilo", "kg": "kilo", "chi": "indicators", "met": "metres",
    "m": "metres", "me": "family", "bo": "family", "vo": "couple", "ba": "family", "ong": "family",
    "trieu": "money", "tieu": "measure", "bac": "measure", "dong": "money", "trd": "money",
}  # fmt: skip
_YEAR_BEFORE: Final = frozenset(
    ["moi", "mot", "hai", "nhieu", "hang", "ca", "may", "vai", "sinh", "tu", "truoc", "sang"]
)
_BEFORE_T: Final = frozenset({"con", "em", "toi", "chau", "be", "me", "nay", "moi", "duoc", "minh", "trai", "gai"})
_YEAR_AFTER: Final = frozenset(
    ["ngoai", "nay", "sau", "truoc", "kia", "toi", "qua", "hoc", "nhat", "xua", "day", "roi"]
)


class Number(NamedTuple):
    """A number and the words it covers."""

    value: float
    start: int
    end: int
    scaled: bool = False


def spelt(word: Word, accented: bool) -> str | None:
    """A number word in its written form, if this is one."""
    if word.text in _SPELT:
        return word.text
    return _PLAIN.get(word.plain) if word.text.isascii() and not accented else None


def may_begin(message: Message, at: int) -> bool:
    """Whether a word could begin a number: the quick answer."""
    plain = message.plain(at)
    return plain in _PLAIN or plain[:1].isdigit()


def number_at(message: Message, start: int) -> Number | None:
    """The number that begins at a word, with its thousands and millions."""
    if not may_begin(message, start):
        return None
    total, at, scaled = 0.0, start, False
    while (part := _part(message, at, start)) is not None:
        value, at = part
        scale = _scale(message, at)
        if scale:
            at += 1
            value, at = _after_scale(message, value, scale, at)
            scaled = True
        total += value
        if not scale or not _continues(message, at):
            break
    return Number(total, start, at, scaled) if at > start else None


def _scale(message: Message, at: int) -> int:
    if at >= len(message.words) or message.words[at].gap != SPACE:
        return 0
    word = spelt(message.words[at], message.accented)
    return _SCALES.get(word or "", 0)


def _continues(message: Message, at: int) -> bool:
    """Whether a lower part follows after a scale (``một triệu hai trăm nghìn``)."""
    part = _part(message, at, at) if at < len(message.words) and message.words[at].gap == SPACE else None
    return part is not None and _scale(message, part[1]) > 0


def _after_scale(message: Message, value: float, scale: int, at: int) -> tuple[float, int]:
    """``1 triệu 9``, ``1 triệu rưỡi``: what is said after the scale without a unit."""
    value *= scale
    if at >= len(message.words) or message.words[at].gap != SPACE:
        return value, at
    word = message.words[at]
    if spelt(word, message.accented) == _HALF:
        return value + scale / 2, at + 1
    digits = word.text if word.text.isdigit() else str(_ONES.get(spelt(word, message.accented) or "", ""))
    if not word.text.isdigit() and not message.accented and not message.ends(at + 1):
        return value, at
    counted = message.plain(at + 1) in _SMALL_UNITS and not message.ends(at + 1)
    if not digits or len(digits) > 3 or counted or _scale(message, at + 1) or digits == "0":
        return value, at
    if word.plain in {"mot", "1"} and message.plain(at + 1) in {"nguoi", "thang", "nam", "dau"}:
        return value, at
    return value + int(digits) * scale / 10 ** len(digits), at + 1


def _part(message: Message, at: int, start: int) -> tuple[float, int] | None:
    """A number below a thousand in words, or one in digits."""
    if at >= len(message.words) or (at > start and message.words[at].gap != SPACE):
        return None
    text = message.words[at].text
    if text[0].isdigit():
        value = digits_value(text)
        return None if value is None else _tens_after(message, value, at + 1)
    return _words_value(message, at)


def _tens_after(message: Message, value: float, at: int) -> tuple[float, int]:
    word = spelt(message.words[at], message.accented) if at < len(message.words) else None
    if word in {"chục", "trăm"} and message.words[at].gap == SPACE:
        return value * _TENS[word], at + 1
    return value, at


def digits_value(text: str) -> float | None:
    """``1.900.000`` → 1900000, ``1,9`` → 1.9; None for what is no number."""
    if text.isdigit():
        return float(text) if text.isascii() and len(text) <= 13 else None
    parts = text.replace(",", ".").split(".")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(text) > 18:
        return None
    if all(len(part) == 3 for part in parts[1:]) and (len(parts) > 2 or len(parts[0]) <= 3):
        return float("".join(parts))
    return float(f"{parts[0]}.{parts[1]}") if len(parts) == 2 else None


def _words_value(message: Message, at: int) -> tuple[float, int] | None:
    total, ones, begin = 0, None, at
    if _is_before_tens(message, at):
        return None
    while at < len(message.words) and (at == begin or message.words[at].gap == SPACE):
        word = spelt(message.words[at], message.accented)
        if word is None or word in _SCALES or word == _HALF or (word == "không" and at == begin):
            break
        if word in _ONES:
            if ones is not None:
                if total or ones == 0 or word == "không":
                    break
                total, ones = 10 * ones, None
            ones = _ONES[word]
        elif word in _TENS:
            if ones is None and word != "trăm":
                break
            total, ones = total + (ones or 1) * _TENS[word], None
        elif word in {"mười", "hăm"}:
            total += 10 if word == "mười" else 20
        at += 1
    return (float(total + (ones or 0)), at) if at > begin and (total or ones) else None


def _is_before_tens(message: Message, at: int) -> bool:
    """Whether a digit's word only stands before a number: the "năm" of ``từ năm hai mươi tuổi``."""
    words = [spelt(word, message.accented) for word in message.words[at : at + 3]]
    return len(words) == 3 and words[0] in _ONES and words[1] in _ONES and words[2] == "mươi"


def measures(message: Message) -> list[Mark]:
    """Every number with its unit: ages, people, months, money, distances."""
    found: list[Mark] = []
    at = 0
    while at < len(message.words):
        if not may_begin(message, at):
            at += 1
            continue
        number = number_at(message, at)
        mark = _measure(message, number) if number else None
        if mark:
            found.append(mark)
        at = mark.end if mark else number.end if number else at + 1
    return found


def _measure(message: Message, number: Number) -> Mark | None:
    if number.scaled or number.value >= 100_000:
        return _money(message, number)
    unit_at = number.end
    kind = _SMALL_UNITS.get(message.plain(unit_at)) if not message.ends(unit_at) else None
    if kind is None or _is_year_word(message, number):
        return None
    return _unit_mark(message, number, kind, unit_at)


def _money(message: Message, number: Number) -> Mark | None:
    if number.value < 1_000:
        return None
    end = number.end + (message.plain(number.end) == "dong" and not message.ends(number.end))
    return Mark("money", round(number.value), number.start, end)


def _is_year_word(message: Message, number: Number) -> bool:
    """Whether the "năm" or "ba" of a one-word number is more likely another word."""
    if number.end - number.start > 1 or message.words[number.start].text[0].isdigit():
        return False
    before, word, after = message.plain(number.start - 1), message.plain(number.start), message.plain(number.end)
    if word == "nam":
        return before in _YEAR_BEFORE or before.isdigit() or after in _YEAR_AFTER or after == "nam"
    if word == "ba" and after == "con":
        return message.plain(number.end + 1) in {"oi", "cho", "trong", "chom", "co"} and not message.accented
    return (word, after) in {("ba", "ba"), ("ba", "me"), ("tu", "nam"), ("tu", "thang"), ("tu", "ngay"), ("ba", "ong")}


def _unit_mark(message: Message, number: Number, kind: str, at: int) -> Mark | None:
    after = message.plain(at + 1) if not message.ends(at + 1) else ""
    value = number.value
    if kind == "months" and after == "tuoi":
        return Mark("age", int(value) // 12, number.start, at + 2)
    near = message.plain(number.start - 1) in _BEFORE_T or value >= 40
    if kind == "age" and message.words[at].plain == "t" and not (1 <= value <= 110 and near):
        return None
    if kind == "kilo":
        lit = after in {"lo", "met"}
        end = min(at + 2, len(message.words))
        return Mark("km" if lit else "power" if after == "dien" else "kg", value, number.start, end)
    if kind == "people" and message.plain(at) == "nhan" and after != "khau":
        return None
    if kind == "children" and value == 1:
        return None
    if kind == "children" and after in {
        "bo",
        "trau",
        "lon",
        "ga",
        "de",
        "vit",
        "heo",
        "ngua",
        "duong",
        "dau",
        "nghe",
        "hoc",
    }:
        return None
    if kind == "couple" and after != "chong":
        return None
    if kind == "family" and after not in {"con", "chau"}:
        return None
    if kind in {"indicators"} and after != "so":
        return None
    if kind == "years" and value > 1900:
        return None
    wide = (
        kind in {"couple", "family", "indicators"}
        or (kind == "km" and after == "so")
        or message.plain(at) in {"nhan", "mieng"}
    )
    end = at + 1 + bool(wide)
    if kind == "years" or kind == "months":
        return _span(message, number, kind, end)
    return Mark(kind, value, number.start, min(end, len(message.words)))


def _span(message: Message, number: Number, kind: str, end: int) -> Mark:
    """A span of time in months; ``1 năm 2 tháng`` and ``2 năm rưỡi`` are one."""
    months = number.value * (12 if kind == "years" else 1)
    following = number_at(message, end) if kind == "years" and not message.ends(end) else None
    if following and message.plain(following.end) == "thang" and not message.ends(following.end):
        return Mark("span", round(months + following.value), number.start, following.end + 1)
    if message.plain(end) == "ruoi" and not message.ends(end):
        return Mark("span", round(months + (6 if kind == "years" else 0)), number.start, end + 1)
    return Mark("span", round(months), number.start, end)


# --- days ------------------------------------------------------------------------------------------------------------


def months_before(day: date, months: int) -> date:
    """The same day some months earlier; the last of the month where it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = max(index // 12, 1), index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_at(message: Message, at: int, day: date) -> tuple[date, int] | None:
    """A day written at a word (``3/10/2026``, ``tháng 9``, ``tháng trước``), its earliest reading, and its end."""
    return _written_day(message, at, day) or _named_day(message, at, day)


def _written_day(message: Message, at: int, day: date) -> tuple[date, int] | None:
    numbers = [message.words[at].text] if at < len(message.words) else []
    end = at + 1
    while numbers and end < len(message.words) and len(numbers) < 3 and message.words[end].raw_gap in {"/", "-"}:
        numbers.append(message.words[end].text)
        end += 1
    if len(numbers) < 2 or not all(number.isascii() and number.isdigit() and len(number) <= 4 for number in numbers):
        return None
    values = [int(number) for number in numbers]
    if len(values) == 2 and values[1] > 1900:
        found = _safe(values[1], values[0], 1)
    elif len(values) == 2:
        found = _latest(day, values[1], values[0])
    else:
        found = _safe(values[2] + (2000 if values[2] < 100 else 0), values[1], values[0])
    return (found, end) if found else None


def _latest(day: date, month: int, in_month: int) -> date | None:
    """That day of this year, or of last year when it is still to come."""
    found = _safe(day.year, month, in_month)
    return _safe(day.year - 1, month, in_month) if found and found > day else found


def _named_day(message: Message, at: int, day: date) -> tuple[date, int] | None:
    word, after = message.plain(at), message.plain(at + 1)
    if word == "thang":
        if after in {"truoc", "vua", "ngoai"}:
            return months_before(day.replace(day=1), 1), at + 2
        if after in {"nay"}:
            return day.replace(day=1), at + 2
        return _month(message, at, day)
    if word == "nam" and after in {"ngoai", "nay", "truoc", "kia"}:
        return date(day.year - {"nay": 0, "kia": 2}.get(after, 1), 1, 1), at + 2
    if word == "nam" and after.isdigit() and len(after) == 4 and 1900 < int(after) <= day.year:
        return date(int(after), 1, 1), at + 2
    fixed = {("tuan", "truoc"): 7, ("hom", "qua"): 1, ("hom", "nay"): 0, ("hom", "kia"): 2, ("tuan", "nay"): 6}.get(
        (word, after)
    )
    return (day - timedelta(days=fixed), at + 2) if fixed is not None else None


def _month(message: Message, at: int, day: date) -> tuple[date, int] | None:
    number = number_at(message, at + 1) if not message.ends(at + 1) else None
    if not number or not 1 <= number.value <= 12 or number.value % 1:
        return None
    end, month = number.end, int(number.value)
    year_at = end + (message.plain(end) == "nam")
    year = message.plain(year_at)
    near = year_at < len(message.words) and message.words[year_at].gap in {SPACE, COMMA}
    if near and year.isascii() and year.isdigit() and len(year) == 4 and 1900 < int(year) <= day.year:
        return date(int(year), month, 1), year_at + 1
    if message.plain(end) == "nam" and message.plain(end + 1) == "ngoai":
        return date(day.year - 1, month, 1), end + 2
    found = _latest(day, month, 1)
    return (found, end) if found else None


def ago(message: Message, mark: Mark, day: date) -> date | None:
    """The day that a span before today names (``cách đây 2 tháng``, ``1 tuần nay``)."""
    if mark.kind == "span":
        return months_before(day, min(int(mark.value), 1200))
    days = int(mark.value) * (7 if mark.kind == "weeks" else 1)
    return day - timedelta(days=min(days, 40_000))
