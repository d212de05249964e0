"""Expectations: what a reader of a preset should see, as claims with bounds that `gradtui verify` checks.

They are read as hostile data: quantities come from a closed list, nothing is evaluated, and what a check may cost is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from gradtui.core.experiments.cost import cost
from gradtui.core.experiments.experiment import MOST_TOLD, Experiment, InvalidExperiment, Mistake, first, seen
from gradtui.core.measured.reading import OVER_SEEDS, READINGS
from gradtui.core.text import nearest, printable

Changes = dict[str, dict[str, Any]]
"""Changed values by table and key."""

KNOWN = {
    "paper": "read in the paper",
    "literature": "taken from another source than the paper, or from memory of it",
    "theory": "derived by theory",
    "measured": "measured with gradtui",
}
"""How a claim's figure is known."""

MOST_CLAIMS, MOST_SEEDS, MOST_STEPS = 32, 400, 10_000
MOST_OPERATIONS = 1e14
"""Multiplications and additions of all runs together: some minutes."""

_Name = Annotated[str, AfterValidator(lambda name: printable(name, 200)), Field(min_length=1)]
_Bound = Annotated[float, Field(allow_inf_nan=False)]
_Seeds = Annotated[int, Field(ge=1, le=MOST_SEEDS)]
_Steps = Annotated[int, Field(ge=1, le=MOST_STEPS)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Claim(_Value):
    """What a reader should see, in words, and the bounds of the number that shows it; both bounds hold themselves.

    `quantity` is one of READINGS, after `steps` steps of the preset with the changes in `set`; `seeds` runs that differ in their
    seed give one number by `over_seeds`. With `against`, it is that of the run with `set` over that of the run with `against`.
    Seeds and steps that are None are those of all claims.
    """

    says: _Name
    quantity: Literal[tuple(READINGS)]  # type: ignore[valid-type]
    min: _Bound | None = None
    max: _Bound | None = None
    source: _Name
    known: Literal[tuple(KNOWN)]  # type: ignore[valid-type]
    set: Changes = {}
    against: Changes | None = None
    seeds: _Seeds | None = None
    steps: _Steps | None = None
    over_seeds: Literal[tuple(OVER_SEEDS)] = "median"  # type: ignore[valid-type]

    def holds(self, measured: float | None) -> bool:
        """Whether a number lies within the bounds; NaN and what was not measured do not."""
        if measured is None or measured != measured:
            return False
        return (self.min is None or self.min <= measured) and (self.max is None or measured <= self.max)


class Expect(_Value):
    """All claims of a preset, and the seeds and steps of those that have none of their own."""

    seeds: _Seeds = 1
    steps: _Steps = 1
    claims: tuple[Claim, ...] = ()

    def seeds_of(self, claim: Claim) -> int:
        """How many runs a claim takes."""
        return claim.seeds or self.seeds

    def steps_of(self, claim: Claim) -> int:
        """After how many steps a claim is read."""
        return claim.steps or self.steps

    def table(self) -> dict[str, Any]:
        """The plain values, without those that are left to their defaults; `expectations` of them are these."""
        return {"seeds": self.seeds, "steps": self.steps, "claims": [c.model_dump(exclude_defaults=True) for c in self.claims]}

    def fits(self, experiment: Experiment) -> bool:
        """Whether this can be expected of an experiment: its changes apply there."""
        return not _unfit_claims(self, experiment)


NOTHING = Expect()
"""No claims."""


def flat(changes: Changes) -> dict[str, Any]:
    """Changes by dotted key, as `Experiment.changed` takes them."""
    return {f"{table}.{key}": value for table, values in changes.items() for key, value in values.items()}


def expectations(data: Any, experiment: Experiment | None) -> Expect:
    """The expectations in a preset's table. Raises InvalidExperiment with every mistake.

    What depends on the experiment is left unchecked where that is None, because it has mistakes of its own.
    """
    if not isinstance(data, Mapping):
        raise InvalidExperiment([Mistake("expect", f"is {seen(data)}, not a table.", "[expect] with keys of its own")])
    claims = data.get("claims", [])
    if not isinstance(claims, list) or len(claims) > MOST_CLAIMS:
        raise InvalidExperiment(
            [Mistake("expect.claims", "is no list that fits.", f"up to {MOST_CLAIMS} tables [[expect.claims]]")]
        )
    mistakes = _mistakes(Expect, {**data, "claims": ()}, "expect")
    for at, claim in enumerate(claims, 1):
        if len(mistakes) > MOST_TOLD:
            break
        where = f"expect.claims.{at}"
        if not isinstance(claim, Mapping):
            mistakes.append(Mistake(where, f"is {seen(claim)}, not a table.", "[[expect.claims]] with keys of its own"))
            continue
        found = _mistakes(Claim, claim, where)
        mistakes += found or _unbounded(claim, where)
    if mistakes:
        raise InvalidExperiment(mistakes)
    made = Expect.model_validate({**data, "claims": tuple(map(Claim.model_validate, claims))})
    if experiment is not None and (mistakes := _unfit_claims(made, experiment)):
        raise InvalidExperiment(mistakes)
    return made


def _mistakes(model: type[_Value], values: Mapping[str, Any], where: str) -> list[Mistake]:
    try:
        model.model_validate(values)
    except ValidationError as error:
        wrong = dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_url=False, include_context=False))
        return [_mistake(model, values, name, where) for name in first(wrong)]
    return []


