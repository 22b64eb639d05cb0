"""The running bot: the web server, the channels, the worker and the senders, started and stopped together."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import replace

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.app import App
from bot.channels.web import Web
from bot.helpers import Helpers
from bot.housekeeping import keep_house
from bot.logs import log_to_stderr, watch_tasks
from bot.memory import spare_garbage_collection
from bot.operations import Operations
from bot.service import Service
from bot.settings import Settings, SettingsError

#: How long open requests may still take when the bot is told to stop, in seconds.
GRACE = 1


def serve(settings: Settings) -> None:
    """Run until Ctrl-C or SIGTERM."""
    log_to_stderr(settings)
    app = App.build(settings)
    spare_garbage_collection()
    if settings.messengers:
        app = replace(app, helpers=Helpers.started(app.context, settings.helpers))
    with _door(settings) as door, suppress(KeyboardInterrupt):
        uvloop.run(_serve(app, settings, door))


def _door(settings: Settings) -> socket.socket:
    """The socket that visitors knock at. Raises SettingsError where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        door = socket.socket(family, kind, protocol)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError as error:
        raise SettingsError(
            f"settings HOST and PORT: {settings.host}:{settings.port} cannot be served on ({error.strerror}); "
            "choose others, or stop what is there"
        ) from None
    return door


async def _serve(app: App, settings: Settings, door: socket.socket) -> None:
    await app.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    watch_tasks(loop)
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    service = Service(app, settings)
    server = _web_server(pages(app, service))
    announce(settings, door.getsockname()[1])
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve([door]))
            tasks.create_task(service.run(stop))
            tasks.create_task(keep_house(app.database, stop))
            tasks.create_task(_stop_when_told(stop, server, serving))
    finally:
        await app.close()


def pages(app: App, service: Service) -> Starlette:
    """The pages for people, the addresses that channels post to, and those for whoever runs the bot."""
    return Starlette(routes=[*service.routes, *Operations(app).routes, Mount("/", Web(app).asgi())])


def _web_server(pages: Starlette) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            pages,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE,
            server_header=False,
            lifespan="off",
        )
    )


async def _stop_when_told(stop: asyncio.Event, server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    """Ask the web server to stop when told; and tell the rest to stop when the web server ended by itself."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.set()
    await waiting


def announce(settings: Settings, port: int) -> None:
    """Tell in three lines where to go and what is off."""
    telegram = _state("TELEGRAM_BOT_TOKEN", settings.telegram_bot_token, settings.telegram_webhook_url)
    zalo = _state("ZALO_BOT_TOKEN", settings.zalo_bot_token, settings.zalo_webhook_url)
    operator = settings.operator_name or "not named (set OPERATOR_NAME)"
    print(f"Chung Tay: http://{settings.host}:{port}", file=sys.stderr)
    print(f"Telegram: {telegram}; Zalo: {zalo}; operator: {operator}", file=sys.stderr)
    print("In the terminal: make chat. Stop with Ctrl-C.", file=sys.stderr, flush=True)


def _state(setting: str, token: object, webhook: str) -> str:
    """Whether a channel is on, and how it takes updates."""
    if not token:
        return f"off (set {setting})"
    return "on, by webhook" if webhook else "on, by polling"
