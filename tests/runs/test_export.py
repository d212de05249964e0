"""Recorded runs for other programs: what is read back is what was measured, numbers that are none included."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradtui.commands import export as command
from gradtui.core.experiments.experiment import experiment
from gradtui.core.measured.finding import Finding, Fix
from gradtui.core.measured.frame import Frame, Spread
from gradtui.core.measured.protocol import Diagnosed, Ended, Report, Sampled, Started
from gradtui.core.presets import preset
from gradtui.runs import folder
from gradtui.runs.about import About
from gradtui.runs.export.kinds import KINDS, export
from gradtui.runs.folder import Found
from gradtui.runs.log import Unwritable

LAYERS = ("1", "2", "out")
NUMBERS = st.floats(width=32) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e-300, 1e300])
FINDING = Finding(
    rule="vanishing-gradients", severity="critical", step=2, what="Gradients vanish", evidence="2e-9 | below 0.001", meaning="",
    source="Hochreiter 1991", fixes=(Fix(title="ReLU", reason="", set={"network.activation": "relu"}),),
)  # fmt: skip


def frame(step: int, value: float, by_layer: tuple[float | None, ...]) -> Frame:
    spread = Spread(last=value, low=value, mean=value, high=value)
    layers = {"activation_gradient": by_layer}
    return Frame(step=step, loss=spread, gradient_norm=spread, learning_rate=0.1, layers=layers, validation_loss=value)


def made(place: Path, frames: list[Frame], title: str = "ReLU *deep* <b>") -> Found:
    """A run of these frames, as it is read from its folder."""
    about = About(
        title=title, preset="", experiment=experiment().tables(), began=datetime(2026, 1, 1, tzinfo=UTC), environment={}, data="",
        changes={"network.depth": 3},
    )  # fmt: skip
    opened = folder.create(place, about)
    started = Started(run=0, device="cpu", weights=9, layers=LAYERS, predicted=((None,) * 3,))
    reports: list[Report] = [started, *(Sampled(run=0, frame=one) for one in frames), Diagnosed(run=0, findings=(FINDING,))]
    reports.append(Ended(run=0, step=frames[-1].step, status="done"))
    opened.log.append(*(report.model_dump_json().encode() for report in reports))
    opened.log.close()
    opened.close()
    return folder.read(opened.path)


def some(place: Path, *values: float) -> Found:
    return made(place, [frame(step, value, (value, None, 1.0)) for step, value in enumerate(values or (3.0, 2.0, 0.5), 1)])


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def expected(frames: list[Frame]) -> list[tuple[int, str, str, float]]:
    """All numbers of frames, by a way of their own."""
    found = []
    for one in frames:
        told = one.model_dump()
        for name in ("loss", "gradient_norm"):
            found += [
                (one.step, name + ("" if part == "last" else f"_{part}"), "", told[name][part])
                for part in ("last", "low", "mean", "high")
            ]
        found += [(one.step, "learning_rate", "", 0.1), (one.step, "validation_loss", "", told["validation_loss"])]
        found += [
            (one.step, "activation_gradient", name, value)
            for name, value in zip(LAYERS, told["layers"]["activation_gradient"], strict=True)
        ]
    return sorted(((step, name, layer, value) for step, name, layer, value in found if value is not None), key=lambda row: row[:3])


FRAMES = st.lists(st.tuples(NUMBERS, st.tuples(*[st.none() | NUMBERS] * 3)), min_size=1, max_size=4).map(
    lambda told: [frame(step, *one) for step, one in enumerate(told, 1)]
)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@given(FRAMES)
@settings(deadline=None)
def test_a_table_holds_every_number_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, kind: str, frames: list[Frame]) -> None:
    place = tmp_path_factory.mktemp("runs")
    run = made(place, frames)
    export([run], kind, place / "out", False)
    found = read(kind, place / "out")
    assert {row["run"] for row in found} == {run.path.name}
    rows = sorted(
        ((int(row["step"]), row["quantity"], row["layer"], float(row["value"])) for row in found), key=lambda row: row[:3]
    )
    wanted = expected(frames)
    assert [row[:3] for row in rows] == [row[:3] for row in wanted]
    assert all(same(row[3], other[3]) for row, other in zip(rows, wanted, strict=True))


def read(kind: str, path: Path) -> list[dict[str, Any]]:
    if kind == "csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path).to_pylist()


@given(FRAMES)
@settings(deadline=None)
def test_json_is_strict_and_holds_every_frame(tmp_path_factory: pytest.TempPathFactory, frames: list[Frame]) -> None:
    place = tmp_path_factory.mktemp("runs")
    export([made(place, frames)], "json", place / "out", False)

    def refuse(word: str) -> float:
        raise AssertionError(word)

    (run,) = json.loads((place / "out").read_text(), parse_constant=refuse)["runs"]
    assert [repr(Frame.model_validate(one)) for one in run["frames"]] == [*map(repr, frames)]
    assert run["findings"][0]["source"] == "Hochreiter 1991" and run["ended"]["status"] == "done"


READER = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
for path in sys.argv[1:]:
    events = EventAccumulator(path, size_guidance={"scalars": 0})
    events.Reload()
    print(json.dumps({tag: [(one.step, one.value) for one in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))
"""


