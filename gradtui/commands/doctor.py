"""`gradtui doctor`: what works on this machine."""

from __future__ import annotations

import json
import sys

import click

from gradtui.commands import paper


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Say what works here: torch, devices, terminal, ssh, folders."""
    from gradtui.headless.doctor import examine

    findings = examine()
    if as_json:
        click.echo(json.dumps({item.name: {"ok": item.ok, "value": item.value} for item in findings}))
    else:
        for item in findings:
            paper.write(f"{'ok  ' if item.ok else 'no  '}{item.name:10} {item.value}")
    sys.exit(0 if all(item.ok for item in findings if item.needed) else 1)