def _mistake(model: type[_Value], values: Mapping[str, Any], name: str, where: str) -> Mistake:
    place = f"{where}.{printable(name, 60)}"
    if name not in model.model_fields:
        return Mistake(place, "unknown key.", ", ".join(model.model_fields), nearest(name, model.model_fields))
    if name not in values:
        return Mistake(place, "is missing.", ALLOWED[name])
    value = values[name]
    meant = nearest(value, _NAMES[name]) if name in _NAMES and isinstance(value, str) else None
    return Mistake(place, f"{seen(value)} does not fit.", ALLOWED[name], meant)


def _unbounded(claim: Mapping[str, Any], where: str) -> list[Mistake]:
    low, high = claim.get("min"), claim.get("max")
    if low is None and high is None:
        return [Mistake(where, "has no bounds.", "min, max or both")]
    if low is not None and high is not None and low > high:
        return [Mistake(f"{where}.min", f"{low:g} is above max {high:g}.", "a number up to max")]
    return []


def _unfit_claims(expect: Expect, experiment: Experiment) -> list[Mistake]:
    """Changes that cannot be made to the experiment, and a check that would take too long."""
    mistakes, operations = list[Mistake](), 0.0
    for at, claim in enumerate(expect.claims, 1):
        if len(mistakes) > MOST_TOLD:
            break
        for key, changes in (("set", claim.set), ("against", claim.against)):
            if changes is None:
                continue
            try:
                changed = experiment.changed(flat(changes))
            except InvalidExperiment as error:
                mistakes += [Mistake(f"expect.claims.{at}.{key}.{m.where}", m.problem, m.allowed, m.meant) for m in error.mistakes]
                continue
            steps = expect.steps_of(claim)
            if steps > changed.run.steps:
                problem = f"{steps} are more than the {changed.run.steps} of the run."
                mistakes.append(Mistake(f"expect.claims.{at}.steps", problem, f"a whole number from 1 to {changed.run.steps}"))
            operations += cost(changed).operations * expect.seeds_of(claim) * steps
    if operations > MOST_OPERATIONS:
        problem = f"checking them takes {operations:.0e} multiplications and additions."
        mistakes.append(Mistake("expect.claims", problem, f"up to {MOST_OPERATIONS:.0e}: fewer steps or seeds, smaller networks"))
    return mistakes


_NAMES: Mapping[str, Mapping[str, Any]] = {"quantity": READINGS, "known": KNOWN, "over_seeds": OVER_SEEDS}
_A_QUANTITY = (
    "first.loss, last.loss, last.validation_loss, last.accuracy, finding.RULE, or WHEN.QUANTITY.HOW such as "
    "first.activation_gradient.ratio; `gradtui schema` lists all"
)
_TABLES = "tables of changed values, such as { network.depth = 10 }"
ALLOWED: Mapping[str, str] = {
    "says": "what holds, in a few words",
    "quantity": _A_QUANTITY,
    "min": "a number",
    "max": "a number",
    "source": "where the claim comes from",
    "known": "one of " + ", ".join(KNOWN),
    "set": _TABLES,
    "against": _TABLES,
    "seeds": f"a whole number from 1 to {MOST_SEEDS}",
    "steps": f"a whole number from 1 to {MOST_STEPS}",
    "over_seeds": "one of " + ", ".join(OVER_SEEDS),
    "claims": "tables [[expect.claims]]",
}
"""What may stand at each key, in words."""
