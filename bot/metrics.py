"""What is counted and measured, in the form that Prometheus reads. Holds nothing that anybody wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from handlers.types import Incoming, Reply
from store.inbox import Depth

#: Upper bounds of the histograms, in seconds.
HANDLING = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
DELIVERY = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0)
#: What may name a kind of error or a reason; anything else might be something that somebody wrote.
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,47}")


@dataclass(frozen=True)
class Waiting:
    """What waits in the database: in the inbox, and by channel how many messages in the outbox since when."""

    inbox: Depth
    outbox: dict[str, tuple[int, datetime]]


@dataclass(frozen=True)
class Room:
    """How much the database takes and how much is left beside it, in bytes."""

    taken: int
    left: int


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        counter = partial(Counter, registry=self._registry)
        gauge = partial(Gauge, registry=self._registry)
        histogram = partial(Histogram, registry=self._registry)
        self._messages = counter("chungtay_messages", "Messages answered.", ("channel", "decision"))
        self._handling = histogram(
            "chungtay_handling_seconds", "How long deciding on an answer took.", ("channel",), buckets=HANDLING
        )
        self._delivery = histogram(
            "chungtay_delivery_seconds", "From a message's arrival to its reply taken.", ("channel",), buckets=DELIVERY
        )
        self._limited = counter("chungtay_limited", "Messages over what one person may send.", ("channel",))
        self._failed = counter("chungtay_handler_errors", "Messages whose handling failed, by error.", ("error",))
        self._send_errors = counter("chungtay_send_errors", "Messages a channel did not take.", ("channel", "error"))
        self._refused = counter("chungtay_updates_refused", "Updates not taken in.", ("channel", "reason"))
        self._waiting = gauge("chungtay_inbox_waiting", "Updates that wait to be answered.")
        self._age = gauge("chungtay_inbox_age_seconds", "How long the oldest of them has waited.")
        self._dead = gauge("chungtay_inbox_dead", "Updates that could not be handled and were set aside.")
        self._outgoing = gauge("chungtay_outbox_waiting", "Messages that wait to be sent.", ("channel",))
        self._outgoing_age = gauge("chungtay_outbox_age_seconds", "Since when the oldest is due.", ("channel",))

        self._up = gauge("chungtay_database_up", "Whether the database answers: 1 or 0.")
        self._taken = gauge("chungtay_database_bytes", "How large the database is, with its log.")
        self._left = gauge("chungtay_disk_free_bytes", "How much room is left where the database is.")

    def answered(self, incoming: Incoming, replies: Sequence[Reply], seconds: float) -> None:
        """A message was answered."""
        decision = next((reply.heard.decision for reply in replies if reply.heard), incoming.kind.value)
        self._messages.labels(incoming.channel, decision).inc()
        self._handling.labels(incoming.channel).observe(seconds)

    def delivered(self, channel: str, seconds: float) -> None:
        """A channel took a message that answers one of ``seconds`` ago."""
        self._delivery.labels(channel).observe(seconds)

    def limited(self, channel: str) -> None:
        """A message was one too many."""
        self._limited.labels(channel).inc()

    def failed(self, error: str) -> None:
        """A message could not be handled this time."""
        self._failed.labels(_kind(error)).inc()

    def not_sent(self, channel: str, error: str) -> None:
        """A channel did not take a message this time."""
        self._send_errors.labels(channel, _kind(error)).inc()

    def refused(self, channel: str, reason: str) -> None:
        """An update was not taken in."""
        self._refused.labels(channel, _kind(reason)).inc()

    def page(self, waiting: Waiting | None, room: Room | None, now: datetime) -> bytes:
        """All figures as text. What waits is None where the database does not answer: its figures stay as they were."""
        self._up.set(waiting is not None)
        if waiting is not None:
            self._queues(waiting, now)
        if room is not None:
            self._taken.set(room.taken)
            self._left.set(room.left)
        return generate_latest(self._registry)

    def _queues(self, waiting: Waiting, now: datetime) -> None:
        inbox = waiting.inbox
        self._waiting.set(inbox.waiting)
        self._age.set(_age(inbox.oldest, now))
        self._dead.set(inbox.dead)
        self._outgoing.clear()
        self._outgoing_age.clear()
        for channel, (count, oldest) in waiting.outbox.items():
            self._outgoing.labels(channel).set(count)
            self._outgoing_age.labels(channel).set(_age(oldest, now))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _kind(name: str) -> str:
    """``name`` where it is the name of a kind of error; no free text, so that the page stays short and holds nothing
    that anybody wrote."""
    return name if _KIND.fullmatch(name) else "other"
