"""Plots as rows of text, made by pure functions from plain data."""
