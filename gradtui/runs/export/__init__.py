"""Recorded runs for other programs and people: a file a kind."""
