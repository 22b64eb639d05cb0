"""What a channel's service posts to us: told from what others post by a secret, kept, then acknowledged."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

import structlog
from pydantic import SecretStr
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot.channels.bodies import BodyTooLarge, read_body
from bot.faults import described
from bot.metrics import Metrics

_log = structlog.get_logger(__name__)


def secret_of(given: SecretStr | None, token: SecretStr) -> str:
    """The secret that a service sends along: as set, else one derived from the bot's token."""
    if given is not None:
        return given.get_secret_value()
    return sha256(b"webhook:" + token.get_secret_value().encode()).hexdigest()


class Posts:
    """Takes posted updates for ``channel``: each comes with ``secret`` in the header called ``header``."""

    def __init__(
        self,
        channel: str,
        header: str,
        secret: str,
        take: Callable[[dict[str, Any]], Awaitable[None]],
        metrics: Metrics,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self._channel, self._header, self._secret = channel, header, secret
        self._take, self._metrics, self._ready = take, metrics, ready

    async def receive(self, request: Request) -> Response:
        """Keep an update, then acknowledge it with 200; what is not acknowledged is to be posted again."""
        if not self._is_signed(request):
            return self._refused(401, "secret")
        if not self._ready():
            return self._refused(503, "not_ready")
        try:
            update = _parsed(await read_body(request))
        except BodyTooLarge:
            return self._refused(413, "too_large")
        except ClientDisconnect:
            return self._refused(400, "cut_off")
        if update is None:
            return self._refused(400, "not_an_update")
        try:
            await self._take(update)
        except Exception as error:
            _log.error(f"{self._channel}.not_kept", **described(error))
            return self._refused(503, "not_kept")
        return Response(status_code=200)

    def _is_signed(self, request: Request) -> bool:
        """Whether the secret was sent along, once."""
        sent = request.headers.getlist(self._header)
        return len(sent) == 1 and hmac.compare_digest(sent[0].encode(), self._secret.encode())

    def _refused(self, status: int, reason: str) -> Response:
        self._metrics.refused(self._channel, reason)
        return Response(status_code=status, headers={"Retry-After": "1"} if status == 503 else None)


def _parsed(body: bytes) -> dict[str, Any] | None:
    """The update in a body; none where there is none."""
    try:
        found = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_number(name: str) -> float:
    """Python reads NaN and Infinity, which are no JSON and cannot be kept."""
    raise ValueError(name)
