"""A load program: the real bot as a process of its own, with Telegram and its people played on loopback."""