def test_tensorboard_reads_its_events(tmp_path: Path) -> None:
    values = (3.0, math.nan, math.inf, -math.inf, 1e300, 1e-60, 0.1)
    runs = [some(tmp_path, *values), some(tmp_path)]
    export(runs, "tensorboard", tmp_path / "out", False)
    folders = [str(tmp_path / "out" / run.path.name) for run in runs]
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READER, *folders], capture_output=True, text=True, check=True
    ).stdout
    first, second = map(json.loads, told.splitlines())
    assert [step for step, _ in first["loss"]] == [*range(1, 8)]
    kept = (3.0, math.nan, math.inf, -math.inf, math.inf, 0.0, 0.1)
    assert all(
        same(value, pytest.approx(wanted) if math.isfinite(wanted) else wanted)
        for (_, value), wanted in zip(first["loss"], kept, strict=True)
    )
    assert [value for _, value in second["loss"]] == [3.0, 2.0, 0.5] and second["activation_gradient/out"] == [
        [1, 1.0],
        [2, 1.0],
        [3, 1.0],
    ]
    assert "activation_gradient/2" not in second


@pytest.mark.parametrize("values", [(3.0, 2.0, 0.5), (3.0, math.nan, math.inf), (0.0, -1.0), (math.nan,), (1e300, 1e-300), (1.0,)])
def test_pictures_are_vectors_of_finite_numbers(tmp_path: Path, values: tuple[float, ...]) -> None:
    export([some(tmp_path, *values), some(tmp_path)], "svg", tmp_path / "out", False)
    for path in (tmp_path / "out").iterdir():
        text = path.read_text()
        ElementTree.fromstring(text)
        assert not any(f"{sign}{word}" in text.lower() for sign in ' ",' for word in ("nan", "inf,", 'inf"'))
    assert (tmp_path / "out" / "loss.svg").exists()


def test_a_report_says_all_and_its_experiment_can_be_opened(tmp_path: Path) -> None:
    run = some(tmp_path)
    export([run], "markdown", tmp_path / "out", False)
    told = (tmp_path / "out" / "report.md").read_text()
    for words in (
        "ReLU \\*deep\\* \\<b\\>",
        "`network.depth` to 3",
        "Hochreiter 1991",
        "2e-9 \\| below",
        "| training loss | 0.500 |",
        "gradtui script",
    ):
        assert words in told
    for name in ("loss.svg", "over-time.svg"):
        assert f"]({name})" in told and (tmp_path / "out" / name).exists()
    assert preset.read(tmp_path / "out" / f"{run.path.name}.toml").experiment == experiment()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_over_unless_that_is_asked_for(tmp_path: Path, kind: str) -> None:
    run, out = some(tmp_path), tmp_path / "out"
    written = export([run], kind, out, False)
    written[-1].write_text("mine")
    before = {path: path.read_bytes() for path in written}
    with pytest.raises(Unwritable, match="exists already; nothing was written"):
        export([run], kind, out, False)
    assert {path: path.read_bytes() for path in written} == before
    export([run], kind, out, True)
    assert written[-1].read_bytes() != b"mine"


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_run_exports_what_stands_before_the_damage(tmp_path: Path, kind: str) -> None:
    run = some(tmp_path)
    log = run.path / folder.EVENTS
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:3]) + b"0" + lines[3][1:] + b"".join(lines[4:]))
    damaged = folder.read(run.path)
    assert "damaged" in damaged.problem
    export([damaged], kind, tmp_path / "out", False)
    if kind == "csv":
        assert {row["step"] for row in read("csv", tmp_path / "out")} == {"1", "2"}


def test_the_command_offers_every_kind() -> None:
    assert tuple(KINDS) == command.KINDS
