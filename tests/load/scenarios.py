"""What the bot has to stand."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from itertools import islice
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory

import aiohttp
from yarl import URL

from handlers.context import Context
from tests.load.people import Askers, Tally, Writers
from tests.load.program import Program
from tests.telegram.bot_api import BotApi, bot_api
from tests.telegram.delivery import delivering
from tests.telegram.faults import Rates
from tests.telegram.hostile import SECRET, posts
from tests.waiting import until

Watch = Callable[[Program], Awaitable[None]]
#: How many people write.
PEOPLE = 1500
#: How many questions are under way at full speed.
UNDER_WAY = 32


@asynccontextmanager
async def running(*, webhook: bool = True) -> AsyncIterator[tuple[BotApi, Program]]:
    """The bot at work on an empty database, and its Telegram."""
    with TemporaryDirectory() as folder:
        async with bot_api() as api:
            api.model_reads_one_in = 50
            program = Program(Path(folder), api.base_url, webhook=webhook)
            await program.start()
            try:
                await until(lambda: bool(api.webhook) is webhook)
                async with delivering(api):
                    yield api, program
            finally:
                program.stop()
                assert not api.violations, api.violations[:3]


async def steady(
    seconds: float, rate: float | None = None, watch: Callable[[Program], Awaitable[None]] | None = None
) -> str:
    """Questions for so long: so many a second, or as fast as they are answered."""
    async with running() as (api, program):
        askers = Askers(api, PEOPLE)
        await _ask(askers, 2, rate)
        askers.waits.clear()
        watching = asyncio.create_task(watch(program)) if watch else None
        cpu, own, began = program.cpu(), time.process_time(), time.perf_counter()
        await _ask(askers, seconds, rate)
        took, used, played = time.perf_counter() - began, program.cpu() - cpu, time.process_time() - own
        if watching:
            await watching
    answered = len(askers.waits)
    each, beside = (1000 * seconds / max(1, answered) for seconds in (used, played))
    return (
        f"{answered / took:.0f} questions/s, {_spread(askers.waits)}, "
        f"processor time each: bot {each:.2f} ms, load {beside:.2f} ms"
    )


async def _ask(askers: Askers, seconds: float, rate: float | None) -> None:
    began = time.perf_counter()
    asked = 0
    while (now := time.perf_counter() - began) < seconds:
        while (asked < now * rate) if rate else (askers.waiting < UNDER_WAY):
            if not askers.ask():
                break
            asked += 1
        await asyncio.sleep(0.002)


async def memory(messages: int) -> str:
    """The memory held along so many messages."""
    async with running() as (api, program):
        askers = Askers(api, PEOPLE)
        began, held = time.perf_counter(), list[str]()
        for step in range(1, 11):
            while len(askers.waits) < messages * step / 10:
                await _ask(askers, 0.2, None)
            held.append(f"{program.memory():.0f}")
        took = time.perf_counter() - began
    return f"{' '.join(held)} MB along {messages} messages, in {took:.0f} s"


async def at_once(context: Context, messages: int = 1000) -> str:
    """So many updates at once."""
    async with running() as (api, _):
        writers = Writers(api, context, messages // 4)
        began = time.perf_counter()
        for _ in range(messages):
            writers.write()
        await drained(api, writers, 60)
        took = time.perf_counter() - began
    return f"{writers.tally()}, in {took:.1f} s"


async def killed(context: Context, times: int, rate: float, *, webhook: bool = True, seed: int = 1) -> Tally:
    """Killed so many times at random moments under load, and started again."""
    random = Random(seed)
    async with running(webhook=webhook) as (api, program):
        writers = Writers(api, context, 300)
        writing = asyncio.create_task(_write(writers, rate))
        for _ in range(times):
            await asyncio.sleep(random.uniform(0.2, 1.5))
            program.kill()
            await program.start()
        writing.cancel()
        await drained(api, writers, 120)
    return writers.tally()


async def faulty(context: Context, seconds: float, rate: float) -> str:
    """One call in ten is told to wait, one in twenty fails, one in fifty is cut off."""
    async with running() as (api, _):
        writers = Writers(api, context, PEOPLE)
        api.rates = Rates(busy=0.1, failing=0.05, cut=0.02)
        writing = asyncio.create_task(_write(writers, rate))
        await asyncio.sleep(seconds)
        writing.cancel()
        await drained(api, writers, 120)
    return str(writers.tally())


async def hostile(requests: int = 1000) -> str:
    """So many malformed and hostile requests; afterwards a good one is answered."""
    async with running() as (api, program), aiohttp.ClientSession() as session:
        statuses = Counter[int]()
        for post in islice(posts(program.secret), requests):
            url = URL(program.url + post.path, encoded=True)
            async with session.request(post.method, url, data=BytesIO(post.body), headers=post.headers) as answer:
                statuses[answer.status] += 1
        askers = Askers(api, 1)
        askers.ask()
        await until(lambda: bool(askers.waits), 30)
        log = program.log.read_text()
    told = "personal data in the log!" if SECRET in log else "nothing personal in the log"
    return f"{dict(sorted(statuses.items()))}, {told}"


async def _write(writers: Writers, rate: float) -> None:
    began, before = time.perf_counter(), writers.written
    while True:
        while writers.written - before < (time.perf_counter() - began) * rate:
            writers.write()
        await asyncio.sleep(0.005)


async def drained(api: BotApi, writers: Writers, seconds: float) -> None:
    """Wait until all is answered; no longer than so many seconds."""

    def done() -> bool:
        return not (api.pending or api.on_the_way or writers.unanswered)

    with suppress(TimeoutError):
        await until(done, seconds)


def _spread(waits: list[float]) -> str:
    if len(waits) < 2:
        return "too few answers"
    cuts = quantiles(waits, n=100)
    return f"median {1000 * cuts[49]:.0f} ms, p99 {1000 * cuts[98]:.0f} ms"
