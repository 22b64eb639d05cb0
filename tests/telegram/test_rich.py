"""Rich text as Telegram HTML."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.cutting import units
from bot.channels.telegram.rich import LIMIT, pieces
from tests.telegram.markup import read
from tests.telegram.markup import units as counted


@pytest.mark.parametrize(
    ("rich", "sent"),
    [
        ("<b>a</b> <i>b</i> <code>c</code>", "<b>a</b> <i>b</i> <code>c</code>"),
        ("a &lt;b&gt; &amp;amp; &#34;c&#39;", "a &lt;b&gt; &amp;amp; \"c'"),
        ('<a href="https://x.vn/?a=1&amp;b=2">x</a>', '<a href="https://x.vn/?a=1&amp;b=2">x</a>'),
        ('<a href="tel:02083123">0208 3123</a>', "0208 3123"),
        ('<a href="tel:111">Gọi <b>ngay</b></a>', "Gọi <b>ngay</b> (111)"),
        ('<a href="/e/bhyt">thẻ</a>', "thẻ"),
        ('<a href="javascript:x()">thẻ</a>', "thẻ"),
        ('<b>x <a href="https://x.vn">y</a></b>', '<b>x <a href="https://x.vn">y</a></b>'),
        ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
        ("<b>open", "<b>open</b>"),
        ("<u>a</u><br><script>b</script>", "a\nb"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("• một\n• hai", "• một\n• hai"),
    ],
)
def test_html(rich: str, sent: str) -> None:
    assert pieces(rich) == [sent]


@pytest.mark.parametrize("rich", ["", " \n ", "<b> </b>", '<a href="/x"></a>'])
def test_no_text(rich: str) -> None:
    assert pieces(rich) == []


def test_exactly_full() -> None:
    assert [units(piece) for piece in pieces("x" * LIMIT)] == [LIMIT]
    assert [units(piece) for piece in pieces("x" * (LIMIT + 1))] == [LIMIT, 1]
    assert [units(piece) for piece in pieces("🌾" * LIMIT)] == [LIMIT, LIMIT]


def test_escapes_do_not_count() -> None:
    assert len(pieces("&amp;" * LIMIT)) == 1


def test_cut_between_paragraphs_before_sentences() -> None:
    assert pieces("Một câu.\n\nHai câu. Ba câu.", 18) == ["Một câu.", "Hai câu. Ba câu."]


def test_cut_between_sentences() -> None:
    assert pieces("Một câu dài. Hai câu dài. Ba", 26) == ["Một câu dài. Hai câu dài.", "Ba"]


def test_cut_between_words_inside_a_mark() -> None:
    assert pieces("<b>một hai <i>ba</i> bốn</b>", 9) == ["<b>một hai</b>", "<b><i>ba</i> bốn</b>"]


_RICH = st.lists(
    st.one_of(
        st.text(alphabet="ab <&>\"' .\n•🌾đ", max_size=40).map(html.escape),
        st.sampled_from(["<b>", "</b>", "<i>", "</i>", '<a href="https://x.vn/?a&amp;b">', '<a href="tel:1">', "</a>"]),
        st.sampled_from(["<code>", "</code>", "<", "&", "</x>", "<br>"]),
    ),
    max_size=40,
).map("".join)


@given(_RICH, st.integers(min_value=4, max_value=60))
def test_every_piece_is_well_formed_and_short(rich: str, limit: int) -> None:
    for piece in pieces(rich, limit):
        assert 0 < counted(read(piece)) <= limit


@given(st.text(alphabet="ab <&>.\n🌾", max_size=200), st.integers(min_value=4, max_value=60))
def test_no_character_is_lost(text: str, limit: int) -> None:
    sent = "".join(read(piece) for piece in pieces(html.escape(text), limit))
    assert re.sub(r"\s", "", sent) == re.sub(r"\s", "", text)


_PART = st.sampled_from(
    ["a", " ", "\n", "é.", "&amp;", "&lt;", "&#39;", "<b>", "</b>", "<i>", "</i>", "<br>", "<u>", ">"]
)


@given(st.lists(_PART, min_size=1, max_size=30).map("".join))
def test_what_goes_as_it_is_would_be_written_so(rich: str) -> None:
    """Short and simple texts are not taken apart; with a limit that makes us do it, they come out the same."""
    assert pieces(rich) == pieces(rich, 2 * len(rich) - 1)
