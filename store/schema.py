"""The tables. Alembic migrations in ``store/migrations`` bring a database to this shape."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, MetaData, String, Table
from sqlalchemy.types import DateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sessions = Table(
    "sessions",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("content", JSON, nullable=False),
    Column("expires", DateTime(timezone=True), nullable=False),
    Index("ix_sessions_expires", "expires"),
)
