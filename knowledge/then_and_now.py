"""What the words around a place's name say of time: the place before 1 July 2025, or that of today.

A fully named unit of today (``Phường Gia Sàng``) is asked back only if a former commune of the same kind and name went,
also in part, elsewhere, and nothing tells which is meant: ``giờ ở phường Gia Sàng`` and ``phường Gia Sàng mới`` are the
one of today, ``trước là phường Gia Sàng`` and ``phường Gia Sàng (cũ)`` the former.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

MOST_WORDS: Final = 9
FIRST_WORDS: Final = frozenset(
    """
    bay bi hien nay gio bjo bgio sau thi da duoc se no nam co phai sap sat xap xat nhap gop doi la thuoc ve thanh goi o
    ten
    """.split()
)

_NOW: Final = r"(?:(?:bay |bi |hien )?(?:nay|gio)|bjo|bgio|hien tai|bay h|sau (?:khi )?(?:sap|sat) nhap)"
_FILLED: Final = r"(?:(?:thi|da|duoc|bi|se|no|nam|co phai|phai) )*"
_COMMUNE: Final = r"(?:xa|phuong|thi tran|dac khu|don vi)\b"
_MERGED: Final = r"(?:[sx]a[pt] nhap|(?:nhap|gop) (?:vao|voi|thanh|ve)|doi (?:ten )?(?:thanh|sang|la))"
_WHICH: Final = (
    rf"(?:la|thuoc|thuoc ve|ve|thanh|goi la|o) (?:ten )?{_COMMUNE}(?: (?:hay|hoac) {_COMMUNE})?"
    r" (?:nao|gi|dau|may|moi)\b"
)
_BECAME_WHICH: Final = (
    rf"(?:[sx]a[pt] nhap\b|{_MERGED} (?:\w+ )?{_COMMUNE}|doi ten (?:thanh |la |sang )?(?:gi|chua|nao|{_COMMUNE}))"
)
_NAMED: Final = r"(?:(?:goi|co ten|mang ten|ten)\b(?: \w+){0,2} (?:gi|nao)|(?:thuoc|ve) (?:ve )?dau)\b"
_WHAT: Final = r"(?:la|thuoc|ve|thanh|o)\b(?: \w+){0,4} (?:gi|nao|dau)\b"

_ASKED_SURELY: Final = re.compile(rf"(?:{_NOW} )?{_FILLED}(?:{_BECAME_WHICH}|{_WHICH})|{_NOW} {_FILLED}{_NAMED}")
_ASKED_PERHAPS: Final = re.compile(rf"{_NOW} {_FILLED}{_WHAT}|{_FILLED}{_MERGED}(?: \w+)? (?:gi|nao|dau)\b")

_LIVES_NOW: Final = re.compile(
    r"(?:(?<!nam )(?<!hom )(?<!xua )(?<!lau )(?<!den )(?<!toi )(?<!bua )\bnay|(?<!may )(?<!\d )\bgio|\bhien(?: tai)?)"
    r"(?: \w+){0,3} (?:la|o|thuoc|thanh|ve|tai)$"
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
