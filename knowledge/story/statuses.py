"""Which statuses a message is about, and what the household is certified as."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from knowledge.story.scope import Scope, Way
from knowledge.story.words import Mark, Message

POVERTY: Final = ("ho-ngheo", "ho-can-ngheo", "moi-thoat-ngheo")
ORDER: Final = (
    *POVERTY, "dtts", "khuyet-tat", "nguoi-cao-tuoi", "tre-em", "hoc-sinh", "sinh-vien", "mo-coi", "don-than",
    "that-nghiep",
)  # fmt: skip
_AVERAGE: Final = "muc-song-trung-binh"
#: Marks that tell of the same status.
ALIKE: Final = {"mo-coi-mot-ben": "mo-coi", "that-nghiep-tien": "that-nghiep"}
_UNREAL: Final = frozenset({"neu", "sap", "cham", "lo"})
_LASTING: Final = frozenset({"that-nghiep", "tre-em", "nguoi-cao-tuoi", "khuyet-tat"})


@dataclass
class Poverty:
    """What is said about the household's category."""

    own: str | None = None
    about: set[str] = field(default_factory=set)
    heard: list[Mark] = field(default_factory=list)


def read_poverty(scope: Scope, personal: bool) -> Poverty:
    """The certified category and the categories asked about; ``personal``: the message tells of its own people."""
    message = scope.message
    marks = [mark for mark in message.of("status") if mark.value in (*POVERTY, _AVERAGE, "bare-ngheo")]
    judged = [(mark, _way(scope, mark)) for mark in marks if not scope.others(mark)]
    claimed = [mark for mark, way in judged if way is Way.CLAIMED and mark.value != "bare-ngheo"]
    named = [mark for mark, way in judged if way in (Way.PROGRAMME, Way.MANY) and mark.value in POVERTY]
    leaving = [mark for mark, way in judged if way in (Way.SOUGHT, Way.ASKED) and mark.value == "moi-thoat-ngheo"]
    poor = [
        mark for mark, way in judged if mark.value == "bare-ngheo" and way is Way.CLAIMED and _calls_poor(scope, mark)
    ]
    denied = {mark.value.replace("bare", "ho") for mark, way in judged if way is Way.DENIED}
    found = Poverty(heard=claimed)
    if any(True for _ in message.of("none-of")) or {"ho-ngheo", "ho-can-ngheo"} <= denied:
        found.own = "khong-ngheo"
    values = {mark.value for mark in claimed if mark.value in POVERTY}
    if ((leaving and _persons(message)) or poor) and not values and not denied:
        values = {"ho-ngheo"}
    if values or denied or found.own:
        found.about = values
    elif not any(mark.value == _AVERAGE for mark in claimed):
        found.about = {mark.value for mark in named}
    owned = [mark for mark in claimed if _is_own(scope, mark, personal)]
    if owned and len({mark.value for mark in owned}) == 1 and found.own is None:
        found.own = owned[0].value
    elif owned and found.own is None and "moi-thoat-ngheo" in {mark.value for mark in owned}:
        found.own = "moi-thoat-ngheo"
    plain = [mark for mark, way in judged if mark.value == "bare-ngheo" and way is Way.DENIED and _says(scope, mark)]
    if plain and not claimed and not values:
        found.own, found.heard = "khong-ngheo", plain
    if found.own == "moi-thoat-ngheo":
        found.about -= {"ho-ngheo", "ho-can-ngheo"}
    return found


def _says(scope: Scope, mark: Mark) -> bool:
    """``nhà không nghèo``: plainly said, by whoever tells the story."""
    message, at = scope.message, mark.start - 1
    if not message.at(at, "not"):
        return False
    before = message.plain(at - 1)
    plainly = (
        message.ends(at) or message.at(at - 1, "person", "ethnic") or before in {"nha", "thi", "cung", "vi", "em", ""}
    )
    return bool(plainly) and message.plain(mark.end) not in {"ma", "gi", "dau", "nhat"}


def _calls_poor(scope: Scope, mark: Mark) -> bool:
    """``nhà tôi nghèo``: calls the own household poor, without saying that it is certified."""
    message, person = scope.message, scope.subject(mark)
    if person is None or person.value == "other" or message.plain(person.start - 1) in {"nhan", "xet", "xep", "cham"}:
        return False
    near = mark.start - person.end
    return near <= 2 or (near <= 6 and message.plain(mark.end) in {"nhat", "co"})


def _way(scope: Scope, mark: Mark) -> Way:
    way = scope.way(mark)
    if mark.value == "moi-thoat-ngheo" and _to_come(scope.message, mark):
        return Way.ASKED
    if mark.value == "moi-thoat-ngheo" and way in (Way.PAST, Way.LOST):
        return Way.CLAIMED
    if way is Way.CLAIMED and _defined(scope.message, mark):
        return Way.ASKED
    if way is Way.CLAIMED and _condition(scope.message, mark):
        return Way.SOUGHT
    return way


