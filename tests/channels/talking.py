"""Talking with the bot through any channel: a text or a pressed label goes in, what the person sees comes out.

Each talk is the real channel on a real database; only the network is left out. A talk checks what its channel draws:
Telegram's HTML is read as Telegram reads it, a page as a browser does, Zalo's texts by their length.
"""

from __future__ import annotations

import asyncio
import queue
import re
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import StringIO
from itertools import count
from typing import Any, cast

import httpx

from bot.app import App
from bot.channels import terminal
from bot.channels.channel import Channel
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.rich import LIMIT as TELEGRAM_LIMIT
from bot.channels.telegram.updates import Me
from bot.channels.web import Web
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.messages import LIMIT as ZALO_LIMIT
from bot.channels.zalo.updates import CHANNEL
from bot.intake import Intake
from bot.settings import Settings
from bot.worker import LEASE, Worker
from handlers.answering import LONGEST
from handlers.context import Context
from handlers.richtext import plain
from handlers.types import Incoming, IncomingKind
from store import outbox
from store.database import Database
from tests.telegram import updates as telegram_updates
from tests.telegram.bot_api import BOT
from tests.telegram.markup import read, units
from tests.zalo.zalo_api import said as said_on_zalo

#: A line that offers a choice in plain text: by its number, or by its words alone.
_CHOICE = re.compile(r"^(?:(\d+)\.|-) (.+)$", re.MULTILINE)
_MANY = 10_000
PERSON = "p1"


@dataclass
class Seen:
    """What a person sees after a turn: the text with the labels, and how each label that is offered is picked."""

    text: str = ""
    labels: dict[str, str] = field(default_factory=dict)


class Talk(ABC):
    """One person's conversation through one channel."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self.context, self.settings = context, settings
        self.seen = Seen()

    def app(self) -> App:
        """The bot as it starts, on the database of this talk."""
        return App(self.context, Database(self.settings.database_url))

    @abstractmethod
    async def start(self) -> None:
        """The bot starts."""

    @abstractmethod
    async def stop(self) -> None:
        """The bot stops; the conversation is kept."""

    @abstractmethod
    async def say(self, text: str) -> Seen:
        """Type ``text``."""

    async def press(self, label: str) -> Seen:
        """Choose what was offered as ``label``."""
        return await self.say(self.seen.labels[label])

    async def restart(self) -> None:
        """The bot stops and starts again."""
        await self.stop()
        await self.start()


class WebTalk(Talk):
    """The web page, without JavaScript: a form is posted, the page it leads to is read."""

    async def start(self) -> None:
        """Open the page."""
        self._app = self.app()
        cookies = self._client.cookies if hasattr(self, "_client") else None
        transport = httpx.ASGITransport(app=Web(self._app).asgi())
        self._client = httpx.AsyncClient(
            transport=transport, base_url="http://test", follow_redirects=True, cookies=cookies
        )

    async def stop(self) -> None:
        """Close everything but keep the cookie."""
        await self._client.aclose()
        await self._app.close()

    async def say(self, text: str) -> Seen:
        """Send the form."""
        return await self._post({"q": text})

    async def press(self, label: str) -> Seen:
        """Press the button."""
        return await self._post({"a": self.seen.labels[label]})

    async def _post(self, form: dict[str, str]) -> Seen:
        page = await self._client.post("/", data=form, headers={"origin": "http://test"})
        assert [step.status_code for step in page.history] == [303]
        assert page.status_code == 200
        reader = _Page()
        reader.feed(page.text)
        reader.close()
        self.seen = Seen(re.sub(r"\n{3,}", "\n\n", reader.text), reader.buttons)
        return self.seen


class _Page(HTMLParser):
    """Reads the replies and the buttons of the page."""

    BLOCKS = frozenset({"p", "li", "ul", "br", "article"})

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.buttons: dict[str, str] = {}
        self._reply = False
        self._value: str | None = None
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Into a reply, or a button."""
        given = dict(attrs)
        self._reply = self._reply or (tag == "article" and given.get("class") == "reply")
        if self._reply:
            self.text += {"br": "\n", "li": "• "}.get(tag, "")
        if tag == "button" and given.get("name") == "a":
            self._value, self._label = given["value"], ""

    def handle_endtag(self, tag: str) -> None:
        """Out of it."""
        if self._reply and tag in self.BLOCKS:
            self.text += "\n"
        self._reply = self._reply and tag != "article"
        if tag == "button" and self._value is not None:
            self.buttons[self._label] = self._value
            self.text += f"\n{self._label}"
            self._value = None

    def handle_data(self, data: str) -> None:
        """Text as it is shown: white space is one space."""
        if self._reply:
            self.text += re.sub(r"\s+", " ", data) if data.strip() else ""
        if self._value is not None:
            self._label += data


