"""All rules by name, the most telling first."""

from __future__ import annotations

from gradtui.diagnosis.rules import (
    Rule,
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

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        non_finite.RULE,
        symmetric_initialization.RULE,
        vanishing_gradients.RULE,
        exploding_gradients.RULE,
        dead_units.RULE,
        saturated_units.RULE,
        learning_rate_too_high.RULE,
        learning_rate_too_low.RULE,
        loss_oscillating.RULE,
        loss_not_decreasing.RULE,
        overfitting.RULE,
    )
}
