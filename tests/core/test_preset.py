from __future__ import annotations

import os
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from gradtui.catalog.tables import TABLES
from gradtui.core.experiments.experiment import MOST_TOLD, Experiment, InvalidExperiment, experiment
from gradtui.core.presets.collection import shipped
from gradtui.core.presets.preset import LARGEST, Preset, UnreadablePreset, assignment, changed, parse, read
from tests.strategies import ENTANGLED, FINITE, expects, experiments, values

ANYTHING = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | FINITE | st.text(st.characters(codec="utf-8")) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3),
    max_leaves=5,
)
SAMPLES = [path.read_bytes() for path in shipped().values()]


def refusal(load: Callable[[], Preset]) -> str:
    with pytest.raises((UnreadablePreset, InvalidExperiment)) as caught:
        load()
    return str(caught.value)


def loads_or_refuses(load: Callable[[], Preset]) -> None:
    """Nothing but the two errors comes out, and their messages may be printed on a terminal."""
    try:
        load()
    except (UnreadablePreset, InvalidExperiment) as error:
        message = str(error).replace("\n", "")
        assert message
        assert not [character for character in message if unicodedata.category(character)[0] == "C"]


@given(st.text(), experiments(), st.text(), st.text(), st.data())
def test_a_preset_comes_back_from_its_file(title: str, made: Experiment, summary: str, source: str, data: st.DataObject) -> None:
    preset = Preset(title=title, experiment=made, summary=summary, source=source, expect=data.draw(expects(made)))
    again = parse(preset.toml(), "again")
    assert again == preset
    assert again.toml() == preset.toml()


@given(st.text())
def test_any_text_loads_or_is_refused(text: str) -> None:
    loads_or_refuses(lambda: parse(text, text))


@given(st.sampled_from(SAMPLES), st.data())
def test_any_damaged_file_loads_or_is_refused(tmp_path_factory: pytest.TempPathFactory, sample: bytes, data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(sample)))
        end = data.draw(st.integers(start, min(len(sample), start + 40)))
        sample = sample[:start] + data.draw(st.binary(max_size=20)) + sample[end:]
    path.write_bytes(sample)
    loads_or_refuses(lambda: read(path))


@given(st.dictionaries(st.sampled_from([*TABLES, "schema", "title", "expect", "nonsense\x1b[2J"]), ANYTHING))
def test_any_toml_loads_or_is_refused(data: dict[str, Any]) -> None:
    loads_or_refuses(lambda: parse(tomlkit.dumps(data), "random"))


@pytest.mark.parametrize(
    "literal", ["nan", "inf", "-inf", "1" + 400 * "0", "1e999", "2024-01-01", "07:32:00", '"\\u001b[2J"', "[1]", "{a = 1}"]
)
def test_what_is_no_number_is_refused_where_a_number_should_be(literal: str) -> None:
    refused = refusal(lambda: parse(f"[optimizer]\nlearning_rate = {literal}", "x"))
    assert "optimizer.learning_rate" in refused
    assert "a number from 0 to 1 000" in refused


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 30_000, "a = " + "{a = " * 6_000, "a = " + "1" * 5000],
    ids=["lists", "tables", "long integer"],
)
def test_what_is_nested_or_long_beyond_reason_is_refused(text: str) -> None:
    assert "not valid TOML" in refusal(lambda: parse(text, "deep"))


def test_all_mistakes_of_a_file_are_told_in_one_message() -> None:
    text = """
    schema = 2
    titel = "misspelt"
    summary = 3
    [network]
    depth = 1000000000
    activation = "sigmod"
    [optimzer]
    name = "adam"
    [run]
    steps = nan
    """
    with pytest.raises(InvalidExperiment) as caught:
        parse(text, "labs/deep.toml")
    found = {mistake.where: mistake for mistake in caught.value.mistakes}
    assert found.keys() == {"schema", "titel", "summary", "network.depth", "network.activation", "optimzer", "run.steps"}
    assert [found[where].meant for where in ("titel", "network.activation", "optimzer")] == ["title", "sigmoid", "optimizer"]
    assert all(mistake.allowed for mistake in found.values())
    assert str(caught.value).startswith("7 mistakes in labs/deep.toml:\n")


