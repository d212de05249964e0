"""Verification: run presets without a screen, and say which of their claims hold."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import click

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.profile import quotient
from gradtui.core.measured.reading import READINGS, over_seeds
from gradtui.core.measured.run import Run
from gradtui.core.presets.expect import Changes, Claim, Expect, flat
from gradtui.core.presets.preset import Preset
from gradtui.core.presets.verified import Checked, Report, Verified
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.trainer import prepare
from gradtui.headless.running import stopped_by_signals

_SEEDS = 2**32
"""Seeds that there are."""

Place = tuple[int, str]
"""A claim's number, and whether its `set` or its `against` is meant."""
Numbers = dict[Place, tuple[float | None, ...]]


@dataclass
class _Planned:
    """One experiment trained with several seeds, and what is read from it: places by the step after which."""

    experiment: Experiment
    seeds: int
    readings: dict[int, list[Place]] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        return max(self.readings)


def verify(presets: Mapping[str, Preset]) -> Verified:
    """Check the claims of presets, by name. SIGINT, SIGTERM and SIGHUP end it after the step under way. Raises Refused."""
    controls, received, reports = Controls(), list[int](), list[Report]()
    began = time.perf_counter()
    runs = {name: _runs(preset) for name, preset in presets.items()}
    steps = sum(run.steps for planned in runs.values() for run in planned)
    with (
        stopped_by_signals(controls, received),
        click.progressbar(length=steps, label="", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):
        for at, (name, preset) in enumerate(presets.items(), 1):
            bar.label = f"{at} of {len(presets)}: {name}"
            report = _report(name, preset, runs[name], controls, bar.update)
            if received:
                break
            reports.append(report)
            if bar.hidden:
                click.echo(f"{bar.label}, {report.seconds:.1f} s", err=True)
    kept = not received and all(checked.holds for report in reports for checked in report.claims)
    return Verified(holds=kept, seconds=time.perf_counter() - began, presets=tuple(reports), signal=next(iter(received), 0))


def _runs(preset: Preset) -> list[_Planned]:
    """The runs that a preset's claims take: claims about the same experiment and seeds share one."""
    runs: list[_Planned] = []
    for at, claim in enumerate(preset.expect.claims):
        for side, changes in _sides(claim):
            wanted, seeds = preset.experiment.changed(flat(changes)), preset.expect.seeds_of(claim)
            run = next((run for run in runs if (run.experiment, run.seeds) == (wanted, seeds)), None)
            if run is None:
                runs.append(run := _Planned(wanted, seeds))
            run.readings.setdefault(preset.expect.steps_of(claim), []).append((at, side))
    return runs


def _sides(claim: Claim) -> Iterable[tuple[str, Changes]]:
    yield "set", claim.set
    if claim.against is not None:
        yield "against", claim.against


def _report(name: str, preset: Preset, runs: Sequence[_Planned], controls: Controls, told: Callable[[int], None]) -> Report:
    began = time.perf_counter()
    numbers: Numbers = {}
    for run in runs:
        numbers |= _trained(run, preset.expect, controls, told)
    claims = tuple(_checked(preset.expect, at, claim, numbers) for at, claim in enumerate(preset.expect.claims))
    return Report(preset=name, title=preset.title, seconds=time.perf_counter() - began, claims=claims)


def _trained(run: _Planned, expect: Expect, controls: Controls, told: Callable[[int], None]) -> Numbers:
    """Train a run side by side with its other seeds, and read what is asked for; what it does not reach is read at its end."""
    seeds = [(run.experiment.run.seed + at) % _SEEDS for at in range(run.seeds)]
    experiments = [run.experiment.changed({"run.seed": seed}) for seed in seeds]
    training = prepare(experiments)
    started = training.started()
    examiners = [Examiner(Run(experiment, started, lane=lane)) for lane, experiment in enumerate(experiments)]
    asked, numbers, done = sorted(run.readings), Numbers(), 0

    def read() -> None:
        for at, side in run.readings[asked.pop(0)]:
            reading = READINGS[expect.claims[at].quantity]
            numbers[at, side] = tuple(reading(examiner.run) for examiner in examiners)

    for frame in training.frames(controls):
        examiners[frame.lane].observe(frame, experiments[frame.lane])
        if frame.lane < run.seeds - 1:
            continue
        told(frame.step - done)
        done = frame.step
        while asked and frame.step >= asked[0]:
            read()
        if not asked:
            break
    told(run.steps - done)
    while asked:
        read()
    return numbers


def _checked(expect: Expect, at: int, claim: Claim, numbers: Numbers) -> Checked:
    values = numbers[at, "set"]
    if claim.against is not None:
        pairs = zip(values, numbers[at, "against"], strict=True)
        values = tuple(None if one is None or other is None else quotient(one, other) for one, other in pairs)
    measured = over_seeds(claim.over_seeds, values)
    return Checked(
        claim=claim,
        seeds=expect.seeds_of(claim),
        steps=expect.steps_of(claim),
        measured=measured,
        by_seed=values,
        holds=claim.holds(measured),
    )
