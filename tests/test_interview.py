"""The interview: its limits, and what must hold of it whatever is answered."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from handlers import facts, results
from handlers.actions import Action, Answer, Go, pack
from handlers.answering import LONGEST
from handlers.context import Context
from handlers.conversation import respond
from handlers.course import QUESTIONS, Course
from handlers.people import person_name
from handlers.richtext import plain
from handlers.sessions import decode, encode
from handlers.types import Incoming, IncomingKind, Reply, Session
from knowledge.rules import PEOPLE, Verdict
from tests.interviews import runs

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 5, tzinfo=UTC)


def said(text: str, *, group: bool = False) -> Incoming:
    return Incoming("test", "chat", "person", IncomingKind.TEXT, AT, text, group=group)


def pressed(action: Action, *, group: bool = False) -> Incoming:
    return Incoming("test", "chat", "person", IncomingKind.ACTION, AT, action=action, group=group)


def talk(context: Context, session: Session, *messages: str | Action) -> tuple[Session, list[Reply]]:
    """Several messages one after another, the session stored and read again between them."""
    replies: list[Reply] = []
    for message in messages:
        incoming = said(message) if isinstance(message, str) else pressed(message)
        session, replies = respond(incoming, session, context)
        offered = tuple(choice for reply in replies for choice in reply.choices)
        session = decode(json.loads(json.dumps(encode(replace(session, offered=offered, shown=tuple(replies))))))
    return session, replies


def test_at_most_nine_questions_for_generated_households(context: Context) -> None:
    found = list(runs(context, 40))
    assert max(run.asked for run in found) <= QUESTIONS
    assert min(run.everything for run in found) > 5 * QUESTIONS


@pytest.mark.parametrize("seed", range(12))
def test_every_message_is_short_whatever_is_pressed(seed: int, context: Context) -> None:
    dice, session = random.Random(seed), Session()
    action: Action = Go("hotro")
    for _ in range(40):
        session, replies = talk(context, session, action)
        for reply in replies:
            assert len(plain(reply.text)) <= LONGEST, plain(reply.text)
            assert all(len(pack(choice.action).encode()) <= 64 for choice in reply.choices)
        own = [choice.action for reply in replies for choice in reply.choices if choice.action != Go("start")]
        action = dice.choice(own) if own else Go("hotro")


def test_the_order_of_ticking_does_not_matter(context: Context) -> None:
    ticks = [Answer("co-ai", "hoc-sinh"), Answer("co-ai", "nguoi-cao-tuoi"), Answer("can-gi", "vay-von")]
    one, _ = talk(context, Session(), Go("hotro"), *ticks)
    other, _ = talk(context, Session(), Go("hotro"), *reversed(ticks))
    first, second = (facts.screening(session, context, DAY).outcomes for session in (one, other))
    assert {key: outcome.truth for key, outcome in first.items()} == {key: o.truth for key, o in second.items()}


def test_back_forgets_only_the_last_answer(context: Context) -> None:
    session, _ = talk(context, Session(), Go("hotro"), Answer("co-ai"), Answer("can-gi", "vay-von"), Answer("can-gi"),
                      Answer("tinh", "bac-ninh"), Answer("tinh-trang-ho", "ho-ngheo"))  # fmt: skip
    before = Course.of(session)
    session, _ = talk(context, session, "quay lại")
    after = Course.of(session)
    assert before is not None
    assert after is not None
    assert after.awaits == "tinh-trang-ho"
    assert session.facts == {"tinh": "bac-ninh"}
    assert after.done == before.done[:-1]


def test_an_answer_is_corrected_without_starting_again(context: Context) -> None:
    session, _ = talk(context, Session(), Go("hotro"), Answer("co-ai"), Answer("can-gi", "vay-von"), Answer("can-gi"),
                      Answer("tinh", "bac-ninh"), Answer("tinh-trang-ho", "ho-ngheo"),
                      Answer("to-tiet-kiem-vay-von", "true"))  # fmt: skip
    assert facts.screening(session, context, DAY).outcomes["vay-ho-ngheo"].truth is True
    session, (listed,) = talk(context, session, Go("hotro/sua"))
    assert any("Hộ nghèo" in choice.label for choice in listed.choices)
    session, _ = talk(context, session, Go("hotro/sua/tinh-trang-ho"), "hộ cận nghèo")
    assert session.facts["tinh-trang-ho"] == "ho-can-ngheo"
    assert session.facts["to-tiet-kiem-vay-von"] is True
    assert facts.screening(session, context, DAY).outcomes["vay-ho-can-ngheo"].truth is True


def test_unticking_forgets_the_person(context: Context) -> None:
    session, _ = talk(context, Session(), Go("hotro"), Answer("co-ai", "nguoi-cao-tuoi"), Answer("co-ai"),
                      Answer("nguoi-cao-tuoi.tuoi", ""))  # fmt: skip
    session = facts.told(session, "nguoi-cao-tuoi.tuoi", 80)
    session, _ = talk(context, session, Answer("co-ai", "nguoi-cao-tuoi"))
    assert session.facts[PEOPLE] == []
    course = Course.of(session)
    assert course is not None
    assert course.groups == ()


def test_a_button_of_long_ago_begins_with_its_answer(context: Context) -> None:
    session, replies = talk(context, Session(), Answer("tinh-trang-ho", "ho-ngheo"))
    assert session.facts == {"tinh-trang-ho": "ho-ngheo"}
    assert Course.of(session) is not None
    assert replies
    for forged in (Answer("x.y", "z"), Answer("tinh-trang-ho", "x"), Answer("ai.x", "y"), Go("hotro/sua/x"),
                   Go("ketqua/x/99"), Go("khoan/x"), Answer("co-ai", "x"), Answer("tuoi", "5")):  # fmt: skip
        assert talk(context, session, forged)[1]


def test_a_person_who_knows_nothing_still_gets_a_result(context: Context) -> None:
    session, replies = talk(context, Session(), "/hotro", "không có mục nào", "không có mục nào")
    for _ in range(QUESTIONS):
        session, replies = talk(context, session, "không biết")
        course = Course.of(session)
        if course is None or course.awaits is None:
            break
    assert "nơi quyết định" in plain(replies[0].text)


def test_nothing_personal_is_asked_kept_or_shown_in_a_group(context: Context) -> None:
    for message in (said("/hotro", group=True), pressed(Go("hotro"), group=True), pressed(Go("ketqua"), group=True),
                    pressed(Answer("tinh-trang-ho", "ho-ngheo"), group=True)):  # fmt: skip
        after, (reply,) = respond(message, Session(), context)
        assert "nhắn riêng" in plain(reply.text)
        assert (after.flow, after.facts) == (None, {})
    after, _ = respond(said("nhà tôi hộ nghèo muốn vay vốn", group=True), Session(), context)
    assert after.facts == {}


def test_erasing_leaves_nothing(context: Context) -> None:
    session, _ = talk(context, Session(), Go("hotro"), Answer("tinh-trang-ho", "ho-ngheo"), Go("hotro/xoa"))
    assert (session.flow, session.facts) == (None, {})


def test_details_tell_amount_papers_and_office(context: Context) -> None:
    session = Session(facts={PEOPLE: [{"la": "me", "tuoi": 76, "luong-huu": False}]})
    screened = facts.screening(session, context, DAY)
    found = results.detail("bao-tro-xa-hoi:huu-tri-xa-hoi", screened, session, context)
    assert found.line.verdict is Verdict.ELIGIBLE
    assert found.amount is not None
    assert "540.000" in found.amount.text
    assert found.papers is not None
    assert found.offices
    assert found.sources


def test_every_benefit_has_details_on_every_day_of_change(context: Context) -> None:
    session = Session(facts={"tinh-trang-ho": "ho-ngheo", PEOPLE: [{"la": "toi", "tuoi": 40}]})
    for day in (date(2025, 6, 1), DAY, date(2027, 1, 2)):
        for key in context.knowledge.benefits:
            _, (reply,) = results.detail_shown(key, session, context, day)
            assert len(plain(reply.text)) <= LONGEST, f"{key} on {day}: {plain(reply.text)}"


def test_who_is_in_a_state_is_one_of_the_household(context: Context) -> None:
    ticks = (Answer("co-ai", "hoc-sinh"), Answer("co-ai", "khuyet-tat"))
    session, (asked,) = talk(context, Session(), Go("hotro"), *ticks,
                             Answer("co-ai"), Answer("can-gi"))  # fmt: skip
    assert [choice.label for choice in asked.choices[:3]] == ["Anh/chị", "Cháu học sinh", "Người khác trong nhà"]
    session, _ = talk(context, session, "Cháu học sinh", Answer("hoc-sinh.muc-khuyet-tat", "nang"))
    assert facts.screening(session, context, DAY).outcomes["bao-tro-xa-hoi:khuyet-tat"].truth is True
    assert person_name(context, "con-2") == "con 2"


async def test_the_interview_and_its_printed_result_on_the_web(client: httpx.AsyncClient) -> None:
    origin = {"origin": "http://test"}
    empty = await client.get("/ket-qua")
    assert "Chưa có câu trả lời" in empty.text
    page = await client.get("/?hotro")
    assert "Trong nhà anh/chị có những ai" in page.text
    for step in ("f:co-ai:", "f:can-gi:vay-von", "f:can-gi:", "f:tinh:bac-ninh", "f:tinh-trang-ho:ho-ngheo",
                 "f:to-tiet-kiem-vay-von:true"):  # fmt: skip
        page = await client.post("/", data={"a": step}, headers=origin)
        assert str(page.url).partition("#")[0] == "http://test/"
    assert "/ket-qua" in page.text
    printed = await client.get("/ket-qua")
    assert printed.headers["cache-control"] == "no-store"
    assert "Vay vốn hộ nghèo" in printed.text
    assert "100 triệu" in printed.text
    assert "nơi quyết định" in printed.text
    assert "<script" not in printed.text
    client.cookies.clear()
    assert "Vay vốn hộ nghèo" not in (await client.get("/ket-qua")).text
