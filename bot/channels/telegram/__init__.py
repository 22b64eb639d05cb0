"""Telegram: updates in, messages out. Translating is pure; only ``client`` and ``polling`` touch the network."""
