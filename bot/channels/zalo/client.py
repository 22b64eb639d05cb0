"""The Zalo Bot API as this bot uses it, its errors told as any channel's.

What is assumed of the API, all of it here or named from here; nothing was tried against the real service
(``docs/zalo.md`` says so to operators):

* ``POST <base><token>/<method>`` with a JSON object. The answer is ``{ok, result, description, error_code}``; a wrong
  token comes as HTTP 200 with ``ok: false``, so ``ok`` is read and never the status.
* ``error_code`` 401 is a refused token, 429 too many calls, 408 a time-out (of ``getUpdates``: nothing came), 5xx the
  service's own fault; every other code means that this call will never be taken. Which code tells that a person has
  blocked the bot is not known, so no chat is ever taken for gone. How long to wait after 429 is not documented:
  ``Retry-After`` is obeyed where it comes, else ``BUSY_SECONDS`` are waited.
* ``getUpdates`` gives one update, in the envelope or bare, and knows no offset: whether an update that was lost on the
  way comes again is not known, so what may come twice is told by its ``message_id`` (``updates``), and the webhook is
  the way that loses nothing.
* Texts have 1 to 2,000 characters and no mark-up (``messages``); what is counted as a character is not documented, so
  UTF-16 units are counted, which are never fewer.
* ``sendPhoto`` takes an address on the web and no file; there are no documents, buttons, edits or deletions.
* Groups tell nothing of mentions: the text holds ``@`` and the bot's name (``updates``).
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

import aiohttp

from bot.channels.channel import Busy, DeliveryError, Faulty, Refused
from bot.settings import Settings

#: How long an ordinary call may take, and opening a connection, in seconds.
CALL_SECONDS = 20.0
CONNECT_SECONDS = 10.0
#: How much longer than asked a long poll may take, in seconds.
POLL_MARGIN = 10.0
#: How long to wait when told that there were too many calls and not for how long, in seconds.
BUSY_SECONDS = 5.0
#: How long it may take to show that an answer is being written, in seconds.
TYPING_SECONDS = 5.0
UNAUTHORIZED, TIMED_OUT, TOO_MANY = 401, 408, 429


class TokenRefused(Faulty):
    """The token is wrong or was replaced; messages wait until the operator has set the right one."""


class TimedOut(Faulty):
    """The service gave up waiting: of a long poll, nothing came."""


class Client:
    """The Zalo Bot API as this bot uses it."""

    def __init__(self, settings: Settings) -> None:
        assert settings.zalo_bot_token is not None
        self._base = settings.zalo_base_url + settings.zalo_bot_token.get_secret_value()
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def me(self) -> dict[str, Any]:
        """The bot as Zalo knows it. Raises DeliveryError."""
        found = await self._call("getMe")
        return found if isinstance(found, dict) else {}

    async def update(self, seconds: float) -> dict[str, Any] | None:
        """The next update as sent, waited for up to ``seconds``; none where none came. Raises DeliveryError."""
        try:
            found = await self._call("getUpdates", seconds + POLL_MARGIN, timeout=int(seconds))
        except TimedOut:
            return None
        return found if isinstance(found, dict) and found else None

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to ``url``, each with ``secret``. Raises DeliveryError."""
        await self._call("setWebhook", url=url, secret_token=secret)

    async def delete_webhook(self) -> None:
        """Have updates kept to be fetched. Raises DeliveryError."""
        await self._call("deleteWebhook")

    async def send(self, chat: str, text: str) -> None:
        """Deliver ``text``. Raises DeliveryError."""
        await self._call("sendMessage", chat_id=chat, text=text)

    async def typing(self, chat: str) -> None:
        """Show that an answer is being written. A failure does no harm."""
        with suppress(DeliveryError, TimeoutError):
            async with asyncio.timeout(TYPING_SECONDS):
                await self._call("sendChatAction", chat_id=chat, action="typing")

    async def _call(self, method: str, seconds: float | None = None, **values: Any) -> Any:
        """The result of one call; no error names the address, for the token is in it."""
        session = self._session = self._session or aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=seconds or CALL_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with session.post(f"{self._base}/{method}", json=values, timeout=timeout) as answer:
                return _result(await answer.read(), answer.headers.get("Retry-After", ""))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Faulty(type(error).__name__) from None


def _result(body: bytes, retry_after: str) -> Any:
    """What an answer holds. Raises DeliveryError where the call was not carried out."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict) and "event_name" in answer:
        return answer
    if not isinstance(answer, dict) or not isinstance(answer.get("ok"), bool):
        # A gateway in between may say 200 with a page of its own.
        raise Faulty("not an answer of the Zalo Bot API")
    if answer["ok"]:
        return answer.get("result")
    raise _error(answer.get("error_code"), retry_after)


def _error(code: Any, retry_after: str) -> DeliveryError:
    """What a refusal means; Zalo's own words are left out, for nobody promises that they name nobody."""
    if not isinstance(code, int) or code >= 500:
        return Faulty(f"error {code}" if isinstance(code, int) else "error without a code")
    if code == UNAUTHORIZED:
        return TokenRefused(f"error {code}")
    if code == TIMED_OUT:
        return TimedOut(f"error {code}")
    if code == TOO_MANY:
        return Busy(float(retry_after) if retry_after.isascii() and retry_after.isdigit() else BUSY_SECONDS)
    return Refused(f"error {code}")
