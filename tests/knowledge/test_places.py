"""Places in chat messages: what is found, what is asked back, and what is left alone."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from knowledge.gazetteer import split_title
from knowledge.places import PlaceMatch, Places
from knowledge.text import fold
from knowledge.then_and_now import age_before, asked

DATA = Path(knowledge.__file__).parent / "data" / "places"


@cache
def places() -> Places:
    return Places.load(DATA)


def find(text: str, within: str | None = None) -> PlaceMatch:
    match = places().find(text, within=places().unit(within) if within else None)
    assert match is not None, text
    return match


def codes(match: PlaceMatch) -> set[str]:
    return {unit.code for unit in match.units}


# --- the tables ------------------------------------------------------------------------------------------------------


def test_units_have_short_unique_codes_and_names() -> None:
    units = places().units
    assert len(units) == 245
    assert len({unit.code for unit in units}) == 245
    assert all(len(unit.code.encode()) <= 40 and unit.code.isascii() for unit in units)
    assert all(unit.code == fold(unit.code) and " " not in unit.code for unit in units)


def test_a_unit_says_its_name() -> None:
    unit = places().unit("xa-an-khanh")
    assert unit is not None
    assert (unit.title, unit.full) == ("Xã An Khánh", "Xã An Khánh, Thái Nguyên")
    assert unit.hq
    assert places().unit("xa-khong-co") is None


def test_same_names() -> None:
    def names(code: str) -> set[str]:
        unit = places().unit(code)
        assert unit is not None
        return {other.full for other in places().same_names(unit)}

    assert names("xa-yen-phong-bac-ninh") == {"Xã Yên Phong, Thái Nguyên"}
    assert names("phuong-hiep-hoa") == {"Xã Hiệp Hòa, Bắc Ninh"}
    assert names("xa-van-lang-na-ri") == {"Xã Văn Lăng, Thái Nguyên"}
    assert names("xa-an-khanh") == set()


def test_units_of_a_district_by_slug_and_by_name() -> None:
    found = places().units_of_district("huyen-dai-tu")
    assert {unit.name for unit in found} == {
        "Đại Phúc", "Phú Xuyên", "Đức Lương", "Phú Lạc", "Phú Thịnh", "An Khánh", "La Bằng", "Đại Từ", "Vạn Phú",
        "Quân Chu",
    }  # fmt: skip
    assert places().units_of_district("Huyện Đại Từ") == found
    assert places().units_of_district("thi-xa-chu-cu")
    assert places().units_of_district("huyen-khong-co") == ()


def test_former_communes_are_listed_once() -> None:
    formers = [former for former in places().formers if former.commune == "Xã Sơn Cẩm"]
    assert len(formers) == 1
    assert formers[0].district == "Thành phố Thái Nguyên"
    assert formers[0].also == ("Huyện Phú Lương",)
    assert {former.slug for former in places().formers if former.commune == "Xã Cù Vân"} == {"xa-cu-van-cu"}
    by_slug = {former.slug: former.units for former in places().formers}
    assert all(by_slug[former.slug] == former.units for former in places().formers)


def test_unverified_rows_are_used_and_marked() -> None:
    match = find("xã Hóa Thượng huyện Đồng Hỷ")
    assert codes(match) == {"xa-dong-hy"}
    assert match.former is not None
    assert any(not former.verified for former in places().formers)


# --- every name in the tables ----------------------------------------------------------------------------------------


def _former_rows() -> dict[tuple[str, str, str], set[str]]:
    units = {(unit.province, unit.title): unit.code for unit in places().units}
    rows: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    with (DATA / "former.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            code = units[row["new_province"], row["new_commune"]]
            rows[row["commune"], row["district"], row["province"]].add(code)
    return rows


@pytest.mark.parametrize("typed", [str, fold, str.upper, str.lower])
@pytest.mark.parametrize("pattern", ["{}, {}, tỉnh {}", "em ở {} {} {}", "{} {}"])
def test_every_former_commune_resolves_to_its_units(typed: Callable[[str], str], pattern: str) -> None:
    for (commune, district, province), expected in _former_rows().items():
        text = typed(pattern.format(commune, district, province))
        match = find(text)
        assert codes(match) == expected, text
        assert match.kind == ("unit" if len(expected) == 1 else "split"), text


@pytest.mark.parametrize("typed", [str, fold, str.lower])
@pytest.mark.parametrize("pattern", ["{}", "{}, {}", "toi o {} tinh {}"])
def test_every_unit_resolves_by_its_level_and_name(typed: Callable[[str], str], pattern: str) -> None:
    for unit in places().units:
        match = find(typed(pattern.format(unit.title, unit.province)))
        assert unit in match.units, unit.full
        if match.kind != "unit":
            assert _is_contested(unit.code, match), unit.full


SHAPES = [
    "{name} {short} giờ là xã nào",
    "tôi ở {name} {short}",
    "{name} nay thuộc xã nào",
    "{name} giờ đổi tên thành gì",
    "tôi quê ở {title} {district} cũ, giờ làm giấy tờ ở đâu",
    "nhà em ở {name} {short} giờ nộp hồ sơ ở đâu",
    "nhà tôi ở {title} cũ",
    "cho em hỏi {name}, {short} sáp nhập vào phường nào ạ",
    "trước là {title}",
]
DECIDED = {"unit", "split", "province", "elsewhere"}


@pytest.mark.parametrize("typed", [str, fold, str.lower])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_former_commune_is_found_however_it_is_asked(typed: Callable[[str], str], shape: str) -> None:
    """At least 99 in 100 with their units among those offered, and none settled on another place."""
    missed = []
    for (commune, district, _), expected in _former_rows().items():
        name, short = split_title(commune)[1], split_title(district)[1]
        title, full = commune[0].lower() + commune[1:], district[0].lower() + district[1:]
        text = typed(shape.format(name=name, short=short, title=title, district=full))
        match = places().find(text)
        if match is None or not expected <= codes(match):
            missed.append(text)
            assert match is None or match.kind not in DECIDED, (text, match)
        assert match is None or match.kind != "unit" or codes(match) == expected, (text, match)
    assert len(missed) <= 0.01 * len(_former_rows()), missed


def _is_contested(code: str, match: PlaceMatch) -> bool:
    """Another unit sounds the same, or a former commune of that name went elsewhere too."""
    unit = places().unit(code)
    assert unit is not None
    formers = [former for former in places().formers if fold(former.commune) == fold(unit.title)]
    elsewhere = any(former.units != (unit,) for former in formers)
    return bool(places().same_names(unit)) or elsewhere


# --- what is found ---------------------------------------------------------------------------------------------------

FOUND: list[tuple[str, str, set[str] | str]] = [
    ("toi o cu van", "unit", {"xa-an-khanh"}),
    ("nhà em ở xã Cù Vân huyện Đại Từ thì nộp hồ sơ vay vốn ở đâu ạ", "unit", {"xa-an-khanh"}),
    ("nha em o xa cu van huyen dai tu thi nop ho so vay von o dau a", "unit", {"xa-an-khanh"}),
    ("cho hỏi cù vân có lớp nghề không", "unit", {"xa-an-khanh"}),
    ("Cù Vân", "unit", {"xa-an-khanh"}),
    ("dạ em ở cù vân ạ", "unit", {"xa-an-khanh"}),
    ("xa cu vann huyen dai tu", "unit", {"xa-an-khanh"}),
    ("xax cuf vaan huyeenj ddaij tuwf", "unit", {"xa-an-khanh"}),
    ("xa4 cu2 va6n huye65n d9a5i tu72", "unit", {"xa-an-khanh"}),
    ("TÔI Ở XÃ CÙ VÂN HUYỆN ĐẠI TỪ", "unit", {"xa-an-khanh"}),
    ("xóm 12, xã Cù Vân, huyện Đại Từ, tỉnh Thái Nguyên", "unit", {"xa-an-khanh"}),
    ("xóm Tân Lập, xã Cù Vân, Đại Từ", "unit", {"xa-an-khanh"}),
    ("xã Cù Vân (nay là xã An Khánh)", "unit", {"xa-an-khanh"}),
    ("xã Cù Vân giờ là xã gì rồi", "unit", {"xa-an-khanh"}),
    ("tôi ở Cù Vân, con tôi học ở Bắc Ninh thì vay sinh viên ở đâu", "unit", {"xa-an-khanh"}),
    ("con tôi học ở Bắc Ninh, nhà tôi ở Cù Vân", "unit", {"xa-an-khanh"}),
    ("em lam cong ty o bac ninh nhung ho khau o xa cu van", "unit", {"xa-an-khanh"}),
    ("Tân Lập, Bắc Ninh", "unit", {"xa-deo-gia"}),
    ("tan lap bac ninh", "unit", {"xa-deo-gia"}),
    ("xã Tân Lập huyện Chợ Đồn", "unit", {"xa-quang-bach"}),
    ("em ở xã Tân Lập. Huyện Đầm Hà ạ", "unit", {"xa-dam-ha"}),
    ("xã tân lập", "ambiguous", {"xa-quang-bach", "xa-dam-ha", "xa-deo-gia"}),
    ("Hương Sơn Phú Bình", "unit", {"xa-phu-binh"}),
    ("huong son phu binh", "unit", {"xa-phu-binh"}),
    ("xã Hương Sơn huyện Lạng Giang", "unit", {"xa-kep"}),
    ("em ở Ba Chẽ", "district", "huyen-ba-che"),
    ("ba che", "district", "huyen-ba-che"),
    ("o ba che co cho vay trong rung khong", "district", "huyen-ba-che"),
    ("xã Ba Chẽ", "unit", {"xa-ba-che"}),
    ("thị trấn Ba Chẽ", "unit", {"xa-ba-che"}),
    ("huyện ba chẽ cũ", "district", "huyen-ba-che"),
    ("Đại Từ", "district", "huyen-dai-tu"),
    ("toi o dai tu", "district", "huyen-dai-tu"),
    ("h. Đại Từ", "district", "huyen-dai-tu"),
    ("huyen dai tự", "district", "huyen-dai-tu"),
    ("xã Đại Từ", "unit", {"xa-dai-tu"}),
    ("em người Phú Lương", "district", "huyen-phu-luong"),
    ("quê em ở lạng giang bắc giang", "district", "huyen-lang-giang"),
    ("huyện Yên Phong", "district", "huyen-yen-phong"),
    ("xã Yên Phong, Bắc Ninh", "unit", {"xa-yen-phong-bac-ninh"}),
    ("yen phong cho don", "unit", {"xa-yen-phong-thai-nguyen"}),
    ("p. gia sàng", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("phuong gia sang tp thai nguyen", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("tp thai nguyen", "district", "thanh-pho-thai-nguyen-cu"),
    ("tp. Hạ Long", "district", "thanh-pho-ha-long-cu"),
    ("em o ha long a", "district", "thanh-pho-ha-long-cu"),
    ("tx đông triều", "district", "thi-xa-dong-trieu-cu"),
    ("em ở Chũ", "district", "thi-xa-chu-cu"),
    ("sap toi o chu luc ngan co hoi cho viec lam khong a", "unit", {"phuong-chu"}),
    ("nguoi mong o co linh vay von", "unit", {"xa-cao-minh"}),
    ("nha em can ngheo o ban ngoai dai tu", "unit", {"xa-phu-thinh"}),
    ("xa kep bac ninh", "unit", {"xa-kep"}),
    ("thị chấn Hồ", "unit", {"phuong-thuan-thanh"}),
    ("vợ chồng em quê Hưng Yên ra Quang Hanh làm mỏ", "unit", {"phuong-quang-hanh"}),
    ("tt hùng sơn", "unit", {"xa-dai-phuc"}),
    ("thị trấn Hồ", "unit", {"phuong-thuan-thanh"}),
    ("o thi tran voi", "unit", {"xa-lang-giang"}),
    ("huyện Cô Tô", "unit", {"dac-khu-co-to"}),
    ("đặc khu vân đồn", "unit", {"dac-khu-van-don"}),
    ("xa van lang na ri", "unit", {"xa-van-lang-na-ri"}),
    ("xa van lang", "ambiguous", {"xa-van-lang-na-ri", "xa-van-lang-dong-hy"}),
    ("xã Văn Lăng", "unit", {"xa-van-lang-dong-hy"}),
    ("xa quang long", "split", {"xa-quang-ha", "xa-duong-hoa"}),
    ("xã Hải Lạng cũ nay thuộc xã Ba Chẽ", "unit", {"xa-ba-che"}),
    ("xã Đại Phúc, huyện Đại Từ", "unit", {"xa-dai-phuc"}),
    ("thôn Đồng Tiến xã Tân Sỏi huyện Yên Thế tỉnh Bắc Giang", "unit", {"xa-yen-the"}),
    ("nhà tôi ở phường Phương Nam, Uông Bí", "unit", {"phuong-yen-tu"}),
    ("em ở Thái Nguyên. Xã em là xã La Hiên", "unit", {"xa-la-hien"}),
    ("me em 70 tuoi o xa la hien co duoc tro cap khong", "unit", {"xa-la-hien"}),
    ("thai nguyen", "province", "thai-nguyen"),
    ("thainguyen", "province", "thai-nguyen"),
    ("em o tinh quang ninh", "province", "quang-ninh"),
    ("ở Bắc Giang thì lên đâu", "province", "bac-giang-cu"),
    ("bac can", "province", "bac-kan-cu"),
    ("tỉnh Bắc Ninh cũ", "province", "bac-ninh-cu"),
    ("o tinh thai nguyne", "province", "thai-nguyen"),
    ("tôi ở Hà Nội thì vay ở đâu", "elsewhere", set()),
    ("em quê nghệ an", "elsewhere", set()),
    ("toi que o lang son", "elsewhere", set()),
    ("Tân Lập, Lạng Sơn", "elsewhere", set()),
    ("quê em Nghệ An giờ em ở phường Nếnh", "unit", {"phuong-nenh"}),
    ("xã Phú Lương", "ambiguous", {"xa-phu-luong", "xa-trung-chinh"}),
    ("xã Phú Lương, Thái Nguyên", "unit", {"xa-phu-luong"}),
    ("huyện sơn động", "district", "huyen-son-dong"),
    ("huyen son dong bac giang", "district", "huyen-son-dong"),
    ("em đang ở Quế Võ", "district", "thi-xa-que-vo-cu"),
    ("xã Thống Nhất Hạ Long", "unit", {"xa-thong-nhat"}),
    ("ở xã Thành Công thành phố Phổ Yên", "unit", {"xa-thanh-cong"}),
    ("xã Bảo Lí huyện Phú Bình", "unit", {"xa-phu-binh"}),
    ("ha thuong dai tu nay la xa nao", "unit", {"xa-an-khanh"}),
    ("cuc duong gio doi ten thanh gi", "unit", {"xa-la-hien"}),
    ("cù vân nay thuộc xã nào", "unit", {"xa-an-khanh"}),
    ("cu van nay thuoc dau", "unit", {"xa-an-khanh"}),
    ("ad cho em hoi cu van gio la gi", "unit", {"xa-an-khanh"}),
    ("na mao sáp nhập vào đâu", "split", {"xa-phu-xuyen", "xa-phu-thinh"}),
    ("trước là xã hà thượng", "unit", {"xa-an-khanh"}),
    ("truoc day la ha thuong", "unit", {"xa-an-khanh"}),
    ("Bình Thuận nay thuộc xã nào", "unit", {"xa-dai-tu"}),
    ("nha em o vu xa luc nam", "unit", {"xa-cam-ly"}),
    ("vũ xá lục nam", "unit", {"xa-cam-ly"}),
    ("my phuong ba be gio la xa nao", "unit", {"xa-thuong-minh"}),
    ("nha em o xa luc nam", "unit", {"xa-luc-nam"}),
    ("Phường Trung Thành, Thái Nguyên", "ambiguous", {"phuong-trung-thanh", "phuong-tich-luong"}),
    ("giờ ở phường Trung Thành, Thái Nguyên", "unit", {"phuong-trung-thanh"}),
    ("Phường Gia Sàng", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("phuong gia sang moi", "unit", {"phuong-gia-sang"}),
    ("nay là phường Gia Sàng", "unit", {"phuong-gia-sang"}),
    ("bay gio em o phuong gia sang thi nop o dau", "unit", {"phuong-gia-sang"}),
    ("mấy năm nay em ở phường Gia Sàng", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("anh này ở phường Gia Sàng", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("phường Gia Sàng giờ thuộc phường nào", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("nha toi o phuong gia sang cu", "split", {"phuong-gia-sang", "phuong-phan-dinh-phung"}),
    ("xã Phú Lương (cũ)", "unit", {"xa-trung-chinh"}),
    ("trước là xã Phú Lương", "unit", {"xa-trung-chinh"}),
    ("nhà em ở xã Phú Lương cũ", "unit", {"xa-trung-chinh"}),
    ("xa phu luong moi", "unit", {"xa-phu-luong"}),
    ("giờ ở xã Phú Lương huyện Lương Tài", "unit", {"xa-trung-chinh"}),
    ("xã Đại Từ cũ", "district", "huyen-dai-tu"),
    ("nenh nay thuoc xa nao", "unit", {"phuong-nenh"}),
]


@pytest.mark.parametrize(("text", "kind", "expected"), FOUND)
def test_places_in_messy_chat(text: str, kind: str, expected: set[str] | str) -> None:
    match = find(text)
    assert match.kind == kind, match
    if isinstance(expected, str):
        assert expected in match.scopes
    else:
        assert codes(match) == expected


def test_there_are_enough_examples() -> None:
    assert len(FOUND) >= 60
    assert len(NOTHING) >= 60


# --- what is left alone ----------------------------------------------------------------------------------------------

NOTHING = [
    "cho em hỏi vay vốn hộ nghèo cần giấy tờ gì",
    "cho em hoi vay von ho ngheo can giay to gi",
    "làm sao để vay vốn an toàn",
    "lam sao de vay von an toan",
    "từ lúc bình minh đến tối",
    "sống hòa bình với hàng xóm",
    "ngày thống nhất đất nước có được nghỉ không",
    "thanh niên tiền phong đi đầu",
    "cán bộ nói đồng tiến gì đó em không hiểu",
    "em yên tâm rồi ạ",
    "trung tâm dịch vụ việc làm mở cửa mấy giờ",
    "trung tam dich vu viec lam mo cua may gio",
    "phong trào tân tiến nhất",
    "hộ gia đình tiên tiến thì được thưởng không",
    "an sinh xã hội là gì",
    "an sinh xa hoi la gi",
    "chính sách an sinh cho người nghèo",
    "phúc lợi cho người già",
    "em vay vốn thành công rồi",
    "vay thanh cong roi thi lam gi",
    "con em học đại học năm nhất",
    "hợp thành tổ vay vốn thì cần mấy người",
    "hop thanh to vay von",
    "phù hợp với hộ nghèo",
    "hồ sơ đã hoàn thành chưa",
    "cán bộ hiệp lực giúp dân",
    "tiền ăn trưa của con được hỗ trợ không",
    "tien an trua cua con duoc ho tro khong",
    "tien an",
    "đóng tiền điện ở đâu",
    "dong tien dien o dau",
    "dong tien bao hiem the nao",
    "con mình đi học được miễn học phí không",
    "con minh di hoc duoc mien hoc phi khong",
    "như có người nói là được 40 triệu",
    "nhu co nguoi noi la duoc 40 trieu",
    "của ông bà để lại",
    "cua ong ba de lai",
    "em vẫn phải đóng lãi à",
    "em van phai dong lai a",
    "phỏng vấn đi làm ở nước ngoài cần gì",
    "phong van di lam nuoc ngoai can gi",
    "phương tiện đi lại cho người khuyết tật",
    "phuong tien di lai cho nguoi khuyet tat",
    "phuong an sinh ke cho ho ngheo",
    "mọi người trong nhà đều có thẻ",
    "cho moi nguoi trong nha",
    "có tổ tiết kiệm vay vốn không",
    "co to tiet kiem vay von khong",
    "lúc ngân hàng hỏi thì em nói gì",
    "luc ngan hang hoi thi em noi gi",
    "lúc năm ngoái em vay rồi",
    "luc nam ngoai em vay roi",
    "nhà xã hội cho người thu nhập thấp",
    "hợp tác xã có được vay không",
    "thi tran ho tro gi cho dan",
    "thị trấn cho em hỏi",
    "bằng cấp như nào thì được học nghề",
    "cong hoa xa hoi chu nghia viet nam",
    "Cộng hòa xã hội chủ nghĩa Việt Nam",
    "Tôi là Nguyễn Minh Đức, hỏi về bảo hiểm",
    "anh Thành Công ơi cho hỏi",
    "trường tiểu học Quang Trung có bán trú không",
    "thôn Đồng Tâm chưa có nước sạch",
    "đường Trần Phú bị ngập",
    "mấy giờ xã đóng cửa",
    "may gio xa dong cua",
    "cán bộ xã thu tiền làm hồ sơ",
    "xã nhận hồ sơ thứ mấy",
    "con em học đại học ở Hà Nội có được vay không",
    "chồng em đi làm ở Hải Phòng",
    "xuat hoa don do the nao",
    "tăng tiền lương hưu chưa",
    "động viên bà con",
    "dong vien ba con",
    "bán đất có phải đóng thuế không",
    "ban dat co phai dong thue khong",
    "tiền nhà trọ đắt quá",
    "giá cam năm nay bao nhiêu",
    "làm thảo dược có được vay không",
    "vợ ngại đi họp",
    "con mình nay thuộc diện nào",
    "con minh doi ten khai sinh can gi",
    "tien an gio nop o dau",
    "tien an chuyen ve dau",
    "vay thanh cong gio la gi",
    "an sinh xã hội giờ là gì",
    "nha em gio thuoc xa nao",
    "thôn Tân Lập nay thuộc xã nào",
    "cho nay thuoc xa nao",
    "ho nay thuoc xa nao",
    "quê vợ em nghèo lắm",
    "",
    "   ",
    "!!!",
    "76",
    "🙂",
]


@pytest.mark.parametrize("text", NOTHING)
def test_ordinary_words_are_no_places(text: str) -> None:
    assert places().find(text) is None


# --- scopes, spans, doubts -------------------------------------------------------------------------------------------


def test_scopes_of_a_former_commune() -> None:
    match = find("xã Cù Vân huyện Đại Từ")
    assert match.scopes == {"thai-nguyen", "thai-nguyen-cu", "huyen-dai-tu", "xa-cu-van-cu", "xa-an-khanh"}
    assert match.former is not None
    assert match.former.commune == "Xã Cù Vân"


def test_scopes_of_a_unit_hold_a_former_district_only_if_all_of_it_was_there() -> None:
    assert "huyen-dai-tu" in find("xã An Khánh, Thái Nguyên").scopes
    assert find("xã Phong Quang, Thái Nguyên").scopes == {"xa-phong-quang", "thai-nguyen", "bac-kan-cu"}
    unit = places().unit("phuong-chu")
    assert unit is not None
    assert {"thi-xa-chu-cu", "huyen-luc-ngan", "bac-giang-cu", "bac-ninh"} <= places().scopes_of(unit)


def test_scopes_of_a_town_that_was_a_district_hold_both() -> None:
    assert {"thi-xa-que-vo-cu", "huyen-que-vo"} <= find("thị xã Quế Võ").scopes


def test_a_bare_province_does_not_say_which_half() -> None:
    assert find("em ở Bắc Ninh").scopes == {"bac-ninh"}
    assert find("em ở Bắc Giang").scopes == {"bac-ninh", "bac-giang-cu"}


def test_an_ambiguous_name_has_only_the_scopes_that_all_share() -> None:
    assert find("xã Tân Lập").scopes == frozenset()
    assert find("xa van lang").scopes == {"thai-nguyen"}


def test_a_district_whose_name_a_commune_elsewhere_has_too_says_little() -> None:
    match = find("Yên Phong")
    assert match.kind == "district"
    assert {"xa-yen-phong-bac-ninh", "xa-yen-phong-thai-nguyen", "xa-tam-giang"} <= codes(match)
    assert match.scopes == frozenset()


def test_every_scope_is_known() -> None:
    for text, _, _ in FOUND:
        assert find(text).scopes <= places().scopes


def test_what_was_said_is_as_typed() -> None:
    match = find("em o   xa cu van\nhuyen dai tu a")
    assert match.said == "xa cu van huyen dai tu"
    assert "em o xa cu van huyen dai tu a"[slice(*match.span)] == match.said


def test_the_known_place_settles_doubts() -> None:
    assert codes(find("xã Tân Lập", within="xa-dam-ha")) == {"xa-dam-ha"}
    assert codes(find("xã Tân Lập", within="xa-luc-ngan")) == {"xa-deo-gia"}
    assert find("xã Hải Hòa", within="xa-hai-hoa").kind == "unit"
    assert find("xã Hải Hòa").kind == "split"


def test_a_bracket_around_what_was_before_is_closed() -> None:
    assert find("em ở xã Phú Lương (cũ), giờ vay ở đâu").said == "xã Phú Lương (cũ)"


def test_a_district_s_name_may_be_a_former_commune_s_where_that_is_asked() -> None:
    assert "xa-trung-chinh" in codes(find("Phú Lương nay thuộc xã nào"))
    assert "xa-trung-chinh" not in codes(find("em ở Phú Lương"))


def test_words_around_a_name_ask_what_became_of_it() -> None:
    assert asked(["nay", "thuoc", "xa", "nao"]) == 2
    assert asked(["da", "sap", "nhap", "vao", "dau"]) == 2
    assert asked(["gio", "o", "dau"]) == 1
    assert asked(["gio", "lam", "giay", "to", "o", "dau"]) == 0


def test_words_before_a_name_say_which_time_is_meant() -> None:
    assert age_before(["truoc", "day", "la"]) == "cu"
    assert age_before(["gio", "nha", "em", "o"]) == "moi"
    assert age_before(["doi", "ten", "thanh"]) == "moi"
    assert age_before(["may", "gio", "o"]) == ""
    assert age_before(["nha", "em", "o"]) == ""


def test_a_commune_that_is_not_in_the_district_named_is_asked_about() -> None:
    assert find("xã Cù Vân huyện Phú Lương").kind == "ambiguous"


def test_search_offers_units() -> None:
    def titles(typed: str) -> list[str]:
        return [unit.title for unit in places().search(typed)]

    assert titles("xã An Khánh")[0] == "Xã An Khánh"
    assert "Xã An Khánh" in titles("cu van")
    assert len(titles("đại từ")) >= 10
    assert "Xã La Hiên" in titles("la hie")
    assert "Xã Quân Chu" in titles("quan chuu")
    assert titles("") == []
    assert titles("🙂") == []
    assert len(titles("tân")) <= 12


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_is_bearable(text: str) -> None:
    places().find(text)
    places().search(text)


PIECES = [
    "xã",
    "xa",
    "ở",
    "o",
    "huyện",
    "tân",
    "lập",
    "cù",
    "vân",
    "đại",
    "từ",
    "bắc",
    "ninh",
    "hà",
    "nội",
    "cũ",
    ",",
    "tp.",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_any_mix_of_place_words_is_consistent(pieces: list[str]) -> None:
    match = places().find(" ".join(pieces))
    if match is not None:
        assert (len(match.units) == 1) == (match.kind == "unit") or match.kind in ("ambiguous", "district")
        assert (match.kind in ("province", "elsewhere")) == (not match.units)
        assert match.scopes <= places().scopes
