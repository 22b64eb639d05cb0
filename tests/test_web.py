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
