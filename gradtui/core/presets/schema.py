"""The JSON Schema of presets, derived from the catalog, for editors that complete and check TOML."""

from __future__ import annotations

from typing import Any

from gradtui.catalog.entry import Parameter
from gradtui.catalog.tables import TABLES
from gradtui.core.presets.expect import Expect
from gradtui.core.presets.preset import SCHEMA

_TYPES: dict[Any, str] = {float: "number", int: "integer", bool: "boolean", str: "string"}


def json_schema() -> dict[str, Any]:
    """What a preset may hold; parameters of an entry are allowed only where that entry is chosen."""
    text = {"type": "string"}
    head = {"schema": {"const": SCHEMA}, "title": text, "subject": text, "summary": text, "source": text}
    expect = Expect.model_json_schema()
    tables = {name: {"type": "object", **_keys(table.parameters), "unevaluatedProperties": False} for name, table in TABLES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradtui preset",
        "type": "object",
        "properties": {**head, **tables, "expect": expect},
        "additionalProperties": False,
        "$defs": expect.pop("$defs"),
    }


def _keys(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """The properties of these parameters, and per choice those that the chosen entry brings."""
    branches = [
        {
            "if": {
                "properties": {parameter.name: {"const": entry.name}},
                **({"required": [parameter.name]} if entry.name != parameter.default else {}),
            },
            "then": _keys(entry.parameters),
        }
        for parameter in parameters
        if parameter.catalog is not None
        for entry in parameter.catalog.values()
        if entry.parameters
    ]
    return {"properties": {p.name: _value(p) for p in parameters}, **({"allOf": branches} if branches else {})}


def _value(parameter: Parameter) -> dict[str, Any]:
    words = {"description": parameter.help, "default": parameter.default}
    if parameter.type is str:
        return {"enum": list(parameter.names), **words}
    limits = {
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "exclusiveMinimum": parameter.above,
        "exclusiveMaximum": parameter.below,
    }
    bounds = {name: limit for name, limit in limits.items() if limit is not None}
    if parameter.type == "pair":
        return {"type": "array", "items": {"type": "number", **bounds}, "minItems": 2, "maxItems": 2, **words}
    return {"type": _TYPES[parameter.type], **bounds, **words}
