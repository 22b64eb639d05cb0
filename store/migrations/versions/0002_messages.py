"""Inbox and outbox, residents and their subscriptions, the question log, votes."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _speaker(primary_key: bool = False) -> list[sa.Column[str]]:
    return [
        sa.Column("channel", sa.String(16), primary_key=primary_key, nullable=False),
        sa.Column("chat", sa.String(64), primary_key=primary_key, nullable=False),
        sa.Column("person", sa.String(64), primary_key=primary_key, nullable=False),
    ]


def _moment(name: str, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        *_speaker(),
        sa.Column("update_id", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON()),
        _moment("received_at"),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("available_at"),
        _moment("leased_until", nullable=True),
        sa.Column("error", sa.String(200)),
        sa.UniqueConstraint("channel", "update_id", name="uq_inbox_update"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_inbox_waiting", "inbox", ["channel", "chat", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_index("ix_inbox_turn", "inbox", ["id"], sqlite_where=waiting, postgresql_where=waiting)
    dead = sa.text("state = 'dead'")
    op.create_index("ix_inbox_dead", "inbox", ["id"], sqlite_where=dead, postgresql_where=dead)
    op.create_index("ix_inbox_person", "inbox", ["channel", "person", "received_at"])
    op.create_index("ix_inbox_received", "inbox", ["received_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        _moment("asked_at"),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("available_at"),
        _moment("leased_until", nullable=True),
        sa.Column("error", sa.String(200)),
    )
    op.create_index("ix_outbox_chat", "outbox", ["channel", "chat", "priority", "id"])
    op.create_index("ix_outbox_order", "outbox", ["channel", "priority", "id"])
    op.create_table(
        "residents",
        *_speaker(primary_key=True),
        sa.Column("place", sa.String(16)),
        sa.Column("consent", sa.String(16), nullable=False),
        _moment("consented_at"),
    )
    op.create_table(
        "subscriptions",
        *_speaker(primary_key=True),
        sa.Column("topic", sa.String(32), primary_key=True),
        sa.Column("place", sa.String(16), primary_key=True),
        _moment("created_at"),
    )
    op.create_index("ix_subscriptions_topic", "subscriptions", ["topic", "place"])
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("entry", sa.String(64)),
    )
    op.create_index("ix_questions_day", "questions", ["day"])
    op.create_index("ix_questions_decision", "questions", ["decision", "day"])
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("entry", sa.String(64), nullable=False),
        sa.Column("up", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(32)),
    )
    op.create_index("ix_votes_entry", "votes", ["entry"])


def downgrade() -> None:
    for table in ("votes", "questions", "subscriptions", "residents", "outbox", "inbox"):
        op.drop_table(table)
