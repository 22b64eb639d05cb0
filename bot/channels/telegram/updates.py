"""What came in from Telegram, as the bot understands it. Pure: an update in, what it says and where to answer out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from telegram import CallbackQuery, Chat, ChatMember, Message, MessageEntity, Update

from bot.channels.channel import Left
from handlers.actions import BadActionError, unpack
from handlers.types import Incoming, IncomingKind

CHANNEL = "telegram"
#: What we ask Telegram for; everything else is never sent to us.
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
#: How long a text may be on Telegram.
LONGEST_TEXT = 4096
#: Numbers beyond this are no numbers of Telegram's.
LARGEST = 2**63
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?=\s|$)", re.ASCII)


@dataclass(frozen=True)
class Me:
    """The bot as Telegram knows it, and the commands it answers to in groups."""

    id: int
    username: str
    commands: frozenset[str] = frozenset({"start", "help"})


@dataclass(frozen=True)
class Target:
    """Where answers go: the chat, its topic, and in groups the message they reply to."""

    chat: int
    thread: int | None = None
    answers: int | None = None


def check_numbers(target: Target, person: str) -> None:
    """Raise ValueError where what came cannot be from Telegram: its chats, people and messages have numbers."""
    for number in (target.chat, target.thread, target.answers):
        if number is not None and (type(number) is not int or abs(number) >= LARGEST):
            raise ValueError("no number")
    if not person.removeprefix("-").isdecimal() or len(person) > len(str(LARGEST)):
        raise ValueError("no person")


#: In which states of ours nothing can be sent to a chat.
GONE = (ChatMember.BANNED, ChatMember.LEFT)


def left_by(update: Update) -> Left | None:
    """The chat that can no longer be written to, where ``update`` tells that the bot was blocked or removed."""
    change = update.my_chat_member
    if change is None or change.new_chat_member.status not in GONE:
        return None
    return Left(CHANNEL, str(change.chat.id), str(change.from_user.id))


def incoming_of(update: Update, me: Me, now: datetime) -> Incoming | None:
    """What ``update`` says to the bot; none where it is not for the bot or asks for nothing."""
    if update.callback_query is not None:
        return _pressed(update.callback_query, now)
    message = update.message or update.edited_message
    if message is None or not _addressed(message, me):
        return None
    person, kind = _person(message), _kind(message, edited=update.message is None)
    if person is None or kind is None:
        return None
    group = message.chat.type != Chat.PRIVATE
    return Incoming(CHANNEL, str(message.chat.id), person, kind, now, _text(message, me), group=group)


def target_of(update: Update) -> Target | None:
    """Where the answer to ``update`` goes; none where there is no chat to answer in."""
    query = update.callback_query
    message = query.message if query is not None else update.message or update.edited_message
    if message is None:
        return None
    answers = None if message.chat.type == Chat.PRIVATE else message.message_id
    if not isinstance(message, Message):
        return Target(message.chat.id, answers=answers)
    return Target(message.chat.id, message.message_thread_id if message.is_topic_message else None, answers)


def _pressed(query: CallbackQuery, now: datetime) -> Incoming | None:
    """A pressed button. One that cannot be read (damaged, or of an older version) leads to the first screen."""
    if query.message is None or query.data is None:
        return None
    chat, person = str(query.message.chat.id), str(query.from_user.id)
    group = query.message.chat.type != Chat.PRIVATE
    try:
        return Incoming(CHANNEL, chat, person, IncomingKind.ACTION, now, action=unpack(query.data), group=group)
    except BadActionError:
        return Incoming(CHANNEL, chat, person, IncomingKind.TEXT, now, "/start", group=group)


def _kind(message: Message, *, edited: bool) -> IncomingKind | None:
    """Text, or something the bot cannot read; none for notices ("A joined") and edited pictures or live places."""
    if message.text is not None:
        return IncomingKind.TEXT
    if edited or message.successful_payment is not None or not message.effective_attachment:
        return None
    return IncomingKind.UNSUPPORTED


def _person(message: Message) -> str | None:
    """Who wrote: a person, or a group or channel speaking in its own name; never another bot."""
    if message.sender_chat is not None:
        return None if message.is_automatic_forward else str(message.sender_chat.id)
    user = message.from_user
    return None if user is None or user.is_bot else str(user.id)


def _addressed(message: Message, me: Me) -> bool:
    """Whether the bot is spoken to: always in private; in groups when commanded, mentioned or replied to."""
    if message.chat.type == Chat.PRIVATE:
        return True
    if message.chat.type == Chat.CHANNEL:
        return False
    return _commanded(message.text or "", me) or _mentioned(message, me) or _replied(message, me)


def _commanded(text: str, me: Me) -> bool:
    """A command for us by name, or one of our own that names no bot."""
    match = _COMMAND.match(text)
    if match is None:
        return False
    command, bot = match.groups()
    return bot.lower() == me.username.lower() if bot else command.lower() in me.commands


def _mentioned(message: Message, me: Me) -> bool:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    found = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    name = f"@{me.username}".lower()
    return any(text.lower() == name or (entity.user and entity.user.id == me.id) for entity, text in found.items())


def _replied(message: Message, me: Me) -> bool:
    earlier = message.reply_to_message
    return earlier is not None and earlier.from_user is not None and earlier.from_user.id == me.id


def _text(message: Message, me: Me) -> str:
    """The text without our own name in it."""
    text = sound(message.text or "")
    return re.sub(rf"@{re.escape(me.username)}\b", "", text, flags=re.IGNORECASE).strip()


def sound(text: str) -> str:
    """``text`` no longer than Telegram's texts are, and without halves of characters, which nothing can store."""
    return text[:LONGEST_TEXT].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
