"""What people type, made readable: cleaned, tones placed, residue decoded, short forms written out."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from knowledge.text import (
    ABBREVIATIONS,
    DIALECT,
    MAX_LENGTH,
    clean,
    expand,
    fold,
    is_plain_syllable,
    is_syllable,
    normalise,
    residue,
    tokens,
)

any_text = st.text(st.characters(codec=None) | st.sampled_from("aăâeoưđ sfrxjw1679\u0301\u0323\u200b\ud800ạ"))
typed = st.lists(
    st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxywfjz123679áàạ"), min_size=1, max_size=8), max_size=12
).map(" ".join)


# --- clean -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  hộ\tnghèo\r\n vay \u00a0 vốn ", "hộ nghèo vay vốn"),
        ("ho\u0323\u0302 nghe\u0300o", "hộ nghèo"),
        ("h\u200bộ\u202e nghèo\u2069\ufeff", "hộ nghèo"),
        ("a\x00b\x07c", "abc"),
        ("\ud800x\udfff", "x"),
        ("", ""),
        ("🙂", "🙂"),
    ],
)
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


def test_clean_cuts() -> None:
    for hostile in ("a" * 10**6, " \n" * 10**6, "\u0323\u0301" * 10**5, "\u200b" * 10**6, "ạ\u0301\u0323" * 10**5):
        assert len(clean(hostile)) <= MAX_LENGTH
        assert len(normalise(hostile)) <= MAX_LENGTH


@given(any_text)
def test_clean_leaves_nothing_hidden(raw: str) -> None:
    text = clean(raw)
    assert clean(text) == text
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
    text.encode()


# --- normalise -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Hoà Thuỷ khoẻ tuý hoạ xoè", "hòa thủy khỏe túy họa xòe"),
        (
            "hòa hoàn toán của quý giá già gì quả quỳnh nguyễn khuỷu",
            "hòa hoàn toán của quý giá già gì quả quỳnh nguyễn khuỷu",
        ),
        ("qúy gìa tóan hòan", "quý già toán hoàn"),
        ("uỷ ban", "ủy ban"),
        ("nhaf tooi hooj ngheof vay voons", "nhà tôi hộ nghèo vay vốn"),
        ("tooi muoons vay tieenf ddeer nuooi traau", "tôi muốn vay tiền để nuôi trâu"),
        ("dduwowcj hoox trowj nhuw thees naof", "được hỗ trợ như thế nào"),
        ("nguwowif giaf coos ddonw", "người già cố đơn"),
        ("vietej nam", "việt nam"),
        ("ho65 ngheo2 vay vo6n1", "hộ nghèo vay vốn"),
        ("d9uo7c5 ho64 tro75 nha2 o73", "được hỗ trợ nhà ở"),
        ("em hỏi hooj nghèo", "em hỏi hộ nghèo"),
        ("ngheof", "nghèo"),
        ("cos", "có"),
        ("coo giaos", "cô giáo"),
        ("nghèooooo vayyyy ạaaaa", "nghèo vay ạ"),
        ("voiii em cam on nhee", "voi em cam on nhe"),
        ("khônggg đượcccc", "không được"),
    ],
)
def test_normalise(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@pytest.mark.parametrize(
    "text",
    [
        "toi o thai nguyen",
        "nha toi ho ngheo muon vay von nuoi trau",
        "luong 5tr7 thang",
        "vay 100tr duoc khong",
        "me em 76 tuoi",
        "nam 2024 em di xkld",
        "tim tren google",
        "con hoc lop 9",
        "lop12 truong thpt",
        "to6 thon2 xom3",
        "di xe bus ra mua gas",
        "this is for her car",
        "i want to borrow money from the bank this year",
        "tai app vneid tren dien thoai",
        "giá vàng max",
        "vùng iii khu vực ii",
        "zalo facebook tiktok",
        "em gửi qua email nhé",
        "bhyt bhxh nhcsxh",
        "covid19 f0 q1",
        "1.500.000 đồng",
        "0912345678",
        "xoong nồi",
        "as is",
        "ok",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert normalise(text) == text


def test_doubtful_tokens_are_decoded_in_company_only() -> None:
    assert normalise("as") == "as"
    assert normalise("as tooi hooj ngheof") == "á tôi hộ nghèo"
    assert normalise("thon2 em") == "thon2 em"
    assert normalise("ho65 ngheo2 thon2") == "hộ nghèo thòn"


def test_residue_is_word_for_word() -> None:
    assert residue(["nhaf", "2024", "tooi", "x"]) == ["nhà", "2024", "tôi", "x"]
    assert residue([]) == []


@settings(max_examples=400)
@given(any_text | typed)
@example("İ")
@example("ΑΣ")
@example("\u0344" * 9)
@example("hoà" * 900)
def test_normalise_is_idempotent(raw: str) -> None:
    text = normalise(raw)
    assert normalise(text) == text
    assert len(text) <= MAX_LENGTH


TELEX = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SHAPES = {"â": "aa", "ê": "ee", "ô": "oo", "ă": "aw", "ơ": "ow", "ư": "uw", "đ": "dd"}
SENTENCES = [
    "nhà tôi thuộc hộ nghèo muốn vay vốn nuôi trâu thì làm thế nào",
    "con tôi được hỗ trợ tiền học phí không cô giáo ơi",
    "bố mẹ già yếu không có lương hưu thì hưởng trợ cấp gì",
    "xã đường hoa huyện hải hà tỉnh quảng ninh",
    "người khuyết tật nặng được cấp thẻ bảo hiểm y tế miễn phí",
]


def _telex(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tone = "".join(TELEX.get(letter, "") for letter in letters)
    bare = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in TELEX))
    return "".join(SHAPES.get(letter, letter) for letter in bare) + tone


@pytest.mark.parametrize("sentence", SENTENCES)
def test_telex_comes_back_as_it_was_meant(sentence: str) -> None:
    assert normalise(" ".join(_telex(word) for word in sentence.split())) == normalise(sentence)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_unaccented_vietnamese_is_left_alone(sentence: str) -> None:
    assert normalise(fold(sentence)) == fold(sentence)


# --- syllables -------------------------------------------------------------------------------------------------------


GOOD_SYLLABLES = "nghèo được nguyễn quý gì giếng khuỷu quyết thuở yêu uống oanh ý kỹ đường huơ ngoằn nghèn tạp"
BAD_SYLLABLES = "cắ tàp google str đc ngẻ kà çq cê xkld thuôj"


def test_syllables() -> None:
    assert [word for word in GOOD_SYLLABLES.split() if not is_syllable(word)] == []
    assert [word for word in BAD_SYLLABLES.split() if is_syllable(word)] == []
    assert is_plain_syllable("hoc")
    assert is_plain_syllable("nghieng")
    assert not is_plain_syllable("cos")


# --- fold and tokens -------------------------------------------------------------------------------------------------


def test_fold() -> None:
    assert fold("Đường Nguyễn Ấy, 1.500.000đ") == "duong nguyen ay, 1.500.000d"
    assert fold("ho\u0323\u0302") == "ho"


@given(any_text)
def test_fold_is_ascii_and_idempotent(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.lower()
    assert fold(folded) == folded


def test_tokens_keep_numbers_whole() -> None:
    assert tokens("Vay 1.500.000đ, lãi 6,6%/năm; 100tr nhé!") == [
        "Vay", "1.500.000", "đ", "lãi", "6,6", "năm", "100tr", "nhé",
    ]  # fmt: skip
    assert tokens("ho\u0323\u0302 nghèo") == ["hộ", "nghèo"]
    assert tokens("") == []


@given(any_text)
def test_tokens_never_fail(text: str) -> None:
    assert all(token and not token.isspace() for token in tokens(text))


# --- expand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e k đc vay hn", "e không được vay hộ nghèo"),
        ("ko dc NHCSXH cho vay", "không được ngân hàng chính sách xã hội cho vay"),
        ("thẻ bhyt hcn", "thẻ bảo hiểm y tế hộ cận nghèo"),
        ("hộ cn đi xklđ", "hộ cận nghèo đi xuất khẩu lao động"),
        ("vay 50tr, 50 tr", "vay 50 triệu, 50 triệu"),
        ("lương 5tr7 với 500k", "lương 5 triệu 7 với 500 nghìn"),
        ("nhà hộ N, ho cn, diện mtn", "nhà hộ nghèo, ho cận nghèo, diện mới thoát nghèo"),
        ("mẹ 81t, cháu 5t, bán 2t thóc", "mẹ 81 tuổi, cháu 5 tuổi, bán 2t thóc"),
        ("tr ơi", "tr ơi"),
        ("5 kg gạo", "5 kg gạo"),
        ("em ở hn", "em ở hn"),
        ("vay bn ntn", "vay bao nhiêu như thế nào"),
        ("tui muốn hỏi đi mô", "tôi muốn hỏi đi đâu"),
        ("mô hình nuôi bò", "mô hình nuôi bò"),
        ("khám răng", "khám răng"),
        ("bây chừ làm răng", "bây giờ làm sao"),
        ("lỗ hổng", "lỗ hổng"),
        ("hổng có, đau hông", "không có, đau hông"),
        ("các chi hội phụ nữ", "các chi hội phụ nữ"),
        ("cái chi", "cái gì"),
        ("BHYT?", "bảo hiểm y tế?"),
        ("vay   vốn.", "vay   vốn."),
        ("", ""),
    ],
)
def test_expand(text: str, expected: str) -> None:
    assert expand(text) == expected


def test_tables_are_lower_case_and_composed() -> None:
    for table in (ABBREVIATIONS, DIALECT):
        for short, full in table.items():
            assert short == short.lower() == unicodedata.normalize("NFC", short)
            assert full == unicodedata.normalize("NFC", full)


@given(any_text)
def test_expand_never_fails_and_settles(text: str) -> None:
    once = expand(normalise(text))
    assert expand(once) == expand(expand(once))
