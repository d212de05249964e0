"""Runs as JSON: everything that is recorded, whose numbers that are not finite are the strings NaN, Infinity and -Infinity."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gradtui.core.frozen import Frozen
from gradtui.runs.export.rows import frames
from gradtui.runs.folder import Found


def everything(runs: Sequence[Found]) -> bytes:
    """An object whose `runs` are the runs."""
    return json.dumps({"runs": [*map(_run, runs)]}, indent=1, allow_nan=False, ensure_ascii=False).encode() + b"\n"


def _run(found: Found) -> dict[str, Any]:
    run = found.run

    def plain(told: Frozen | None, *left_out: str) -> Any:
        return json.loads(told.model_dump_json(exclude=set(left_out))) if told is not None else None

    return {
        "id": found.path.name,
        "about": plain(found.about),
        "started": plain(run.started, "run"),
        "frames": [*map(plain, frames(found))],
        "findings": [*map(plain, run.findings)],
        "changes": [plain(change, "run", "type") for change in run.changes],
        "ended": plain(run.ended, "run", "type"),
        "problem": found.problem or None,
    }
