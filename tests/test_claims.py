"""What the presets claim, checked by training them.

Here are the presets whose claims take a few seconds of one processor. SLOW are those that take longer, by measurement, so that a
commit does not wait for them: wide networks, hundreds of them, or training through time. `gradtui verify` checks them all.
"""

from __future__ import annotations

import pytest

from gradtui.core.presets.collection import find, shipped
from gradtui.core.presets.verified import in_words
from gradtui.headless.verifying import verify

SLOW = {
    *(
        "adam-eps",
        "adding-lstm",
        "adding-rnn",
        "batch-norm-explodes",
        "batch-norm-sigmoid",
        "edge-of-chaos",
        "fixup",
        "glorot-tanh",
    ),
    *("he-thirty-layers", "healthy-he", "irnn", "narrow-layers", "orthogonal-linear", "residual-growth", "residual-links"),
    *("selu-thirty-layers", "sigmoid-underflow", "transformer-post-norm", "transformer-pre-norm", "weight-gradients-hide"),
}
"""More than six seconds each on a busy machine of two cores; the others take half a minute of processor time together."""


@pytest.mark.parametrize("name", [name for name in shipped() if name not in SLOW])
def test_what_a_preset_claims_holds(name: str) -> None:
    done = verify({name: find(name)})
    assert done.holds, in_words(done)


def test_what_is_left_out_is_there() -> None:
    assert set(shipped()) > SLOW
