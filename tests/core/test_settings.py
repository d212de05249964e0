"""Settings: kept between starts, and hostile until checked."""

import os
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradtui.core.settings import LARGEST, Settings, Unkept, keep, place, read

NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True)


@given(NAMES, NAMES)
def test_what_is_kept_is_read_again_beside_what_a_hand_wrote(tmp_path_factory, one, other):
    path = tmp_path_factory.mktemp("config") / "new" / "settings.toml"
    keep(path, "theme", one)
    assert read(path) == Settings(one)
    path.write_text(f"# mine\nother = 3 # kept\n{path.read_text()}")
    path.chmod(0o600)
    keep(path, "theme", other)
    assert path.read_text().startswith("# mine\nother = 3 # kept\n") and path.stat().st_mode & 0o777 == 0o600
    assert tomllib.loads(path.read_text()) == {"other": 3, "theme": other}
    assert os.listdir(path.parent) == ["settings.toml"]


def test_nothing_is_wrong_with_no_file():
    assert read(place()) == Settings() and not place().exists()


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"theme = '{text}'".encode(errors="ignore")))
def test_any_bytes_are_settings_or_told(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("config") / "settings.toml"
    path.write_bytes(raw)
    settings = read(path)
    assert all(mistake.isprintable() for mistake in settings.mistakes)
    assert settings.mistakes or set(tomllib.loads(raw.decode())) <= {"theme", "keys"}
    before = path.read_bytes()
    try:
        keep(path, "theme", "nord")
    except Unkept:
        assert path.read_bytes() == before
    else:
        assert read(path).theme == "nord"


@pytest.mark.parametrize("made", ["large", "pipe", "folder", "typo"])
def test_what_cannot_be_used_is_told_and_left_aside(tmp_path, made):
    path = tmp_path / "settings.toml"
    if made == "pipe":
        os.mkfifo(path)
    elif made == "folder":
        path.mkdir()
    else:
        path.write_text("theem = 'nord'" if made == "typo" else "#" * (LARGEST + 1))
    settings = read(path)
    assert settings == Settings(mistakes=settings.mistakes) and len(settings.mistakes) == 1
    assert made != "typo" or "Did you mean theme?" in settings.mistakes[0]


def test_what_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unkept, match="is left as it is: "):
        keep(tmp_path / "file" / "settings.toml", "theme", "nord")


@pytest.mark.parametrize("text", ['[keys]\n"run.step" = "x, f5"', '[keys.run]\nstep = "x, f5"', '[keys]\nrun.step = "x, f5"'])
def test_keys_stand_by_their_ids_quoted_or_dotted(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    assert read(tmp_path / "settings.toml") == Settings(keys={"run.step": "x, f5"})


@pytest.mark.parametrize(
    "text", ["keys = 3", "[keys]\nstep = 'x'", "[keys]\nrun.step = 3", "[keys]\nrun.step = ['x']", "[keys.a.b]\nc = 'x'"]
)
def test_what_is_no_choice_of_keys_is_told(tmp_path, text):
    (tmp_path / "settings.toml").write_text(text)
    settings = read(tmp_path / "settings.toml")
    assert settings.keys == {} and len(settings.mistakes) == 1 and "run.toggle" in settings.mistakes[0]
