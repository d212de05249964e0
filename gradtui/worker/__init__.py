"""Drives a backend process for the screen: the worker thread, and the mailbox between the two."""
