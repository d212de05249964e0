"""What a preset says of an experiment that is no longer its own: something true, and nothing that others said of another one."""

from __future__ import annotations

from gradtui.core.experiments.experiment import Experiment
from gradtui.core.presets.collection import shipped
from gradtui.core.presets.expect import NOTHING
from gradtui.core.presets.preset import Preset, parse
from gradtui.core.text import printable, setting

_LONGEST = 400
"""Characters of a summary."""


def called(experiment: Experiment) -> str:
    """What to call an experiment by its values: mlp 20x32, relu, adam, spirals."""
    network, optimizer, task = (experiment.section(table).values() for table in ("network", "optimizer", "task"))
    shape = f"{network['family']} {network['depth']}x{network['width']}"
    return ", ".join(str(word) for word in (shape, network.get("activation"), optimizer["name"], task["name"]) if word)


def retold(preset: Preset, experiment: Experiment) -> Preset:
    """The preset with another experiment. Words that a person wrote in a file of their own stay; those of a preset that comes with
    gradtui or from another machine give way: a title by values, a summary of what was changed, no source and no claims. What has
    changed is told from its file, where it has one.
    """
    origin = preset.origin
    preset = parse(origin.text, origin.place) if origin else preset
    kept = preset.with_experiment(experiment).model_copy(update={"origin": origin})
    others = origin is None or origin.host or origin.place in map(str, shipped().values())
    if experiment == preset.experiment or (not others and preset.title != called(preset.experiment)):
        return kept
    differences = preset.experiment.differences(experiment)
    changes = ", ".join(setting(key, new) for key, (_, new) in differences.items() if new is not None)
    summary = printable(f"Changed from {preset.title}: {changes}.", _LONGEST)
    words = {"title": called(experiment), "summary": summary, "source": "", "expect": NOTHING}
    return kept.model_copy(update=words)
