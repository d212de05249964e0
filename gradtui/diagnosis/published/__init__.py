"""What published tools would say of a run, one file each: pure functions from a run to remarks, by the tools' own thresholds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradtui.core.measured.run import Run


@dataclass(frozen=True)
class Remark:
    """A tool's answer about one symptom, by the name of our rule for it: whether it speaks now, None where it cannot be told, and
    the measured number beside the threshold, or what is lacking.
    """

    rule: str
    says: bool | None
    words: str


@dataclass(frozen=True)
class Tool:
    """A published tool; `judge` never raises, whatever the run holds, and has a remark for every symptom that the tool has a rule
    for. `heading` is its name in two lines, for a narrow column; `limits` says where our measurement is not quite the tool's own.
    """

    name: str
    heading: tuple[str, str]
    source: str
    limits: str
    judge: Callable[[Run], tuple[Remark, ...]]
