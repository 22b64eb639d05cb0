"""What Zalo sends, read."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.zalo.updates import UnreadableError, said_in
from handlers.types import IncomingKind
from tests.zalo.zalo_api import event, said

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
NAMES = frozenset({"bot.ChungTay", "Bot Chung Tay"})


def test_a_text_is_read_in_the_envelope_and_bare() -> None:
    update = said("nha toi ho ngheo", person="6ede9afa66b88fe6d6a9")
    bare, wrapped = said_in(update, NAMES, NOW), said_in({"ok": True, "result": update}, NAMES, NOW)
    assert bare == wrapped
    assert bare is not None
    incoming = bare.incoming
    assert (incoming.channel, incoming.chat, incoming.person) == (
        "zalo",
        "6ede9afa66b88fe6d6a9",
        "6ede9afa66b88fe6d6a9",
    )
    assert (incoming.kind, incoming.text, incoming.group) == (IncomingKind.TEXT, "nha toi ho ngheo", False)


@pytest.mark.parametrize(
    ("kind", "understood"),
    [
        ("image", IncomingKind.UNSUPPORTED),
        ("sticker", IncomingKind.UNSUPPORTED),
        ("voice", IncomingKind.UNSUPPORTED),
        ("unsupported", IncomingKind.WITHHELD),
    ],
)
def test_what_is_no_text(kind: str, understood: IncomingKind) -> None:
    found = said_in(event(kind), NAMES, NOW)
    assert found is not None
    assert found.incoming.kind is understood


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"ok": True, "result": {}},
        {"event_name": "message.unsupported.received"},
        event("reaction"),
        {"event_name": "user.joined", "message": {"text": "x"}},
        {**said("x"), "message": {**said("x")["message"], "from": {"id": "b", "is_bot": True}}},
    ],
)
def test_what_is_not_for_the_bot(update: dict[str, Any]) -> None:
    assert said_in(update, NAMES, NOW) is None


IDENTIFIERS: list[Any] = [None, [], {}, "", "ă", "x" * 65, True, 1.5, "\ud800", "a b"]
DAMAGED = {
    "from": [None, [], *({"id": value} for value in IDENTIFIERS)],
    "chat": [None, [], *({"id": value} for value in IDENTIFIERS)],
    "message_id": IDENTIFIERS,
    "text": [None, [], 5],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field in DAMAGED for value in DAMAGED[field]])
def test_a_damaged_update_is_told_from_others(field: str, value: Any) -> None:
    update = said("x")
    update["message"][field] = value
    with pytest.raises(UnreadableError):
        said_in(update, NAMES, NOW)


def test_messages_are_told_apart_by_chat_and_number() -> None:
    updates = [
        said("a", message_id="1"),
        said("a", message_id="1"),
        said("a", message_id=1),
        said("a", message_id="2"),
        said("a", person="p2", message_id="1"),
    ]
    numbers = [found.update_id for update in updates if (found := said_in(update, NAMES, NOW))]
    assert numbers[0] == numbers[1] == numbers[2]
    assert len(set(numbers)) == 3
    assert max(map(len, numbers)) <= 64


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("/trogiup", "/trogiup"),
        ("@Bot Chung Tay vay vốn thế nào", "vay vốn thế nào"),
        ("cho hỏi @bot.chungtay vay vốn", "cho hỏi   vay vốn"),
        ("vay vốn thế nào", None),
        ("@Người Khác vay vốn", None),
    ],
)
def test_in_a_group_the_bot_answers_when_named_or_commanded(text: str, understood: str | None) -> None:
    found = said_in(said(text, chat="g1"), NAMES, NOW)
    assert (found.incoming.text if found else None) == understood
    if found:
        assert found.incoming.group
        assert (found.incoming.chat, found.incoming.person) == ("g1", "p1")


def test_a_picture_in_a_group_is_not_for_the_bot() -> None:
    assert said_in(event("image", chat="g1"), NAMES, NOW) is None
    assert said_in(event("unsupported", chat="g1"), NAMES, NOW) is None


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_MESSAGE = st.dictionaries(st.sampled_from(["from", "chat", "text", "message_id", "date"]), _JSON)


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"event_name": st.sampled_from(["message.text.received", "x"]) | _JSON, "message": _MESSAGE | _JSON}
    )
)
def test_whatever_comes_is_read_left_or_told_as_unreadable(update: dict[str, Any]) -> None:
    for raw in (update, {"ok": True, "result": update}):
        with suppress(UnreadableError):
            said_in(raw, NAMES, NOW)
