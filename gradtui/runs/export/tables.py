"""Runs as tables: CSV, and Parquet where pyarrow is there. Numbers keep every bit; where they are not finite: nan, inf and -inf."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from gradtui.runs.export.rows import Row, rows
from gradtui.runs.folder import Found
from gradtui.runs.log import Unwritable


def comma_separated(runs: Sequence[Found]) -> bytes:
    """A CSV table."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(Row._fields)
    table.writerows((*row[:-1], repr(row.value)) for row in rows(runs))
    return text.getvalue().encode()


def parquet(runs: Sequence[Found]) -> bytes:
    """A Parquet table. Raises Unwritable where pyarrow is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Unwritable("Parquet needs pyarrow, which is not installed: pip install 'gradtui[parquet]'.") from None
    columns = zip(*rows(runs), strict=True)
    kinds = (pyarrow.string(), pyarrow.int64(), pyarrow.string(), pyarrow.string(), pyarrow.float64())
    values = list(columns) or [()] * len(kinds)
    arrays = [pyarrow.array(column, kind) for column, kind in zip(values, kinds, strict=True)]
    sink = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, names=Row._fields), sink)
    return sink.getvalue()
