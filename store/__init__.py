"""What the bot remembers: one file per thing it stores. Knows neither knowledge nor conversations."""
