"""Presets on other machines, reached with the system's own ssh."""
