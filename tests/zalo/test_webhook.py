"""The webhook: what Zalo posts is kept before it is acknowledged; what others post does no harm."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.channels.bodies import LIMIT
from bot.channels.posts import secret_of
from bot.channels.zalo.webhook import HEADER
from bot.intake import Intake
from bot.service import Service
from bot.settings import Settings, SettingsError, read_settings
from handlers.types import Incoming, Reply
from tests.telegram.conftest import Parrot, polling
from tests.zalo.zalo_api import Fault, ZaloApi, said


def _secret(settings: Settings) -> str:
    assert settings.zalo_bot_token is not None
    return secret_of(settings.zalo_webhook_secret, settings.zalo_bot_token)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Updates are posted."""
    return settings.model_copy(update={"zalo_webhook_url": "https://chungtay.example/zalo"})


@asynccontextmanager
async def posting(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever posts to the bot; an error that escapes would fail the test."""
    transport = httpx.ASGITransport(app=Starlette(routes=service.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def signed(settings: Settings) -> dict[str, str]:
    return {HEADER: _secret(settings)}


async def test_the_address_is_registered_with_a_secret(api: ZaloApi, settings: Settings) -> None:
    async with polling(Parrot(), settings):
        await api.until(1, "setWebhook")
    assert api.webhook == {"url": "https://chungtay.example/zalo", "secret_token": _secret(settings)}
    assert api.of("getUpdates") == []


async def test_registering_survives_faults(api: ZaloApi, settings: Settings) -> None:
    api.fault("setWebhook", Fault(code=500), Fault(reset=True), Fault(code=429), Fault(code=400))
    async with polling(Parrot(), settings):
        await api.until(1, "setWebhook")


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_posted_update_is_answered(api: ZaloApi, settings: Settings, wrapped: bool) -> None:
    update = said("a")
    async with polling(Parrot(), settings) as service, posting(service) as client:
        body = {"ok": True, "result": update} if wrapped else update
        assert (await client.post("/zalo", json=body, headers=signed(settings))).status_code == 200
        await api.until(1)
    assert api.texts() == ["a"]


async def test_what_is_posted_again_is_acknowledged_and_answered_once(api: ZaloApi, settings: Settings) -> None:
    update = said("a")
    async with polling(Parrot(), settings) as service, posting(service) as client:
        for body in (update, update, {"ok": True, "result": update}, said("b")):
            assert (await client.post("/zalo", json=body, headers=signed(settings))).status_code == 200
        await api.until(2)
    assert api.texts() == ["a", "b"]


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "wrong"}, {HEADER: "ơ".encode()}])
async def test_without_the_secret_nothing_is_taken(api: ZaloApi, settings: Settings, headers: Any) -> None:
    parrot = Parrot()
    async with polling(parrot, settings) as service, posting(service) as client:
        assert (await client.post("/zalo", json=said("a"), headers=headers)).status_code == 401
        assert (await client.post("/zalo", json=said("b"), headers=signed(settings))).status_code == 200
        await api.until(1)
    assert [incoming.text for incoming in parrot.heard] == ["b"]


async def test_what_cannot_be_kept_is_not_acknowledged(
    api: ZaloApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Intake, arrivals: Any) -> None:
        raise OSError("disk full")

    async with polling(Parrot(), settings) as service, posting(service) as client:
        with monkeypatch.context() as broken:
            broken.setattr(Intake, "accept", fails)
            assert (await client.post("/zalo", json=said("a"), headers=signed(settings))).status_code == 503
        assert (await client.post("/zalo", json=said("a"), headers=signed(settings))).status_code == 200
        await api.until(1)


def hostile() -> list[bytes]:
    """Bodies that no honest service posts: the odd ones by hand, then updates with bytes changed at random."""
    odd = [b"", b"{", b"null", b"[]", b'"x"', b"1e999", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000, b"NaN"]
    shapes = [{"result": 5}, {"ok": True, "result": []}, {"event_name": {}}]
    shapes += [said("\x00"), said("\ud800"), said("x" * 10**5)]
    dice = random.Random(6)
    whole = json.dumps(said("bí mật 0912345678")).encode()
    changed = []
    for _ in range(300):
        body = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        changed.append(bytes(body))
    return [*odd, *(json.dumps(shape).encode() for shape in shapes), *changed]


async def test_hostile_bodies_do_no_harm(api: ZaloApi, settings: Settings) -> None:
    async def says(incoming: Incoming) -> list[Reply]:
        return [Reply("ok")]

    with capture_logs() as logs:
        async with polling(Parrot(says), settings) as service, posting(service) as client:
            for body in hostile():
                answer = await client.post("/zalo", content=body, headers=signed(settings))
                assert answer.status_code in {200, 400}, body[:80]
            large = await client.post("/zalo", content=b"x" * (LIMIT + 1), headers=signed(settings))
            assert large.status_code == 413
            await client.post("/zalo", json=said("b", "honest"), headers=signed(settings))
            await api.until_said("honest")
    assert "0912345678" not in str(logs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZALO_WEBHOOK_SECRET", "1234567"),
        ("ZALO_WEBHOOK_SECRET", "x" * 257),
        ("ZALO_WEBHOOK_SECRET", "có dấu tiếng Việt"),
        ("ZALO_WEBHOOK_URL", "chungtay.example"),
        ("ZALO_BOT_TOKEN", "https://bot-api.example/bot123"),
        ("ZALO_MESSAGES_PER_SECOND", "0"),
        ("ZALO_LINK", "zalo"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as told:
        read_settings()
    if "SECRET" in name or "TOKEN" in name:
        assert value not in str(told.value)
