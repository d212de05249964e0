"""All rules by name, the most telling first."""

from __future__ import annotations

from gradtui.diagnosis.rules import (
    Judge,
    dead_units,
    exploding_gradients,
    learning_rate_too_high,
    learning_rate_too_low,
    loss_not_decreasing,
    loss_oscillating,
    non_finite,
    overfitting,
    saturated_units,
    symmetric_initialization,
    vanishing_gradients,
)

JUDGES: dict[str, Judge] = {
    module.__name__.rpartition(".")[2].replace("_", "-"): module.judge
    for module in (
        non_finite,
        symmetric_initialization,
        vanishing_gradients,
        exploding_gradients,
        dead_units,
        saturated_units,
        learning_rate_too_high,
        learning_rate_too_low,
        loss_oscillating,
        loss_not_decreasing,
        overfitting,
    )
}
