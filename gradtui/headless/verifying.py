"""Verification: run presets without a screen, and say which of their claims hold."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import click

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.measured.profile import quotient
from gradtui.core.measured.protocol import Stop
from gradtui.core.measured.reading import READINGS, over_seeds
from gradtui.core.measured.run import Run
from gradtui.core.presets.expect import Changes, Claim, Expect, flat
from gradtui.core.presets.preset import Preset
from gradtui.core.presets.verified import Checked, Report, Verified
from gradtui.diagnosis.examiner import Examiner
from gradtui.engine.training.controls import Controls
from gradtui.engine.training.trainer import prepare
from gradtui.headless.signals import noted

_SEEDS = 2**32
"""Seeds that there are."""

Place = tuple[int, str]
"""A claim's number, and whether its `set` or its `against` is meant."""
Numbers = dict[Place, list[tuple[float | None, int]]]
"""What was read, by seed, and after which step."""


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
        noted(received, lambda: controls.send(Stop())),
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
    """Train a run side by side with its other seeds, and read each at the steps asked for, or at its end if that is sooner."""
    seeds = [(run.experiment.run.seed + at) % _SEEDS for at in range(run.seeds)]
    experiments = [run.experiment.changed({"run.seed": seed}) for seed in seeds]
    training = prepare(experiments)
    started = training.started()
    examiners = [Examiner(Run(experiment, started, lane=lane)) for lane, experiment in enumerate(experiments)]
    read: list[dict[Place, tuple[float | None, int]]] = [{} for _ in seeds]
    done = 0
    for frame in training.frames(controls, also=run.readings):
        examiner = examiners[frame.lane]
        examiner.observe(frame, experiments[frame.lane])
        told(frame.step - done)
        done = frame.step
        read[frame.lane] |= _read(run.readings.get(frame.step, ()), expect, examiner.run, frame.step)
        if frame.step == run.steps and frame.lane == training.running[-1]:
            break
    told(run.steps - done)
    every = [place for places in run.readings.values() for place in places]
    for numbers, examiner in zip(read, examiners, strict=True):
        end = examiner.run.history.newest
        numbers |= _read([place for place in every if place not in numbers], expect, examiner.run, end.step if end else 0)
    return {place: [numbers[place] for numbers in read] for place in every}


def _read(places: Iterable[Place], expect: Expect, run: Run, step: int) -> dict[Place, tuple[float | None, int]]:
    return {(at, side): (READINGS[expect.claims[at].quantity](run), step) for at, side in places}


def _checked(expect: Expect, at: int, claim: Claim, numbers: Numbers) -> Checked:
    values, reached = (tuple(column) for column in zip(*numbers[at, "set"], strict=True))
    if claim.against is not None:
        others, ends = zip(*numbers[at, "against"], strict=True)
        pairs = zip(values, others, strict=True)
        values = tuple(None if one is None or other is None else quotient(one, other) for one, other in pairs)
        reached = tuple(map(min, reached, ends))
    measured = over_seeds(claim.over_seeds, values)
    return Checked(
        claim=claim,
        seeds=expect.seeds_of(claim),
        steps=expect.steps_of(claim),
        reached=reached,
        measured=measured,
        by_seed=values,
        holds=claim.holds(measured),
    )
