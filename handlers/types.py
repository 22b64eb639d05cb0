"""The interface between channels and conversations: what comes in, what goes out, what is remembered between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from handlers.actions import Action


class IncomingKind(StrEnum):
    """What kind of thing a person sent. ``withheld``: the channel does not hand over what, to protect the person."""

    TEXT = "text"
    ACTION = "action"
    PLACE = "place"
    UNSUPPORTED = "unsupported"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Incoming:
    """One thing a person sent, whatever the channel. ``group``: others read along; ``reachable``: the bot can write to
    the person by itself later, and keeps numbers of updates for that."""

    channel: str
    chat: str
    person: str
    kind: IncomingKind
    at: datetime
    text: str = ""
    action: Action | None = None
    group: bool = False
    reachable: bool = True


@dataclass(frozen=True)
class Choice:
    """One thing a person can choose next; the label typed out works too."""

    label: str
    action: Action


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a reply."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Heard:
    """What a question was taken for: the decision about it, and the entry it came to."""

    decision: str
    entry: str | None = None


@dataclass(frozen=True)
class Reply:
    """One message to the person: rich text (``<b> <i> <a> <code>``, line breaks) and choices.

    ``statements``: ids of the statements used, and ``heard``: what the question was taken for; for tests and reports.
    ``replaces``: the earlier message that this
    one should replace where the channel can edit. ``worded``: digits are the answer now, so that choices are made by
    their words.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    files: tuple[Attachment, ...] = ()
    statements: tuple[str, ...] = ()
    replaces: str | None = None
    worded: bool = False
    heard: Heard | None = None


@dataclass(frozen=True)
class Session:
    """What is remembered of a conversation: the entry spoken of, the choices offered, the place, the facts told.

    ``asked`` is the last message, ``subject`` the last that named what it is about: follow-ups lean on it.
    ``shown`` are the last replies, so that a page can be drawn again. ``flow`` names a conversation
    in several steps and what it waits for; ``desk`` what the desk for the person's own affairs waits for.
    ``votes`` are the numbers of the votes given, by entry, so that a vote can be changed. ``expires``: when all this is
    to be forgotten; none: at once.
    """

    entry: str | None = None
    aspect: str | None = None
    offered: tuple[Choice, ...] = ()
    flow: str | None = None
    place: str | None = None
    asked: str = ""
    subject: str = ""
    shown: tuple[Reply, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    desk: str | None = None
    votes: Mapping[str, int] = field(default_factory=dict)
    expires: datetime | None = None
