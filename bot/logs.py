"""Where logs go and what they never hold: nothing that anybody wrote, no name, number or token.

The bot's own lines say what happened in words of ours. Libraries put into theirs whatever they hold, so of these only
the library, the place in its code and the kind of error are told; of the web server's also the fixed part of the text.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

from bot.faults import described
from bot.settings import Settings

_log = structlog.get_logger(__name__)


def log_to_stderr(settings: Settings) -> None:
    """Log as much as the settings say, beside what is printed for the operator; as JSON where nobody watches."""
    looks: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if sys.stderr.isatty():
        looks = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            looks,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(handlers=[Libraries(logging.WARNING)], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    logging.raiseExceptions = False
    sys.excepthook = _ended_by
    sys.unraisablehook = _unraisable
    threading.excepthook = _thread_ended_by


def watch_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Log what fails in a task or callback that nobody waits for."""
    loop.set_exception_handler(lambda _loop, context: _task_failed(context))


class Libraries(logging.Handler):
    """Takes what libraries log and tells of it what is safe to tell."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record of a library."""
        told = {"library": record.name, "at": f"{record.filename}:{record.lineno}"}
        if record.name.startswith("uvicorn") and isinstance(record.msg, str):
            told["text"] = record.msg.strip()
        if record.exc_info and record.exc_info[1]:
            told |= described(record.exc_info[1])
        tell = _log.error if record.levelno >= logging.ERROR else _log.warning
        tell("library", **told)


def _task_failed(context: dict[str, Any]) -> None:
    error = context.get("exception")
    _log.error("task.failed", **(described(error) if error else {}))


def _ended_by(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _log.critical("ended.by_error", **described(error))


def _unraisable(failed: sys.UnraisableHookArgs) -> None:
    if failed.exc_value is not None:
        _log.error("cleanup.failed", **described(failed.exc_value))


def _thread_ended_by(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        _log.error("thread.failed", **described(failed.exc_value))
