"""What goes out to Zalo."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.cutting import units
from bot.channels.zalo.messages import LIMIT, Texts, texts_of
from handlers.actions import Go
from handlers.answering import answer
from handlers.choosing import chosen
from handlers.context import Context
from handlers.types import Attachment, Choice, Reply
from tests.zalo.test_updates import NOW

TEXTS = Texts.read()


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label, Go(f"topic/{index}")) for index, label in enumerate(labels))


def test_choices_of_several_replies_are_numbered_through_and_sent_as_one_text() -> None:
    replies = [Reply("<b>Một</b> &lt; hai", choices("A", "B")), Reply("Ba"), Reply("Bốn", choices("C"))]
    (text,) = texts_of(replies, TEXTS)
    assert text == "Một < hai\nGõ số để chọn:\n1. A\n2. B\n\nBa\n\nBốn\nGõ số để chọn:\n3. C"


def test_while_digits_are_the_answer_choices_have_no_numbers() -> None:
    (text,) = texts_of([Reply("Bao nhiêu tuổi?", choices("Bỏ qua"), worded=True)], TEXTS)
    assert text == "Bao nhiêu tuổi?\nHoặc gõ chữ:\n- Bỏ qua"


def test_a_link_keeps_its_address_and_a_telephone_number_stays() -> None:
    (text,) = texts_of(
        [Reply('Xem <a href="https://x.vn/?a=1&amp;b">trang</a>, gọi <a href="tel:111">111</a>.')], TEXTS
    )
    assert text == "Xem trang (https://x.vn/?a=1&b), gọi 111."


def test_nothing_to_say_is_not_sent() -> None:
    assert texts_of([], TEXTS) == []
    assert texts_of([Reply(" ")], TEXTS) == []


def test_files_are_left_out_and_that_is_said() -> None:
    (text,) = texts_of([Reply("Xem ảnh", files=(Attachment("a.png", "image/png", b"x"),))], TEXTS)
    assert text.startswith("Xem ảnh")
    assert TEXTS.files in text


def test_long_texts_are_cut_at_sentence_ends_and_numbers_go_on() -> None:
    long = "Một câu dài vừa phải. " * 200
    replies = [Reply(long, choices("A")), Reply(long, choices("B"))]
    texts = texts_of(replies, TEXTS)
    assert all(units(text) <= LIMIT for text in texts)
    assert all(text.endswith((".", "1. A", "2. B")) for text in texts)
    assert sum("1. A" in text for text in texts) == sum("2. B" in text for text in texts) == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3000), st.lists(st.text(max_size=60), max_size=12)), max_size=4))
def test_pieces_fit_and_nothing_is_lost(parts: list[tuple[str, list[str]]]) -> None:
    replies = [Reply(text.replace("<", "&lt;"), choices(*labels)) for text, labels in parts]
    texts = texts_of(replies, TEXTS)
    assert all(text.strip() and units(text) <= LIMIT for text in texts)
    whole = "".join("".join(texts_of([reply], TEXTS)) for reply in replies)
    numberless = "".join(character for character in "".join(texts) if not (character.isspace() or character.isdigit()))
    assert numberless == "".join(character for character in whole if not (character.isspace() or character.isdigit()))


def test_every_answer_fits_into_one_message_and_its_numbers_pick(context: Context) -> None:
    for entry in context.knowledge.entries.values():
        for aspect in (None, *entry.aspects):
            reply = answer(context, entry, aspect, NOW.date())
            (text,) = texts_of([reply], TEXTS)
            for number, choice in enumerate(reply.choices, 1):
                assert f"\n{number}. {choice.label}" in text
                assert chosen(str(number), reply.choices) is choice
                assert chosen(choice.label, reply.choices) is not None
