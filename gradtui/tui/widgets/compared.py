"""Runs side by side as text: what differs, what they came to, what was found, and the gradient by layer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from gradtui.core.measured.finding import in_force
from gradtui.core.measured.frame import DRAWN
from gradtui.core.measured.run import Run
from gradtui.core.measured.verdict import verdicts
from gradtui.core.text import exact, grouped, number
from gradtui.runs.comparing import differences, parting
from gradtui.runs.folder import Found
from gradtui.tui.plot.bands import sign

_GRADIENT = "activation_gradient"


def page(runs: Sequence[Found]) -> Group:
    """All of it, a column a run; the columns carry the numbers that the lines of the plot carry."""
    known = [found.run for found in runs]
    names = Text("\n").join(Text(f"{sign(at)} {found.about.called}") for at, found in enumerate(runs))
    changed = differences([run.experiment for run in known])
    parts: list[Text | Table] = [names, Text(), Text("What differs in their experiments", "bold")]
    rows = [
        (key.replace(".", " ").replace("_", " "), [exact(value) if value is not None else "-" for value in values])
        for key, values in changed.items()
    ]
    parts += [_columns(runs, rows) if rows else Text("Nothing: they are of one experiment."), Text(), Text(parting(runs)), Text()]
    parts += [Text("What they came to", "bold"), _columns(runs, _ends(known)), Text()]
    parts += [Text("What is wrong in the end", "bold"), _columns(runs, _findings(known)), Text()]
    return Group(
        *parts,
        Text(f"{DRAWN[_GRADIENT].title}, {DRAWN[_GRADIENT].symbol}, by layer, at the last step", "bold"),
        _columns(runs, _profiles(known)),
    )


def _columns(runs: Sequence[Found], rows: Sequence[tuple[str, Sequence[str]]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("", *(Text(sign(at), "bold") for at in range(len(runs))))
    for name, values in rows:
        table.add_row(Text(name, "dim"), *values)
    return table


def _ends(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    def last(run: Run, name: str) -> str:
        series = getattr(run.history, name)
        return number(float(series.last[-1, 0]) if len(series) else None)

    return [
        ("state", [run.ended.status if run.ended else "not over" for run in runs]),
        ("steps", [grouped(run.step) for run in runs]),
        ("loss", [last(run, "loss") for run in runs]),
        ("validation", [last(run, "validation_loss") for run in runs]),
        ("accuracy", [last(run, "validation_accuracy") for run in runs]),
    ]


def _findings(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """A row for each rule that has a finding in force in any of them, the worst first."""
    found = [{finding.rule: finding for finding in in_force(run.findings)} for run in runs]
    rules = dict.fromkeys(rule for one in found for rule in one)
    rows = [
        (rule.replace("-", " "), [f"{one[rule].sign} since {grouped(one[rule].step)}" if rule in one else "-" for one in found])
        for rule in rules
    ]
    return rows or [("nothing", ["-"] * len(runs))]


def _profiles(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """The layers from the output down, each with its number and what it means."""
    columns = []
    for run in runs:
        values = run.history.last.layers.get(_GRADIENT, ()) if run.history.last else ()
        judged = verdicts(_GRADIENT, values) if values else ()
        told = zip(run.layers, values, judged, strict=False)
        columns.append({name: f"{number(value)} {verdict.word}".rstrip() for name, value, verdict in told})
    names = max((list(column) for column in columns), key=len, default=[])
    return [(name, [column.get(name, "-") for column in columns]) for name in reversed(names)]
