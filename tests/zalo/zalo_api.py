"""A Zalo Bot API server on loopback for tests: behaves as ``bot/channels/zalo/client.py`` assumes, and scripts faults.

One update a ``getUpdates`` and 408 where none comes; every error at HTTP 200 with ``ok: false``; texts of 1 to 2,000
characters; no method that Zalo does not have. ``violations`` holds what a correct bot never does. As a process of its
own: ``python -m tests.zalo.zalo_api``.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.telegram.bot_api import serving

TOKEN = "987654:test-token"
BOT = {"id": "1459232241454765289", "account_name": "bot.ChungTay", "account_type": "BASIC", "can_join_groups": True}
PARAMETERS = {
    "getMe": set[str](),
    "getUpdates": {"timeout"},
    "setWebhook": {"url", "secret_token"},
    "deleteWebhook": set[str](),
    "getWebhookInfo": set[str](),
    "sendMessage": {"chat_id", "text"},
    "sendChatAction": {"chat_id", "action"},
}
_ids = count(1)


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one call. ``late``: it is carried out first, only its answer is lost."""

    code: int = 0
    status: int = 200
    seconds: float = 0.0
    reset: bool = False
    late: bool = False
    body: bytes | None = None
    retry_after: int | None = None


@dataclass(frozen=True)
class Call:
    """One call of the bot; ``code`` is 0 where it was carried out."""

    method: str
    values: dict[str, Any]
    at: float
    code: int = 0


