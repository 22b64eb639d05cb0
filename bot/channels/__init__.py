"""The ways in and out. Each file knows one channel and nothing of what is said."""
