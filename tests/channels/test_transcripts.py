"""Every transcript through every channel: what people type and press, and what they see."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channels.conftest import Talking
from tests.channels.talking import TALKS, Seen
from tests.transcripts import Turn, all_transcripts, missing_part, read


@pytest.mark.parametrize("channel", TALKS)
@pytest.mark.parametrize("path", all_transcripts(), ids=lambda path: path.stem)
async def test_transcript(path: Path, channel: str, talking: Talking) -> None:
    transcript = read(path)
    assert transcript.turns, "a transcript has at least one turn"
    talk = await talking(channel, transcript.at)
    for turn in transcript.turns:
        where = f"{path.name}:{turn.line}"
        if turn.restarted:
            await talk.restart()
        if turn.pressed:
            assert turn.text in talk.seen.labels, f"{where}: no button {turn.text!r} among {list(talk.seen.labels)}"
            seen = await talk.press(turn.text)
        else:
            seen = await talk.say(turn.text)
        _compare(where, turn, seen)


def _compare(where: str, turn: Turn, seen: Seen) -> None:
    for expected in turn.said:
        part = missing_part(expected, seen.text)
        assert part is None, f"{where}: {part!r} is not said in:\n{seen.text}"
    for unwanted in turn.unsaid:
        assert unwanted.lower() not in seen.text.lower(), f"{where}: {unwanted!r} is said in:\n{seen.text}"
    for label in turn.offered:
        assert label in seen.labels, f"{where}: no button {label!r}"
