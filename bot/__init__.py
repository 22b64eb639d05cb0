"""The running program: command line, settings, wiring, channels in and out."""
