"""Runs as a report in Markdown: experiment, what was changed, what came of it, what was found with its source, and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import Finding
from gradtui.core.presets.preset import Preset
from gradtui.core.text import exact, grouped, number, printable
from gradtui.runs.export.pictures import pictures
from gradtui.runs.folder import Found

_SHOWN = ("loss.svg", "validation-loss.svg", "activation-gradient.svg")


def report(runs: Sequence[Found]) -> dict[str, bytes]:
    """The files by their names: the report, its pictures, and each experiment as a preset."""
    drawn = pictures(runs)
    files = {f"{found.path.name}.toml": _preset(found) for found in runs}
    shown = [name for name in drawn if name in _SHOWN or name.startswith("over-time")]
    parts = [f"# {_plain(' and '.join(found.about.called for found in runs))}", ""]
    for found in runs:
        parts += _run(found)
    parts += ["## Pictures", "", *(line for name in shown for line in (f"![{name.removesuffix('.svg')}]({name})", ""))]
    return {"report.md": "\n".join(parts).encode(), **{name: drawn[name] for name in shown}, **files}


def _run(found: Found) -> list[str]:
    run, about = found.run, found.about
    last, validation = run.history.newest, run.history.validation_loss
    ended = run.ended.status if run.ended else "interrupted"
    device = f" on {run.started.device}" if run.started else ""
    parts = [
        f"## {_plain(about.called)}",
        "",
        f"{ended.capitalize()} at step {grouped(run.step)}{device}, begun {about.began:%Y-%m-%d %H:%M} UTC.",
    ]
    parts += [f"**{_plain(found.problem)}** What stands before that is reported.", ""] if found.problem else [""]
    parts += [f"{_plain(about.note)}", ""] if about.note else []
    if about.changes:
        parts += [
            "Changed of its preset: "
            + ", ".join(f"`{key}` to {_plain(exact(value))}" for key, value in about.changes.items())
            + ".",
            "",
        ]
    if run.changes:
        parts += [
            "Changed while it ran: "
            + ", ".join(f"`{one.key}` to {_plain(exact(one.value))} at step {one.step}" for one in run.changes)
            + ".",
            "",
        ]
    loss, end = number(last.loss.last) if last else "-", number(float(validation.last[-1, 0]) if len(validation) else None)
    parts += ["| quantity | value |", "|---|---|", f"| training loss | {loss} |", f"| validation loss | {end} |"]
    parts += [
        f"| {table} | {', '.join(f'{key} {_plain(exact(value))}' for key, value in values.items())} |"
        for table, values in about.experiment.items()
    ]
    parts += ["", "### Findings", "", *([*map(_finding, run.findings)] or ["None."]), ""]
    return [*parts, f"As plain PyTorch: `gradtui script {found.path.name}.toml`", ""]


def _finding(finding: Finding) -> str:
    words = f"- {finding.sign} {_plain(finding.what)} {finding.when}. {_plain(finding.evidence)}"
    fix = f" Would mend it: {_plain(finding.fixes[0].title)} ({_plain(finding.fixes[0].changes)})." if finding.fixes else ""
    return f"{words}{fix} Source: {_plain(finding.source)}."


def _preset(found: Found) -> bytes:
    return Preset(title=found.about.called, experiment=experiment(found.about.experiment)).toml().encode()


def _plain(words: str) -> str:
    """Words that Markdown takes as they are."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in printable(words))
