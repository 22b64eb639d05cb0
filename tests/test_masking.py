"""Numbers of persons are masked however they are typed; amounts, years, dates and numbers of laws stay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.masking import MASK, masked

PERSONAL = """
gọi 0987654321 nhé | sdt0987654321 | 0987654321k dc | 0987 654 321 | 0987.654.321 | 0987-654-321 | 098 7654321
0912/345/678 | 0912,345,678 | 0912 - 345 - 678 | 0 9 8 7 6 5 4 3 2 1 | 01234567890 | 0912345678/0987654321
+84 987 654 321 | +84987654321 | (+84) 987654321 | 84987654321 | 0084987654321 | +886912345678
(0208) 3851234 | 0208 3 851 234 | 02083851234 | (0208)3851234 | sđt 3851234 | zalo: 0987654321 | số máy của tôi 385123
cccd 034190001234 | 034 190 001 234 | 034190 0012 34 | cmnd 173456789 | cmnd 173 456 789 | cmnd 091234000 | 173456789
4111 1111 1111 0000 | 4111111111111111 | 4111-1111-1111-1111 | 9704 0000 1234 5678 901 | thẻ 4000 2000 1000 5000
stk 19036000000 | stk 12345678 | số tài khoản là 1903 6000 000 | tài khoản của tôi 102345678901 vietinbank
mst 0101234567-001 | hộ chiếu C1234567 | bhyt GD4191234567890 | DN 4 19 1234567890 | 987654321 k biết
a.b@gmail.com | mail: nguyen-van@yahoo.com.vn | ٠٩٨٧٦٥٤٣٢١ | ０９８７６５４３２１
"""
HARMLESS = """
vay 100000000 | 100.000.000 | 100 000 000 | 100,000,000 | 1.050.000.000 đồng | 1,050,000,000 | 1 tỷ 200 triệu
123456789đ | 1.234.567.890 đồng | 100000000d | 84.912.345.000 đồng | điện thoại 2000000 đồng | 1.000.000.000.000
1.500.000-2.000.000 | 1500000-2000000 | 1.500.000 - 2.000.000 | 12 000 000-15 000 000 | từ 0 - 1000000000 | 5000-10000
năm 2026 | 2021-2025 | 2021 2022 2023 | 2021-2025 2026-2030 | mẹ 1950 bố 1948 | 100000000 trong 36 tháng
6,24 % | 6.24%/năm | 76 tuổi 3 con | 30 50 số điện | gọi 113 | gọi 18001091 | tổng đài 1900 1234 | quyết định 1719
22/11/2026 | 22-11-2026 | 22.11.2026 | 05-11-2026 08 30 | 05/11/2026 08:30 | 01/07/2025-30/06/2026 | 07/2025, 08/2025
335/2026/NĐ-CP | 134/2025/QH15 | 07/2021/NĐ-CP ngày 27/01/2021 | số 38/2013/QH13 | 🌾 bão số 3
"""


def examples(table: str) -> list[str]:
    return [cell.strip() for line in table.strip().splitlines() for cell in line.split(" | ")]


def digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())


@pytest.mark.parametrize("text", examples(PERSONAL))
def test_what_leads_to_a_person_is_masked(text: str) -> None:
    assert MASK in masked(text)
    assert len(digits(masked(text))) <= 1, masked(text)
    assert "@" not in masked(text)


@pytest.mark.parametrize("text", examples(HARMLESS))
def test_amounts_years_dates_and_laws_stay(text: str) -> None:
    assert masked(text) == text


def test_what_stands_around_a_number_stays() -> None:
    said = "Nhà tôi 4 người, năm 2026 0987654321 vay 50.000.000 đồng theo 335/2026/NĐ-CP, sdt0912345678 gọi nhé"
    kept = f"Nhà tôi 4 người, năm 2026 {MASK} vay 50.000.000 đồng theo 335/2026/NĐ-CP, sdt{MASK} gọi nhé"
    assert masked(said) == kept


MOBILE = st.from_regex(r"0[35789][0-9]{8}", fullmatch=True)
CARD = st.from_regex(r"0(0[1-9]|[1-9][0-9])[0-9]{9}", fullmatch=True)
SEPARATORS = st.sampled_from(["", " ", ".", "-", " - ", ") ", "–"])
AROUND = st.text(st.characters(categories=["L", "Zs", "P"], exclude_characters="@.,-–()/_·—"), max_size=20)


@given(st.data(), st.one_of(MOBILE, CARD), AROUND, AROUND)
def test_a_number_however_it_is_parted_leaves_no_trace(data: st.DataObject, number: str, left: str, right: str) -> None:
    cut = data.draw(st.lists(st.integers(2, 9), max_size=4, unique=True).map(sorted))
    parts = [number[start:end] for start, end in zip([0, *cut], [*cut, len(number)], strict=True)]
    typed = "".join(part + (data.draw(SEPARATORS) if index < len(cut) else "") for index, part in enumerate(parts))
    found = masked(f"{left}{typed}{right}")
    assert digits(found) == ""
    assert MASK in found


@given(MOBILE, st.sampled_from(["+84", "84", "0084", "(+84) ", "+84 ", "+84.", "84 "]))
def test_the_country_code_makes_no_difference(number: str, code: str) -> None:
    assert digits(masked(f"sdt {code}{number[1:]} nhe")) == ""


@given(st.integers(1, 999_999), st.sampled_from([".", ",", " ", ""]), AROUND)
def test_thousands_stay_however_they_are_grouped(thousands: int, separator: str, left: str) -> None:
    amount = f"{thousands * 1000:,}".replace(",", separator)
    assert masked(f"vay {amount} đồng") == f"vay {amount} đồng"
    assert masked(f"{thousands} triệu, {amount}") == f"{thousands} triệu, {amount}"


@given(st.integers(1, 28), st.integers(1, 12), st.integers(1900, 2099), st.sampled_from("/-."))
def test_dates_stay(day: int, month: int, year: int, separator: str) -> None:
    for written in (f"{day:02}{separator}{month:02}{separator}{year}", f"{day}{separator}{month}{separator}{year}"):
        assert masked(f"sinh ngày {written}, 2 con") == f"sinh ngày {written}, 2 con"


@given(st.integers(1, 9999), st.integers(1990, 2060), st.sampled_from(["NĐ-CP", "QH15", "TT-BTC", "QĐ-TTg", "nd-cp"]))
def test_numbers_of_laws_stay(number: int, year: int, kind: str) -> None:
    assert masked(f"theo {number:02}/{year}/{kind}") == f"theo {number:02}/{year}/{kind}"


@given(st.text(st.one_of(st.characters(), st.sampled_from("0123456789 .-()+/,@")), max_size=200))
def test_masking_again_changes_nothing_and_nothing_is_added(text: str) -> None:
    once = masked(text)
    assert masked(once) == once
    assert len(digits(once)) <= len(digits(text))


@given(st.text(st.characters(exclude_categories=["Nd"], exclude_characters="@"), max_size=100))
def test_text_without_numbers_and_addresses_is_left_alone(text: str) -> None:
    assert masked(text) == text
