"""A panel as it stands on the screen: a vector picture in a file, and text."""

from __future__ import annotations

import io
from itertools import count
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.segment import Segment, Segments
from textual.screen import Screen
from textual.widget import Widget

from gradtui.core.text import printable
from gradtui.runs import whole
from gradtui.runs.log import Unwritable


def picture(screen: Screen[Any], panel: Widget, folder: Path) -> tuple[Path, str]:
    """Write what a panel shows into a new SVG file in a folder. Returns the file, and the same as text. Raises Unwritable."""
    region = panel.region
    strips = [strip.crop(region.x, region.right) for strip in screen._compositor.render_strips()[region.y : region.bottom]]
    console = Console(width=region.width, file=io.StringIO(), record=True, force_terminal=True, color_system="truecolor")
    console.print(Segments([segment for strip in strips for segment in (*strip, Segment.line())]), end="")
    name = panel.id or "panel"
    paths = (folder / f"gradtui-{name}{f'-{at}' if at > 1 else ''}.svg" for at in count(1))
    path = next(path for path in paths if not (path.exists() or path.is_symlink()))
    try:
        whole.write(path, console.export_svg(title=name).encode())
    except OSError as error:
        raise Unwritable(f"{printable(str(folder))} cannot be written: {error.strerror}.") from None
    return path, "\n".join(strip.text.rstrip() for strip in strips)
