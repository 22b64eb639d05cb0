"""Vietnamese as people type it: cleaned, tones in their place, keyboard residue decoded, short forms written out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

MAX_LENGTH: Final = 2000

_RAW_LIMIT: Final = 3 * MAX_LENGTH  # three code points may compose to one letter
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_SPACE: Final = re.compile(r"\s+")
_UNCLEAN: Final = re.compile(_HIDDEN.pattern[:-1] + r"|[^\S ]|  ")
_MARK_RUN: Final = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")
_PIECES: Final = re.compile(r"([^\W_]+)")
_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")


def clean(raw: str) -> str:
    """Composed, visible text on one line: no control, zero-width or bidi characters, at most 2,000 characters."""
    if is_clean(raw):
        return raw
    visible = _SPACE.sub(" ", _HIDDEN.sub("", raw)).strip()[:_RAW_LIMIT]
    composed = visible if visible.isascii() else _MARK_RUN.sub(r"\1", unicodedata.normalize("NFC", visible))
    return _SPACE.sub(" ", composed)[:MAX_LENGTH].strip()


def is_clean(text: str) -> bool:
    """Whether cleaning would change nothing; much faster than cleaning."""
    if len(text) > MAX_LENGTH or _UNCLEAN.search(text) or text[:1] == " " or text[-1:] == " ":
        return False
    return text.isascii() or (unicodedata.is_normalized("NFC", text) and not _MARK_RUN.search(text))


def normalise(raw: str) -> str:
    """Clean lower-case text with tones placed the old way, keyboard residue decoded and drawn-out letters squeezed."""
    text = clean(clean(raw).lower())
    pieces = _PIECES.split(text)
    words = pieces[1::2]
    meant = residue(words)
    if meant == words:
        return text
    pieces[1::2] = meant
    return clean("".join(pieces))


@lru_cache(maxsize=1024)
def written_out(raw: str) -> str:
    """``raw`` normalised, with short forms and plain dialect written out. Recent ones are remembered, for several parts
    of the program look at the same message."""
    return expand(normalise(raw))


def tokens(text: str) -> list[str]:
    """The words and numbers of a text, in order; ``1,9`` and ``1.500.000`` stay whole."""
    return _TOKEN.findall(text if text.isascii() else unicodedata.normalize("NFC", text))


# --- folding ---------------------------------------------------------------------------------------------------------


class _FoldTable(dict[int, str]):
    """What each character becomes; learnt one by one, as ``str.translate`` asks for them."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < 20_000:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    if unicodedata.combining(character):
        return ""
    plain = unicodedata.normalize("NFKD", character.lower()).replace("đ", "d")
    ascii_only = plain.encode("ascii", "ignore").decode("ascii").lower()
    return ascii_only or " "


_FOLDED: Final = _FoldTable()


def fold(text: str) -> str:
    """Lower-case ASCII without diacritics; what has no such form becomes a space."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


@lru_cache(maxsize=4096)
def plain_words(text: str) -> str:
    """The words and numbers of a text, folded, parted by single spaces. Recent ones are remembered, for labels and
    phrases are compared with every message; in memory only."""
    return " ".join(tokens(fold(text)))


# --- syllables -------------------------------------------------------------------------------------------------------


def _words(table: str) -> list[str]:
    return table.split()


_ONSETS: Final = _words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
_RIMES: Final = _words("""
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oc oi om on ong op ot oong ooc oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uc ui um un ung uôc uôi uôm uôn uông uôt up ut uơ uân uâng uât uây uê uêch uênh uêu uy uya uych uyên uyêt uynh uyt
uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
""")
_BARE_Y: Final = _words("y yêm yên yêng yêt yêu hy ky ly my sy ty vy thy")
_AFTER_QU: Final = _words("""
a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt âc ân âng ât âu ây e en eo et
ê êch ên ênh êt êu i ich in inh it iu ơ y yên yêt ynh yt ôc
""")
_TONES: Final = {"\u0301": 1, "\u0300": 2, "\u0309": 3, "\u0303": 4, "\u0323": 5}
_TONE_MARKS: Final = {number: mark for mark, number in _TONES.items()}
_VOWELS: Final = frozenset("aăâeêioôơuưy")
_MARKED_VOWELS: Final = frozenset("ăâêôơư")
_STOPS: Final = ("c", "ch", "p", "t")
_FRONT: Final = frozenset("eêiy")


def _spelt(onset: str, rime: str) -> bool:
    """Whether an onset is written this way before a rime (``k`` before front vowels, ``c`` before the others)."""
    front = rime[0] in _FRONT
    if onset == "gi":
        return rime[0] != "i"
    if onset == "qu":
        return False
    if onset in {"k", "gh", "ngh"}:
        return front
    if onset == "g":
        return not front or rime in {"i", "in"}
    return not (onset in {"c", "ng"} and front)


def _toneless_syllables() -> frozenset[str]:
    spelt = {onset + rime for onset in _ONSETS for rime in _RIMES if _spelt(onset, rime)}
    return frozenset(spelt.union(_RIMES, _BARE_Y, ("qu" + rime for rime in _AFTER_QU), ["gi"]))


_SYLLABLES: Final = _toneless_syllables()
_PLAIN: Final = frozenset(fold(syllable) for syllable in _SYLLABLES)


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Whether a lower-case word is a well-formed Vietnamese syllable with its diacritics (``đường``, ``ta``)."""
    parts = _without_tone(word)
    return parts is not None and _sounds(*parts)


