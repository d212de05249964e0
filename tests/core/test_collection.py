from __future__ import annotations

from pathlib import Path

import pytest

from gradtui.core.presets.collection import find, shipped
from gradtui.core.presets.preset import UnreadablePreset, parse


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_preset_is_found_by_name(name: str) -> None:
    assert find(name) == parse(shipped()[name].read_text(), name)


def test_a_file_is_found_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = find("tutorial").model_copy(update={"title": "Mine"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for word in ("mine.toml", "./mine", "~/mine.toml", "mine"):
        Path("mine.toml").write_text(written.toml())
        Path("mine").write_text(written.toml())
        assert find(word) == written


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("quicksort", None),
        ("vanishing", "vanishing-sigmoid"),
        ("vanishing-sigmoyd", "vanishing-sigmoid"),
        ("Tutoriel", "tutorial"),
        ("", None),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_nearest(word: str, meant: str | None) -> None:
    with pytest.raises(UnreadablePreset) as caught:
        find(word)
    assert ("Did you mean" in str(caught.value)) == (meant is not None)
    assert (meant or "gradtui presets") in str(caught.value)


@pytest.mark.parametrize("word", ["labs/deep.toml", "deep.toml", "~nobody-of-that-name/deep", "nul\0byte", "x" * 5000, "/"])
def test_a_word_for_no_file_is_refused(word: str) -> None:
    with pytest.raises(UnreadablePreset):
        find(word)
