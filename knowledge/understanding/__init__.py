"""Understanding: what a message is about, which side of it, what it tells about the household, and where."""