def is_plain_syllable(word: str) -> bool:
    """Whether a word is a Vietnamese syllable typed without diacritics (``duong``)."""
    return word in _PLAIN


def _without_tone(word: str) -> tuple[str, int] | None:
    """A word without its tone, and the tone's number; None with more than one tone."""
    letters = unicodedata.normalize("NFD", word)
    found = [_TONES[letter] for letter in letters if letter in _TONES]
    if len(found) > 1:
        return None
    bare = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    return bare, found[0] if found else 0


def _sounds(bare: str, tone: int) -> bool:
    return bare in _SYLLABLES and (tone in (1, 5) or not bare.endswith(_STOPS))


def _toned(bare: str, tone: int) -> str:
    """A syllable with its tone where the old style puts it: ``hòa``, ``thủy``, ``quý``, ``hoàn``."""
    if not tone:
        return bare
    spot = _tone_spot(bare)
    return unicodedata.normalize("NFC", bare[: spot + 1] + _TONE_MARKS[tone] + bare[spot + 1 :])


def _tone_spot(bare: str) -> int:
    marked = [index for index, letter in enumerate(bare) if letter in _MARKED_VOWELS]
    if marked:
        return marked[-1]
    nucleus = [index for index, letter in enumerate(bare) if letter in _VOWELS]
    if len(nucleus) > 1 and bare.startswith(("qu", "gi")):
        nucleus = nucleus[1:]
    if len(nucleus) == 1 or (nucleus[-1] == len(bare) - 1 and len(nucleus) == 2):
        return nucleus[0]
    return nucleus[1]


def _tone_in_place(word: str) -> str:
    parts = _without_tone(word)
    return _toned(*parts) if parts and parts[1] and parts[0] in _SYLLABLES else word


# --- letters drawn out -----------------------------------------------------------------------------------------------

_RUN: Final = re.compile(r"([^\W\d_])\1+")
_LONG_RUN: Final = re.compile(r"([^\W\d_])\1\1+")
_ROMAN: Final = re.compile(r"[ivx]+")


def _squeezed(word: str) -> str:
    """A drawn-out word (``vayyyy``, ``nghèoooo``, ``ạaaa``) as it was meant, where that gives a syllable."""
    if not _drawn_out(word) or _ROMAN.fullmatch(word) or _is_known(word):
        return word
    once = _RUN.sub(r"\1", word)
    pattern = _LONG_RUN if word.isascii() else _RUN
    for candidate in (once, _without_echo(once)):
        sure = pattern.search(word) is not None or len(candidate) > 2
        if sure and _is_known(candidate) and (len(candidate) > 1 or not word.isascii()):
            return candidate
    return word


def _drawn_out(word: str) -> bool:
    return any(left == right for left, right in pairwise(fold(word)))


def _is_known(word: str) -> bool:
    if word.isascii():
        return word in _PLAIN or (len(word) > 1 and word in ABBREVIATIONS)
    return is_syllable(word)


