"""`gradtui schema`: presets as JSON Schema."""

from __future__ import annotations

import json

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of presets."""
    from gradtui.core.presets.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
