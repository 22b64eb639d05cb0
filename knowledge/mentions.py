"""Where a chat message names places: by level words, by what stands around a name, and by how it is typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.gazetteer import Gazetteer, Level, Reading
from knowledge.text import fold, residue
from knowledge.then_and_now import FIRST_WORDS, MOST_WORDS, age_before, asked

_WORD: Final = re.compile(r"[^\W_]+")
_COMMUNE_TYPES: Final = frozenset({"xa", "phuong", "thi tran", "dac khu"})
_DISTRICT_TYPES: Final = frozenset({"huyen", "thi xa", "thanh pho"})


def _set(table: str) -> frozenset[str]:
    return frozenset(table.split())


# What stands before a name. Keys are folded; the words are listed as they may be typed.
_LEVELS: Final[dict[str, str]] = {
    "xa": "xa", "x": "xa", "xã": "xa", "sã": "xa",
    "phuong": "phuong", "phường": "phuong", "p": "phuong", "ph": "phuong",
    "huyen": "huyen", "huyện": "huyen", "h": "huyen",
    "tinh": "tinh", "tỉnh": "tinh", "t": "tinh",
    "tt": "thi tran", "ttr": "thi tran", "tx": "thi xa", "tp": "thanh pho", "tpho": "thanh pho",
    "thixa": "thi xa", "thitran": "thi tran", "thanhpho": "thanh pho", "đk": "dac khu",
}  # fmt: skip
_TWO_WORD_LEVELS: Final[dict[str, str]] = {
    "thi xa": "thi xa", "thi tran": "thi tran", "thi chan": "thi tran", "thanh pho": "thanh pho", "dac khu": "dac khu",
}  # fmt: skip
_TWO_WORD_ENDINGS: Final = frozenset({"xa", "xã", "tran", "trấn", "chấn", "pho", "phố", "khu"})
_LEVEL_GAPS: Final = frozenset({"", ".", ":", "-"})
_LARGE_LEVELS: Final = frozenset({"huyen", "tinh", "h", "t", "tp", "tx"})
_SHORT_LEVELS: Final = frozenset({"x", "p", "ph", "h", "t", "tt", "ttr"})
_BELOW_COMMUNE: Final = _set(
    """
    thôn thon xóm xom bản ban làng lang đường duong phố pho ngõ ngách khu tổ đội ấp khối khoi buôn
    """
)
_INSTITUTIONS: Final = _set(
    """
    trường truong chợ viện vien ga ty kcn nghiệp nghiep thpt thcs cầu hồ sông song chùa đền quán quan hàng hang
    tác tac công học hoc đoàn nhóm hiệu hieu tên ten
    """
)
_TITLES: Final = _set(
    """
    anh chị chi ông ong bà ba cô co chú chu bác bac thầy thay bạn em cháu chau con tên là
    """
)

_AT: Final = frozenset({"ở", "tại", "quê", "trú", "ngụ"})
_FROM: Final = _set(
    """
    về ve từ tu người nguoi thuộc thuoc nhà nha dân dan trên tren dưới duoi ngoài ngoai vùng vung bên ben đến
    den lên len xuống xuong bàn vực vuc tai que sống song tru quận quan ơ
    """
)
_SUBJECTS: Final = _set(
    """
    toi em minh nha chau con bac co chu anh chi ong ba me bo dinh tui ta ho nguoi dang song dan gio hien sinh
    chong vo van deu nay khau tru que ban tay nung mong dao san thai ngheo nguyen xom thon
    """
)
_AWAY: Final = _set("hoc lam viec vien kham chua thi tac ban buon")
_RELATIVES: Final = _set("con chau chong vo me bo anh chi ban trai gai ngoai")
_GOING: Final = _set("đi di ra vào vao lên len xuống xuong sang từ tu")
_LIVING: Final = _set(
    """
    ở o tại tai quê que nhà nha sống song trú tru thuộc thuoc người nguoi khẩu khau dân dan ngụ ơ
    """
)
_FILLERS: Final = _set("da vang a em toi minh nhe nha oi la chau thua bac cu day ne u um ok")
_SHORT_NAMES: Final = _set("nenh lim kep neo du troi")  # no everyday words, unlike ``ho`` (hộ) or ``cho`` (chỗ)
_OPENINGS: Final = _set("cho hoi xin ad admin the vay con")
_LINKS: Final = _set("cu moi thuoc nay la cua o tai truoc day gio nam trong dia ban tren")
_STOPPED_BY: Final[dict[str, frozenset[str]]] = {
    "an sinh": frozenset({"xa", "ke"}),
    "an binh": frozenset({"thuong"}),
    "luc ngan": frozenset({"hang", "sach"}),
    "bang van": frozenset({"ban"}),
    "cho moi": frozenset({"nguoi", "ho", "nha", "em"}),
    "cong hoa": frozenset({"xa"}),
    "xuat hoa": frozenset({"don"}),
    "hop thanh": frozenset({"to", "mot"}),
    "thai binh": frozenset({"duong"}),
    "tien phong": frozenset({"kham", "tro"}),
    "tien an": frozenset({"o", "trua", "hoc", "uong"}),
    "dong tien": frozenset({"ho", "de", "bao"}),
    "phuong tien": frozenset({"di", "do"}),
    "quan chu": frozenset({"cap"}),
    "ho chi minh": frozenset(),
}
_NOT_FUZZY: Final = _set(
    """
    hoi em minh toi nha chau co thi la con cho dang duoc khong nay cua ban ay do cac nao moi va tu den hoac thu nhan
    can khi neu hay bao tren theo ve cung se truong tung muon phai lam giup ho vay xin nop mo dong gan xa noi nhung
    """
)
_ASKING: Final = frozenset({"nao", "gi", "dau", "moi", "nhap", "gop", "doi", "chuyen", "may"})
_MAX_FUZZY: Final = 6
_NEAR: Final = 6  # mentions on either side that can matter, overlapping ones included


@dataclass(frozen=True, eq=False)
class Words:
    """A cleaned message in words: where they stand, as typed, decoded lower-case, and folded."""

    text: str
    starts: list[int]
    ends: list[int]
    lower: list[str]
    folded: list[str]

    def __len__(self) -> int:
        return len(self.lower)

    def gap(self, index: int) -> str:
        """What stands between a word and the next."""
        following = self.starts[index + 1] if index + 1 < len(self) else len(self.text)
        return self.text[self.ends[index] : following]

    def typed(self, index: int) -> str:
        """A word as it was typed."""
        return self.text[self.starts[index] : self.ends[index]]


@dataclass(frozen=True, eq=False)
class Mention:
    """A name in a message, from its level word (``first``) to its last word (before ``end``).

    ``asked``: no level word, and the message asks what became of it.
    """

    first: int
    start: int
    end: int
    key: str
    level: str | None
    readings: tuple[Reading, ...]
    wider: tuple[Reading, ...]
    sure: bool
    living: int
    asked: bool = False

    @property
    def is_commune_typed(self) -> bool:
        """Whether a word like ``xã`` says that a commune is meant."""
        return self.level in _COMMUNE_TYPES

    def has(self, *levels: Level) -> bool:
        """Whether the name can mean a place of one of these levels."""
        return any(reading.level in levels for reading in self.readings)


def words_of(text: str) -> Words:
    """The words of a cleaned text."""
    found = list(_WORD.finditer(text))
    lower = residue([match[0].lower() for match in found])
    folded = fold(" ".join(lower)).split(" ")
    if len(folded) != len(lower):
        folded = [fold(word).replace(" ", "") for word in lower]
    return Words(text, [match.start() for match in found], [match.end() for match in found], lower, folded)


def mentions(words: Words, places: Gazetteer) -> list[Mention]:
    """The places named, in order, none overlapping."""
    scan = _Scan(words, places)
    found = scan.exact()
    found.extend(scan.fuzzy(found))
    return _settled(words, found)


class _Scan:
    """One pass over a message."""

    def __init__(self, words: Words, places: Gazetteer) -> None:
        self.words = words
        self.places = places
        self.accented = sum(1 for word in words.lower if not word.isascii()) * 4 >= len(words)
        self.shouting = _is_shouting(words)
        self.asking = max((index for index, word in enumerate(words.folded) if word in _ASKING), default=-1)
        self.answers: dict[int, int] = {}

    def _is_unbroken(self, start: int, end: int) -> bool:
        """Whether only spaces or hyphens stand between the words of a name."""
        return all(self.words.gap(index).strip() in ("", "-", "_") for index in range(start, end - 1))

    # names as they are written in the tables

    def exact(self) -> list[Mention]:
        found: list[Mention] = []
        for start, head in enumerate(self.words.folded):
            lengths = self.places.lengths.get(head)
            if lengths:
                found.extend(self._named(start, lengths))
            elif len(head) > 5 and head in self.places.joined:
                mention = self._mention(start, start + 1, self.places.joined[head], spelt=False)
                found.extend([mention] if mention else [])
        return found

    def _named(self, start: int, lengths: Sequence[int]) -> Iterable[Mention]:
        folded = self.words.folded
        for length in lengths:
            key = folded[start] if length == 1 else " ".join(folded[start : start + length])
            end = start + length
            if key in self.places.names and end <= len(folded) and self._is_unbroken(start, end):
                mention = self._mention(start, end, key)
                if mention:
                    yield mention

    def _mention(self, start: int, end: int, key: str, spelt: bool = True) -> Mention | None:
        following = self.words.folded[end] if end < len(self.words) else ""
        if following in _STOPPED_BY.get(key, ()) and not self._ends_clause(end):
            return None
        level, first = self._own_level(start, key)
        if level is None and self._is_other_thing(start, key):
            return None
        readings = self._as_typed(start, end, key) if spelt else self.places.names[key]
        certain = level is not None or (self._cue(first, end, key) == 2 and key not in self.places.plainly_common)
        if not readings and certain and " " in key and self.words.lower[start] not in _LEVELS:
            readings = self.places.names[key]
        return self._judged(first, start, end, key, level, readings)

    def _judged(
        self, first: int, start: int, end: int, key: str, level: str | None, readings: tuple[Reading, ...]
    ) -> Mention | None:
        aged = self._age(end, level)
        chosen = _of_age(aged or self._age_before(first, end, level), _suited(level, readings, old=aged == "cu"))
        if aged == "cu" and level in _COMMUNE_TYPES and not any(reading.former for reading in chosen):
            chosen = tuple(reading for reading in readings if reading.level == Level.DISTRICT) or chosen
        asked_of = level is None and self._asked(end) == 2
        if asked_of:
            chosen = tuple(reading for reading in chosen if reading.level <= Level.DISTRICT) or chosen
        if not chosen:
            return None
        sure = self._is_sure(first, start, end, key, level, readings)
        if not sure and (" " not in key or all(reading.level == Level.ELSEWHERE for reading in chosen)):
            return None
        wider = tuple(reading for reading in readings if reading.level == Level.COMMUNE)
        end += int(bool(aged))
        return Mention(first, start, end, key, level, chosen, wider, sure, self._living(first), asked_of)

    def _age(self, end: int, level: str | None) -> str:
        """A word for old or new after a name: ``cu``, ``moi`` or nothing."""
        if end >= len(self.words) or self.words.gap(end - 1).strip(" ("):
            return ""
        new = "moi" if level is not None and self._ends_clause(end + 1) else ""
        return {"cũ": "cu", "cu": "cu", "mới": new, "moi": new}.get(self.words.lower[end], "")

    def _age_before(self, first: int, end: int, level: str | None) -> str:
        """The same from the words before a fully named commune, unless it is asked what became of it."""
        if level not in _COMMUNE_TYPES or not first or self._asked(end):
            return ""
        return age_before(self._folded(max(0, first - MOST_WORDS), first))

    def _folded(self, start: int, end: int) -> list[str]:
        """Folded words, but for ``này`` where it is typed so: it is not ``nay``."""
        pairs = zip(self.words.lower[start:end], self.words.folded[start:end], strict=True)
        return [typed if typed == "này" else word for typed, word in pairs]

    def _asked(self, end: int) -> int:
        """Whether what follows a name, and the larger places after it, asks what became of it: 2 surely, 1 perhaps."""
        if end > self.asking:
            return 0
        if end not in self.answers:
            start = self._beyond(self._beyond(end))
            begins = start < len(self.words) and self.words.folded[start] in FIRST_WORDS
            self.answers[end] = asked(self._folded(start, start + MOST_WORDS)) if begins else 0
        return self.answers[end]

    def _beyond(self, end: int) -> int:
        """Where the message goes on, after ``cũ`` and a district or province, with or without its level word."""
        folded = self.words.folded
        if end >= len(folded) or folded[end] in FIRST_WORDS:
            return end
        at = end + int(folded[end] == "cu")
        pair = " ".join(folded[at : at + 2])
        start = at + (2 if pair in _TWO_WORD_LEVELS else int(folded[at : at + 1] != [] and folded[at] in _LARGE_LEVELS))
        after = self._tail(start, (3, 2, 1))
        return after + int(folded[after : after + 1] == ["cu"]) if after != start else at

    def _as_typed(self, start: int, end: int, key: str) -> tuple[Reading, ...]:
        typed = " ".join(self.words.lower[start:end])
        readings = self.places.names[key]
        if typed == key and not self.accented:
            return readings
        same = tuple(reading for reading in readings if reading.name == typed)
        return same or tuple(reading for reading in readings if _compatible(typed, reading.name))

    # level words

    def _level(self, start: int) -> tuple[str | None, int]:
        """The level word before a name, and where it begins."""
        lower, folded = self.words.lower, self.words.folded
        before = lower[start - 1] if start else ""
        if before not in _LEVELS and before not in _TWO_WORD_ENDINGS:
            return None, start
        if self.words.gap(start - 1).strip() not in _LEVEL_GAPS:
            return None, start
        if start > 1 and before in _TWO_WORD_ENDINGS:
            pair = f"{folded[start - 2]} {folded[start - 1]}"
            if pair in _TWO_WORD_LEVELS:
                return _TWO_WORD_LEVELS[pair], start - 2
            if folded[start - 2] == "tac":
                return None, start
        level = _LEVELS.get(before)
        if level is None or (before in _SHORT_LEVELS and not self._is_short_level(start - 1)):
            return None, start
        return level, start - 1

    def _own_level(self, start: int, key: str) -> tuple[str | None, int]:
        """The level word before a name, unless it ends a commune's name there: ``Vũ Xá, Lục Nam`` typed ``vu xa``."""
        level, first = self._level(start)
        if first != start - 1 or start < 2 or level not in ("xa", "phuong"):
            return level, first
        before = self.places.names.get(" ".join(self.words.folded[start - 2 : start]), ())
        larger = {own for reading in self.places.names[key] if reading.level > Level.COMMUNE for _, own in reading.own}
        typed = " ".join(self.words.lower[start - 2 : start])
        inside = (one for one in before if one.inside & larger and _compatible(typed, one.name))
        return (None, start) if any(inside) else (level, first)

    def _is_short_level(self, index: int) -> bool:
        """Whether ``p``, ``h`` or ``tt`` stands for a level: not after a number (``8 h``)."""
        return not (index and self.words.folded[index - 1].isdigit())

    def _is_other_thing(self, start: int, key: str) -> bool:
        """Whether the name is that of a hamlet, a street, a school or the like."""
        if not start:
            return False
        before = self.words.lower[start - 1]
        if start > 1 and " ".join(self.words.folded[start - 2 : start]) in self.places.names:
            return False
        if before in _BELOW_COMMUNE:
            return True
        large = any(reading.level > Level.COMMUNE for reading in self.places.names[key])
        return before in _INSTITUTIONS and not large

    # evidence

    def _is_sure(
        self, first: int, start: int, end: int, key: str, level: str | None, readings: tuple[Reading, ...]
    ) -> bool:
        typed = " ".join(self.words.lower[start:end])
        exact = (self.accented or not typed.isascii()) and any(reading.name == typed for reading in readings)
        if " " not in key:
            return self._is_sure_short(first, end, key, level, exact)
        common = typed in self.places.always_common if exact else key in self.places.plainly_common
        if level is not None:
            weak = level == "tinh" or self.words.lower[start - 1] in _SHORT_LEVELS
            return not (weak and common and "." not in self.words.gap(start - 1)) or self._is_whole(first, end)
        cue = self._cue(first, end, key)
        if cue > int(common) or (self._is_whole(first, self._tail(end)) and (cue or key not in self.places.topics)):
            return True
        if exact:
            return not common or self._is_proper(start, end)
        return (not common or self._opens(first, key)) and self._is_unmistakable(key)

    def _opens(self, first: int, key: str) -> bool:
        """Whether a district named like an ordinary word begins the message, as ordinary words seldom do."""
        district = any(reading.level == Level.DISTRICT for reading in self.places.names[key])
        ordinary = key in self.places.topics or key in self.places.openings
        return district and not ordinary and self._begins(first)

    def _is_sure_short(self, first: int, end: int, key: str, level: str | None, exact: bool) -> bool:
        """A one-syllable name (``Chũ``, ``Hồ``) needs its level word, or ``ở`` with its accents or its district."""
        cue = self._cue(first, end, key)
        if exact:
            return level is not None or cue == 2 or self._is_whole(first, end)
        before_district = self._tail(end) != end
        if level is None:
            asked_of = key in _SHORT_NAMES and self._asked(end) == 2 and self._begins(first)
            return asked_of or (cue == 2 and before_district)
        kinds = {reading.type for reading in self.places.names[key]}
        fits = level in kinds or level in _DISTRICT_TYPES
        return fits and (self._ends_clause(end) or before_district)

    def _ends_clause(self, end: int) -> bool:
        """Whether nothing that could belong to the name follows."""
        if end >= len(self.words) or self.words.gap(end - 1).strip():
            return True
        return self.words.lower[end] in _LEVELS or self.words.folded[end] in {"cu", "nay", "thanh", "thi"}

    def _cue(self, first: int, end: int, key: str) -> int:
        """How strongly what stands around a name says that it is a place: 2 surely, 1 perhaps."""
        cue = self._cue_before(first, key)
        return cue if cue == 2 else max(cue, self._cue_after(first, end, key))

    def _cue_after(self, first: int, end: int, key: str) -> int:
        """The same from a question about what became of it; a doubtful one counts where the message begins with it."""
        found = self._asked(end)
        return 2 if found == 1 and key not in self.places.topics and self._begins(first) else found

    def _begins(self, first: int) -> bool:
        """Whether only courtesies stand before a name."""
        return all(word in _FILLERS or word in _OPENINGS for word in self.words.folded[:first])

    def _cue_before(self, first: int, key: str = "") -> int:
        if not first:
            return 0
        before = self.words.lower[first - 1]
        if before in _AT:
            return 2
        if before == "o":
            sure = key not in self.places.topics or first == 1 or self.words.folded[first - 2] in _SUBJECTS
            return 2 if sure else 1
        was = before in ("la", "là") and age_before(self._folded(max(0, first - MOST_WORDS), first)) == "cu"
        return 2 if was else int(before in _FROM)

    def _is_whole(self, first: int, end: int) -> bool:
        """Whether the message is just this name, but for courtesies."""
        rest = self.words.folded[:first] + self.words.folded[end:]
        return len(rest) <= 4 and all(word in _FILLERS for word in rest)

    def _tail(self, end: int, lengths: Sequence[int] = (3, 2)) -> int:
        """Where the message goes on, after a larger place that directly follows a name."""
        for length in lengths:
            following = self.places.names.get(" ".join(self.words.folded[end : end + length]), ())
            if any(reading.level in (Level.DISTRICT, Level.PROVINCE) for reading in following):
                return end + length
        return end

    def _is_proper(self, start: int, end: int) -> bool:
        """Whether the name is capitalised in a message that is not, and no part of a longer name."""
        if self.shouting or not all(_is_capital(self.words.typed(index)) for index in range(start, end)):
            return False
        if start and (self.words.lower[start - 1] in _TITLES or self._joins_capital(start - 1)):
            return False
        return not (end < len(self.words) and self._joins_capital(end, after=True))

    def _joins_capital(self, index: int, after: bool = False) -> bool:
        """Whether a neighbouring word is capitalised and nothing but a space lies between."""
        gap = self.words.gap(index - 1 if after else index)
        sentence_start = index == 0 or any(mark in self.words.gap(index - 1) for mark in ".?!")
        return not gap.strip() and _is_capital(self.words.typed(index)) and (after or not sentence_start)

    def _is_unmistakable(self, key: str) -> bool:
        large = any(reading.level in (Level.DISTRICT, Level.PROVINCE) for reading in self.places.names[key])
        return not self.accented and (large or key.count(" ") > 1)

    def _living(self, first: int) -> int:
        """How far the words before say that someone lives there: below 0 for work, school, relatives."""
        near = range(max(0, first - 5), first)
        cut = max((index + 1 for index in near if any(mark in self.words.gap(index) for mark in ",.;?!")), default=0)
        before = [index for index in near if index >= cut]
        folded = [self.words.folded[index] for index in before]
        score = 2 if any(self.words.lower[index] in _LIVING for index in before[-3:]) else 0
        if not _AWAY.isdisjoint(folded):
            score -= 4
        if before and self.words.lower[before[-1]] in _GOING:
            score -= 2
        return score - int(not _RELATIVES.isdisjoint(folded[:-1]))

    # typing errors

    def fuzzy(self, found: Sequence[Mention]) -> list[Mention]:
        """Longer names with a typing error, right after a level word or ``ở``."""
        taken = {index for mention in found if mention.sure for index in range(mention.first, mention.end)}
        extra: list[Mention] = []
        tries = 0
        for start in range(1, len(self.words) - 1):
            if start in taken or tries >= _MAX_FUZZY or self.words.folded[start] in _NOT_FUZZY:
                continue
            level, first = self._level(start)
            if level is None and self._cue_before(start) < 2:
                continue
            tries += 1
            mention = self._guessed(start, first, level)
            extra.extend([mention] if mention else [])
        return extra

    def _guessed(self, start: int, first: int, level: str | None) -> Mention | None:
        for end in (start + 3, start + 2):
            if end <= len(self.words) and self._is_unbroken(start, end):
                key = self._similar(start, end, level)
                readings = _suited(level, self.places.names[key], strict=True) if key else ()
                if key and readings:
                    return Mention(first, start, end, key, level, readings, readings, True, self._living(first))
        return None

    def _similar(self, start: int, end: int, level: str | None) -> str | None:
        """The one name that differs by a letter, or by two in a long one after a level word."""
        query = " ".join(self.words.folded[start:end])
        letters = len(query.replace(" ", ""))
        if letters < 6 or query in self.places.plainly_common:
            return None
        cutoff = 2 if level is not None and letters > 10 else 1
        near = process.extract(query, self.places.names.keys(), scorer=OSA.distance, score_cutoff=cutoff, limit=2)
        if not near or (len(near) > 1 and near[1][1] == near[0][1]):
            return None
        name: str = near[0][0]
        return name if self._is_likely(start, end, name, level, letters) else None

    def _is_likely(self, start: int, end: int, name: str, level: str | None, letters: int) -> bool:
        """Whether a similar name was meant: one of its words is right, also in its accents, and it is long enough."""
        parts = list(zip(self.words.lower[start:end], self.words.folded[start:end], name.split(" "), strict=False))
        if name.count(" ") + 1 != end - start or len(name) < 7:
            return False
        if any(typed[0] != part[0] and {typed[0], part[0]} != {"l", "n"} for _, typed, part in parts):
            return False
        written = {reading.name.split(" ")[index] for reading in self.places.names[name] for index in range(len(parts))}
        right = [word for word, typed, part in parts if typed == part]
        if not any(word.isascii() or word in written for word in right):
            return False
        if level is not None:
            return letters > 7 or any(not word.isascii() for word in right)
        large = any(reading.level > Level.COMMUNE for reading in self.places.names[name])
        return (large or letters > 9) and name not in self.places.plainly_common


