"""The command line: thin commands over the program's parts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal, ParamSpec, TypeVar

import typer

from bot import upkeep
from bot.settings import SettingsError, read_settings
from knowledge.reading import DataError
from store.faults import StoreError

P = ParamSpec("P")
R = TypeVar("R")
cli = typer.Typer(help="Chung Tay: tells residents which support they may get, what to bring and where to go.",
                  no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)  # fmt: skip

Day = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Answer as of this day (YYYY-MM-DD).")
]
Place = Annotated[str, typer.Option("--place", help='Where the person lives, such as "xã Cù Vân, Đại Từ".')]


def told_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Tell a fault in data, settings or the database in one line and end with exit code 2; never a traceback."""

    @wraps(command)
    def plainly(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (DataError, SettingsError, StoreError) as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(2) from None

    return plainly


@cli.command()
@told_plainly
def run() -> None:
    """Start the bot: the web page, and Telegram and Zalo where a token is set."""
    from bot.server import serve

    serve(read_settings())


@cli.command()
@told_plainly
def chat() -> None:
    """Talk with the bot in this terminal."""
    from bot.app import App
    from bot.channels import terminal

    try:
        terminal.chat(App.build(read_settings()))
    except KeyboardInterrupt:
        typer.echo()


@cli.command()
@told_plainly
def ask(
    question: Annotated[str, typer.Argument(help="The question, as a person would type it.")] = "",
    day: Day = None,
    place: Place = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read one JSON question per line, write one answer.")] = False,
) -> None:
    """Answer one question, or a stream of them with --jsonl, and keep nothing."""
    from bot.asking import Asker
    from bot.memory import spare_garbage_collection

    asker = Asker.build(read_settings())
    spare_garbage_collection()
    if jsonl:
        for line in sys.stdin:
            print(asker.answer_line(line), flush=True)
        return
    if not question:
        raise typer.BadParameter("give a question, or --jsonl")
    typer.echo(asker.answer(question, day=_day(day), place=place)["reply"])


@cli.command()
@told_plainly
def screen(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read one household per line, write one screening.")] = False,
) -> None:
    """Say what households may get: facts or a story per JSON line in, verdicts with reasons out."""
    from bot.screening import LineScreener

    if not jsonl:
        raise typer.BadParameter("give --jsonl; lines come from standard input (docs/commands.md)")
    screener = LineScreener.build(read_settings())
    for line in sys.stdin:
        print(screener.screen_line(line), flush=True)


@cli.command()
@told_plainly
def facts() -> None:
    """List the facts that rules ask for, with their types and choices."""
    from knowledge.base import load
    from knowledge.listing import listed_facts

    for line in listed_facts(load()):
        typer.echo(line)


@cli.command()
@told_plainly
def rules(
    entry: Annotated[str, typer.Argument(help="The entry's id, such as vay-ho-ngheo.")],
    day: Day = None,
) -> None:
    """Print an entry's rules as a checklist in Vietnamese with sources, for an official to proofread."""
    from handlers.wording import Wording
    from knowledge.base import load

    knowledge = load()
    if entry not in knowledge.entries:
        raise typer.BadParameter(f"no entry '{entry}'")
    today = _day(day) or date.today()  # noqa: DTZ011 - the operator's day
    wording = Wording(operator=read_settings().operator_name)
    typer.echo(wording.listing("rules", knowledge=knowledge, entry=knowledge.entries[entry], today=today))


@cli.command()
@told_plainly
def check(
    day: Day = None,
    data: Annotated[Path | None, typer.Option(help="Another data folder.")] = None,
) -> None:
    """Check the knowledge base; exit 1 where something is wrong."""
    from knowledge.base import DATA
    from knowledge.check import check_folder

    report = check_folder(data or DATA, _day(day) or date.today())  # noqa: DTZ011 - the operator's day
    for fault in report.faults:
        typer.echo(fault)
    for expiring in report.expiring:
        typer.echo(f"expires {expiring}")
    share = 100 * report.claims_cited / report.claims_usable if report.claims_usable else 0
    typer.echo(
        f"{report.entries} entries, {report.statements} statements, {len(report.faults)} faults; "
        f"{report.claims_cited} of {report.claims_usable} usable claims cited ({share:.1f} %)"
    )
    if report.faults:
        raise typer.Exit(1)


@cli.command()
@told_plainly
def explain(question: Annotated[str, typer.Argument(help="The message to explain.")], day: Day = None) -> None:
    """Show how a message is understood, step by step."""
    from bot.app import build_context
    from bot.explaining import explain as steps

    context = build_context(read_settings())
    for line in steps(context, question, _day(day) or date.today()):  # noqa: DTZ011 - the operator's day
        typer.echo(line)


@cli.command()
@told_plainly
def fit(
    questions: Annotated[Path, typer.Option(help="The folder with the labelled questions.")] = Path("tests/questions"),
) -> None:
    """Learn the ranking and its thresholds again (needs what `make test` installs)."""
    from bot.fitting import fit as learn
    from knowledge.base import DATA

    typer.echo(learn(DATA, questions))


@cli.command()
@told_plainly
def export(day: Day = None) -> None:
    """Write the knowledge as JSON lines, one object per entry, for comparing search engines."""
    from knowledge.base import load
    from knowledge.export import exported

    for entry in exported(load(), _day(day) or date.today()):  # noqa: DTZ011 - the operator's day
        print(json.dumps(entry, ensure_ascii=False))


@cli.command()
@told_plainly
def qr(
    where: Annotated[Literal["web", "telegram", "zalo"], typer.Argument(help="Where the code leads.")],
    out: Annotated[Path, typer.Option(help="The file to write: .svg is a sheet to print, .png the code alone.")],
    link: Annotated[str, typer.Option(help="The link, if not the one in the settings.")] = "",
) -> None:
    """Draw the QR code that opens the bot, for the notice board."""
    from bot.posters import link_of, picture, poster

    settings = read_settings()
    link = link or link_of(where, settings)
    match out.suffix.lower():
        case ".svg":
            out.write_text(poster(where, link, settings.operator_name), encoding="utf-8")
        case ".png":
            out.write_bytes(picture(link))
        case _:
            raise typer.BadParameter("give a file that ends in .svg or .png", param_hint="--out")
    typer.echo(f"{out}: {link}")


@cli.command()
@told_plainly
def unanswered(
    days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 30,
    boundary: Annotated[bool, typer.Option("--boundary", help="Also what the bot will not answer.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object per group.")] = False,
    skeletons: Annotated[bool, typer.Option("--yaml", help="An entry to be completed per group.")] = False,
) -> None:
    """List the questions that had no answer, grouped by what they ask, the most asked first."""
    from bot.unanswered import unanswered as groups

    for group in groups(read_settings(), days, boundary):
        typer.echo(group.json if jsonl else group.skeleton if skeletons else group.line)


@cli.command()
@told_plainly
def votes() -> None:
    """List the entries whose answers did not help, with the reasons given."""
    from bot.unanswered import voted

    for line in voted(read_settings()):
        typer.echo(line)


@cli.command()
@told_plainly
def migrate() -> None:
    """Bring the database up to date."""
    import asyncio

    from store.database import Database
    from store.migrate import migrate as upgrade

    async def go() -> None:
        database = Database(read_settings().database_url)
        await upgrade(database)
        await database.close()

    asyncio.run(go())
    typer.echo("database is up to date")


for _upkeep in (upkeep.backup, upkeep.restore, upkeep.dead):
    cli.command()(told_plainly(_upkeep))


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line."""
    return cli(args=arguments, prog_name="python -m bot")