class Refused(Exception):
    """A call that is answered with an error."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


def said(text: str, person: str = "p1", chat: str | None = None, **more: Any) -> dict[str, Any]:
    """An update: a person says something, in private unless a chat is named."""
    return event("text", person, chat, text=text, **more)


def event(kind: str, person: str = "p1", chat: str | None = None, **content: Any) -> dict[str, Any]:
    """An update of any kind."""
    message = {
        "from": {"id": person, "display_name": "Tester", "is_bot": False},
        "chat": {"id": chat or person, "chat_type": "GROUP" if chat else "PRIVATE"},
        "message_id": f"m{next(_ids)}",
        "date": 1_790_000_000_000,
        **content,
    }
    return {"event_name": f"message.{kind}.received", "message": message}


@dataclass
class ZaloApi:
    """The server and what it knows."""

    token: str = TOKEN
    base_url: str = ""
    bare: bool = False
    repeated: int = 0
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    pending: deque[dict[str, Any]] = field(default_factory=deque)
    webhook: dict[str, str] = field(default_factory=dict)
    longest_poll: float = 60.0

    def __post_init__(self) -> None:
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._changed = asyncio.Condition()

    # What tests script

    def fault(self, method: str, *faults: Fault) -> None:
        """The next calls of ``method`` go wrong like this, one after another."""
        self._faults[method].extend(faults)

    async def push(self, *updates: dict[str, Any]) -> None:
        """Something happens on Zalo."""
        self.pending.extend(updates)
        await self._notify()

    def of(self, method: str) -> list[Call]:
        """The calls of a method that were carried out."""
        return [call for call in self.calls if call.method == method and not call.code]

    def texts(self, chat: str = "p1") -> list[str]:
        """What was sent to a chat."""
        return [call.values["text"] for call in self.of("sendMessage") if call.values["chat_id"] == chat]

    async def until(self, number: int, method: str = "sendMessage", seconds: float = 20.0) -> list[Call]:
        """Wait for so many carried-out calls of a method."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: len(self.of(method)) >= number)
        return self.of(method)

    async def until_said(self, *chats: str, seconds: float = 20.0) -> None:
        """Wait until something was sent to each of these chats."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: set(chats) <= {c.values["chat_id"] for c in self.of("sendMessage")})

    async def until_refused(self, number: int, code: int, seconds: float = 20.0) -> None:
        """Wait until so many calls were answered with ``code``."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: sum(call.code == code for call in self.calls) >= number)

    async def until_called(self, number: int, method: str, seconds: float = 20.0) -> list[Call]:
        """Wait for so many calls of a method, carried out or not."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: sum(call.method == method for call in self.calls) >= number)
        return [call for call in self.calls if call.method == method]

    async def deliver(self, update: dict[str, Any], session: aiohttp.ClientSession) -> int:
        """Post an update to the webhook, with its secret; the status, or 0 where nobody answered."""
        body = update if self.bare else {"ok": True, "result": update}
        headers = {"X-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        try:
            async with session.post(self.webhook["url"], json=body, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, OSError):
            return 0

    # The server

    def asgi(self) -> ASGIApp:
        """The application. The transport is kept at hand for connections that are to be cut."""
        inner = Starlette(routes=[Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])])

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            await inner({**scope, "test.transport": transport}, receive, send)

        return app

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        fault = self._faults[method].popleft() if self._faults[method] else Fault()
        call = Call(method, json.loads(await request.body() or b"{}"), time.monotonic())
        if fault.seconds and not fault.late:
            await asyncio.sleep(fault.seconds)
        if fault == Fault(seconds=fault.seconds) or fault.late:
            response = await self._carry_out(request, call)
        else:
            response = await self._failed(call, fault)
        if fault.late and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.reset:
            request.scope["test.transport"].abort()
            await asyncio.sleep(0.01)
        return response

    async def _carry_out(self, request: Request, call: Call) -> Response:
        try:
            if not hmac.compare_digest(request.path_params["token"], self.token):
                raise Refused(401, "Unauthorized")
            self._check(call)
            result = await getattr(self, f"_on_{call.method}")(call.values, request)
        except Refused as refused:
            await self._record(call, refused.code)
            return JSONResponse({"ok": False, "description": str(refused), "error_code": refused.code})
        await self._record(call, 0)
        if call.method == "getUpdates" and self.bare:
            return _json(result)
        return _json({"ok": True, "result": result} if result is not None else {"ok": True})

    async def _failed(self, call: Call, fault: Fault) -> Response:
        await self._record(call, fault.code or 500)
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        if fault.body is not None:
            return Response(fault.body, fault.status, headers)
        body = {"ok": False, "description": "something went wrong", "error_code": fault.code or 500}
        return JSONResponse(body, fault.status, headers)

    async def _record(self, call: Call, code: int) -> None:
        self.calls.append(Call(call.method, call.values, call.at, code))
        await self._notify()

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _check(self, call: Call) -> None:
        """Refuse what Zalo does not have, and remember that it was asked for."""
        unknown = set(call.values) - PARAMETERS.get(call.method, set())
        if call.method not in PARAMETERS or unknown:
            self.violations.append(f"{call.method} {sorted(unknown)}")
            raise Refused(404, "Not found")

    # The methods

    async def _on_getMe(self, values: dict[str, Any], request: Request) -> dict[str, Any]:
        return BOT

    async def _on_getUpdates(self, values: dict[str, Any], request: Request) -> dict[str, Any]:
        """One update, forgotten with its answer; the next ``repeated`` times the same."""
        if self.webhook:
            raise Refused(400, "webhook is set")
        await self._something_pending(min(float(values.get("timeout", 30)), self.longest_poll))
        if await request.is_disconnected():
            raise Refused(408, "Request timeout")
        if self.repeated:
            self.repeated -= 1
            return self.pending[0]
        return self.pending.popleft()

    async def _something_pending(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: bool(self.pending))
        except TimeoutError:
            raise Refused(408, "Request timeout") from None

    async def _on_setWebhook(self, values: dict[str, Any], request: Request) -> dict[str, Any]:
        if not 8 <= len(values["secret_token"]) <= 256:
            self.violations.append("secret_token")
            raise Refused(400, "secret_token")
        self.webhook = values
        return {"url": values["url"], "updated_at": 1}

    async def _on_deleteWebhook(self, values: dict[str, Any], request: Request) -> dict[str, Any]:
        self.webhook = {}
        return {"url": "", "updated_at": 1}

    async def _on_getWebhookInfo(self, values: dict[str, Any], request: Request) -> dict[str, Any]:
        return {"url": self.webhook.get("url", ""), "updated_at": 1}

    async def _on_sendMessage(self, values: dict[str, Any], request: Request) -> dict[str, Any]:
        text, chat = values["text"], values["chat_id"]
        if not isinstance(text, str) or not isinstance(chat, str) or not text.strip():
            self.violations.append("sendMessage: not a text for a chat")
            raise Refused(400, "text")
        if len(text.encode("utf-16-le")) // 2 > 2000:
            self.violations.append(f"sendMessage: {len(text)} characters")
            raise Refused(400, "text is too long")
        return {"message_id": f"s{len(self.calls)}", "date": 1}

    async def _on_sendChatAction(self, values: dict[str, Any], request: Request) -> None:
        if values["action"] != "typing":
            self.violations.append("sendChatAction")


def _json(content: Any) -> Response:
    """An answer in which every character is allowed, half a pair too."""
    return Response(json.dumps(content), media_type="application/json")


@asynccontextmanager
async def zalo_api(token: str = TOKEN) -> AsyncIterator[ZaloApi]:
    """A running server."""
    api = ZaloApi(token)
    async with serving(api.asgi()) as address:
        api.base_url = f"{address}/bot"
        yield api


async def main() -> None:
    """Serve until stopped; what is typed is said to the bot, what the bot says is printed."""
    async with zalo_api() as api:
        print(f"ZALO_BOT_TOKEN={TOKEN} ZALO_BASE_URL={api.base_url}", flush=True)
        shown = 0
        while line := await asyncio.to_thread(input):
            await api.push(said(line))
            await api.until(shown + 1)
            await asyncio.sleep(0.5)
            texts = api.texts()
            print("\n\n".join(texts[shown:]), flush=True)
            shown = len(texts)


if __name__ == "__main__":
    asyncio.run(main())
