"""What the words around a place's name say of time: the place before 1 July 2025, or that of today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

MOST_WORDS: Final = 9

_NOW: Final = r"(?:(?:bay |bi |hien )?(?:nay|gio)|bjo|bgio|hien tai|bay h|sau (?:khi )?(?:sap|sat) nhap)"
_FILLED: Final = r"(?:(?:thi|da|duoc|bi|se|no|nam|co phai|phai) )*"
_MERGED: Final = (
    r"(?:[sx]a[pt] nhap|(?:nhap|gop) (?:vao|voi|thanh|ve)|doi (?:ten|thanh|sang|qua)|chuyen (?:thanh|sang|ve)\b)"
)
_COMMUNE: Final = r"(?:ten )?(?:xa|phuong|thi tran|dac khu|don vi)(?: (?:hay|hoac) (?:xa|phuong))?"
_WHICH: Final = rf"(?:la|thuoc|thuoc ve|ve|thanh|goi la|o) {_COMMUNE} (?:nao|gi|dau|may|moi)\b"
_WHAT: Final = r"(?:la|thuoc|goi|ten|mang ten|ve|thanh|o)\b(?: \w+){0,4} (?:gi|nao|dau)\b"

_NAMED: Final = r"(?:goi|co ten|mang ten|ten)\b(?: \w+){0,2} (?:gi|nao)\b"

_ASKED_SURELY: Final = re.compile(rf"(?:{_NOW} )?{_FILLED}(?:{_MERGED}|{_WHICH})|{_NOW} {_FILLED}{_NAMED}")
_ASKED_PERHAPS: Final = re.compile(rf"{_NOW} {_FILLED}{_WHAT}")

_LIVES_NOW: Final = re.compile(
    r"(?<!nam )(?<!hom )(?<!xua )(?<!lau )(?<!den )(?<!toi )\b(?:nay|gio|hien|hien tai)(?: \w+){0,3}"
    r" (?:la|o|thuoc|thanh|ve|tai)$"
)
_BECAME: Final = re.compile(rf"{_MERGED}(?: (?:vao|voi|thanh|ve|la|lai))*$|\bmoi la$")
_WAS: Final = re.compile(
    r"(?:(?<!nam )(?<!thang )(?<!tuan )\btruoc(?: (?:day|kia|do|khi (?:sap|sat) nhap))?|\bxua|\b(?:ten|xa|phuong) cu)"
    r"(?: (?:em|toi|minh|nha|cua|no|ten|von|thi|goi)){0,3} (?:la|thuoc)(?: xa| phuong)?$"
)


def asked(following: Sequence[str]) -> int:
    """Whether folded words after a name ask what became of it: 2 surely (``nay thuộc xã nào``), 1 perhaps."""
    text = " ".join(following)
    if _ASKED_SURELY.match(text):
        return 2
    return int(_ASKED_PERHAPS.match(text) is not None)


def age_before(preceding: Sequence[str]) -> str:
    """``cu`` after words for the past (``trước là``), ``moi`` after those for today (``giờ ở``), else nothing."""
    text = " ".join(preceding)
    if _WAS.search(text):
        return "cu"
    return "moi" if _LIVES_NOW.search(text) or _BECAME.search(text) else ""
