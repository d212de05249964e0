"""The group of all commands, where anything that is no command is the preset to open."""

from __future__ import annotations

import os

import click

from gradtui import __version__
from gradtui.commands.doctor import doctor
from gradtui.commands.explain import explain
from gradtui.commands.fix import fix
from gradtui.commands.list import list_catalog
from gradtui.commands.open import open_app
from gradtui.commands.others import others
from gradtui.commands.presets import presets
from gradtui.commands.run import run
from gradtui.commands.schema import schema
from gradtui.commands.script import script
from gradtui.commands.show import show
from gradtui.commands.verify import verify

# Pydantic would search every installed package for plugins, a twentieth of the time to the first picture.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


class _Commands(click.Group):
    """The commands, where anything that is no command is the preset to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h", "--version")):
            args = ["open", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gradtui")
def main() -> None:
    """A terminal laboratory for gradient flow in neural networks.

    gradtui PRESET opens the laboratory with a preset: a name from `gradtui presets`, a path,
    or an address on another machine such as host:labs/deep.toml.
    """


for _command in (open_app, run, fix, verify, show, script, others, presets, explain, list_catalog, schema, doctor):
    main.add_command(_command)
