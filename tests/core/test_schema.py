from __future__ import annotations

from typing import Any

from hypothesis import given

from gradtui.catalog.tables import TABLES
from gradtui.core.presets.schema import json_schema
from tests.strategies import tables

PROPERTIES = json_schema()["properties"]


def properties(schema: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The properties that apply to these values, by the rules of JSON Schema for `if`, `const` and `required`."""
    found = dict(schema["properties"])
    for branch in schema.get("allOf", ()):
        condition = branch["if"]
        ((name, wanted),) = condition["properties"].items()
        missing = name not in values
        if (missing and name not in condition.get("required", ())) or (not missing and values[name] == wanted["const"]):
            found |= properties(branch["then"], values)
    return found


def holds(schema: dict[str, Any], value: Any) -> bool:
    if "enum" in schema:
        return value in schema["enum"]
    if schema["type"] == "array":
        return len(value) == schema["minItems"] and all(holds(schema["items"], part) for part in value)
    kinds = {"number": (int, float), "integer": int, "boolean": bool}
    return (
        isinstance(value, kinds[schema["type"]])
        and schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or schema["exclusiveMinimum"] < value)
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
    )


@given(tables())
def test_the_schema_allows_every_valid_experiment_and_names_exactly_its_keys(made: dict[str, dict[str, Any]]) -> None:
    for table, values in made.items():
        allowed = properties(PROPERTIES[table], values)
        assert set(allowed) == {parameter.name for parameter in TABLES[table].chosen(values)}
        assert all(holds(allowed[name], value) for name, value in values.items())
        assert all(allowed[parameter.name]["default"] == parameter.default for parameter in TABLES[table].chosen(values))
