"""A Bot API server on loopback for tests: it scripts faults, refuses what Telegram refuses, and records every call.

What is sent to it is read by aiogram's method models and what it sends by aiogram's types, so that two libraries and
this file must agree. ``violations`` holds what a correct bot never does; tests end with it empty.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, get_args

import aiohttp
from aiogram import methods, types
from aiogram.methods.base import TelegramMethod
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.telegram.faults import Fault, Rates
from tests.telegram.markup import Refusal, read, units
from tests.telegram.serving import serving

TOKEN = "123456:test-token"
BOT: dict[str, Any] = {"id": 123456, "is_bot": True, "first_name": "Chung Tay", "username": "ChungTayBot"}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
OLD_QUERY = "Bad Request: query is too old and response timeout expired or query ID is invalid"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
#: The update kinds Telegram leaves out unless they are asked for.
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Call:
    """One call of the bot, as read; ``status`` is the answer's, 0 where a fault took the call's place."""

    method: str
    values: dict[str, Any]
    at: float
    status: int = 200
    files: dict[str, tuple[str | None, bytes]] = field(default_factory=dict)

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """The labels and data under a message, row by row."""
        rows = (self.values.get("reply_markup") or {}).get("inline_keyboard", [])
        return [[(button["text"], button["callback_data"]) for button in row] for row in rows]


class Answered(Exception):
    """A call that is answered with an error."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        self.status, self.description, self.parameters = status, description, parameters


