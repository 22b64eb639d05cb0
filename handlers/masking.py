"""Numbers that lead to a person, taken out of a text before it is kept: telephones, identity and bank cards, accounts,
passports, mail addresses.

Amounts, years, dates and numbers of laws stay, for they are what many questions are about. Where a number may be
either, it is masked: a lost amount costs less than a kept telephone number.
"""

from __future__ import annotations

import re
import unicodedata

MASK = "[…]"
#: From how many digits on a number may lead to a person by itself, and after a word such as "sđt" or "stk".
ALONE, CUED = 9, 6
#: The most digits of an amount that is written without dots, and with them.
AMOUNT, GROUPED = 12, 15

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
#: What is kept whatever stands in it: numbers of laws, days, months.
_KEPT = rf"""
    (?<!\d)\d{{1,4}}/{_YEAR}/(?=[^\W\d])
  | (?<![\d./]){_DAY}/{_MONTH}/{_YEAR}(?![./]?\d)
  | (?<![\d.\-/]){_DAY}[-.]{_MONTH}[-.]{_YEAR}(?![-./]?\d)
  | (?<![\d./]){_MONTH}/{_YEAR}(?![./]?\d)
"""
_MAIL = r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PASSPORT = r"(?<![^\W_])[A-Z]\d{7}(?![^\W_])"
#: A telephone number or an identity card begins with a zero or with the country; people part the digits as they like.
_ZERO = r"""
    (?<!\d)(?<!\d[.,])(?:
        0\d{9,11}(?![-.]?\d)
      | \(?(?:(?:\+|00)84|0(?=\d))(?:[ .,/_·()\-–—]{0,3}\d){8,12}(?![-.]?\d)
    )
"""
_NUMBER = r"\+?(?<!\d)\d(?:(?:\ (?!0\d{9})|[.\-–]|,(?=\d{3}))?\d){5,}"
_FOUND = re.compile(
    f"(?P<kept>{_KEPT})|(?P<mail>{_MAIL})|(?P<passport>{_PASSPORT})|(?P<zero>{_ZERO})|(?P<number>{_NUMBER})",
    re.VERBOSE,
)
#: Words before a number that say whose it is; a few small words may stand between.
_CUE = re.compile(
    r"(?:s[dđ]t|[dđ]t|[dđ]i[eệ]n tho[aạ]i|s[oố] m[aá]y|zalo|tel|phone|fax|g[oọ]i|alo|lh|li[eê]n h[eệ]"
    r"|cccd|cmnd|cmt|c[aă]n c[uư][oớ]c|ch[uứ]ng minh|h[oộ] chi[eế]u|[dđ][iị]nh danh|mst|m[aã] s[oố] thu[eế]"
    r"|stk|t[aà]i kho[aả]n|(?<![^\W_])tk|th[eẻ]|bhyt|bhxh)"
    r"(?:[\s:.=,()-]*(?:s[oố]|l[aà]|c[uủ]a|t[oô]i|em|m[iì]nh|nh[aà]|ch[aá]u|m[aã]|n[aà]y))*[\s:.=,()-]*$",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[đd](?![^\W_])|\s*(?:đồng|dong|vn[dđ])(?![^\W_])", re.IGNORECASE)
_THREES = re.compile(r"[1-9]\d{0,2}(?:([ .,])\d{3})(?:\1\d{3})*")
#: Numbers that everybody calls.
_HOTLINE = re.compile(r"1[89]00\d{4,6}")


def masked(text: str) -> str:
    """``text`` with every number and address that leads to a person replaced by ``MASK``; all its digits are ASCII."""
    plain = text if text.isascii() else "".join(map(_ascii_digit, text))
    return _FOUND.sub(_replaced, plain)


def _ascii_digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _replaced(match: re.Match[str]) -> str:
    if match.lastgroup == "kept" or (match.lastgroup == "number" and not _personal(match)):
        return match.group()
    return MASK


def _personal(match: re.Match[str]) -> bool:
    """Whether a number that begins with no zero leads to a person."""
    run, digits = match.group(), re.sub(r"\D", "", match.group())
    cued = _CUE.search(match.string[max(0, match.start() - 60) : match.start()]) is not None
    if len(digits) < ALONE:
        return cued and not (_is_money(match) or _is_amount(run) or _HOTLINE.fullmatch(digits))
    if run.startswith("+") or _is_mobile(run, digits):
        return True
    if _is_money(match) and digits[0] != "0" and (_THREES.fullmatch(run) or run.isdigit()) and len(digits) <= GROUPED:
        return False
    return not (_all_plain(run) if not cued else _THREES.fullmatch(run) and _is_amount(run))


def _is_money(match: re.Match[str]) -> bool:
    return _MONEY.match(match.string, match.end()) is not None


def _is_mobile(run: str, digits: str) -> bool:
    """A mobile telephone with the country's code but no plus."""
    return re.fullmatch(r"84[35789]\d{8}", digits) is not None and not _THREES.fullmatch(run)


def _is_amount(number: str) -> bool:
    """Whether a number ends in thousands as sums of money do."""
    if not number.endswith("000") or number[0] == "0":
        return False
    return (number.isdigit() and len(number) <= AMOUNT) or (
        _THREES.fullmatch(number) is not None and sum(map(str.isdigit, number)) <= GROUPED
    )


def _all_plain(run: str) -> bool:
    """Whether a run of digits is made of amounts and years alone: "2021-2025", "1.500.000-2.000.000"."""
    if _is_amount(run):
        return True
    for parts in (re.split("[-–]", run), re.split("[ –-]", run)):
        if len(parts) > 1 and all(_is_plain(part, len(parts)) for part in parts):
            return True
    return False


def _is_plain(part: str, parts: int) -> bool:
    # Four times four digits are a bank card, even where each four end in thousands.
    return bool(re.fullmatch(_YEAR, part)) or (_is_amount(part) and (len(part) > 4 or parts < 4))