class TerminalTalk(Talk):
    """The terminal: lines in, a page of text out."""

    async def start(self) -> None:
        """Start the program; it draws the first screen."""
        self._typed: queue.Queue[str] = queue.Queue()
        self._drawn = _Screen()
        source = cast("Any", _Keyboard(self._typed))
        self._running = threading.Thread(target=terminal.chat, args=(self.app(), source, self._drawn), daemon=True)
        self._running.start()
        self._read(await self._drawn.page())

    async def stop(self) -> None:
        """End the input."""
        self._typed.put("")
        await asyncio.to_thread(self._running.join, 10)
        assert not self._running.is_alive()

    async def say(self, text: str) -> Seen:
        """Type a line."""
        self._typed.put(text.replace("\n", " ") + "\n")
        return self._read(await self._drawn.page())

    def _read(self, page: str) -> Seen:
        self.seen = Seen(page, _listed(page))
        return self.seen


class _Keyboard:
    """What is typed, a line at a time."""

    def __init__(self, typed: queue.Queue[str]) -> None:
        self._typed = typed

    def readline(self) -> str:
        return self._typed.get()


class _Screen(StringIO):
    """What is drawn; a page is what stands between two prompts."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: queue.Queue[str] = queue.Queue()
        self._page = ""

    def write(self, text: str) -> int:
        if text == terminal.PROMPT:
            self._pages.put(self._page.strip())
            self._page = ""
        else:
            self._page += text
        return len(text)

    async def page(self) -> str:
        """The next page, once it is drawn."""
        return await asyncio.to_thread(self._pages.get, timeout=20)


class MessengerTalk(Talk):
    """A channel with an inbox and an outbox: an update is taken in, the worker answers, the outbox is read."""

    async def start(self) -> None:
        """Wire the parts as the running bot does, without the network."""
        self._app = self.app()
        intake = Intake(self._app.database)
        self._channel = self.channel(self._app, intake)
        channels: dict[str, Channel] = {self._channel.name: self._channel}
        self._worker = Worker(self._app, channels, intake.arrived, lambda: None, per_minute=_MANY)

    async def stop(self) -> None:
        """Close everything."""
        await self._channel.close()
        await self._app.close()

    @abstractmethod
    def channel(self, app: App, intake: Intake) -> Any:
        """The channel in question."""

    async def _told(self, update: dict[str, Any]) -> list[dict[str, Any]]:
        """The messages that an update is answered with."""
        await self._take(update)
        while await self._worker.work():
            pass
        return [message.payload for message in await self._sent()]

    @abstractmethod
    async def _take(self, update: dict[str, Any]) -> None:
        """Hand an update to the channel."""

    async def _sent(self) -> list[outbox.Due]:
        sent: list[outbox.Due] = []
        async with self._app.database.write() as tx:
            while due := await outbox.claim(tx, self._channel.name, datetime.now(UTC), LEASE, _MANY):
                await outbox.remove(tx, [message.id for message in due])
                sent += due
        return sent


class TelegramTalk(MessengerTalk):
    """Telegram: what is pressed is the data of the button."""

    def channel(self, app: App, intake: Intake) -> TelegramChannel:
        """The channel, as if it had asked for its name."""
        channel = TelegramChannel(self.settings, intake, app.metrics)
        channel._me = Me(BOT["id"], BOT["username"])
        channel._settle = lambda query: None  # type: ignore[method-assign]
        return channel

    async def say(self, text: str) -> Seen:
        """Send a text."""
        return await self._update(telegram_updates.said(text))

    async def press(self, label: str) -> Seen:
        """Press the button under the message."""
        return await self._update(telegram_updates.pressed(self.seen.labels[label]))

    async def _take(self, update: dict[str, Any]) -> None:
        await self._channel.take([update])

    async def _update(self, update: dict[str, Any]) -> Seen:
        messages = await self._told({"update_id": next(_ids), **update})
        texts, labels = [], {}
        for message in messages:
            texts.append(read(message["text"]))
            assert 0 < units(texts[-1]) <= TELEGRAM_LIMIT
            buttons = [button for row in message["rows"] for button in row]
            assert all(0 < len(data.encode()) <= 64 for _, data in buttons)
            labels.update(dict(buttons))
            texts += [label for label, _ in buttons]
        self.seen = Seen("\n\n".join(texts), labels)
        return self.seen


class ZaloTalk(MessengerTalk):
    """Zalo: what is pressed is the number of the choice, or its words where digits are the answer."""

    def channel(self, app: App, intake: Intake) -> ZaloChannel:
        """The channel."""
        return ZaloChannel(self.settings, intake, app.metrics)

    async def say(self, text: str) -> Seen:
        """Send a text."""
        texts = [message["text"] for message in await self._told(said_on_zalo(text, PERSON))]
        assert all(0 < units(text) <= ZALO_LIMIT for text in texts)
        me = Incoming(CHANNEL, PERSON, PERSON, IncomingKind.TEXT, datetime.now(UTC))
        assert all(len(plain(reply.text)) <= LONGEST for reply in (await self._app.session(me)).shown)
        self.seen = Seen("\n\n".join(texts), _listed("\n".join(texts)))
        return self.seen

    async def _take(self, update: dict[str, Any]) -> None:
        await self._channel.take(update)


_ids = count(1)
TALKS: dict[str, type[Talk]] = {"web": WebTalk, "terminal": TerminalTalk, "telegram": TelegramTalk, "zalo": ZaloTalk}


def _listed(text: str) -> dict[str, str]:
    """The choices that a plain text lists, each with what picks it."""
    return {label: number or label for number, label in _CHOICE.findall(text)}
