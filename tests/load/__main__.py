"""``python -m tests.load``: what the bot stands, scenario by scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from bot.app import build_context
from bot.settings import Settings
from handlers.context import Context
from tests.load import scenarios
from tests.load.sending import sending as compared

cli = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Seconds = Annotated[float, typer.Option("--seconds", help="For how long.")]
Rate = Annotated[float, typer.Option("--rate", help="Messages a second; 0: as fast as they are answered.")]


def _context() -> Context:
    return build_context(Settings(_env_file=None))


def _show(scenario: Coroutine[Any, Any, object]) -> None:
    typer.echo(asyncio.run(scenario))


@cli.command()
def steady(seconds: Seconds = 60, rate: Rate = 0) -> None:
    """Questions, webhook to reply."""
    _show(scenarios.steady(seconds, rate or None))


@cli.command()
def at_once(messages: int = 1000) -> None:
    """Many updates at once."""
    _show(scenarios.at_once(_context(), messages))


@cli.command()
def memory(messages: int = 100_000) -> None:
    """The memory held along many messages."""
    _show(scenarios.memory(messages))


@cli.command()
def killed(times: int = 20, rate: Rate = 50, polling: bool = False) -> None:
    """kill -9 under load, again and again."""
    _show(scenarios.killed(_context(), times, rate, webhook=not polling))


@cli.command()
def faulty(seconds: Seconds = 120, rate: Rate = 50) -> None:
    """10 % 429, 5 % 500, 2 % resets."""
    _show(scenarios.faulty(_context(), seconds, rate))


@cli.command()
def hostile(requests: int = 1000) -> None:
    """Malformed and hostile requests to the webhook."""
    _show(scenarios.hostile(requests))


@cli.command()
def sending(messages: int = 2000) -> None:
    """How fast messages go out, beside the library's own connection."""
    _show(compared(messages))


cli()
