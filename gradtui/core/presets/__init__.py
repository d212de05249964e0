"""Experiments in files: how they are read, kept and saved, and what they claim."""
