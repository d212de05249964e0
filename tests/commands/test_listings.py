"""The commands that only tell."""

import json
import tomllib

import pytest
from click.testing import CliRunner

from gradtui.catalog.tables import CATALOGS, TABLES
from gradtui.commands.main import main
from gradtui.core.presets.collection import find, shipped


def told(*arguments):
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_presets_are_listed_with_title_and_source(own_presets):
    (own_presets / "broken.toml").write_text("depth = many")
    listed = {row["name"]: row for row in json.loads(told("presets", "--json"))}
    assert set(listed) == {"broken", *shipped()}
    assert "not valid TOML" in listed["broken"]["mistake"] and listed["broken"]["path"] is None
    assert listed["tutorial"]["source"] == find("tutorial").source and listed["tutorial"]["path"] == str(shipped()["tutorial"])
    for name, path in shipped().items():
        assert tomllib.loads(path.read_text())["title"] in told("presets"), name


def test_a_folder_s_presets_are_listed_by_their_paths(tmp_path):
    assert "holds no presets" in told("presets", str(tmp_path)) and json.loads(told("presets", str(tmp_path), "--json")) == []
    path = tmp_path / "mine.toml"
    path.write_text('title = "My own"')
    assert f"{path}  My own" in told("presets", str(tmp_path))
    assert [row["name"] for row in json.loads(told("presets", str(tmp_path), "--json"))] == [str(path)]


@pytest.mark.parametrize("kind", CATALOGS)
def test_every_entry_and_parameter_of_a_kind_is_listed(kind):
    listed = told("list", kind)
    for entry in CATALOGS[kind].values():
        assert entry.name in listed and entry.summary in listed and entry.good_for in listed
        assert all(parameter.help in listed for parameter in entry.parameters)


def test_all_kinds_are_listed():
    assert all(kind in told("list") for kind in CATALOGS)


def test_an_unknown_kind_names_the_nearest():
    result = CliRunner().invoke(main, ["list", "optimisers"])
    assert result.exit_code == 2 and "Did you mean optimizers?" in result.stderr


def test_the_schema_names_every_key():
    def keys(schema):
        found = set(schema.get("properties", {}))
        for branch in schema.get("allOf", ()):
            found |= keys(branch["then"])
        return found

    schema = json.loads(told("schema"))
    for name, table in TABLES.items():
        assert keys(schema["properties"][name]) == set(table.every())


def test_the_doctor_says_what_is_there():
    found = json.loads(told("doctor", "--json"))
    assert found["torch"]["ok"] and found["presets"]["ok"]
    assert all(set(item) == {"ok", "value"} for item in found.values())


def test_a_word_that_is_no_command_is_a_preset():
    result = CliRunner().invoke(main, ["helthy-he"])
    assert result.exit_code == 2 and "Did you mean healthy-he?" in result.stderr
