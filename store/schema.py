"""The tables. Alembic migrations in ``store/migrations`` bring a database to this shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, MetaData, String, Table, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import DateTime, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A point in time, always aware; SQLite, which knows no zones, keeps it in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """UTC again."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: Who speaks: the channel, the chat in it, and the person in the chat.
SPEAKER = ("channel", "chat", "person")


def _speaker(primary_key: bool = False) -> list[Column[str]]:
    return [
        Column("channel", String(16), primary_key=primary_key, nullable=False),
        Column("chat", String(64), primary_key=primary_key, nullable=False),
        Column("person", String(64), primary_key=primary_key, nullable=False),
    ]


sessions = Table(
    "sessions",
    metadata,
    *_speaker(primary_key=True),
    Column("content", JSON, nullable=False),
    Column("expires", Moment, nullable=False),
    Index("ix_sessions_expires", "expires"),
)

#: Updates as they came in. ``state``: waiting, answered, limited (too many in a minute) or dead (could not be handled).
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    *_speaker(),
    Column("update_id", String(64), nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("received_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("available_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("error", String(200)),
    UniqueConstraint("channel", "update_id", name="uq_inbox_update"),
    Index(
        "ix_inbox_waiting",
        "channel",
        "chat",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_inbox_turn", "id", sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    Index("ix_inbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
    Index("ix_inbox_person", "channel", "person", "received_at"),
    Index("ix_inbox_received", "received_at"),
)

#: Messages still to be sent; gone once they are. A lower ``priority`` goes first.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("channel", String(16), nullable=False),
    Column("chat", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("available_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("error", String(200)),
    Index("ix_outbox_chat", "channel", "chat", "priority", "id"),
    Index("ix_outbox_order", "channel", "priority", "id"),
)

#: People who agreed to be remembered, with the version of the sentence they agreed to.
residents = Table(
    "residents",
    metadata,
    *_speaker(primary_key=True),
    Column("place", String(16)),
    Column("consent", String(16), nullable=False),
    Column("consented_at", Moment, nullable=False),
)

#: Who wants notices: on a topic (empty: all) for a place (a commune's code; empty: everywhere).
subscriptions = Table(
    "subscriptions",
    metadata,
    *_speaker(primary_key=True),
    Column("topic", String(32), primary_key=True),
    Column("place", String(16), primary_key=True),
    Column("created_at", Moment, nullable=False),
    Index("ix_subscriptions_topic", "topic", "place"),
)

#: What was asked, without who asked and with numbers of persons masked.
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("text", String(2000), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("entry", String(64)),
    Index("ix_questions_day", "day"),
    Index("ix_questions_decision", "decision", "day"),
)

#: Whether answers helped, without who said so.
votes = Table(
    "votes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False),
    Column("entry", String(64), nullable=False),
    Column("up", Boolean, nullable=False),
    Column("reason", String(32)),
    Index("ix_votes_entry", "entry"),
)
