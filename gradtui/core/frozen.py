"""The base of values that cross the pipe."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes, written as JSON whose non-finite numbers are the strings NaN, Infinity and -Infinity."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")
