"""Consent, place, subscriptions, what is shown of it and its erasure, through the front door on a real SQLite file."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from bot.app import App
from bot.channels.channel import Channel, arrival
from bot.worker import Worker
from handlers import residents as residents_of_bot
from handlers import topic_names
from handlers.actions import LIMIT, Go, Vote, pack, unpack
from handlers.context import Context
from handlers.types import Choice, Incoming, IncomingKind, Reply
from handlers.wording import Wording
from store import inbox, outbox, residents, subscriptions
from store.database import Database
from store.outbox import Message
from store.residents import Resident
from store.sessions import Speaker
from tests.slate import Slate

AT = datetime(2026, 11, 22, 5, tzinfo=UTC)
ME = Speaker("test", "chat-7", "person-7")
#: Every wording that people were ever asked to agree to, by its version. A new sentence needs a new version.
CONSENTS = {"2026-1": "f0996958", "2026-2": "f8c06bf9"}


def text(said: str, at: datetime = AT, speaker: Speaker = ME, **more: bool) -> Incoming:
    return Incoming(*speaker, IncomingKind.TEXT, at, said, **more)


async def tell(app: App, *messages: str | Incoming) -> list[Reply]:
    replies: list[Reply] = []
    for message in messages:
        replies = await app.converse(text(message) if isinstance(message, str) else message)
    return replies


def rows(app: App, table: str) -> list[tuple[object, ...]]:
    """The rows of a table, read from the file by itself."""
    with sqlite3.connect(app.database.url.partition(":///")[2]) as connection:
        found = connection.execute(f"SELECT * FROM {table}").fetchall()
    connection.close()
    return found


def traces(app: App, *words: str) -> list[str]:
    """Where in the database any of ``words`` still stands, plain or as JSON writes it."""
    sought = {*words, *(json.dumps(word)[1:-1] for word in words)}
    with sqlite3.connect(app.database.url.partition(":///")[2]) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    return [
        table
        for table in tables
        for row in rows(app, table)
        if any(word in str(cell) for word in sought for cell in row)
    ]


# --- consent ---------------------------------------------------------------------------------------------------------


def test_a_changed_sentence_has_a_new_version(context: Context) -> None:
    consent = context.wording.labels["consent"]
    digest = hashlib.sha256(" ".join(consent["sentence"].split()).encode()).hexdigest()[:8]
    assert CONSENTS.get(consent["version"]) == digest, "give the sentence a new version, and list it here"
    assert len(consent["version"]) <= 16
    assert consent["sentence"].count("?") == 1
    assert consent["sentence"].count(".") == 0


async def test_nothing_is_kept_without_consent(app: App) -> None:
    await tell(app, "/noi Cù Vân", "không", "/dangky", "không", "đăng ký", "nha toi ho ngheo muon vay von")
    assert rows(app, "residents") == rows(app, "subscriptions") == []


async def test_consent_is_kept_with_time_and_version_and_outlasts_the_conversation(app: App, context: Context) -> None:
    await tell(app, "/noi Cù Vân", "đồng ý")
    async with app.database.read() as tx:
        (found,) = (await residents.load(tx, [ME])).values()
    assert found.consent == context.wording.label("consent", "version")
    assert found.consented_at == AT
    later = AT + timedelta(days=40)
    (reply,) = await tell(app, text("làm giấy tờ ở đâu", later))
    assert "xã An Khánh" in reply.text
    (other,) = await tell(app, text("làm giấy tờ ở đâu", later, ME._replace(person="else")))
    assert "An Khánh" not in other.text


@pytest.mark.parametrize("word", ["ok", "được", "Dạ được ạ", "ừ", "đồng ý", "vâng ạ", "vâng", "có", "ĐƯỢC"])
@pytest.mark.parametrize("between", [(), ("cần giấy tờ gì để vay vốn",)])
async def test_a_yes_in_ones_own_words_counts(app: App, word: str, between: tuple[str, ...]) -> None:
    await tell(app, "/noi Cù Vân", *between, word)
    assert len(rows(app, "residents")) == 1


@pytest.mark.parametrize("word", ["không", "thôi", "hủy", "không đồng ý", "không cần đâu em", "dạ thôi ạ"])
async def test_a_no_in_ones_own_words_counts(app: App, word: str) -> None:
    (reply,) = await tell(app, "/dangky", word)
    assert rows(app, "residents") == []
    assert "không lưu thêm gì" in reply.text


async def test_consent_is_asked_for_twice_at_most(app: App) -> None:
    await tell(app, "/dangky", "cần giấy tờ gì để vay vốn", "học nghề được hỗ trợ bao nhiêu", "ok")
    assert rows(app, "residents") == []


async def test_who_holds_the_data_is_named_where_it_is_known(context: Context) -> None:
    fixed = context.wording.label("consent", "sentence")
    assert residents_of_bot.sentence(context) == f"Nơi giữ những điều này là UBND xã An Khánh. {fixed}"
    assert residents_of_bot.sentence(replace(context, wording=Wording(operator=""))) == fixed


async def test_who_agreed_to_an_earlier_wording_is_asked_again(app: App) -> None:
    async with app.database.write() as tx:
        await residents.save(tx, ME, Resident(None, "2025-9", AT))
    (reply,) = await tell(app, "/dangky")
    assert "Anh/chị có đồng ý" in reply.text
    (shown,) = await tell(app, "/dulieu")
    assert "bản 2025-9" in shown.text


async def test_a_yes_to_a_sentence_that_changed_since_is_no_consent(app: App) -> None:
    old = replace(text(""), kind=IncomingKind.ACTION, action=Go("dongy/2025-9/dangky"))
    (reply,) = await tell(app, old)
    assert "Anh/chị có đồng ý" in reply.text
    assert rows(app, "residents") == []


async def test_a_button_to_subscribe_does_nothing_without_consent(app: App) -> None:
    for where in ("dangky/vay-von", "dangky/xong", "dangky/o/tat-ca", "giu/vay-von/tat-ca", "dangky/chon/vay-von"):
        (reply,) = await tell(app, replace(text(""), kind=IncomingKind.ACTION, action=Go(where)))
        assert "Anh/chị có đồng ý" in reply.text
    assert rows(app, "subscriptions") == []


async def test_withdrawing_erases_what_hung_on_consent(app: App) -> None:
    await tell(app, "/noi Cù Vân", "đồng ý", "/dangky", "1, 3", "1", "/dulieu", "Rút lại sự đồng ý")
    assert rows(app, "residents") == rows(app, "subscriptions") == []


# --- subscriptions ---------------------------------------------------------------------------------------------------


async def subscribed(app: App) -> list[tuple[str, str]]:
    async with app.database.read() as tx:
        return await subscriptions.of(tx, ME)


async def test_a_wider_subscription_takes_the_place_of_what_it_covers(app: App) -> None:
    await tell(app, "/dangky", "có", "1, 3", "cù vân")
    narrow = await subscribed(app)
    assert {topic for topic, _ in narrow} == {"vay-von", "hoc-nghe-hoc-hanh"}
    assert len({place for _, place in narrow}) == 1
    await tell(app, "/dangky", "1", "xong, chọn xã, phường", "cả ba tỉnh")
    assert ("vay-von", "") in await subscribed(app)
    assert len(await subscribed(app)) == 2
    await tell(app, "/dangky tất cả", "xong, chọn xã, phường", "cả ba tỉnh", "/dangky", "1, 3", "cù vân")
    assert await subscribed(app) == [("", "")]


@pytest.mark.parametrize("word", ["hủy", "huy", "Huỷ", "huy dang ky", "dừng", "/huy", "cho em hủy ạ", "STOP"])
async def test_one_word_ends_all(app: App, word: str) -> None:
    await tell(app, "/dangky", "có", "1, 3", "cả ba tỉnh", word)
    assert await subscribed(app) == []


@pytest.mark.parametrize("word", ["hủy", "dừng", "thôi", "stop"])
@pytest.mark.parametrize("until", [("vay vốn",), ("vay vốn", "xong")])
async def test_one_word_inside_the_dialogue_only_leaves_it(app: App, word: str, until: tuple[str, ...]) -> None:
    await tell(app, "/dangky", "có", "3", "xong", "cả ba tỉnh", "/dangky", *until)
    (reply,) = await tell(app, word)
    assert "/huy" in reply.text
    assert await subscribed(app) == [("hoc-nghe-hoc-hanh", "")]
    await tell(app, word)
    assert await subscribed(app) == ([("hoc-nghe-hoc-hanh", "")] if word == "thôi" else [])


@pytest.mark.parametrize("word", ["tất cả", "cả ba tỉnh", "ba tinh", "3 tỉnh", "đâu cũng được ạ"])
async def test_the_whole_area_in_ones_own_words(app: App, word: str) -> None:
    await tell(app, "/dangky", "có", "trợ cấp", "xong", word)
    assert await subscribed(app) == [("tro-cap-an-sinh", "")]


@pytest.mark.parametrize(
    ("said", "topics"),
    [
        ("vay vốn, học nghề", {"vay-von", "hoc-nghe-hoc-hanh"}),
        ("VAY VON va hoi cho", {"vay-von", "viec-lam"}),
        ("học nghề, con đi học", {"hoc-nghe-hoc-hanh"}),
        ("tin về trợ cấp ạ", {"tro-cap-an-sinh"}),
        ("nước sạch; rừng", {"nha-o-nuoc-sach", "san-xuat"}),
        ("vay vốn, tất cả", {"tat-ca"}),
        ("vay vốn ở đâu", set()),
        ("vay vốn, bóng đá", set()),
        ("con", set()),
        ("", set()),
    ],
)
def test_topics_go_by_their_names(said: str, topics: set[str], context: Context) -> None:
    assert set(topic_names.named(said, context)) == topics


async def test_a_place_typed_for_notices_is_kept_as_home_where_none_is(app: App) -> None:
    await tell(app, "/dangky", "có", "1, 3", "cù vân")
    async with app.database.read() as tx:
        (found,) = (await residents.load(tx, [ME])).values()
    assert found.place
    await tell(app, "/dangky", "6", "xong", "phường Bách Quang")
    async with app.database.read() as tx:
        assert (await residents.load(tx, [ME]))[ME] == found


async def test_an_old_button_that_ends_or_keeps_works_without_a_conversation(app: App) -> None:
    await tell(app, "/dangky", "có", "1, 3", "cả ba tỉnh")
    much_later = AT + timedelta(days=30)
    end = replace(text("", much_later), kind=IncomingKind.ACTION, action=Go("huy/vay-von"))
    await tell(app, end)
    assert await subscribed(app) == [("hoc-nghe-hoc-hanh", "")]
    await tell(app, replace(end, action=Go("giu/vay-von/tat-ca")))
    assert len(await subscribed(app)) == 2


async def test_where_nobody_can_be_written_to_notices_wait(app: App) -> None:
    await tell(app, "/dangky", "có", "1, 3")
    (reply,) = await tell(app, text("cả ba tỉnh", reachable=False))
    assert "không tự nhắn cho anh/chị được" in reply.text
    assert "lần anh/chị vào sau" in reply.text


# --- what is stored, and its erasure ---------------------------------------------------------------------------------


async def waiting_rows(app: App) -> None:
    """What is held of somebody beside the conversation: updates that wait or failed, messages not yet sent."""
    async with app.database.write() as tx:
        said = [text(f"bí mật {number}") for number in range(2)]
        await inbox.accept(tx, [arrival(one, f"u{index}", {}) for index, one in enumerate(said)], AT)
        await inbox.set_aside(tx, 1, "Error")
        await outbox.add(tx, [Message(ME.channel, ME.chat, {"text": "bí mật"}, AT)], AT)
        await outbox.add(tx, [Message(ME.channel, "another", {"text": "khác"}, AT)], AT)


async def test_erasing_leaves_no_trace_in_any_table(app: App) -> None:
    await waiting_rows(app)
    await tell(app, text("nha toi ho ngheo, me 76 tuoi, muon vay von", speaker=ME._replace(chat="group-1"), group=True))
    await tell(app, "me toi 76 tuoi khong luong huu", "nha toi ho ngheo muon vay von, sdt 0912345678", "👍 Có ích")
    await tell(app, "/noi Cù Vân", "đồng ý", "/dangky", "1, 3", "1")
    assert {"sessions", "residents", "subscriptions", "inbox", "outbox"} <= set(traces(app, "person-7", "chat-7"))
    assert set(traces(app, "bí mật", "0912345678", "An Khánh")) == {"inbox", "outbox", "sessions"}
    (reply,) = await tell(app, "/xoa")
    assert "đã xóa hết" in reply.text
    assert "gửi lại" in reply.text
    assert reply.choices == ()
    assert rows(app, "sessions") == rows(app, "residents") == rows(app, "subscriptions") == []
    assert set(traces(app, "person-7", "chat-7")) == {"inbox"}, "the numbers of updates stay"
    assert traces(app, "bí mật", "0912345678", "An Khánh") == []
    assert len(rows(app, "outbox")) == 1
    assert len(rows(app, "votes")) == 1


async def test_erasing_leaves_others_alone(app: App) -> None:
    other = ME._replace(chat="chat-8", person="person-8")
    for speaker in (ME, other):
        await tell(app, *(text(said, speaker=speaker) for said in ("/noi Cù Vân", "đồng ý", "/dangky", "1, 3", "1")))
    before = [[row for row in rows(app, table) if "person-8" in row] for table in ("sessions", "residents")]
    await tell(app, "/xoa")
    assert [rows(app, table) for table in ("sessions", "residents")] == before
    assert len(rows(app, "subscriptions")) == 2


async def test_erasing_everything_is_the_last_choice_and_asked_once(app: App) -> None:
    (shown,) = await tell(app, "/noi Cù Vân", "có", "/dangky", "1, 3", "1", "/dulieu")
    assert shown.choices[-1].action == Go("dulieu/xoa")
    (asked,) = await tell(app, "Xóa hết dữ liệu của tôi")
    assert "muốn xóa hết?" in asked.text
    assert rows(app, "residents")
    (reply,) = await tell(app, "có")
    assert "đã xóa hết" in reply.text
    assert rows(app, "residents") == rows(app, "sessions") == []


async def test_the_conversation_begins_anew_after_erasing(app: App) -> None:
    await tell(app, "nha toi ho ngheo muon vay von", "/xoa", "cần giấy tờ gì")
    (shown,) = await tell(app, "/dulieu")
    assert "chưa có điều nào về gia đình" in shown.text


async def test_what_is_shown_is_what_is_stored(app: App) -> None:
    await tell(app, "nhà tôi cận nghèo, mẹ tôi 76 tuổi không có lương hưu", "/noi cù vân", "có", "/dangky", "1, 3", "1")
    (shown,) = await tell(app, text("/dulieu", AT + timedelta(hours=1)))
    for part in ("xã An Khánh", "12:00 ngày 22/11/2026", "vay vốn ưu đãi (xã An Khánh)", "13:00 ngày 23/11/2026"):
        assert part in shown.text
    (web,) = await tell(app, text("/dulieu", reachable=False))
    assert "7 ngày" not in web.text, "no updates are kept of those who come by themselves"


# --- groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "command"),
    [("/noi Cù Vân", "/noi"), ("/dangky", "/dangky"), ("đăng ký", "/dangky"), ("/dulieu", "/dulieu"), ("/xoa", "/xoa"),
     ("hủy", "/huy")],
)  # fmt: skip
async def test_in_a_group_nothing_personal_is_asked_or_kept(app: App, said: str, command: str) -> None:
    (reply,) = await tell(app, text(said, group=True))
    assert "nhắn riêng cho tôi" in reply.text
    assert command in reply.text
    assert rows(app, "residents") == rows(app, "subscriptions") == []


async def test_buttons_of_ones_own_are_not_shown_in_a_group(app: App) -> None:
    for said in ("tôi ở xã Cù Vân", "/trogiup"):
        (reply,) = await tell(app, text(said, group=True))
        assert not any(isinstance(c.action, Go) and c.action.where.startswith(("noi", "dulieu")) for c in reply.choices)
    pressed = replace(text("", group=True), kind=IncomingKind.ACTION, action=Go("dongy/2026-2/noi"))
    await tell(app, pressed)
    assert rows(app, "residents") == []


# --- votes -----------------------------------------------------------------------------------------------------------


def votes(app: App) -> list[tuple[object, ...]]:
    return [row[2:] for row in rows(app, "votes")]


async def test_pressing_again_changes_the_vote(app: App) -> None:
    await tell(app, "nha toi ho ngheo muon vay von", "👍 Có ích", "👍 Có ích")
    assert votes(app) == [("vay-ho-ngheo", 1, None)]
    await tell(app, "👎 Chưa đúng")
    assert votes(app) == [("vay-ho-ngheo", 0, None)]
    await tell(app, "Khó hiểu")
    assert votes(app) == [("vay-ho-ngheo", 0, "kho")]
    pressed = replace(text(""), kind=IncomingKind.ACTION, action=Vote("vay-ho-ngheo", True))
    await tell(app, pressed)
    assert votes(app) == [("vay-ho-ngheo", 1, None)]
    await tell(app, replace(pressed, action=Vote("bhyt", False, "sai")))
    assert len(votes(app)) == 2
    await tell(app, replace(pressed, action=Vote("no-such-entry", True)))
    assert len(votes(app)) == 2


async def test_a_reason_in_own_words_is_kept_by_its_code_and_logged_masked(app: App) -> None:
    await tell(app, "nha toi ho ngheo muon vay von", "👎", "sai lãi suất rồi, gọi tôi 0912345678")
    assert votes(app) == [("vay-ho-ngheo", 0, "khac")]
    assert traces(app, "lãi suất rồi, gọi tôi […]") == ["questions"]
    assert traces(app, "0912345678") == []
    await tell(app, "👍")
    assert votes(app) == [("vay-ho-ngheo", 1, None)]


@pytest.mark.parametrize("said", ["thế lãi suất bao nhiêu", "tôi muốn hỏi học nghề", "chồng tôi đánh tôi"])
async def test_what_is_no_reason_is_answered(app: App, said: str) -> None:
    await tell(app, "nha toi ho ngheo muon vay von", "👎", said)
    assert votes(app) == [("vay-ho-ngheo", 0, None)]


async def test_a_thumb_under_no_answer_is_no_vote(app: App) -> None:
    await tell(app, "👍", "/start", "👎 sai")
    assert votes(app) == []


async def test_a_group_votes_too_each_for_oneself(app: App) -> None:
    for person in ("a", "b", "a"):
        speaker = ME._replace(person=person)
        await tell(app, text("nha toi ho ngheo muon vay von", speaker=speaker, group=True))
        await tell(app, text("👎 Chưa đúng", speaker=speaker, group=True))
    assert len(votes(app)) == 2
    assert all(ME.chat not in str(row) for row in rows(app, "votes"))


def test_every_vote_fits_into_a_button(context: Context) -> None:
    for entry in context.knowledge.entries:
        for reason in ("", *context.wording.labels["votes"]["reasons"]):
            packed = pack(Vote(entry, False, reason))
            assert len(packed.encode()) <= LIMIT
            assert unpack(packed) == Vote(entry, False, reason)
    assert unpack("v:bhyt:1") == Vote("bhyt", True)


async def test_votes_stand_last_and_not_under_emergencies(app: App) -> None:
    (reply,) = await tell(app, "nha toi ho ngheo muon vay von")
    assert [type(choice.action) for choice in reply.choices[-2:]] == [Vote, Vote]
    assert isinstance(reply.choices[0], Choice)
    (reply,) = await tell(app, "chồng tôi đánh tôi")
    assert not any(isinstance(choice.action, Vote) for choice in reply.choices)


# --- the question log ------------------------------------------------------------------------------------------------


async def test_questions_and_stories_are_logged_masked_and_nothing_else(app: App) -> None:
    await tell(app, "/start", "1", "/noi cù vân", "không", "/hotro", "không có ai", "không", "bỏ qua", "/xoa")
    assert rows(app, "questions") == []
    await tell(app, "mẹ tôi 76 tuổi, nhà cận nghèo, được hỗ trợ gì, sđt 0912.345.678", "giá vàng hôm nay")
    kept = rows(app, "questions")
    assert [row[2] for row in kept] == ["test", "test"]
    assert "76 tuổi" in str(kept[0])
    assert "0912" not in str(kept)
    assert "questions" not in traces(app, ME.person, ME.chat)


async def test_a_database_of_before_can_be_read(app: App) -> None:
    """A conversation stored by an earlier version lacks what is new."""
    await tell(app, "nha toi ho ngheo muon vay von")
    with sqlite3.connect(app.database.url.partition(":///")[2]) as connection:
        connection.execute("UPDATE sessions SET content = json_remove(content, '$.desk', '$.votes')")
    connection.close()
    again = App(app.context, Database(app.database.url))
    (reply,) = await tell(again, "cần giấy tờ gì")
    await again.close()
    assert "giấy đề nghị vay vốn" in reply.text


# --- through the inbox and the outbox --------------------------------------------------------------------------------


async def test_erasing_through_the_inbox_leaves_only_its_confirmation(app: App) -> None:
    said = ["nha toi ho ngheo muon vay von, sdt 0912345678", "/noi Cù Vân", "đồng ý", "/xoa", "thế còn học nghề"]
    async with app.database.write() as tx:
        await inbox.accept(tx, [arrival(text(one), f"u{index}", {}) for index, one in enumerate(said)], AT)
    worker = Worker(app, cast("dict[str, Channel]", {"test": Slate()}), asyncio.Event(), lambda: None, 20)
    while await worker.work():
        pass
    (message,) = rows(app, "outbox")
    told = json.loads(str(message[3]))["text"]
    assert "đã xóa hết" in told
    assert "Tin anh/chị gửi ngay sau đó cũng bị xóa" in told
    assert rows(app, "sessions") == rows(app, "residents") == []
    assert traces(app, "0912345678", "Cù Vân", "học nghề") == []
    async with app.database.read() as tx:
        assert (await inbox.depth(tx)).waiting == 0
