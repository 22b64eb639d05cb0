"""What the bot says: one file per conversation. Knows no channel."""
