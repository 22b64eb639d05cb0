"""Numbers that lead to a person, taken out of a text before it is kept: telephones, identity and bank cards, accounts.

Amounts stay, for they are what many questions are about: a number that begins with no zero and ends in three zeros, or
that a currency follows, is money.
"""

from __future__ import annotations

import re

MASK = "[…]"
#: A run of nine digits or more, perhaps parted by spaces, dots or dashes, perhaps with a country code before it.
_NUMBER = re.compile(r"(?<![\w+])\+?\d(?:[ .\-–]?\d){8,}(?!\d)")
_SHORT_PHONE = re.compile(r"(?<![\w+.,])(?:\+?84|0)(?:[ .\-–]?\d){8,10}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MONEY_AFTER = re.compile(
    r"\s*(?:đ|đồng|d|dong|vnd|vnđ|triệu|trieu|tr|nghìn|nghin|ngàn|ngan|k|tỷ|ty|tỉ|ti)\b", re.IGNORECASE
)


def masked(text: str) -> str:
    """``text`` with every number and address that leads to a person replaced by ``MASK``."""
    return _NUMBER.sub(_masked, _SHORT_PHONE.sub(MASK, _MAIL.sub(MASK, text)))


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match.group())
    amount = not digits.startswith("0") and not match.group().startswith("+")
    if amount and (digits.endswith("000") or _MONEY_AFTER.match(match.string, match.end())):
        return match.group()
    return MASK
