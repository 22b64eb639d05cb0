"""How python-telegram-bot's ``Bot`` speaks HTTP here: over aiohttp, several times cheaper than its own httpx."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

# The library's own switch to durations as timedelta; without it every 429 would also raise a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "1")

#: How long an ordinary call may take, in seconds.
CALL_SECONDS = 20.0
#: The parts of a message that was sent which are read; the library wants all three.
MESSAGE = ("message_id", "date", "chat")
#: How long a connection may take to open, in seconds.
CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class _Values:
    """The parameters of a call as JSON values, in place of the library's objects, which take long to make."""

    parameters: dict[str, Any]
    contains_files: bool = False


class AiohttpRequest(BaseRequest):
    """Carries the calls of a ``Bot``, on one pool of connections."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long a call may take, in seconds."""
        return CALL_SECONDS

    async def initialize(self) -> None:
        """Open the pool of connections."""
        self._session = self._session or aiohttp.ClientSession()

    async def shutdown(self) -> None:
        """Close the pool of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, values: Mapping[str, Any]) -> Any:
        """Call a method with JSON ``values``, without those that are None; the result as it came. Raises the
        library's errors."""
        given = _Values({name: value for name, value in values.items() if value is not None})
        return await self.post(url, cast("RequestData", given))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """What Telegram answered; a gateway in between may say 200 with a page of its own, which is no answer."""
        try:
            found = json.loads(payload)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not {"result", "error_code"} & found.keys():
            raise NetworkError("not an answer of the Bot API")
        return found | {"result": _needed(found["result"])} if "result" in found else found

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; no error names the address, for the token is in it."""
        if self._session is None:
            raise NetworkError("not open")
        seconds = read_timeout if isinstance(read_timeout, int | float) else CALL_SECONDS
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        try:
            async with self._session.request(method, url, data=_body(request_data), timeout=timeout) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


def _needed(result: Any) -> Any:
    """What is needed of a result: of a message that was sent, only which it is. The library would make objects of all
    its buttons, which takes longer than sending it."""
    if isinstance(result, dict) and "message_id" in result:
        return {name: result[name] for name in MESSAGE if name in result}
    return result


def _body(data: RequestData | None) -> aiohttp.FormData | aiohttp.BytesPayload | None:
    """The parameters as JSON, cheaper than a form; with files as a form of several parts."""
    if data is None:
        return None
    if not data.contains_files:
        return aiohttp.BytesPayload(json.dumps(data.parameters).encode(), content_type="application/json")
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
