"""A reply as Telegram messages."""

from __future__ import annotations

from bot.channels.telegram.messages import BUTTONS, Button, Outgoing, messages_of
from handlers.actions import Ask, Go, Vote, pack
from handlers.types import Attachment, Choice, Reply
from knowledge.model import Aspect


def go(label: str) -> Choice:
    return Choice(label, Go("start"))


def rows(*labels: str) -> list[list[str]]:
    (message,) = messages_of(Reply("x", choices=tuple(map(go, labels))))
    return [[button.label for button in row] for row in message.rows]


def test_button_carries_the_packed_action() -> None:
    ask = Ask("vay-ho-ngheo", Aspect("ho-so"))
    (message,) = messages_of(Reply("x", choices=(Choice("Giấy tờ", ask),)))
    assert message == Outgoing("x", ((Button("Giấy tờ", pack(ask)),),))


def test_short_labels_share_a_row() -> None:
    assert rows("Vay vốn", "Việc làm", "Nhà ở") == [["Vay vốn", "Việc làm"], ["Nhà ở"]]


def test_long_label_stands_alone() -> None:
    long = "Cho vay hộ mới thoát nghèo"
    assert rows("Vay vốn", long, "Nhà ở", "Học") == [["Vay vốn"], [long], ["Nhà ở", "Học"]]


def test_votes_share_a_row_of_their_own() -> None:
    votes = (Choice("👍 Có ích", Vote("bhyt", True)), Choice("👎 Chưa đúng", Vote("bhyt", False)))
    (message,) = messages_of(Reply("x", choices=(go("Về chủ đề chính"), *votes)))
    assert [[button.label for button in row] for row in message.rows] == [
        ["Về chủ đề chính"],
        ["👍 Có ích", "👎 Chưa đúng"],
    ]


def test_no_more_buttons_than_telegram_takes() -> None:
    assert sum(map(len, rows(*["x"] * 150))) == BUTTONS


def test_action_that_does_not_fit_costs_only_its_button() -> None:
    (message,) = messages_of(Reply("x", choices=(Choice("a", Go("x" * 80)), go("b"))))
    assert [[button.label for button in row] for row in message.rows] == [["b"]]


def test_choices_are_under_the_last_piece() -> None:
    first, last = messages_of(Reply("x" * 5000, choices=(go("a"),)))
    assert first.rows == ()
    assert last.rows != ()


def test_files_follow_the_text() -> None:
    file = Attachment("the.png", "image/png", b"x")
    assert messages_of(Reply("x", files=(file,))) == [Outgoing("x"), Outgoing(file=file)]


def test_the_first_piece_replaces() -> None:
    first, last = messages_of(Reply("x" * 5000, replaces="12"))
    assert (first.replaces, last.replaces) == (12, None)


def test_choices_without_text() -> None:
    (message,) = messages_of(Reply("", choices=(go("a"),)))
    assert message.text.strip()
    assert messages_of(Reply("")) == []
