"""A run as a person reads it in a terminal: what is wrong with it, its losses, and a bar for every layer.

Lines are wrapped at words. Colours are those of ANSI, for whoever prints to leave out; a word or a sign says the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import click
import numpy as np

from gradtui.core.measured.finding import Finding, to_mend
from gradtui.core.measured.frame import DRAWN, OVER_TIME
from gradtui.core.measured.run import Run
from gradtui.core.measured.summary import Summary
from gradtui.core.measured.verdict import Meaning, Verdict, verdicts
from gradtui.core.text import grouped, number, printable, wrapped
from gradtui.core.theory.over_time import shown_steps
from gradtui.tui.plot.fold import fold

_LEAST = 7
"""Rows that bars have in any case."""
_BAR, _LONGEST_BAR = "█", 40
_COLOURS = {Meaning.VANISHING: "bright_blue", Meaning.HEALTHY: "green", Meaning.EXPLODING: "red", Meaning.NONE: None}
_GRADIENT = "activation_gradient"
_BESIDE = ("weight_gradient", "update_ratio")
"""What stands beside the gradient, which alone would mislead."""

Numbers = Sequence[float | None]


def told(title: str, run: Run, summary: Summary, width: int, height: int) -> str:
    """What is wrong first, then the losses, and the bars from the output down, in so many columns and, where layers can be folded,
    so many lines.
    """
    blocks = [
        [click.style(title, bold=True), *_outcome(summary, width)],
        *(_finding(finding, width) for finding in to_mend(run.findings)),
        _losses(run, summary, width),
    ]
    blocks.append(_over_time(run, width, max(_LEAST, _left(blocks, height) // 2)))
    blocks.append(_by_layer(run, width, _left(blocks, height)))
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _left(blocks: Sequence[Sequence[str]], height: int) -> int:
    """Rows for more bars where these blocks stand above them, a title between, and the prompt below."""
    return max(_LEAST, height - sum(len(block) + 1 for block in blocks if block) - 2)


def _outcome(summary: Summary, width: int) -> list[str]:
    speed = f", {number(summary.steps_per_second)} steps/s" if summary.steps_per_second else ""
    wrong = "" if summary.findings else " Nothing is wrong."
    return wrapped(f"{summary.status} after {grouped(summary.steps)} steps on {summary.device}{speed}.{wrong}", width)


def _finding(finding: Finding, width: int) -> list[str]:
    """What and since when, how it is known, and the best fix."""
    if finding.until is not None:
        return wrapped(f"{finding.sign} {printable(finding.what)} {finding.when}.", width, then="  ")
    what = f"{finding.sign} {finding.severity}: {printable(finding.what)} {finding.when}."
    lines = [click.style(line, bold=True) for line in wrapped(what, width, then="  ")]
    lines += wrapped(printable(finding.evidence), width, "  ")
    for fix in finding.fixes[:1]:
        lines += wrapped(f"Try {printable(fix.title)} ({fix.changes}): {printable(fix.reason)}.", width, "  ")
    return lines


def _losses(run: Run, summary: Summary, width: int) -> list[str]:
    loss, accuracy = summary.loss, summary.accuracy
    numbers = {"first": loss.first, "last": loss.last, "best": loss.best, "validation": loss.validation}
    if math.isfinite(run.guessing):
        numbers["guessing"] = run.guessing
    lines = wrapped("loss      " + "  ".join(f"{name}\xa0{number(value)}" for name, value in numbers.items()), width, then=" " * 10)
    if accuracy.train is not None:
        lines.append(f"accuracy  train {number(accuracy.train)}  validation {number(accuracy.validation)}")
    seen = summary.evaluated
    if seen.validation:
        sets = [*([f"{grouped(seen.train)} training"] if seen.train else []), f"{grouped(seen.validation)} validation"]
        lines += wrapped(f"at the end on {' and '.join(sets)} samples", width, " " * 10)
    return [line.replace("\xa0", " ") for line in lines]


def _by_layer(run: Run, width: int, rows: int) -> list[str]:
    """The gradient by layer at the last step at which it was finite, with what stands beside it."""
    series = run.history.layers.get(_GRADIENT)
    if series is None:
        return []
    finite = np.flatnonzero(np.isfinite(series.last).all(axis=1))
    at = int(finite[-1]) if len(finite) else -1
    step, values = int(series.steps[at]), series.last[at].tolist()
    newest = run.history.last.layers if run.history.last and run.history.last.step == step else {}
    beside = {DRAWN[name].symbol: newest[name] for name in _BESIDE if name in newest}
    lost = ", the last one with numbers" if not np.isfinite(series.last[-1]).all() else ""
    title = f"{DRAWN[_GRADIENT].symbol} by layer at step {grouped(step)}{lost}"
    return _bars(title, run.layers, values, beside, _GRADIENT, rows, width)


def _over_time(run: Run, width: int, rows: int) -> list[str]:
    """The gradient by time step, where there are any."""
    newest = run.history.newest
    if newest is None or not newest.gradient_over_time or run.started is None:
        return []
    times = [str(at + 1) for at in shown_steps(run.started.time_steps)]
    title = f"{OVER_TIME.symbol} by time step at step {grouped(newest.step)}"
    return _bars(title, times, newest.gradient_over_time, {}, OVER_TIME.name, rows, width)


def _bars(
    title: str, names: Sequence[str], values: Numbers, beside: Mapping[str, Numbers], quantity: str, rows: int, width: int
) -> list[str]:
    """A row for each name, the last one on top, on a logarithmic scale between the smallest and the largest."""
    judged = verdicts(quantity, values)
    worst = sorted(range(len(values)), key=lambda at: -judged[at].badness)[:3]
    room = max(0, min(_LONGEST_BAR, width - 5 - 2 - 2 - 10 - 2 - 8 - 11 * len(beside)))
    lengths = _lengths(values, room)
    symbols = "".join(f"{symbol:>11}" for symbol in beside)
    before = 5 + 2 + room + 2 + 10 + 2 + 8
    lines = wrapped(title, width)
    if symbols and len(lines[-1]) > before:
        lines.append("")
    lines[-1] = f"{lines[-1]:{before}}{symbols}".rstrip()
    for part in reversed(fold(len(values), rows, [at for at in worst if judged[at].badness > 0])):
        at = part[0]
        if len(part) > 1:
            lines.append(f"    …  {_folded([values[at] for at in part], [judged[at] for at in part])}")
            continue
        bar = click.style(f"{_BAR * lengths[at]:{room}}", fg=_COLOURS[judged[at].meaning])
        word = click.style(f"{judged[at].word:8}", fg=_COLOURS[judged[at].meaning])
        cells = "".join(f"{number(column[at]):>11}" for column in beside.values())
        lines.append(f"{names[at]:>5}  {bar}  {number(values[at]):>10}  {word}{cells}".rstrip())
    return lines


def _folded(values: Numbers, judged: Sequence[Verdict]) -> str:
    """Rows that share one: how many, from the smallest to the largest, and their words."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    span = f", {number(min(known))} to {number(max(known))}" if known else ""
    words = ", ".join(dict.fromkeys(verdict.word for verdict in judged if verdict.word))
    return f"{len(values)} more{span}  {words}".rstrip()


def _lengths(values: Numbers, room: int) -> list[int]:
    """The bars' lengths in cells: a logarithmic scale of at least one decade that leaves the smallest a cell."""
    logs = [math.log10(value) if value is not None and 0 < value < math.inf else None for value in values]
    known = [log for log in logs if log is not None]
    high = max(known, default=0.0)
    span = max(1.0, high - min(known, default=0.0))
    return [0 if log is None else max(1, round(room * (1 - (high - log) / span))) if room else 0 for log in logs]
