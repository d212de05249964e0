"""Precision and recall over labelled runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Score:
    """Counts of a rule's answers against the labels; a run without a label counts nowhere."""

    counts: Counter[tuple[bool, bool]] = field(default_factory=Counter)

    def add(self, label: bool | None, spoke: bool) -> str:
        """Count one answer; says what is wrong with it: "missed", "cried wolf" or nothing."""
        if label is None:
            return ""
        self.counts[label, spoke] += 1
        return "" if label == spoke else "missed" if label else "cried wolf"

    @property
    def sick(self) -> int:
        """Runs with the trouble."""
        return self.counts[True, True] + self.counts[True, False]

    @property
    def well(self) -> int:
        """Runs without it."""
        return self.counts[False, True] + self.counts[False, False]

    @property
    def told(self) -> str:
        """Precision, the share of runs spoken of that had the trouble; recall, the share of those with it that were spoken of."""
        spoke = self.counts[True, True] + self.counts[False, True]
        return f"{_share(self.counts[True, True], spoke)} {_share(self.counts[True, True], self.sick)}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "   -"