def _without_echo(word: str) -> str:
    """Plain letters that only repeat an accented one before them are dropped: ``ạa`` → ``ạ``."""
    kept = [
        letter
        for index, letter in enumerate(word)
        if not (index and letter.isascii() and word[index - 1] != letter and fold(word[index - 1]) == letter)
    ]
    return "".join(kept)


# --- keyboard residue ------------------------------------------------------------------------------------------------


class _Reading(NamedTuple):
    """What a token says when read as keyboard residue, and how sure that is: 0 only in company, 1 fairly, 2 surely."""

    word: str
    sure: int


_TELEX_TONES: Final = {"s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_HATS: Final = {"a": "â", "e": "ê", "o": "ô"}
_HORNS: Final = {"a": "ă", "o": "ơ", "u": "ư"}
_TELEX: Final = re.compile(r"[a-zăâđêôơư]+")
_VNI: Final = re.compile(r"[a-zđ]+\d[a-z\d]*")
_FOREIGN: Final = frozenset(
    _words("""
    as is us if of or os ex ox ax ir ur er es ios max box six tax gas bus has his this her car bar air hair chair pair
    mix relax see too been seen keen soon moon noon room boom boss loans means thus does goes his hers
    tons tens cars bars beer deer door floor noon boot root tool cool pool book took look foot good food wood mood
    now how cow low know new view tour hour our your four alex axe yes bis mar mer tor tar var dos mos ver bux lux
    lex rex dex tex nex hex sex tis sir sis cis his vis raw law saw man men ten tan low row bow vow tow sow show
    ins ons ups app apps aims hers more mere here there these those use
    """)
)


@lru_cache(maxsize=16384)
def _reading(word: str) -> _Reading | None:
    if len(word) > 9 or _settled(word):
        return None
    if _TELEX.fullmatch(word):
        return _telex_reading(word)
    return _vni_reading(word) if _VNI.fullmatch(word) else None


def _telex_reading(word: str) -> _Reading | None:
    typed = _Typed()
    for index, key in enumerate(word):
        if not typed.telex(key, last=index == len(word) - 1):
            return None
    spoken = typed.spoken()
    if spoken is None or (word in _SYLLABLES and not word.isascii()):
        return None
    return _Reading(spoken, _telex_sureness(word, typed))


def _telex_sureness(word: str, typed: _Typed) -> int:
    if word in _FOREIGN or word in _PLAIN or len(word) < 3 or (word[0] == "p" and word[1] != "h"):
        return 0
    only_doubled_end = typed.marks == 1 and word[-1] == word[-2]
    if only_doubled_end:
        return 0
    return 2 if typed.marks > 1 or not word.isascii() else 1


def _vni_reading(word: str) -> _Reading | None:
    typed = _Typed()
    spoken = typed.spoken() if all(typed.vni(key) for key in word) else None
    if spoken is None:
        return None
    shaped = any(key in "6789" for key in word)
    inside = not word[-1].isdigit()
    return _Reading(spoken, 2 if shaped and (inside or typed.marks > 1) else int(inside))


class _Typed:
    """The letters that a Vietnamese keyboard would have produced from the keys so far."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.tone = 0
        self.marks = 0

    def telex(self, key: str, last: bool) -> bool:
        """Take one key; False when the keys cannot be Telex."""
        if key in _TELEX_TONES and self._has_vowel():
            return self._set_tone(_TELEX_TONES[key])
        if key == "w":
            return self._horn()
        if key in _HATS and self._hat(key):
            return True
        if key == "d" and self._bar(last):
            return True
        self.letters.append(key)
        return True

    def vni(self, key: str) -> bool:
        """Take one key; False when the keys cannot be VNI."""
        if not key.isdigit():
            self.letters.append(key)
            return True
        if key in "12345":
            return self._has_vowel() and self._set_tone(int(key))
        return {"6": self._any_hat, "7": self._horn, "8": self._breve, "9": self._first_bar}.get(key, bool)()

    def spoken(self) -> str | None:
        """The syllable meant, or None when it is none or nothing was decoded."""
        bare = "".join(self.letters)
        return _toned(bare, self.tone) if self.marks and _sounds(bare, self.tone) else None

    def _has_vowel(self) -> bool:
        return any(letter in _VOWELS for letter in self.letters)

    def _set_tone(self, tone: int) -> bool:
        if self.tone:
            return False
        self.tone = tone
        return self._marked()

    def _marked(self) -> bool:
        self.marks += 1
        return True

    def _hat(self, key: str) -> bool:
        """A doubled vowel, at once (``oo``) or after the final consonant (``vietej``)."""
        if not self.letters or (self.letters[-1] != key and self.letters[-1] in _VOWELS):
            return False
        return self._shape(key, _HATS[key])

    def _shape(self, old: str, new: str) -> bool:
        if old not in self.letters:
            return False
        self.letters[len(self.letters) - 1 - self.letters[::-1].index(old)] = new
        return self._marked()

    def _any_hat(self) -> bool:
        return any(self._shape(vowel, hat) for vowel, hat in _HATS.items())

    def _breve(self) -> bool:
        return self._shape("a", "ă")

    def _horn(self) -> bool:
        joined = "".join(self.letters)
        for pair in ("uo", "ưo", "uơ"):
            spot = joined.rfind(pair)
            if spot >= 0 and not joined.startswith("qu"):
                self.letters[spot : spot + 2] = ["ư", "ơ"]
                return self._marked()
        if joined.endswith("ua") and not joined.startswith("qu"):
            return self._shape("u", "ư")
        vowels = [letter for letter in self.letters if letter in _HORNS]
        return bool(vowels) and self._shape(vowels[-1], _HORNS[vowels[-1]])

    def _bar(self, last: bool) -> bool:
        doubled = self.letters == ["d"]
        late = last and self._has_vowel() and self.letters[0] == "d"
        return (doubled or late) and self._first_bar()

    def _first_bar(self) -> bool:
        if not self.letters or self.letters[0] != "d":
            return False
        self.letters[0] = "đ"
        return self._marked()


def residue(words: Sequence[str]) -> list[str]:
    """Lower-case words, one for one, decoded where the message shows keyboard residue, tones placed, runs squeezed."""
    readings = [_reading(word) for word in words]
    believe = _believed(words, readings) if any(readings) else 3
    if believe == 3:
        return [_mended(word) for word in words]
    return [
        reading.word if reading and reading.sure >= believe else _mended(word)
        for word, reading in zip(words, readings, strict=True)
    ]


@lru_cache(maxsize=16384)
def _mended(word: str) -> str:
    """A word that is no keyboard residue: letters squeezed, the tone in its place."""
    return _tone_in_place(_squeezed(word))


def _settled(word: str) -> bool:
    return word.isdigit() or len(word) < 2


def _believed(words: Sequence[str], readings: Sequence[_Reading | None]) -> int:
    """The least sureness at which residue is decoded in this message; 3 when none is."""
    sure = sum(1 for reading in readings if reading and reading.sure == 2)
    fair = sum(1 for reading in readings if reading and reading.sure == 1)
    if not sure and not fair:
        return 3
    if sure or (fair > 1 and not _looks_foreign(words, readings)):
        return 0
    accented = any(not word.isascii() for word in words)
    return 3 if accented or _looks_foreign(words, readings) else 0


def _looks_foreign(words: Sequence[str], readings: Sequence[_Reading | None]) -> bool:
    letters = [
        (word, reading) for word, reading in zip(words, readings, strict=True) if word.isalpha() and len(word) > 1
    ]
    strange = sum(
        1
        for word, reading in letters
        if word in _FOREIGN or not (reading or word in _PLAIN or word in ABBREVIATIONS or is_syllable(word))
    )
    return strange * 5 > len(letters) * 2


# --- short forms and dialect -----------------------------------------------------------------------------------------

ABBREVIATIONS: Final[dict[str, str]] = {
    "k": "không",
    "k0": "không",
    "ko": "không",
    "kg": "không",
    "hok": "không",
    "hem": "không",
    "khg": "không",
    "đc": "được",
    "dc": "được",
    "đx": "được",
    "hn": "hộ nghèo",
    "hcn": "hộ cận nghèo",
    "htn": "hộ thoát nghèo",
    "hmtn": "hộ mới thoát nghèo",
    "nhcsxh": "ngân hàng chính sách xã hội",
    "nhcs": "ngân hàng chính sách",
    "csxh": "chính sách xã hội",
    "nhnn": "ngân hàng nhà nước",
    "bhyt": "bảo hiểm y tế",
    "bhxh": "bảo hiểm xã hội",
    "bhtn": "bảo hiểm thất nghiệp",
    "tctn": "trợ cấp thất nghiệp",
    "btxh": "bảo trợ xã hội",
    "xkld": "xuất khẩu lao động",
    "xklđ": "xuất khẩu lao động",
    "nld": "người lao động",
    "nlđ": "người lao động",
    "ldtbxh": "lao động thương binh xã hội",
    "lđtbxh": "lao động thương binh xã hội",
    "gqvl": "giải quyết việc làm",
    "dvvl": "dịch vụ việc làm",
    "tgpl": "trợ giúp pháp lý",
    "dtts": "dân tộc thiểu số",
    "đbdtts": "đồng bào dân tộc thiểu số",
    "dbdtts": "đồng bào dân tộc thiểu số",
    "đbkk": "đặc biệt khó khăn",
    "dbkk": "đặc biệt khó khăn",
    "hssv": "học sinh sinh viên",
    "sv": "sinh viên",
    "nct": "người cao tuổi",
    "nkt": "người khuyết tật",
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "gcn": "giấy chứng nhận",
    "gks": "giấy khai sinh",
    "shk": "sổ hộ khẩu",
    "cccd": "căn cước công dân",
    "cmnd": "chứng minh nhân dân",
    "cmt": "chứng minh thư",
    "stk": "số tài khoản",
    "sđt": "số điện thoại",
    "sdt": "số điện thoại",
    "tkvv": "tiết kiệm vay vốn",
    "tkvay": "tiết kiệm vay",
    "noxh": "nhà ở xã hội",
    "nsvsmt": "nước sạch vệ sinh môi trường",
    "ntm": "nông thôn mới",
    "mtqg": "mục tiêu quốc gia",
    "htx": "hợp tác xã",
    "cty": "công ty",
    "gđ": "gia đình",
    "bn": "bao nhiêu",
    "bnh": "bao nhiêu",
    "bnhiu": "bao nhiêu",
    "ntn": "như thế nào",
    "vs": "với",
    "ngta": "người ta",
    "mn": "mọi người",
    "mng": "mọi người",
    "mk": "mình",
    "mik": "mình",
    "cx": "cũng",
    "cug": "cũng",
    "trc": "trước",
    "bít": "biết",
    "bik": "biết",
    "fai": "phải",
    "wa": "quá",
    "j": "gì",
    "ji": "gì",
    "nhìu": "nhiều",
    "nhiu": "nhiêu",
    "rùi": "rồi",
    "hnay": "hôm nay",
    "hsơ": "hồ sơ",
    "hso": "hồ sơ",
    "tgian": "thời gian",
    "đkiện": "điều kiện",
    "dkien": "điều kiện",
    "đkien": "điều kiện",
    "nvay": "như vậy",
}

DIALECT: Final[dict[str, str]] = {
    "bầy tui": "chúng tôi",
    "tụi tui": "chúng tôi",
    "bọn tui": "chúng tôi",
    "tui": "tôi",
    "bây chừ": "bây giờ",
    "chừ": "giờ",
    "làm răng": "làm sao",
    "vì răng": "vì sao",
    "răng mà": "sao mà",
    "răng rứa": "sao thế",
    "răng hè": "sao",
    "răng không": "sao không",
    "răng nỏ": "sao không",
    "như răng": "như thế nào",
    "ra răng": "như thế nào",
    "rứa": "thế",
    "ở mô": "ở đâu",
    "đi mô": "đi đâu",
    "chỗ mô": "chỗ nào",
    "nơi mô": "nơi nào",
    "khi mô": "khi nào",
    "đến mô": "đến đâu",
    "cái chi": "cái gì",
    "làm chi": "làm gì",
    "giấy chi": "giấy gì",
    "cần chi": "cần gì",
    "có chi": "có gì",
    "nỏ": "không",
    "hổng": "không",
    "hông": "không",
    "mần": "làm",
    "miềng": "mình",
    "bầm": "mẹ",
    "bu": "mẹ",
    "giề": "gì",
    "dư lào": "như nào",
    "như lào": "như nào",
    "thế lào": "thế nào",
    "nàm sao": "làm sao",
    "nàm": "làm",
}

_AFTER_NUMBER: Final[dict[str, str]] = {
    "tr": "triệu",
    "trđ": "triệu đồng",
    "trd": "triệu đồng",
    "củ": "triệu",
}
_MONEY: Final = re.compile(r"(\d+)(trđ|trd|tr|k)(\d*)")
_MONEY_UNITS: Final[dict[str, str]] = {**_AFTER_NUMBER, "k": "nghìn"}
_AGE: Final = re.compile(r"(\d{1,3})t")
_OLDEST: Final = 110
#: What is counted in tonnes: "2t thóc" is no age.
_WEIGHED: Final = frozenset(_words("thoc lua gao ngo san phan cam than xi sat ca che mia cat da vai go"))
_KEPT_AFTER: Final[dict[str, frozenset[str]]] = {
    "kg": frozenset({"mấy", "may", "vài", "vai"}),
    "hn": frozenset({"ở", "o", "ra", "tại", "tp", "lên", "len", "về", "ve", "từ", "tu"}),
    "bn": frozenset({"ở", "tại", "tp", "tỉnh", "tinh", "về"}),
    "hổng": frozenset({"lỗ"}),
    "hông": frozenset({"bên", "đau", "xương", "vòng", "khớp", "sườn"}),
    "bầm": frozenset({"thâm", "bị", "tím"}),
}


_HOUSEHOLD: Final = frozenset({"hộ", "ho", "diện", "dien"})
_KINDS_OF_HOUSEHOLD: Final[dict[str, str]] = {
    "n": "nghèo",
    "cn": "cận nghèo",
    "tn": "thoát nghèo",
    "mtn": "mới thoát nghèo",
}

#: Every word at which something may have to be written out; what begins with a digit may be an amount.
_SHORT: Final = frozenset(
    {*ABBREVIATIONS, *_AFTER_NUMBER, *_KINDS_OF_HOUSEHOLD, *(phrase.split(" ")[0] for phrase in DIALECT)}
)


def expand(text: str) -> str:
    """Short forms and plain dialect written out: ``k đc`` → ``không được``, ``50tr`` → ``50 triệu``."""
    pieces = _PIECES.split(text)
    words = [piece.lower() for piece in pieces[1::2]]
    short = [index for index, word in enumerate(words) if word in _SHORT or word[0].isdigit()]
    done = 0
    for index in short:
        if index >= done:
            done = index + _expand_at(pieces, words, index)
    return "".join(pieces) if short else text


def _expand_at(pieces: list[str], words: list[str], index: int) -> int:
    """Write out the word at an index, in place; how many words were dealt with."""
    if pieces[2 * index + 2] == " " and index + 1 < len(words):
        phrase = DIALECT.get(f"{words[index]} {words[index + 1]}")
        if phrase is not None:
            pieces[2 * index + 1 : 2 * index + 4] = [phrase, "", ""]
            return 2
    after = words[index + 1] if index + 1 < len(words) else ""
    full = _written_out(words[index], words[index - 1] if index else "", after)
    if full is not None:
        pieces[2 * index + 1] = full
    return 1


def _written_out(word: str, before: str, after: str) -> str | None:
    if word[0].isdigit():
        return _amount(word) or _age(word, after)
    if before.isdigit() and word in _AFTER_NUMBER:
        return _AFTER_NUMBER[word]
    if (before.isdigit() and word == "kg") or before in _KEPT_AFTER.get(word, ()):
        return None
    if before in _HOUSEHOLD and word in _KINDS_OF_HOUSEHOLD:
        return _KINDS_OF_HOUSEHOLD[word]
    return ABBREVIATIONS.get(word) or DIALECT.get(word)


def _age(word: str, after: str) -> str | None:
    """``81t`` → ``81 tuổi``, unless what follows is weighed in tonnes."""
    match = _AGE.fullmatch(word)
    return f"{match[1]} tuổi" if match and 0 < int(match[1]) <= _OLDEST and fold(after) not in _WEIGHED else None


def _amount(word: str) -> str | None:
    """``100tr`` → ``100 triệu``, ``5tr7`` → ``5 triệu 7``, ``500k`` → ``500 nghìn``."""
    match = _MONEY.fullmatch(word)
    return f"{match[1]} {_MONEY_UNITS[match[2]]} {match[3]}".strip() if match else None
