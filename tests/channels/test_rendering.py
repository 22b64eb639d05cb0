"""Every channel shows the same words, whatever they hold."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.plain import render
from bot.channels.telegram.messages import messages_of
from bot.channels.web import rich_html
from bot.channels.zalo.messages import Texts, texts_of
from handlers.answering import answer
from handlers.context import Context
from handlers.screens import greeting
from handlers.types import Reply
from tests.telegram.markup import read

TEXTS = Texts.read()
_INLINE = re.compile(r"</?(?:b|i|code|a)\b[^>]*>")


def on_the_page(reply: Reply) -> str:
    """The words of a page: block tags part them, others do not."""
    return html.unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", rich_html(reply.text))))


#: How each channel draws a reply without choices, read as a person reads it.
DRAWN: dict[str, Callable[[Reply], str]] = {
    "web": on_the_page,
    "terminal": lambda reply: render([reply]),
    "telegram": lambda reply: "\n".join(read(message.text) for message in messages_of(reply)),
    "zalo": lambda reply: "\n".join(texts_of([reply], TEXTS)),
}
#: A web address in brackets, and the bullet of a list: drawn differently where a channel has links and lists.
_DRAWN_OTHERWISE = re.compile(r"\(https?://[^)\s]*\)|•")


def words(text: str) -> list[str]:
    """The words of a drawn text."""
    return _DRAWN_OTHERWISE.sub(" ", text).split()


def replies(context: Context) -> Iterator[Reply]:
    """Everything that is answered about an entry, and the first screen."""
    yield greeting(context)
    for entry in context.knowledge.entries.values():
        for aspect in (None, *entry.aspects):
            yield answer(context, entry, aspect, date(2026, 11, 22))


def test_every_answer_says_the_same_on_every_channel(context: Context) -> None:
    for reply in replies(context):
        alone = Reply(reply.text)
        drawn = {channel: words(draw(alone)) for channel, draw in DRAWN.items()}
        assert all(drawn.values())
        for channel, said in drawn.items():
            assert said == drawn["terminal"], channel


@pytest.mark.parametrize("channel", DRAWN)
@settings(deadline=None)
@given(text=st.text("ab <>&\"'/;ắ🌾.\n", max_size=200))
def test_what_is_escaped_is_shown_as_it_was_typed(channel: str, text: str) -> None:
    drawn = DRAWN[channel](Reply(f"<b>{html.escape(text)}</b>"))
    assert drawn.split() == text.split()
