"""Telegram: updates in, messages out. Translating is pure; only ``client`` and ``polling`` touch the network."""

from bot.channels.telegram.messages import Outgoing, messages_of
from bot.channels.telegram.polling import poll
from bot.channels.telegram.updates import Me, Target, incoming_of, target_of

__all__ = ["Me", "Outgoing", "Target", "incoming_of", "messages_of", "poll", "target_of"]
