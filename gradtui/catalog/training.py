"""Clipping and devices: how a run is driven."""

from __future__ import annotations

from gradtui.catalog.entry import Catalog, Entry

CLIPPINGS = Catalog(
    "clipping",
    "What is done to a gradient that is too large.",
    (
        Entry("none", "Gradients are used as they come."),
        Entry("norm", "A gradient longer than the threshold is shortened to it; its direction stays (Pascanu 2013)."),
        Entry("value", "Every entry is cut to plus or minus the threshold; the direction changes."),
    ),
)

DEVICES = Catalog(
    "device",
    "Where the network is trained.",
    (
        Entry("auto", "The GPU where it is worth it and there is one, else the CPU."),
        Entry("cpu", "The processor."),
        Entry("cuda", "The first NVIDIA GPU."),
    ),
)
