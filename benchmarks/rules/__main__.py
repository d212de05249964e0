"""How reliable the rules are; LABELS.md tells what is measured.

Run `python -m benchmarks.rules [--part tuning|aside] [--cache DIR]`. The first time takes an hour on two cores; runs are
kept in DIR, by default in the system's folder for temporary files. Delete it when the engine has changed. Rules may be tuned by
what `--part tuning` prints; what is reported comes from `--part aside`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from benchmarks.rules.corpus import Subject, subjects
from benchmarks.rules.curing import cure
from benchmarks.rules.labels import Judged, judged
from benchmarks.rules.outcome import outcome
from benchmarks.rules.recording import compared, record
from benchmarks.rules.score import Score
from benchmarks.rules.speaking import examined
from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import RULES
from gradtui.core.measured.protocol import Started
from gradtui.core.measured.run import Run
from gradtui.diagnosis.published import Tool
from gradtui.diagnosis.published.registry import PUBLISHED


def _spoken_of(tool: Tool) -> set[str]:
    """The rules that a tool has a word for, whatever a run holds."""
    started = Started(run=0, device="cpu", weights=1, layers=("1", "2", "out"), predicted=())
    return {remark.rule for remark in tool.judge(Run(experiment(), started))}


OURS = "gradtui"
TOOLS: dict[str, Collection[str]] = {OURS: RULES, **{name: _spoken_of(tool) for name, tool in PUBLISHED.items()}}
"""The rules that each tool has."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules")
    parser.add_argument("--part", choices=("tuning", "aside"), default="aside", help="which runs; default: aside")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "gradtui-rules", help="where runs are kept")
    parser.add_argument("--processes", type=int, default=2, help="runs at a time")
    parser.add_argument("--each", action="store_true", help="list every run that a rule judges wrongly")
    chosen = parser.parse_args()
    part = subjects(chosen.part)
    record((one for subject in part for one in compared(subject.experiment)), chosen.cache, chosen.processes)
    labelled = [(subject, judged(subject.experiment, chosen.cache)) for subject in part]
    _speak(labelled, chosen.cache, chosen.each)
    _mend(labelled, chosen.cache, chosen.each)


def _speak(labelled: list[tuple[Subject, Judged]], cache: Path, each: bool) -> None:
    scores = {tool: {name: Score() for name in RULES} for tool in TOOLS}
    alarmed, healthy = Counter[str](), 0
    for subject, verdict in labelled:
        spoken = examined(subject.experiment, outcome(subject.experiment, cache), subject.scale, published=True)
        for tool, rules in {OURS: spoken.rules, **spoken.others}.items():
            for name, score in scores[tool].items():
                wrong = score.add(verdict.labels.get(name), name in rules)
                if wrong and each and tool == OURS:
                    print(f"{wrong:12} {name:26} {_described(subject, verdict)}")
            alarmed[tool] += verdict.healthy and bool(rules)
        healthy += verdict.healthy
    sick = sum(verdict.sick for _, verdict in labelled)
    print(f"{len(labelled)} runs: {sick} sick, {healthy} healthy, the others undecided. Precision and recall; - without a rule")
    print(f"{'':26}{'sick':>5}{'well':>5}" + "".join(f"{tool:>19}" for tool in TOOLS))
    for name in RULES:
        ours = scores[OURS][name]
        columns = (scores[tool][name].told if name in TOOLS[tool] else "-" for tool in TOOLS)
        print(f"{name:26}{ours.sick:5}{ours.well:5}" + "".join(f"{column:>19}" for column in columns))
    print(f"{'alarms on healthy runs':36}" + "".join(f"{alarmed[tool]:19}" for tool in TOOLS))


def _mend(labelled: list[tuple[Subject, Judged]], cache: Path, each: bool) -> None:
    cures = []
    for subject, verdict in labelled:
        if verdict.sick:
            cures.append(cure(subject.experiment, cache))
            if each and not cures[-1].third:
                tried = "; ".join(name for name, _ in cures[-1].attempts) or "no fix"
                print(f"not cured    {_described(subject, verdict)}\n             {tried}")
    if cures:
        first, third = (100 * sum(getattr(one, name) for one in cures) / len(cures) for name in ("first", "third"))
        print(f"the first fix cures {first:.0f} % of {len(cures)} sick runs, one of the first three {third:.0f} %")


def _described(subject: Subject, verdict: Judged) -> str:
    labels = ", ".join(name for name, label in verdict.labels.items() if label)
    share = "-" if verdict.learned is None else f"{verdict.learned:.2f}"
    tables = subject.experiment.tables()
    network = " ".join(str(value) for value in tables["network"].values())
    optimizer = f"{tables['optimizer']['name']} {tables['optimizer']['learning_rate']:g}"
    run = f"{subject.recipe}, x{subject.scale:g}: {network} | {optimizer} | {tables['task']['name']}"
    return f"#{subject.number} {run} | learned {share} | {labels}"


if __name__ == "__main__":
    main()
