"""The Bot API as this bot uses it: fetching updates and sending messages, its errors told as any channel's."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import structlog
from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.channel import Busy, DeliveryError, Faulty, Gone, Refused
from bot.channels.telegram.messages import Button, Outgoing
from bot.channels.telegram.patience import Patience, patiently
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.updates import KINDS, Target
from bot.settings import Settings
from handlers.types import Attachment

#: How much longer than asked a long poll may take, in seconds.
POLL_MARGIN = 10.0
#: How long to try to settle a pressed button, in seconds; the answer itself does not wait for it.
SETTLE_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class Client:
    """The Bot API as this bot uses it."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        assert settings.telegram_bot_token is not None
        # Below this level the library writes the token and people's messages to the log.
        logging.getLogger("telegram").setLevel(logging.INFO)
        self._calls, self._polls = AiohttpRequest(), AiohttpRequest()
        self._patience = patience
        self.bot = Bot(
            settings.telegram_bot_token.get_secret_value(),
            base_url=settings.telegram_base_url,
            request=self._calls,
            get_updates_request=self._polls,
        )

    async def close(self) -> None:
        """Close every connection; the library closes none where it was stopped while it opened them."""
        await self.bot.shutdown()
        await self._calls.shutdown()
        await self._polls.shutdown()

    async def updates(self, offset: int, seconds: float, limit: int = 100) -> list[dict[str, Any]]:
        """The updates from ``offset`` on, as sent, waiting up to ``seconds`` for the first.

        Unread, for one that the library cannot read must not hide the others. All before ``offset`` are forgotten
        by Telegram.
        """
        asked = {"limit": limit, "timeout": int(seconds), "allowed_updates": json.dumps(KINDS)}
        if offset:
            asked["offset"] = offset
        found = await self._polls.post(
            f"{self.bot.base_url}/getUpdates?{urlencode(asked)}", read_timeout=seconds + POLL_MARGIN
        )
        return [raw for raw in found if isinstance(raw, dict)] if isinstance(found, list) else []

    async def settle(self, query: str) -> None:
        """Tell Telegram that a pressed button was taken, so that it stops turning. A failure does no harm."""
        try:
            async with asyncio.timeout(SETTLE_SECONDS):
                await patiently(lambda: self.bot.answer_callback_query(query), self._patience, attempts=2)
        except (TelegramError, TimeoutError) as error:
            _log.info("telegram.button_not_settled", error=type(error).__name__)

    async def typing(self, target: Target) -> None:
        """Show that an answer is being written. A failure does no harm."""
        with suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(SETTLE_SECONDS):
                await self.bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.thread)

    async def send(self, target: Target, message: Outgoing) -> None:
        """Deliver ``message``. Raises DeliveryError."""
        try:
            await self._deliver(target, message)
        except ChatMigrated as moved:
            await self.send(Target(moved.new_chat_id), message)
        except TelegramError as error:
            raise _as_any_channel_s(error) from None

    async def _deliver(self, target: Target, message: Outgoing) -> None:
        if message.file is not None:
            await self._upload(target, message.file)
        elif message.replaces is None or not await self._edit(target, message, message.replaces):
            await self._post(target, message)

    async def _post(self, target: Target, message: Outgoing) -> None:
        """Send a text; as plain text where Telegram cannot read our HTML, for an answer counts more than its looks."""
        try:
            await self._post_as(ParseMode.HTML, target, message)
        except BadRequest as error:
            if "parse entities" not in str(error):
                raise
            _log.error("telegram.html_refused", error=str(error))
            await self._post_as(None, target, replace(message, text=_plain(message.text)))

    async def _post_as(self, mode: ParseMode | None, target: Target, message: Outgoing) -> None:
        """Send a text as it stands: the library's own way makes objects of it first, which takes as long as handling
        the connection."""
        asked = {
            "chat_id": target.chat,
            "text": message.text,
            "parse_mode": mode,
            "message_thread_id": target.thread,
            "reply_parameters": _answering(target),
            "reply_markup": _keyboard(message.rows),
            "link_preview_options": {"is_disabled": True},
        }
        await self._calls.call(f"{self.bot.base_url}/sendMessage", asked)

    async def _edit(self, target: Target, message: Outgoing, message_id: int) -> bool:
        """Change an earlier message; false where it cannot be changed any more."""
        try:
            await self.bot.edit_message_text(
                message.text,
                target.chat,
                message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=InlineKeyboardMarkup.de_json(keyboard) if (keyboard := _keyboard(message.rows)) else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except BadRequest as error:
            return "not modified" in str(error)
        return True

    async def _upload(self, target: Target, file: Attachment) -> None:
        """Send a file: pictures to be seen at once, everything else to be opened."""
        upload = InputFile(file.content, filename=file.name)
        send = self.bot.send_photo if file.media_type in {"image/png", "image/jpeg"} else self.bot.send_document
        answering = ReplyParameters.de_json(asked) if (asked := _answering(target)) else None
        await send(target.chat, upload, message_thread_id=target.thread, reply_parameters=answering)


def _answering(target: Target) -> dict[str, Any] | None:
    if target.answers is None:
        return None
    return {"message_id": target.answers, "allow_sending_without_reply": True}


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any] | None:
    if not rows:
        return None
    return {"inline_keyboard": [[{"text": b.label, "callback_data": b.data} for b in row] for row in rows]}


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def _as_any_channel_s(error: TelegramError) -> DeliveryError:
    """What a refusal of Telegram's means for the message; its text is Telegram's and names nobody."""
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return Busy(asked.total_seconds() if isinstance(asked, timedelta) else float(asked))
    if isinstance(error, Forbidden) or "chat not found" in str(error).lower():
        return Gone(type(error).__name__)
    if isinstance(error, BadRequest):
        return Refused(str(error))
    if isinstance(error, NetworkError | InvalidToken | Conflict):
        return Faulty(type(error).__name__)
    return Refused(type(error).__name__)