class BotApi:
    """The server and what it knows: chats, messages, updates not yet acknowledged."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.base_url = ""
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.pending: deque[dict[str, Any]] = deque()
        self.acknowledged = 0
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.queries: set[str] = set()
        self.settled: list[str] = []
        self.commands: list[dict[str, str]] = []
        self.webhook: dict[str, Any] = {}
        self.allowed: set[str] | None = None
        self._faults: defaultdict[tuple[str, int | None], deque[Fault]] = defaultdict(deque)
        self._changed = asyncio.Event()
        self._update_id = 1000
        self._message_id = 0
        self._polls = 0
        #: Faults that happen at random besides those scripted.
        self.rates: Rates | None = None
        #: Of so many calls one is read by the models; in a load test reading all would take longer than the bot does.
        self.model_reads_one_in = 1
        #: Told of every successful call instead of its being recorded, where set.
        self.on_call: Callable[[Call], None] | None = None
        self._read = 0
        #: How many updates are on their way to the webhook.
        self.on_the_way = 0

    # What tests script

    def fault(self, method: str, *faults: Fault, chat: int | None = None) -> None:
        """The next calls of ``method``, or only those for ``chat``, go wrong like this, one after another."""
        self._faults[method, chat].extend(faults)

    @property
    def faults_left(self) -> int:
        """How many faults have not struck yet."""
        return sum(map(len, self._faults.values()))

    def push(self, update: dict[str, Any]) -> int:
        """Something happens on Telegram; returns the update's id. Kinds that the bot did not ask for are left out."""
        self._update_id += 1
        update = {"update_id": self._update_id, **update}
        if self.model_reads_one_in == 1:
            types.Update.model_validate(update)
        self._enqueue(update)
        return self._update_id

    def push_raw(self, update: dict[str, Any]) -> None:
        """An update as no model knows it."""
        self._update_id += 1
        self._enqueue({"update_id": self._update_id, **update})

    def push_again(self, update: dict[str, Any]) -> None:
        """An update that was sent before, as Telegram does where it saw no acknowledgement."""
        self._enqueue(update)

    def pressed(self, update: dict[str, Any]) -> int:
        """A button is pressed; its query can be answered from now on."""
        self.queries.add(update["callback_query"]["id"])
        return self.push(update)

    def of(self, *names: str) -> list[Call]:
        """The successful calls of these methods."""
        return [call for call in self.calls if call.method in names and call.status == 200]

    def calls_of(self, method: str) -> list[Call]:
        """All calls of a method, refused ones too."""
        return [call for call in self.calls if call.method == method]

    async def until(self, count: int, *names: str, seconds: float = 5.0) -> list[Call]:
        """Wait for ``count`` successful calls of these methods."""
        async with asyncio.timeout(seconds):
            while len(self.of(*names)) < count:
                await self.next_change()
        return self.of(*names)

    async def until_acknowledged(self, update_id: int, seconds: float = 5.0) -> None:
        """Wait until the bot has acknowledged everything up to ``update_id``."""
        async with asyncio.timeout(seconds):
            while self.acknowledged < update_id:
                await self.next_change()

    async def deliver(self) -> list[int]:
        """Send the waiting updates to the webhook, with its secret; those taken are done. Returns the statuses."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.get("secret_token") or ""}
        statuses = []
        async with aiohttp.ClientSession(headers=headers) as session:
            for update in list(self.pending):
                async with session.post(self.webhook["url"], json=update) as answer:
                    statuses.append(answer.status)
                    if answer.ok:
                        self.pending.remove(update)
        return statuses

    # The server

    def asgi(self) -> ASGIApp:
        """The application. The transport is kept at hand for connections that are to be cut."""
        routes = [Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])]
        inner = Starlette(routes=routes)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            await inner({**scope, "test.transport": transport}, receive, send)

        return app

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        values, files = await _sent(request)
        fault = self._next_fault(method, str(values.get("chat_id", "")))
        call = Call(method, values, time.monotonic(), files=files)
        if fault.seconds and not fault.late:
            await asyncio.sleep(fault.seconds)
        if fault == Fault(seconds=fault.seconds) or fault.late:
            response = await self._carry_out(request, call)
        else:
            response = _failed(fault)
            self._record(call, fault.status if fault.status >= 400 else 0)
        return await self._spoilt(request, fault, response)

    def _next_fault(self, method: str, chat: str) -> Fault:
        mine = [self._faults[method, int(chat)]] if chat.lstrip("-").isdigit() else []
        waiting = next((faults for faults in (*mine, self._faults[method, None]) if faults), None)
        if waiting:
            return waiting.popleft()
        return self.rates.next() if self.rates is not None else Fault()

    async def _spoilt(self, request: Request, fault: Fault, response: Response) -> Response:
        if fault.late and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.reset:
            request.scope["test.transport"].abort()
            await asyncio.sleep(0.01)
        return response

    async def _carry_out(self, request: Request, call: Call) -> Response:
        try:
            self._check_token(request.path_params["token"])
            handler = getattr(self, f"_on_{call.method}", None)
            if handler is None:
                raise Answered(404, "Not Found: method not found")
            call = Call(call.method, self._valid(call), call.at, files=call.files)
            result = await handler(call.values)
        except Refusal as refusal:
            return self._refused(call, Answered(400, str(refusal)))
        except Answered as answer:
            return self._refused(call, answer)
        self._record(call, 200)
        return JSONResponse({"ok": True, "result": result})

    def _refused(self, call: Call, answer: Answered) -> Response:
        self._record(call, answer.status)
        return _error(answer.status, answer.description, **answer.parameters)

    def _record(self, call: Call, status: int) -> None:
        done = Call(call.method, call.values, call.at, status, call.files)
        if self.on_call is None:
            self.calls.append(done)
            self._changed.set()
        elif status == 200:
            self.on_call(done)

    def _check_token(self, token: str) -> None:
        if ":" not in token:
            raise Answered(404, "Not Found")
        if not hmac.compare_digest(token, self.token):
            raise Answered(401, "Unauthorized")

    def _valid(self, call: Call) -> dict[str, Any]:
        """The parameters as aiogram's model of the method reads them; what it cannot read is a violation."""
        model: type[TelegramMethod[Any]] = getattr(methods, call.method[0].upper() + call.method[1:])
        values = {name: _decoded(model, name, value) for name, value in call.values.items()}
        self._read += 1
        if self._read % self.model_reads_one_in:
            return values
        files = {name: types.BufferedInputFile(content, name or "x") for name, (_, content) in call.files.items()}
        unknown = sorted(values.keys() - model.model_fields.keys())
        try:
            if unknown:
                raise ValueError(f"unknown parameters {unknown}")
            model(**{**values, **files})
        except (ValidationError, ValueError) as error:
            self.violations.append(f"{call.method}: {error}")
            raise Refusal(f"Bad Request: {error}") from None
        return values

    # The methods

    async def _on_getMe(self, values: dict[str, Any]) -> dict[str, Any]:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _on_getUpdates(self, values: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Answered(409, WEBHOOK_ACTIVE)
        self._allow(values)
        self._acknowledge(values.get("offset", 0))
        self._polls += 1
        mine = self._polls
        await self._long_poll(mine, values.get("timeout", 0))
        if mine != self._polls:
            raise Answered(409, OTHER_POLL)
        return list(self.pending)[: max(1, min(values.get("limit", 100), 100))]

    async def _on_setWebhook(self, values: dict[str, Any]) -> bool:
        named = ("url", "secret_token", "max_connections")
        self.webhook = {name: values.get(name) for name in named} if values["url"] else {}
        self._allow(values)
        self._forget(values)
        return True

    async def _on_deleteWebhook(self, values: dict[str, Any]) -> bool:
        self.webhook = {}
        self._forget(values)
        return True

    async def _on_setMyCommands(self, values: dict[str, Any]) -> bool:
        self.commands = values["commands"]
        for command in self.commands:
            name, description = command["command"], command["description"]
            if not (name.isascii() and name.replace("_", "").isalnum() and name.islower() and len(name) <= 32):
                raise Refusal("Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= len(description) <= 256:
                raise Refusal("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        return True

    async def _on_sendMessage(self, values: dict[str, Any]) -> dict[str, Any]:
        chat = self._reachable(values["chat_id"])
        return self._store(chat, values, text=_text(values))

    async def _on_editMessageText(self, values: dict[str, Any]) -> dict[str, Any]:
        chat = self._reachable(values["chat_id"])
        before = self.messages.get((chat, values["message_id"]))
        if before is None:
            raise Refusal("Bad Request: message to edit not found")
        text, markup = _text(values), _markup(values)
        if before["text"] == text and before.get("reply_markup") == markup:
            raise Refusal(NOT_MODIFIED)
        return self._store(chat, values, message_id=values["message_id"], text=text)

    async def _on_sendPhoto(self, values: dict[str, Any]) -> dict[str, Any]:
        photo = {"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}
        return self._store(self._reachable(values["chat_id"]), values, photo=[photo])

    async def _on_sendDocument(self, values: dict[str, Any]) -> dict[str, Any]:
        document = {"file_id": "f", "file_unique_id": "u"}
        return self._store(self._reachable(values["chat_id"]), values, document=document)

    async def _on_sendChatAction(self, values: dict[str, Any]) -> bool:
        self._reachable(values["chat_id"])
        return True

    async def _on_answerCallbackQuery(self, values: dict[str, Any]) -> bool:
        query = values["callback_query_id"]
        if query not in self.queries:
            raise Refusal(OLD_QUERY)
        self.queries.discard(query)
        self.settled.append(query)
        return True

    # What they share

    def _reachable(self, chat: int) -> int:
        if chat in self.migrated:
            raise Answered(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat],
            )
        if chat in self.unknown:
            raise Refusal("Bad Request: chat not found")
        if chat in self.blocked:
            raise Answered(403, "Forbidden: bot was blocked by the user")
        return chat

    def _store(self, chat: int, values: dict[str, Any], **content: Any) -> dict[str, Any]:
        markup = _markup(values)
        self._message_id += 1
        kind = "private" if chat > 0 else "supergroup"
        message = {
            "message_id": self._message_id,
            "date": 1,
            "chat": {"id": chat, "type": kind},
            "from": BOT,
            **content,
        }
        if markup is not None:
            message["reply_markup"] = markup
        if self.model_reads_one_in == 1:
            types.Message.model_validate(message)
            self.messages[chat, message["message_id"]] = message
        return message

    def _enqueue(self, update: dict[str, Any]) -> None:
        kind = next((name for name in update if name != "update_id"), "")
        wanted = kind in self.allowed if self.allowed is not None else kind not in UNASKED
        if wanted:
            self.pending.append(update)
            self._changed.set()

    def _allow(self, values: dict[str, Any]) -> None:
        if "allowed_updates" in values:
            self.allowed = set(values["allowed_updates"]) or None

    def _acknowledge(self, offset: int) -> None:
        while self.pending and offset > 0 and self.pending[0]["update_id"] < offset:
            self.acknowledged = self.pending.popleft()["update_id"]
        self._changed.set()

    def _forget(self, values: dict[str, Any]) -> None:
        if values.get("drop_pending_updates"):
            self.pending.clear()

    async def _long_poll(self, mine: int, seconds: int) -> None:
        end = time.monotonic() + seconds
        while not self.pending and mine == self._polls and (left := end - time.monotonic()) > 0:
            await self.next_change(left)

    async def next_change(self, seconds: float = 5.0) -> None:
        """Wait for anything to happen, a moment at most, for several wait on the one event."""
        self._changed.clear()
        try:
            async with asyncio.timeout(min(seconds, 0.05)):
                await self._changed.wait()
        except TimeoutError:
            return


def _text(values: dict[str, Any]) -> str:
    """The text as people will read it. Raises Refusal where Telegram does."""
    text = values["text"]
    shown = (read(text) if str(values.get("parse_mode")).upper() == "HTML" else text).strip()
    if not shown:
        raise Refusal("Bad Request: message text is empty")
    if units(shown) > 4096:
        raise Refusal("Bad Request: message is too long")
    return shown


def _markup(values: dict[str, Any]) -> dict[str, Any] | None:
    """The buttons. Raises Refusal where Telegram does."""
    markup = values.get("reply_markup")
    buttons = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    for button in buttons:
        if not button["text"].strip():
            raise Refusal("Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise Refusal("Bad Request: BUTTON_DATA_INVALID")
    if len(buttons) > 100:
        raise Refusal("Bad Request: reply markup is too long")
    return markup


def _failed(fault: Fault) -> Response:
    if fault.body is not None:
        return Response(fault.body, status_code=fault.status or 200)
    if fault.status == 429:
        return _error(429, f"Too Many Requests: retry after {fault.retry_after}", retry_after=fault.retry_after)
    return _error(fault.status or 500, "Internal Server Error")


def _error(status: int, description: str, **parameters: Any) -> Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), status_code=status)


async def _sent(request: Request) -> tuple[dict[str, Any], dict[str, tuple[str | None, bytes]]]:
    """The parameters of a call, from the address, a form or JSON, and its files."""
    values: dict[str, Any] = dict(request.query_params)
    files: dict[str, tuple[str | None, bytes]] = {}
    if request.headers.get("content-type", "").startswith("application/json"):
        return values | json.loads(await request.body()), files
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename, await value.read())
            else:
                values[name] = value
    return values, files


def _decoded(model: type[TelegramMethod[Any]], name: str, value: Any) -> Any:
    """A parameter out of its form: everything but text is JSON."""
    annotation = model.model_fields[name].annotation if name in model.model_fields else str
    kinds = set(get_args(annotation) or (annotation,))
    if not isinstance(value, str) or (str in kinds and int not in kinds):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def texts(api: BotApi, chat: int = 77) -> list[str]:
    """What a chat was sent, in order."""
    return [call.values["text"] for call in api.of("sendMessage") if call.values["chat_id"] == chat]


@asynccontextmanager
async def bot_api(token: str = TOKEN) -> AsyncIterator[BotApi]:
    """A running Bot API server."""
    api = BotApi(token)
    async with serving(api.asgi()) as address:
        api.base_url = f"{address}/bot"
        yield api
