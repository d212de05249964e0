"""The group of all commands, where anything that is no command is the preset to open."""

from __future__ import annotations

import os

import click
from click.shell_completion import CompletionItem

from gradtui import __version__
from gradtui.commands import completion, shells
from gradtui.commands.config import config
from gradtui.commands.doctor import doctor
from gradtui.commands.ending import fail
from gradtui.commands.explain import explain
from gradtui.commands.export import export
from gradtui.commands.fix import fix
from gradtui.commands.list import list_catalog
from gradtui.commands.open import open_app
from gradtui.commands.others import others
from gradtui.commands.presets import presets
from gradtui.commands.race import race
from gradtui.commands.rate import rate
from gradtui.commands.run import run
from gradtui.commands.runs import runs
from gradtui.commands.schema import schema
from gradtui.commands.script import script
from gradtui.commands.show import show
from gradtui.commands.verify import verify
from gradtui.commands.why import why

# Pydantic would search every installed package for plugins, a twentieth of the time to the first picture.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

shells.teach()


class _Commands(click.Group):
    """The commands, where anything that is no command is the preset to open. A shell completes both."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        completing = ctx.resilient_parsing
        if not (completing and not args) and (not args or args[0] not in (*self.commands, "--help", "-h", "--version")):
            if args and not completing:
                self._mistyped(*args[:2])
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def _mistyped(self, word: str, then: str = "-") -> None:
        """End the program where a word that would be opened is no preset, and is like a command or is used like one."""
        from gradtui.core.presets.collection import known
        from gradtui.core.text import nearest, printable
        from gradtui.remote.address import elsewhere

        if word.startswith("-") or "/" in word or elsewhere(word) or word in known() or os.path.exists(word):
            return
        commands = [name for name, command in self.commands.items() if not command.hidden]
        meant = nearest(word, [*commands, *known()])
        if meant in commands or not then.startswith("-"):
            hint = f" Did you mean {meant}?" if meant else ""
            fail(f"There is no command called {printable(word, 60)}.{hint} `gradtui --help` lists them.")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> completion.Items:
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return [*found, *(CompletionItem(o, help=p.help) for p in _opening() for o in p.opts if o.startswith(incomplete))]
        return [*found, *completion.presets(ctx, self.params[0], incomplete)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Options of opening"):
            formatter.write_dl([record for option in _opening() if (record := option.get_help_record(ctx)) is not None])
        super().format_options(ctx, formatter)


def _opening() -> list[click.Option]:
    """The options of opening a preset, which stand without a command."""
    return [param for param in open_app.params if isinstance(param, click.Option)]


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[PRESET] | COMMAND [ARGUMENTS]...",
)
@click.version_option(__version__, prog_name="gradtui")
def main() -> None:
    """A terminal laboratory for gradient flow in neural networks.

    gradtui PRESET opens the laboratory with a preset: a name from `gradtui presets`, a path,
    or an address on another machine such as host:labs/deep.toml.
    """


for _command in (
    open_app,
    run,
    runs,
    export,
    fix,
    why,
    race,
    rate,
    verify,
    show,
    script,
    others,
    presets,
    explain,
    list_catalog,
    schema,
    config,
    doctor,
):
    main.add_command(_command)
