"""Reading what is posted to a webhook, up to a limit."""

from __future__ import annotations

from starlette.requests import Request

#: The largest body that is read, in bytes; the largest updates are far smaller.
LIMIT = 1024 * 1024


class BodyTooLarge(Exception):  # noqa: N818 - named for what is wrong
    """More was posted than any update needs."""


async def read_body(request: Request, limit: int = LIMIT) -> bytes:
    """The body of ``request``. Raises BodyTooLarge before more than ``limit`` is held."""
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 12 or int(length) > limit:
        raise BodyTooLarge
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise BodyTooLarge
    return bytes(body)
