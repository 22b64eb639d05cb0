"""``python -m tests.telegram.server``: the Bot API server as a process of its own, to try the bot against by hand.

People are played through ``/control``: ``POST /control/say`` with ``{"person": 1, "text": "…"}`` or
``POST /control/push`` with an update; ``GET /control/calls`` tells what the bot called since the last time.
"""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from tests.telegram.bot_api import TOKEN, BotApi
from tests.telegram.delivery import delivering
from tests.telegram.faults import Rates
from tests.telegram.serving import serving
from tests.telegram.updates import said

Share = Annotated[float, typer.Option(min=0, max=1, help="A share of the calls.")]


class Control:
    """Plays people on a Bot API server from outside."""

    def __init__(self, api: BotApi) -> None:
        self._api = api

    @property
    def routes(self) -> list[Route]:
        """Where each is."""
        return [
            Route("/say", self.say, methods=["POST"]),
            Route("/push", self.push, methods=["POST"]),
            Route("/calls", self.calls, methods=["GET"]),
        ]

    async def say(self, request: Request) -> Response:
        """A person says something."""
        told = json.loads(await request.body())
        return JSONResponse({"update_id": self._api.push(said(told["text"], person=told["person"]))})

    async def push(self, request: Request) -> Response:
        """Anything happens."""
        return JSONResponse({"update_id": self._api.push(json.loads(await request.body()))})

    async def calls(self, request: Request) -> Response:
        """What the bot called since this was last asked."""
        made, self._api.calls[:] = list(self._api.calls), []
        return JSONResponse([{"method": call.method, "status": call.status, "values": call.values} for call in made])


def application(api: BotApi) -> Starlette:
    """The server with its control."""
    return Starlette(routes=[Mount("/control", routes=Control(api).routes), Mount("/", api.asgi())])


async def _serve(api: BotApi, port: int) -> None:
    async with serving(application(api), port) as address, delivering(api):
        typer.echo(f"TELEGRAM_BASE_URL={address}/bot TELEGRAM_BOT_TOKEN={api.token}")
        await asyncio.Event().wait()


def main(port: int = 8081, busy: Share = 0, failing: Share = 0, cut: Share = 0, seed: int = 1) -> None:
    """Serve until stopped; that many calls are told to wait, fail, or are cut off."""
    api = BotApi(TOKEN)
    api.rates = Rates(busy, failing, cut, seed=seed)
    try:
        asyncio.run(_serve(api, port))
    except KeyboardInterrupt:
        typer.echo(f"violations: {api.violations or 'none'}")


if __name__ == "__main__":
    typer.run(main)
