"""Lessons: pages that explain what can go wrong and what to choose, with the numbers of the run at hand."""
