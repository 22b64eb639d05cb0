"""What goes out to Telegram. Pure: a reply in, messages out, ready to be sent or stored."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog

from bot.channels.telegram.rich import pieces
from bot.channels.telegram.updates import Target
from handlers.actions import pack
from handlers.types import Attachment, Choice, Reply

#: Two buttons share a row where both labels are at most this long, so that a small screen shows them whole.
SHORT = 16
#: The most buttons that Telegram takes under one message.
BUTTONS = 100
#: How the packed action of a vote begins.
VOTE = "v:"
#: Stands above buttons that come without a text, for Telegram sends no empty message.
NO_TEXT = "…"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Button:
    """A button under a message: what it says and the packed action it sends back."""

    label: str
    data: str


@dataclass(frozen=True)
class Outgoing:
    """One message: Telegram HTML with rows of buttons, or a file. ``replaces`` is the message it should edit."""

    text: str = ""
    rows: tuple[tuple[Button, ...], ...] = ()
    file: Attachment | None = None
    replaces: int | None = None


def messages_of(reply: Reply) -> list[Outgoing]:
    """``reply`` as messages in order: its text, cut where too long, its choices under the last piece, its files."""
    rows = _rows(_buttons(reply.choices))
    texts = pieces(reply.text) or ([NO_TEXT] if rows else [])
    messages = [Outgoing(text) for text in texts]
    if messages:
        messages[-1] = replace(messages[-1], rows=rows)
        messages[0] = replace(messages[0], replaces=_message_id(reply.replaces))
    return [*messages, *(Outgoing(file=file) for file in reply.files)]


def stored(target: Target, message: Outgoing) -> dict[str, Any]:
    """``message`` to ``target`` as JSON values."""
    kept: dict[str, Any] = {"target": asdict(target), "text": message.text, "replaces": message.replaces}
    kept["rows"] = [[[button.label, button.data] for button in row] for row in message.rows]
    if message.file is not None:
        content = b64encode(message.file.content).decode("ascii")
        kept["file"] = [message.file.name, message.file.media_type, content]
    return kept


def restored(kept: dict[str, Any]) -> tuple[Target, Outgoing]:
    """What ``stored`` made into JSON values."""
    file = None
    if "file" in kept:
        name, media_type, content = kept["file"]
        file = Attachment(name, media_type, b64decode(content))
    rows = tuple(tuple(Button(label, data) for label, data in row) for row in kept["rows"])
    return Target(**kept["target"]), Outgoing(kept["text"], rows, file, kept["replaces"])


def _buttons(choices: Iterable[Choice]) -> list[Button]:
    """A button for each choice. One whose action is too long is left out: its label can still be typed."""
    buttons = []
    for choice in choices:
        try:
            buttons.append(Button(choice.label, pack(choice.action)))
        except ValueError:
            _log.error("telegram.action_too_long", action=type(choice.action).__name__)
    return buttons[:BUTTONS]


def _rows(buttons: list[Button]) -> tuple[tuple[Button, ...], ...]:
    """One button a row; two where both are short. The two votes stand together."""
    rows: list[tuple[Button, ...]] = []
    for button in buttons:
        last = rows[-1] if rows else ()
        pair = len(last) == 1 and max(len(last[0].label), len(button.label)) <= SHORT
        if pair and last[0].data.startswith(VOTE) == button.data.startswith(VOTE):
            rows[-1] = (last[0], button)
        else:
            rows.append((button,))
    return tuple(rows)


def _message_id(replaces: str | None) -> int | None:
    return int(replaces) if replaces is not None and replaces.isdecimal() else None