def _suited(
    level: str | None, readings: tuple[Reading, ...], strict: bool = False, old: bool = False
) -> tuple[Reading, ...]:
    """The readings that a level word allows; a commune's kind may be said wrongly, a district's may not."""
    if level in _COMMUNE_TYPES:
        exact = tuple(reading for reading in readings if reading.level == Level.COMMUNE and reading.type == level)
        return exact or (() if strict else _other_kind(level, readings))
    if level in _DISTRICT_TYPES:
        return _suited_district(level, readings)
    known = tuple(reading for reading in readings if old or reading.type != "tinh cu")
    if level is None:
        return known
    return tuple(reading for reading in known if reading.level in (Level.PROVINCE, Level.ELSEWHERE))


def _other_kind(level: str | None, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """For ``xã`` said of a ward or town: those; ``thị trấn Đại Từ`` may be anything in the district."""
    communes = tuple(reading for reading in readings if reading.level == Level.COMMUNE)
    districts = tuple(reading for reading in readings if reading.level == Level.DISTRICT)
    return (communes + districts) if level == "thi tran" else communes


def _suited_district(level: str | None, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    districts = tuple(reading for reading in readings if reading.level == Level.DISTRICT)
    if districts:
        return districts
    return tuple(reading for reading in readings if reading.level == Level.ELSEWHERE and level == "thanh pho")


def _of_age(age: str, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """What was before for ``cũ``, what is today for ``mới``; where there is such a one."""
    if age == "cu":
        old = tuple(reading for reading in readings if reading.unit is None)
        return tuple(reading for reading in old if reading.type == "tinh cu") or old or readings
    if age == "moi":
        return tuple(reading for reading in readings if reading.unit is not None) or readings
    return readings


def _settled(words: Words, found: list[Mention]) -> list[Mention]:
    """Of overlapping mentions the better; unsure ones only next to a larger place that they lie in."""
    near_by = _with_neighbours(found)
    good = [
        one
        for one, near in near_by
        if one.sure or _is_vouched_for(words, one, near) or _is_beside_its_own(words, one, near)
    ]
    alone = {id(one): not _is_paired(words, one, near) for one, near in _with_neighbours(good)}
    ranked = sorted(good, key=lambda m: (m.level is None, alone[id(m)], m.start - m.end, m.start))
    taken: set[int] = set()
    kept: list[Mention] = []
    for mention in ranked:
        span = set(range(mention.first, mention.end))
        if taken.isdisjoint(span):
            taken |= span
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.first)


def _with_neighbours(found: Iterable[Mention]) -> list[tuple[Mention, list[Mention]]]:
    """Each mention with the few that stand near it."""
    ordered = sorted(found, key=lambda mention: mention.first)
    return [(one, ordered[max(0, index - _NEAR) : index + _NEAR + 1]) for index, one in enumerate(ordered)]


def _is_paired(words: Words, mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a larger place that it lies in, or a smaller one inside it, stands next to a mention."""
    return any(_lies_in(words, mention, other) or _lies_in(words, other, mention) for other in others)


def _lies_in(words: Words, mention: Mention, other: Mention) -> bool:
    if mention is other or not linked(words, *sorted((mention, other), key=lambda m: m.first)):
        return False
    larger = {slug for reading in other.readings if reading.level > Level.COMMUNE for _, slug in reading.own}
    return any(reading.inside & larger for reading in mention.readings)


def _is_vouched_for(words: Words, mention: Mention, others: Sequence[Mention]) -> bool:
    """A doubtful name counts next to its district, a sure commune of it, or any larger place after a comma."""
    comma = mention.end < len(words) and bool(words.gap(mention.end - 1).strip())
    return any(
        ((comma or other.has(Level.DISTRICT)) and _lies_in(words, mention, other)) or _lies_in(words, other, mention)
        for other in others
        if other.sure
    )


def _is_beside_its_own(words: Words, mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether a commune stands right before its own district: no two ordinary phrases do so by chance."""
    return any(
        (mention.end == other.first and other.has(Level.DISTRICT) and _lies_in(words, mention, other))
        or (other.end == mention.first and mention.has(Level.DISTRICT) and _lies_in(words, other, mention))
        for other in others
    )


def linked(words: Words, left: Mention, right: Mention) -> bool:
    """Whether two mentions belong together: nothing but commas and linking words between them."""
    if not 0 <= right.first - left.end <= 3:
        return False
    between = range(left.end - 1, right.first)
    if any(re.search(r"[.?!;]\s", words.gap(index)) for index in between):
        return False
    return all(words.folded[index] in _LINKS for index in range(left.end, right.first))


def _is_capital(word: str) -> bool:
    return word[:1].isupper() and (len(word) == 1 or not word.isupper())


def _is_shouting(words: Words) -> bool:
    """Whether a message is capitalised throughout, so that capitals say nothing."""
    capital = sum(1 for index in range(len(words)) if words.text[words.starts[index]].isupper())
    return len(words) > 4 and capital * 10 > len(words) * 6


@lru_cache(maxsize=4096)
def _compatible(typed: str, name: str) -> bool:
    """Whether what was typed is the name with some or all diacritics left out."""
    return len(typed) == len(name) and all(
        letter in (wanted, fold(wanted)) or letter == _untoned(wanted)
        for letter, wanted in zip(typed, name, strict=True)
    )


def _untoned(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    kept = "".join(part for part in parts if part not in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", kept)
