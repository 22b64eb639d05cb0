"""Facts as told: what is refused, what follows from them, and what is left open of a story's teller."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from knowledge.base import DATA, load
from knowledge.household import FactError, facts_of_place, heard_facts, read_facts, with_consequences, with_teller
from knowledge.places import Places
from knowledge.rules import AGES, judge
from knowledge.screening import Screener
from knowledge.spoken import spoken

KNOWLEDGE = load()
PLACES = Places.load(DATA / "places")
DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"tien": 5}, "tien: unknown"),
        ({"tuoi": 5}, "tuoi: belongs to a person"),
        ({"nguoi": [{"la": "me", "tinh": "bac-ninh"}]}, "tinh: belongs to the household"),
        ({"nguoi": [{"la": "me", "tuoi": 200}]}, "tuoi: 200 is not between 0 and 130"),
        ({"nguoi": [{"la": "me", "tuoi": "76"}]}, "tuoi: '76' is not a number"),
        ({"nguoi": [{"la": "me", "tuoi": True}]}, "tuoi: True is not a number"),
        ({"nguoi": [{"la": "me", "luong-huu": "khong"}]}, "luong-huu: 'khong' is not true or false"),
        ({"nguoi": {"la": "me"}}, "nguoi: give a list"),
        ({"nguoi": [{"la": 3}]}, "la: say who"),
        ({"tinh-trang-ho": "ngheo"}, "tinh-trang-ho: 'ngheo' is none of ho-ngheo"),
        ({"ngay-thoat-ngheo": "2025-02-30"}, "ngay-thoat-ngheo: '2025-02-30' is not a date"),
        ({"thu-nhap-dau-nguoi": -1}, "thu-nhap-dau-nguoi: -1 is not between"),
        ({"thu-nhap-dau-nguoi": float("nan")}, "thu-nhap-dau-nguoi: nan"),
        ("ho-ngheo", "facts: give an object"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(told: Any, named: str) -> None:
    with pytest.raises(FactError, match=f"^{named}".replace("(", r"\(")):
        read_facts(KNOWLEDGE.facts, told)


def test_dates_are_read_and_null_is_not_known() -> None:
    told = {"ngay-thoat-ngheo": "2025-06-30", "tinh": None, "nguoi": [{"la": "me", "tuoi": 76, "luong-huu": None}]}
    read = read_facts(KNOWLEDGE.facts, told)
    assert read == {"ngay-thoat-ngheo": date(2025, 6, 30), "nguoi": [{"la": "me", "tuoi": 76}]}


def test_what_a_story_cannot_mean_is_left_out() -> None:
    heard = {"tinh-trang-ho": "ho-ngheo", "nguoi": [{"la": "me", "tuoi": 400}], "unknown": 1}
    assert heard_facts(KNOWLEDGE.facts, heard) == {"tinh-trang-ho": "ho-ngheo", "nguoi": [{"la": "me"}]}


@pytest.mark.parametrize(
    ("place", "facts"),
    [
        ("xã Cù Vân, Đại Từ", {"tinh": "thai-nguyen", "khu-vuc": "nong-thon"}),
        ("phường Kinh Bắc", {"tinh": "bac-ninh", "khu-vuc": "thanh-thi"}),
        ("đặc khu Cô Tô", {"tinh": "quang-ninh", "khu-vuc": "nong-thon"}),
        ("tỉnh Quảng Ninh", {"tinh": "quang-ninh"}),
        ("tôi sống ở Hà Nội", {"tinh": "noi-khac"}),
    ],
)
def test_a_place_tells_province_and_area(place: str, facts: dict[str, str]) -> None:
    match = PLACES.find(place)
    assert match is not None
    assert facts_of_place(match) == facts


def test_a_schoolchild_is_no_student_unless_told() -> None:
    people = [{"la": "con", "lop": "thcs"}, {"la": "con-2", "bac-hoc": "dai-hoc"}, {"la": "em", "tuoi": 9}]
    found = with_consequences({"nguoi": people})["nguoi"]
    assert [person.get("bac-hoc") for person in found] == ["khong", "dai-hoc", "khong"]
    assert found[1]["lop"] == "khong"


def test_the_untold_teller_leaves_open_what_may_be_theirs() -> None:
    loan, relief = KNOWLEDGE.benefits["vay-giai-quyet-viec-lam"], KNOWLEDGE.benefits["bao-tro-xa-hoi:khuyet-tat"]
    told = {"nguoi": [{"la": "con", "tuoi": 8, "muc-khuyet-tat": "nhe"}]}
    whole = with_teller(told, KNOWLEDGE.facts)
    assert judge(loan, told, DAY).truth is False
    assert judge(loan, whole, DAY).truth is None
    assert judge(relief, whole, DAY).truth is False
    assert whole["nguoi"][1][AGES] == (23, 110)


def test_the_teller_is_added_only_to_stories_of_others_in_the_household() -> None:
    for people in ([], [{"la": "toi"}], [{"la": "nguoi-duoc-hoi", "tuoi": 70}]):
        assert with_teller({"nguoi": people}, KNOWLEDGE.facts) == {"nguoi": people}
    ages = with_teller({"nguoi": [{"la": "me", "tuoi": 70}]}, KNOWLEDGE.facts)["nguoi"][1][AGES]
    assert ages == (20, 55)


def test_the_next_question_is_what_settles_most() -> None:
    screener = Screener(KNOWLEDGE)
    only = {"vay-ho-ngheo", "vay-ho-can-ngheo"}
    first = screener.next_question(screener.screen({}, DAY, only))
    assert first is not None
    assert first.fact == "tinh-trang-ho"
    then = screener.next_question(screener.screen({"tinh-trang-ho": "ho-ngheo"}, DAY, only))
    assert then is not None
    assert then.fact == "to-tiet-kiem-vay-von"
    assert screener.next_question(screener.screen({"tinh-trang-ho": "khong-ngheo"}, DAY, only)) is None


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("tuoi", "76", 76),
        ("tuoi", "bảy mươi sáu tuổi", 76),
        ("tuoi", "sinh năm 1950", 76),
        ("tuoi", "già lắm", None),
        ("thu-nhap-dau-nguoi", "1,5 triệu", 1_500_000),
        ("thu-nhap-dau-nguoi", "50", None),
        ("thang-dong-bhtn", "2 năm", 24),
        ("khoang-cach-truong", "500m", 0.5),
        ("ty-le-thiet-hai", "một nửa", 50),
        ("ngay-nghi-viec", "15/9/2026", date(2026, 9, 15)),
        ("ngay-nghi-viec", "2 tháng trước", date(2026, 9, 22)),
        ("ngay-nghi-viec", "chịu", None),
    ],
)
def test_a_typed_answer_is_read_in_the_facts_unit(fact: str, text: str, value: object) -> None:
    assert spoken(KNOWLEDGE.facts[fact], text, DAY) == value
