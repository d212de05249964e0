from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import gradtui.engine  # noqa: F401  before anything here loads PyTorch, as in the program
from gradtui.core.presets import collection

settings.register_profile("gradtui", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=1000)
settings.load_profile("gradtui")


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Folders of the tests' own for what outlives a single one, so that nothing is written into the person's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(autouse=True)
def own_presets(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of own presets for each test, so that the person's is neither read nor written."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    folder = collection.own_folder()
    folder.mkdir(parents=True)
    return folder
