"""Recurrences: how the weights from one time step to the next are drawn."""

from __future__ import annotations

from gradtui.catalog.entry import Catalog, Entry, Parameter

_GAIN = Parameter("recurrent_gain", float, 1.0, "Multiplies every recurrent weight.", minimum=0, maximum=1000, scale="log")

RECURRENCES = Catalog(
    "recurrence",
    "How the weights from one time step to the next are drawn before the first step.",
    (
        Entry("same", "Like the weights of the inputs."),
        Entry(
            "orthogonal",
            "A rotation times gain: a linear network's gradient changes by exactly the gain a time step (Saxe 2013).",
            parameters=(_GAIN,),
        ),
        Entry("identity", "The identity times gain: what a unit holds stays (Le 2015).", parameters=(_GAIN,)),
    ),
)
