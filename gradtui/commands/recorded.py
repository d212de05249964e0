"""Where runs are recorded, and which one a word stands for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradtui.core.measured.protocol import Keep
    from gradtui.core.presets.preset import Preset


def runs_place(place: Path | None) -> Path | None:
    """Where runs are recorded: in a folder that was named, or the person's; None where the settings say that none is."""
    from gradtui.core import settings
    from gradtui.runs import folder

    if place is not None:
        return place.absolute()
    return folder.root().absolute() if settings.read(settings.place()).record else None


def keeping(name: str, chosen: Preset, changed: tuple[str, ...], place: Path | None) -> Keep | None:
    """How a run of a preset, with these assignments made, is recorded; None where the settings say that none is."""
    from gradtui.core.measured.protocol import Keep
    from gradtui.core.presets.preset import assignment

    kept = runs_place(place)
    if kept is None:
        return None
    changes = {key: chosen.experiment.value(key) for key, _ in map(assignment, changed)}
    return Keep(place=str(kept), title=chosen.first_title, preset=name, changes=changes)


def recorded_run(word: str, place: Path | None) -> Path | None:
    """The folder of the run that a word stands for; None where it stands for something else, such as a preset."""
    from gradtui.core.presets.collection import known

    if word in known():
        return None
    path = place_of(word, place)
    return path if (path / "run.json").is_file() else None


def place_of(word: str, place: Path | None) -> Path:
    """The folder of a run: a path, or a name among those that are recorded."""
    from gradtui.runs import folder

    path = Path(word)
    return path if path.exists() or "/" in word else (place or folder.root()) / word
