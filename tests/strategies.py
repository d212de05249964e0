"""Random values of the project's words, drawn from the catalog so that a new entry is tested by being there."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from gradtui.catalog.entry import Parameter
from gradtui.catalog.initializations import INITIALIZATIONS
from gradtui.catalog.networks import FAMILIES
from gradtui.catalog.tables import TABLES
from gradtui.core.experiments.experiment import Experiment, experiment
from gradtui.core.experiments.fitting import fitting
from gradtui.core.measured.frame import QUANTITIES, STATISTICS, Frame, Spread
from gradtui.core.measured.reading import OVER_SEEDS, READINGS
from gradtui.core.presets.expect import KNOWN, MOST_SEEDS, MOST_STEPS, Claim, Expect

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
"""Any measured number: non-finite ones are data."""

FINITE = st.floats(allow_nan=False, allow_infinity=False)


ENTANGLED = {
    "schedule.warmup",
    "schedule.period",
    "run.steps",
    "task.name",
    "network.initialization",
    "network.residual",
    "network.heads",
    "network.width",
}
"""Keys whose values must fit others, not only their own bounds."""


def family_for(task: str) -> str:
    """The first network that takes a task."""
    return next(family for family in FAMILIES if task in fitting(family))


def values(parameter: Parameter) -> SearchStrategy[Any]:
    """Every value that a parameter allows."""
    if parameter.type is str:
        return st.sampled_from(parameter.names)
    if parameter.type is bool:
        return st.booleans()
    if parameter.type is int:
        return st.integers(parameter.minimum, parameter.maximum)
    lower = parameter.above if parameter.minimum is None else parameter.minimum
    upper = parameter.below if parameter.maximum is None else parameter.maximum
    number = st.floats(lower, upper, exclude_min=parameter.minimum is None, exclude_max=parameter.maximum is None)
    return st.tuples(number, number) if parameter.type == "pair" else number


def wrong_values(parameter: Parameter) -> SearchStrategy[Any]:
    """TOML values that a parameter does not allow: other types, numbers out of bounds, NaN."""
    other: list[SearchStrategy[Any]] = [st.just({}), st.just([]), st.dates(), st.just("no such word")]
    if parameter.type is not bool:
        other.append(st.booleans())
    if parameter.type in (str, bool):
        return st.one_of(*other, st.integers())
    lower = parameter.above if parameter.minimum is None else parameter.minimum
    upper = parameter.below if parameter.maximum is None else parameter.maximum
    assert lower is not None and upper is not None
    other += [st.just(float("nan")), st.just(float("inf")), st.integers(max_value=int(lower) - 1), st.integers(int(upper) + 1)]
    if parameter.type == "pair":
        return st.one_of(*other, st.just([lower - 1, upper]), st.just(["0.5", "0.5"]), st.just([0.5, 0.5, 0.5]))
    return st.one_of(*other, st.just(float(lower) - 0.5))


@st.composite
def tables(draw: DrawFn) -> dict[str, dict[str, Any]]:
    """The values of a valid experiment; a key in ten is left to its default."""
    drawn: dict[str, dict[str, Any]] = {}

    def fill(section: dict[str, Any], parameters: tuple[Parameter, ...]) -> None:
        for parameter in parameters:
            named = parameter.default
            if draw(st.integers(0, 9)):
                section[parameter.name] = named = draw(values(parameter))
            if parameter.catalog is not None:
                fill(section, parameter.catalog[named].parameters)

    for table in TABLES.values():
        fill(drawn.setdefault(table.name, {}), table.parameters)
    _fit_together(draw, drawn)
    return {**drawn, "network": reconciled(drawn["network"])}


def reconciled(network: dict[str, Any]) -> dict[str, Any]:
    """A network's values, changed where they are only allowed one by one."""
    parameters = {parameter.name: parameter for parameter in TABLES["network"].chosen(network)}
    complete = {name: network.get(name, parameter.default) for name, parameter in parameters.items()}
    agreed = dict(network)
    for name, parameter in parameters.items():
        if parameter.divides:
            agreed[name] = math.gcd(complete[name], complete[parameter.divides])
    initialization = INITIALIZATIONS[complete["initialization"]]
    if initialization.families and complete["family"] not in initialization.families:
        agreed["initialization"] = "default"
    elif initialization.residual:
        agreed["residual"] = True
    return agreed