def _to_come(message: Message, mark: Mark) -> bool:
    """``nếu nhà tôi thoát nghèo``, ``danh sách thoát nghèo``: leaving poverty that has not happened or is disputed."""
    if message.plain(mark.start) in {"moi", "vua", "da", "sau"}:
        return False
    before: list[str] = []
    for at in range(mark.start - 1, max(mark.start - 9, -1), -1):
        if message.ends(at + 1):
            break
        before.append(message.plain(at))
    if before[:1] and before[0] in {"diem", "sach", "cung"}:
        return True
    ahead = list(reversed(before))
    if any(pair == ("cuoi", "nam") for pair in pairwise(ahead)) and not {"ngoai", "kia", "truoc", "cong"} & set(before):
        return not any(word.isdigit() for word in before)
    if message.plain(mark.start) == "ra" and not before and message.plain(mark.end) == "thi":
        return True
    return bool(_UNREAL & set(before)) and not {"da", "vua", "roi"} & set(before)


def _defined(message: Message, mark: Mark) -> bool:
    after = [message.plain(mark.end + step) for step in (0, 1, 2)]
    return after[:2] == ["la", "gi"] or after == ["nghia", "la", "gi"] or message.plain(mark.end) in {"la nhu"}


def _condition(message: Message, mark: Mark) -> bool:
    """``hộ nghèo mới được vay à``: names a condition."""
    after = [message.plain(mark.end + step) for step in (0, 1, 2)]
    return after[:2] == ["moi", "duoc"] and after[2] not in {"cong", "cap", "xet"}


def _is_own(scope: Scope, mark: Mark, personal: bool) -> bool:
    """Whether a claimed category is plausibly the speaker's household's."""
    message = scope.message
    if _is_general(message, mark):
        return False
    if personal or any(
        person.value not in ("other", "con") or person.end != mark.start for person in _persons(message)
    ):
        return True
    if message.plain(mark.start) not in {"ho", "nguoi", "don", "gia", "nha"} or _near_poor_home(message, mark):
        return True
    before = range(max(mark.start - 4, 0), mark.start)
    return any(_claims(scope, at) for at in before) or message.plain(mark.start + 1) in {"thuoc", "dien"}


def _near_poor_home(message: Message, mark: Mark) -> bool:
    """``nhà cận nghèo``, said as one's own."""
    return (message.plain(mark.start), message.plain(mark.start + 1)) == ("nha", "can")


def _is_general(message: Message, mark: Mark) -> bool:
    """``hộ cận nghèo có được …`` with nobody of one's own named: a question about all such households."""
    opens = mark.start == 0 and message.plain(0) in {"ho", "nguoi"} and not message.ends(mark.end)
    return (
        opens
        and message.plain(mark.end) in {"co", "duoc", "vay", "thi"}
        and not any(
            person.value in {"toi", "ho"} or message.plain(person.end - 1) in {"toi", "em"}
            for person in _persons(message)
        )
    )


def _claims(scope: Scope, at: int) -> bool:
    """Whether a word shows that a category is the speaker's own; "điện" is no "diện"."""
    word = scope.message.words[at]
    written = word.text in scope.phrases.claims
    return written or (
        word.text.isascii() and word.plain in scope.phrases.claims and scope.message.plain(at - 1) != "tien"
    )


def _persons(message: Message) -> list[Mark]:
    bare = {"con", "chau", "chau-bare", "dua", "other"}
    return [
        mark
        for mark in message.of("person")
        if mark.value not in bare or (mark.value != "other" and mark.end - mark.start > 1)
    ]


def read_others(scope: Scope, majority: bool) -> tuple[set[str], list[Mark]]:
    """The statuses that are no poverty category: by word."""
    found: list[Mark] = []
    for mark in scope.message.of("status"):
        if mark.value in (*POVERTY, _AVERAGE, "bare-ngheo") or scope.others(mark):
            continue
        way = scope.way(mark)
        if mark.value == "that-nghiep-tien":
            if way is Way.CLAIMED and _persons(scope.message):
                found.append(mark)
            continue
        if majority and mark.value == "dtts" and way in (Way.PROGRAMME, Way.MANY):
            continue
        if _holds(mark, way):
            found.append(mark)
    statuses = {ALIKE.get(mark.value, mark.value) for mark in found}
    return statuses, found


def _holds(mark: Mark, way: Way) -> bool:
    """Seeking a paper or a benefit does not unmake an age or a disability; a wish to stop working is no job loss."""
    if way in (Way.DENIED, Way.PAST, Way.LOST):
        return way is Way.PAST and mark.value in _LASTING
    return way is not Way.SOUGHT or mark.value != "that-nghiep"
