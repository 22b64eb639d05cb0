"""What the bot knows: data, and the pure code that understands and decides."""
