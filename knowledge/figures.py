"""Figures in Vietnamese text, normalised so that they can be compared.

``1.500.000 đồng``, ``1,5 triệu`` and ``1500000`` are one figure; ``6,24 %`` is 6.24.
Used by the check that no statement holds a figure its claims do not, and by tests of replies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

SCALES = {
    "nghìn": Decimal(1_000),
    "ngàn": Decimal(1_000),
    "triệu": Decimal(1_000_000),
    "tr": Decimal(1_000_000),
    "tỷ": Decimal(1_000_000_000),
    "tỉ": Decimal(1_000_000_000),
}
_FIGURE = re.compile(r"(\d+(?:[.,]\d+)*)(?:\s*(nghìn|ngàn|triệu|tr|tỷ|tỉ)\b)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3}){2,}")


def parse_number(digits: str) -> Decimal:
    """The number written as ``digits`` the Vietnamese way: ``.`` groups thousands, ``,`` marks decimals."""
    if _THOUSANDS.fullmatch(digits):
        if digits.count(",") > 1:
            return Decimal(digits.replace(",", ""))
        return Decimal(digits.replace(".", "").replace(",", "."))
    head, *rest = re.split(r"[.,]", digits)
    return (
        Decimal(head if not rest else f"{head}.{rest[0]}") if len(rest) <= 1 else Decimal(re.sub(r"[.,]", "", digits))
    )


def canonical(number: Decimal) -> str:
    """``number`` without exponent and trailing zeros, so that equal figures are equal strings."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def figures(text: str) -> Iterator[str]:
    """Every figure in ``text`` in canonical form, in order; dates and codes fall apart into their numbers."""
    for digits, scale in _FIGURE.findall(text):
        for part in _split_dotted(digits):
            number = parse_number(part)
            yield canonical(number * SCALES[scale.lower()] if scale else number)


def _split_dotted(digits: str) -> list[str]:
    """A dotted date (``17.11.2025``) as its parts; any other figure as it is."""
    if digits.count(".") == 2 and not _THOUSANDS.fullmatch(digits):
        return digits.split(".")
    return [digits]


def allowed_forms(held: Iterable[str]) -> frozenset[str]:
    """The figures in ``held`` and the same amounts counted in thousands, millions or billions."""
    forms = set(held)
    for figure in list(forms):
        number = Decimal(figure)
        if number >= 1000:
            forms.update(canonical(number / scale) for scale in set(SCALES.values()))
    return frozenset(forms)
