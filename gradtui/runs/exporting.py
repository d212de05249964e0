"""A study written for other programs: the cells as a table, the plan and what was shown as JSON, the pictures as vectors."""

from __future__ import annotations

import json
from pathlib import Path

from gradtui.core.measured.result import JUDGES
from gradtui.core.text import printable
from gradtui.runs import whole
from gradtui.runs.log import Unwritable
from gradtui.runs.studies import plan_of
from gradtui.study.cells import Results
from gradtui.study.export import rows
from gradtui.study.picture import over_rates, over_steps, racing_rates
from gradtui.study.report import Told
from gradtui.study.study import Study
from gradtui.study.svg import picture


def exported(study: Study, results: Results, shown: Told, folder: Path) -> tuple[Path, ...]:
    """Write the files into a folder, which is made where it is not there; none of them may exist. Raises Unwritable."""
    names = [study.title(at) for at in range(len(study.entrants))]
    title = JUDGES[study.by].title.capitalize() if not JUDGES[study.by].accuracy else "Validation loss"
    plan = {"plan": plan_of(study), "shown": json.loads(shown.model_dump_json())}
    files = {
        "cells.csv": rows(study, results),
        "study.json": json.dumps(plan, indent=1) + "\n",
        "losses.svg": picture(f"{title}, median and quartiles", "steps", over_steps(study, results, {}), names, False),
    }
    if racing_rates(study):
        files["rates.svg"] = picture(f"{title} by learning rate", "learning rate", over_rates(study, results, {}), names, True)
    paths = {folder / name: text for name, text in files.items()}
    there = next((path for path in paths if path.exists()), None)
    if there is not None:
        raise Unwritable(f"{printable(str(there))} exists already; nothing was written. Name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in paths.items():
            whole.write(path, text.encode())
    except OSError as error:
        raise Unwritable(f"{printable(str(folder))} cannot be written: {error.strerror}.") from None
    return tuple(paths)