@pytest.mark.parametrize(
    "text, where",
    [
        ("{}", ""),
        ("[network]\n{}", "network."),
        ("[[expect.claims]]\n{}", "expect.claims.1."),
        ("\n".join(f"[[expect.claims]]\nk{at} = 1" for at in range(32)) + "\n{}", "expect.claims."),
    ],
)
def test_of_very_many_mistakes_the_first_are_told_and_that_there_are_more(text: str, where: str) -> None:
    many = "\n".join(f"{'n' * 200}{at} = '{at * 'x'}'" for at in range(60))
    told = refusal(lambda: parse(text.format(many), "labs/deep.toml")).splitlines()
    assert told[0] == f"More than {MOST_TOLD} mistakes in labs/deep.toml:" and len(told) == MOST_TOLD + 1
    assert all(line.startswith(f"  {where}") and len(line) < 1000 for line in told[1:])


def test_exactly_as_many_mistakes_as_are_told_are_all_of_them() -> None:
    text = "\n".join(f"k{at} = 1" for at in range(MOST_TOLD))
    assert refusal(lambda: parse(text, "x")).startswith(f"{MOST_TOLD} mistakes in x:")


def test_an_empty_file_is_the_default_experiment() -> None:
    assert parse("", "empty") == Preset(title="Untitled", experiment=experiment())


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    huge, latin, pipe = tmp_path / "huge.toml", tmp_path / "latin.toml", tmp_path / "pipe.toml"
    huge.write_bytes(b"#" * 2 * LARGEST)
    latin.write_bytes(b'title = "\xe9"')
    os.mkfifo(pipe)
    for path, reason in (
        (tmp_path / "missing.toml", "No such file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "nul\0.toml", "null byte"),
        (tmp_path / ("x" * 400), "File name too long"),
        (huge, "larger than 32 KiB"),
        (latin, "not UTF-8"),
        (pipe, "not a regular file"),
    ):
        message = refusal(lambda path=path: read(path))
        assert reason in message
        assert message.count(str(tmp_path)) == 1


@given(experiments(), st.data())
def test_an_assignment_is_read_as_toml_reads_it(made: Experiment, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(sorted(TABLES)))
    parameter = data.draw(st.sampled_from(made.parameters(table)))
    value = data.draw(values(parameter))
    toml = tomlkit.dumps({"v": list(value) if isinstance(value, tuple) else value})
    literal = toml.removeprefix("v = ").strip()
    key = f"{table}.{parameter.name}"
    read_back = assignment(f" {key} = {literal}")
    assert read_back == (key, tomllib.loads(f"v = {literal}")["v"])
    if key not in ENTANGLED:
        assert made.changed(dict([read_back])).value(key) == value
    if isinstance(value, str):
        assert assignment(f"{key}={value}") == (key, value)


@given(st.text())
def test_any_assignment_is_read_or_refused(text: str) -> None:
    if "=" in text:
        key, _ = assignment(text)
        assert key == text.split("=")[0].strip()
    else:
        with pytest.raises(InvalidExperiment):
            assignment(text)


@pytest.mark.parametrize("text", ["run.steps=1\nrun.seed=2", "a==", "a=1=2", "a=[", "a=" + "[" * 5000])
def test_what_is_no_toml_value_is_a_word(text: str) -> None:
    assert assignment(text)[1] == text.partition("=")[2].strip()


def test_a_changed_preset_says_so_in_its_title() -> None:
    preset = parse(SAMPLES[0].decode(), "x")
    deeper = changed(preset, ["run.seed=41"])
    assert deeper.title == f"changed from {preset.title}" == changed(deeper, ["run.seed=42"]).title
    assert changed(preset, ["run.seed=41", f"run.seed={preset.experiment.run.seed}"]).title == preset.title
