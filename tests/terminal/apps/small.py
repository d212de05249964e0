"""A small app, launched as gradtui launches its own. The first argument chooses what else it does."""

import os
import sys
from typing import ClassVar

from gradtui.tui.terminal.launch import Surroundings, launch


def make(surroundings: Surroundings):
    from textual.binding import Binding
    from textual.widgets import Button, DataTable, Input, Label, OptionList, Static

    from gradtui.tui.screens.palette import Command, Palette
    from gradtui.tui.terminal.updates import CellsApp

    what = sys.argv[1] if len(sys.argv) > 1 else ""
    hostile = "a\x1b]52;c;SGFjaw==\x07b\x9b31mc\u202ed\x85"

    class Small(CellsApp):
        ENABLE_COMMAND_PALETTE = False
        CSS = "Static { height: auto; } DataTable, #list { height: 4; } #box { border: round red; }"
        BINDINGS: ClassVar = [
            Binding("q", "quit", priority=what != "palette"),
            Binding("ctrl+z", "suspend_process", priority=True),
            Binding("ctrl+p", "palette"),
            Binding("x", "crash('the handler failed')"),
            Binding("ctrl+x", "crash_hostile", priority=True),
            Binding("s", "flood"),
            Binding("ctrl+g", "bell", priority=True),
        ]

        def compose(self):
            yield Static(f"Ready {self.size.width}x{self.size.height}", id="size", markup=False)
            yield Static("seen:", id="seen", markup=False)
            about = f"fps {surroundings.fps:g} mouse {surroundings.mouse} ascii {surroundings.ascii} {os.environ.get('COLUMNS')}"
            about += f" light {surroundings.light}"
            yield Static(about, markup=False)
            yield Static("╭─ │█▌ ⠉ é …", id="drawn", markup=False)
            if what == "hostile":
                yield Static(hostile, markup=False)
                yield Label(hostile, markup=False)
                yield Button(hostile, tooltip=hostile)
                box = Static("boxed", id="box")
                box.border_title = box.border_subtitle = hostile
                yield box
                yield Input(hostile, placeholder=hostile)
                yield OptionList(hostile, id="list")
                table = DataTable()
                table.add_column(hostile)
                table.add_row(hostile)
                yield table

        def on_mount(self):
            self.count = 0
            if what == "hostile":
                self.notify(hostile, title=hostile, timeout=1000, markup=False)
            if what == "crash":
                self.call_later(self.action_crash, "the start failed")

        def on_resize(self, event):
            self.query_one("#size", Static).update(f"Ready {event.size.width}x{event.size.height}")

        def on_key(self, event):
            if event.is_printable and event.character != "q":
                self.query_one("#seen", Static).update(f"{self.query_one('#seen', Static).content}{event.character}")

        def on_paste(self, event):
            self.query_one("#seen", Static).update(f"pasted {event.text}")

        def action_crash(self, reason):
            raise RuntimeError(reason)

        def action_crash_hostile(self):
            raise RuntimeError(hostile)

        def action_palette(self):
            names = [f"{area}: {verb}" for area in ("Run", "Loss", "Preset") for verb in ("Open", "Close", "Reset [all]", "Show")]
            self.push_screen(Palette([Command(name, f"Does {name}.", lambda name=name: self.ran(name)) for name in names]))

        async def ran(self, name):
            self.count += 1
            self.query_one("#seen", Static).update(f"ran {name} {self.count}")

        def action_flood(self):
            for line in range(400):
                self._driver.write(f"\x1b[{line % 20 + 5};1H" + str(line) * 900)

    return Small()


if __name__ == "__main__":
    print("before")
    sys.exit(launch(make))
