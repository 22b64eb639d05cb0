"""The web page as a visitor without JavaScript uses it."""

from __future__ import annotations

import re

import httpx

from bot.channels.web import BODY_LIMIT
from handlers.context import Context

ORIGIN = {"origin": "http://test"}


async def test_the_first_page_greets_offers_eight_topics_and_is_small(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    style = await client.get("/style.css")
    assert page.status_code == 200
    assert "máy trả lời tự động" in page.text
    assert "UBND xã An Khánh" in page.text
    assert page.text.count('<button name="a"') >= 8
    assert len(page.content) + len(style.content) <= 40 * 1024
    assert "<script" not in page.text
    assert not re.findall(r'(?:src|href)="https?:', page.text)


async def test_a_question_is_posted_redirected_and_shown(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"q": "nha toi ho ngheo muon vay von"}, headers=ORIGIN)
    assert [response.status_code for response in page.history] == [303]
    assert "100 triệu" in page.text
    assert len(page.content) <= 10 * 1024
    again = await client.get("/")
    assert "100 triệu" in again.text


async def test_a_button_leads_on_and_an_old_or_forged_one_to_the_start(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"a": "a:vay-ho-ngheo:ho-so"}, headers=ORIGIN)
    assert "giấy" in page.text
    for forged in ("a:nothing:ho-so", "zzz", "a:vay-ho-ngheo:nothing", "p:nowhere", "g:topic/none"):
        page = await client.post("/", data={"a": forged}, headers=ORIGIN)
        assert page.status_code == 200
        assert page.text.count('<button name="a"') >= 8


async def test_every_entry_with_a_topic_has_a_permanent_page(client: httpx.AsyncClient, context: Context) -> None:
    for entry in context.knowledge.entries.values():
        page = await client.get(f"/e/{entry.id}")
        assert page.status_code == (200 if entry.kind in {"programme", "guide"} else 404), entry.id
    assert (await client.get("/e/../etc/passwd")).status_code == 404


async def test_markup_in_a_question_is_shown_as_text(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"q": "<img src=x onerror=alert(1)> vay vốn"}, headers=ORIGIN)
    assert "<img" not in page.text
    assert "&lt;img" in page.text


async def test_a_form_from_another_site_or_too_large_is_refused_in_vietnamese(client: httpx.AsyncClient) -> None:
    foreign = await client.post("/", data={"q": "x"}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    large = await client.post("/", content=b"q=" + b"a" * BODY_LIMIT, headers=ORIGIN)
    assert large.status_code == 413
    assert "Anh/chị" in foreign.text
    assert "Tin gửi dài quá" in large.text


async def test_two_visitors_do_not_see_each_other(client: httpx.AsyncClient) -> None:
    await client.post("/", data={"q": "nha toi ho ngheo muon vay von"}, headers=ORIGIN)
    client.cookies.clear()
    assert "100 triệu" not in (await client.get("/")).text


async def test_pages_may_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


async def test_erasing_is_confirmed_forgets_the_visitor_and_the_page_goes_on(client: httpx.AsyncClient) -> None:
    await client.post("/", data={"q": "nha toi ho ngheo muon vay von"}, headers=ORIGIN)
    before = client.cookies["chungtay"]
    page = await client.post("/", data={"a": "g:xoa"}, headers=ORIGIN)
    assert page.url.path == "/da-xoa"
    assert "đã xóa hết" in page.text
    assert "chungtay" not in client.cookies
    assert "đã xóa hết" in (await client.get("/da-xoa")).text, "to load the page again does no harm"
    page = await client.post("/", data={"q": "học nghề"}, headers=ORIGIN)
    assert "nghề" in page.text
    assert client.cookies["chungtay"] != before
    page = await client.get("/da-xoa")
    assert page.url.path == "/", "nothing is erased for whoever goes on"


async def test_a_visitor_who_agreed_is_known_for_long_and_told_that_notices_wait(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"a": "g:dangky"}, headers=ORIGIN)
    assert "Max-Age=86400" in page.headers["set-cookie"]
    page = await client.post("/", data={"q": "đồng ý"}, headers=ORIGIN)
    assert "Max-Age=34560000" in page.headers["set-cookie"]
    await client.post("/", data={"q": "1, 3"}, headers=ORIGIN)
    page = await client.post("/", data={"q": "cù vân"}, headers=ORIGIN)
    assert "chờ ở đây đến lần anh/chị vào sau" in page.text
    assert len(page.content) <= 10 * 1024


async def test_a_vote_is_small_and_thanked_for_beneath_the_answer(client: httpx.AsyncClient) -> None:
    page = await client.post("/", data={"q": "nha toi ho ngheo muon vay von"}, headers=ORIGIN)
    assert page.text.count('class="vote"') == 2
    for action, said in (
        ("v:vay-ho-ngheo:1", "Cảm ơn"),
        ("v:vay-ho-ngheo:0", "Khó hiểu"),
        ("v:vay-ho-ngheo:0kho", "đã ghi"),
    ):
        page = await client.post("/", data={"a": action}, headers=ORIGIN)
        assert "100 triệu" in page.text, "the answer stays"
        assert said in page.text
        assert page.text.count("<article") == 2
        assert "nha toi ho ngheo" in page.text, "and so does the question"
        assert len(page.content) <= 10 * 1024


async def test_ones_own_affairs_are_reached_from_every_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    for action in ("g:noi", "g:dangky", "g:dulieu"):
        assert f'value="{action}"' in page.text
    page = await client.post("/", data={"a": "g:dulieu"}, headers=ORIGIN)
    assert "Những gì tôi đang lưu" in page.text