def _fit_together(draw: DrawFn, drawn: dict[str, dict[str, Any]]) -> None:
    """A task that the network takes, and a schedule within the run."""
    tasks = fitting(drawn["network"].get("family", "mlp"))
    if drawn["task"].get("name", "spirals") not in tasks:
        drawn["task"] = {"name": draw(st.sampled_from(tasks))}
    steps, schedule = drawn["run"].get("steps", 2000), drawn["schedule"]
    if "warmup" in schedule:
        schedule["warmup"] %= steps
    if schedule.get("period"):
        schedule["period"] = max(schedule["period"], steps - schedule.get("warmup", 0))


def experiments() -> SearchStrategy[Experiment]:
    """Valid experiments."""
    return tables().map(experiment)


_WORDS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=40).map(str.strip).filter(len)


@st.composite
def claims(draw: DrawFn, steps: int) -> Claim:
    """Claims about any experiment of so many steps: they change what every experiment has."""
    changes = st.fixed_dictionaries({}, optional={"optimizer": st.fixed_dictionaries({"learning_rate": st.floats(0, 1)})})
    low, high = sorted([draw(FINITE), draw(FINITE)])
    kept = draw(st.sampled_from([{"min": low}, {"max": high}, {"min": low, "max": high}]))
    return Claim(
        says=draw(_WORDS),
        source=draw(_WORDS),
        quantity=draw(st.sampled_from(sorted(READINGS))),
        known=draw(st.sampled_from(sorted(KNOWN))),
        set=draw(changes),
        against=draw(st.none() | changes),
        seeds=draw(st.none() | st.integers(1, MOST_SEEDS)),
        steps=draw(st.none() | st.integers(1, min(steps, MOST_STEPS))),
        over_seeds=draw(st.sampled_from(sorted(OVER_SEEDS))),
        **kept,
    )


@st.composite
def expects(draw: DrawFn, made: Experiment) -> Expect:
    """What may be expected of an experiment."""
    drawn = Expect(seeds=draw(st.integers(1, MOST_SEEDS)), claims=tuple(draw(st.lists(claims(made.run.steps), max_size=3))))
    return drawn if drawn.fits(made) else Expect()


@st.composite
def spreads(draw: DrawFn, numbers: SearchStrategy[float] = NUMBERS) -> Spread:
    """Spreads as they are measured: of a few numbers in a row."""
    merged = None
    for value in draw(st.lists(numbers, min_size=1, max_size=5)):
        one = Spread(last=value, low=value, mean=value, high=value)
        merged = one if merged is None else merged.merged(one)
    assert merged is not None
    return merged


@st.composite
def frames(draw: DrawFn, layers: int = 3) -> Frame:
    """Frames of a network of a few layers, any number anywhere."""
    row = st.tuples(*[st.none() | NUMBERS] * layers)
    return Frame(
        step=draw(st.integers(1, 10**9)),
        loss=draw(spreads()),
        gradient_norm=draw(spreads()),
        learning_rate=draw(FINITE),
        layers=draw(st.dictionaries(st.sampled_from(sorted({*QUANTITIES, *STATISTICS})), row)),
        gradient_over_time=draw(st.lists(NUMBERS, max_size=4).map(tuple)),
        validation_loss=draw(st.none() | NUMBERS),
        validation_accuracy=draw(st.none() | NUMBERS),
        steps_per_second=draw(st.none() | NUMBERS),
        lane=draw(st.integers(0, 7)),
    )
