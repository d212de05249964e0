"""The whole script: its pieces in order, below what they import."""

from __future__ import annotations

import re
import textwrap

from gradtui import __version__
from gradtui.core.experiments.batches import check_batches
from gradtui.core.experiments.cost import cost
from gradtui.core.experiments.experiment import Experiment
from gradtui.core.presets.preset import Preset
from gradtui.script.data import batches, count, data, whole
from gradtui.script.loop import clipping, loop
from gradtui.script.model import feedforward
from gradtui.script.optimizer import optimizer
from gradtui.script.recurrent import recurrent
from gradtui.script.schedule import schedule
from gradtui.script.transformer import transformer

_FAMILIES = {
    "mlp": feedforward,
    "cnn": feedforward,
    "rnn": recurrent,
    "irnn": recurrent,
    "gru": recurrent,
    "lstm": recurrent,
    "transformer": transformer,
}
_SMALL = 1e9
"""Operations a step below which one thread is the fastest."""
_STANDARD = {"import math": r"\bmath\.", "import re": r"\bre\."}
_INSTALLED = {
    "import numpy as np": r"\bnp\.",
    "import torch": r"\btorch\.",
    "import torch.nn.functional as F": r"\bF\.",
    "from torch import nn": r"\bnn\.",
}
_FROM_SKLEARN = {"datasets": r"\b((?:load|make)_\w+)\(", "model_selection": r"\b(train_test_split)\("}

_ON_THE_GPU = 'model.to("cuda")\ninputs, targets = inputs.to("cuda"), targets.to("cuda")'


def script(preset: Preset) -> str:
    """The preset's experiment as a program of plain PyTorch, which prints the losses that a run of it measures.

    Raises Refused where a batch would be too small for its normalization.
    """
    experiment = preset.experiment
    check_batches(experiment, count(experiment))
    hidden = _has_hidden_matrices(experiment)
    several = experiment.optimizer.name == "muon" and hidden
    pieces = [
        data(experiment),
        batches(experiment),
        _FAMILIES[experiment.network.family](experiment),
        _ON_THE_GPU if experiment.run.device == "cuda" else "",
        optimizer(experiment, hidden),
        schedule(experiment, several),
        clipping(experiment),
        loop(experiment, several),
    ]
    body = "\n\n\n".join(piece.strip() for piece in [_constants(experiment), *pieces] if piece)
    return f"{_docstring(preset)}\n\n{_imports(body)}\n\n{body}\n"


def _has_hidden_matrices(experiment: Experiment) -> bool:
    """Whether any matrix of the network neither takes the input nor gives the output; kernels of convolutions are none."""
    network = experiment.network
    return bool(network.family not in ("mlp", "cnn") or (network.family == "mlp" and network.depth > 1))


def _constants(experiment: Experiment) -> str:
    run = experiment.run
    size = [] if whole(experiment) else [f"BATCH_SIZE = {run.batch_size}"]
    threads = (
        ["", "torch.set_num_threads(1)  # the fastest for a network as small as this"]
        if cost(experiment).operations < _SMALL
        else []
    )
    return "\n".join([f"SEED = {run.seed}", f"STEPS = {run.steps}", *size, *threads])


def _docstring(preset: Preset) -> str:
    """What the script is, from words of the preset, which can be anything: no quote and no backslash of theirs ends the text."""
    texts = [preset.title, preset.summary, f"Source: {preset.source}" if preset.source else ""]
    own = f"Plain PyTorch, written by gradtui {__version__}. It needs torch, numpy and, where it imports it, scikit-learn."
    words = "\n\n".join(textwrap.fill(text, 100, break_on_hyphens=False) for text in [*texts, own] if text)
    return '"""{}\n"""'.format(words.replace("\\", "\\\\").replace('"""', "'''"))


def _imports(body: str) -> str:
    """The import statements that a text needs, in the usual order."""
    standard = [line for line, use in _STANDARD.items() if re.search(use, body)]
    installed = [line for line, use in _INSTALLED.items() if re.search(use, body)]
    for module, use in _FROM_SKLEARN.items():
        names = sorted(set(re.findall(use, body)))
        installed += [f"from sklearn.{module} import {', '.join(names)}"] if names else []
    plain, chosen = ([line for line in installed if line.startswith(word)] for word in ("import", "from"))
    ordered = [*plain, *sorted(chosen, key=str.lower)]
    return "\n".join([*standard, *([""] if standard else []), *ordered])
