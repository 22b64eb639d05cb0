"""Every transcript, through the front door: messages in, replies out, the conversation in a real SQLite file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import App
from bot.channels.plain import render
from handlers.answering import LONGEST
from handlers.richtext import plain
from handlers.types import Choice, Incoming, IncomingKind
from store.database import Database
from tests.transcripts import Transcript, Turn, all_transcripts, missing_part, read


@pytest.mark.parametrize("path", all_transcripts(), ids=lambda path: path.stem)
async def test_transcript(path: Path, app: App) -> None:
    transcript = read(path)
    assert transcript.turns, "a transcript has at least one turn"
    offered: tuple[Choice, ...] = ()
    for turn in transcript.turns:
        if turn.restarted:
            await app.close()
            app = App(app.context, Database(app.database.url))
        replies = await app.converse(_incoming(transcript, turn, offered))
        offered = tuple(choice for reply in replies for choice in reply.choices)
        assert all(len(plain(reply.text)) <= LONGEST for reply in replies), f"{transcript.path.name}:{turn.line}"
        _compare(transcript, turn, render(replies), offered)
    await app.close()


def _incoming(transcript: Transcript, turn: Turn, offered: tuple[Choice, ...]) -> Incoming:
    incoming = Incoming("test", "chat", "person", IncomingKind.TEXT, transcript.at, turn.text)
    if not turn.pressed:
        return incoming
    labels = {choice.label: choice.action for choice in offered}
    assert turn.text in labels, f"{transcript.path.name}:{turn.line}: no button {turn.text!r} among {list(labels)}"
    return replace(incoming, kind=IncomingKind.ACTION, text="", action=labels[turn.text])


def _compare(transcript: Transcript, turn: Turn, text: str, offered: tuple[Choice, ...]) -> None:
    where = f"{transcript.path.name}:{turn.line}"
    for expected in turn.said:
        part = missing_part(expected, text)
        assert part is None, f"{where}: {part!r} is not said in:\n{text}"
    for unwanted in turn.unsaid:
        assert unwanted.lower() not in text.lower(), f"{where}: {unwanted!r} is said in:\n{text}"
    for label in turn.offered:
        assert label in [choice.label for choice in offered], f"{where}: no button {label!r}"
