"""Verified presets: which claims hold, as values and as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap

from gradtui.core.frozen import Frozen
from gradtui.core.measured.frame import Number
from gradtui.core.presets.expect import KNOWN, Claim
from gradtui.core.text import exact, number


class Checked(Frozen):
    """A claim, the number that it is about (None where it was not measured), that of each seed, and whether the claim holds. A seed
    was read after the step that it `reached`: fewer than `steps` where it ended sooner.
    """

    claim: Claim
    seeds: int
    steps: int
    reached: tuple[int, ...]
    measured: Number | None
    by_seed: tuple[Number | None, ...]
    holds: bool


class Report(Frozen):
    """A preset with its checked claims, and the seconds that they took."""

    preset: str
    title: str
    seconds: float
    claims: tuple[Checked, ...]


class Verified(Frozen):
    """All presets that were checked; `signal` cut it short, or 0."""

    holds: bool
    seconds: float
    presets: tuple[Report, ...]
    signal: int


_GAPS, _VERDICT, _EXPECTED, _MEASURED = 10, 5, 19, 9
_HEADINGS = ("", "claim", "expected", "measured", "source")
_RIGHT = 3
Widths = tuple[int, ...]


def in_words(verified: Verified, width: int = 120) -> str:
    """The claims of every preset in so many columns, and what the marks beside the sources mean."""
    spare = max(24, width - _GAPS - _VERDICT - _EXPECTED - _MEASURED)
    widths = (_VERDICT, spare - spare // 3, _EXPECTED, _MEASURED, spare // 3)
    lines = [_line(_HEADINGS, widths)]
    for report in verified.presets:
        lines += ["", f"{report.title}  ({report.preset}, {report.seconds:.1f} s)"]
        lines += [line for checked in report.claims for line in _rows(checked, widths)] or ["  Nothing is claimed."]
    return "\n".join([*lines, "", _outcome(verified), *_marks(verified)])


def table(verified: Verified) -> str:
    """The claims of every preset as a table in Markdown."""
    lines = ["| preset | claim | source | expected | measured | |", "| --- | --- | --- | --- | --- | --- |"]
    for report in verified.presets:
        lines += [
            f"| `{report.preset}` | {_said(c)} | {_source(c.claim)} | {expected(c.claim)} | {_measured(c)} | {_verdict(c)} |"
            for c in report.claims
        ]
    return "\n".join([*lines, "", f"{_outcome(verified)} {' '.join(f'{mark}.' for mark in _marks(verified))}"])


def expected(claim: Claim) -> str:
    """A claim's bounds as people write them."""
    if claim.quantity.startswith("finding."):
        return "found" if claim.min == 1 else "not found" if claim.max == 0 else _bounds(claim)
    return _bounds(claim)


def _bounds(claim: Claim) -> str:
    if claim.min == claim.max:
        return f"exactly {exact(claim.min)}"
    if claim.min is None:
        return f"up to {exact(claim.max)}"
    return f"from {exact(claim.min)}" if claim.max is None else f"{exact(claim.min)} to {exact(claim.max)}"


def _measured(checked: Checked) -> str:
    if checked.claim.quantity.startswith("finding.") and checked.measured in (0, 1):
        return "found" if checked.measured else "not found"
    return number(checked.measured)


def _said(checked: Checked) -> str:
    """The claim, and what was not reached for it."""
    sooner = [step for step in checked.reached if step < checked.steps]
    if not sooner:
        return checked.claim.says
    which = f"{len(sooner)} of {checked.seeds} runs" if checked.seeds > 1 else "the run"
    return f"{checked.claim.says} ({which} ended after {min(sooner)} of {checked.steps} steps)"


def _verdict(checked: Checked) -> str:
    return "holds" if checked.holds else "fails"


def _source(claim: Claim) -> str:
    return f"{claim.source} [{claim.known}]"


def _rows(checked: Checked, widths: Widths) -> Iterator[str]:
    claim = checked.claim
    cells = (_verdict(checked), _said(checked), expected(claim), _measured(checked), _source(claim))
    columns = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    return (_line(row, widths) for row in zip_longest(*columns, fillvalue=""))


def _line(cells: tuple[str, ...], widths: Widths) -> str:
    places = enumerate(zip(cells, widths, strict=True))
    aligned = [f"{cell:>{width}}" if at == _RIGHT else f"{cell:{width}}" for at, (cell, width) in places]
    return "  " + "  ".join(aligned).rstrip()


def _outcome(verified: Verified) -> str:
    checked = [checked for report in verified.presets for checked in report.claims]
    kept = sum(one.holds for one in checked)
    stopped = "Stopped: " if verified.signal else ""
    presets = "1 preset" if len(verified.presets) == 1 else f"{len(verified.presets)} presets"
    return f"{stopped}{kept} of {len(checked)} claims of {presets} hold ({verified.seconds:.0f} s)."


def _marks(verified: Verified) -> list[str]:
    used = {checked.claim.known for report in verified.presets for checked in report.claims}
    return [f"[{mark}] {words}" for mark, words in KNOWN.items() if mark in used]
