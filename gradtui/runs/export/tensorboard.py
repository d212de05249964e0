"""Runs for TensorBoard: a file of events for each, made without TensorFlow.

A file is a row of records: length (u64), masked CRC-32C of it, data, masked CRC-32C of that (TFRecord). The data are protocol
buffers, `tensorflow.Event`, of which we write wall_time (1), step (2), file_version (3) and summary (5) with tag and simple_value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import groupby

from gradtui.runs.export.rows import rows
from gradtui.runs.folder import Found

_POLYNOMIAL, _MASK = 0x82F63B78, 0xA282EAD8
_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
"""Kinds of fields in protocol buffers."""
_LARGEST = 3.4028234663852886e38
"""The largest finite 32-bit float, which is what a scalar is kept in."""


def events(runs: Sequence[Found]) -> dict[str, bytes]:
    """The files by their place in TensorBoard's log folder: a folder for each run."""
    return {f"{found.path.name}/events.out.tfevents.{int(found.about.began.timestamp())}.gradtui": _file(found) for found in runs}


def _file(found: Found) -> bytes:
    began = found.about.began.timestamp()
    records = [_event(began, 0, _field(3, _BYTES, b"brain.Event:2"))]
    for step, measured in groupby(rows([found]), lambda row: row.step):
        values = b"".join(_value(row.quantity + (f"/{row.layer}" if row.layer else ""), row.value) for row in measured)
        records.append(_event(began + step * 1e-3, step, _field(5, _BYTES, values)))
    return b"".join(map(_record, records))


def _event(time: float, step: int, what: bytes) -> bytes:
    return _field(1, _DOUBLE, struct.pack("<d", time)) + _field(2, _VARINT, _varint(step)) + what


def _value(tag: str, value: float) -> bytes:
    kept = value if abs(value) <= _LARGEST or value != value else float("inf") if value > 0 else float("-inf")
    return _field(1, _BYTES, _field(1, _BYTES, tag.encode()) + _field(2, _FLOAT, struct.pack("<f", kept)))


def _field(number: int, kind: int, data: bytes) -> bytes:
    return _varint(number << 3 | kind) + (_varint(len(data)) if kind == _BYTES else b"") + data


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + _masked(length) + data + _masked(data)


def _masked(data: bytes) -> bytes:
    sum_ = _crc(data)
    return struct.pack("<I", ((sum_ >> 15 | sum_ << 17) + _MASK) & 0xFFFFFFFF)


def _table() -> Iterator[int]:
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
        yield byte


_TABLE = tuple(_table())


def _crc(data: bytes) -> int:
    """CRC-32C (Castagnoli)."""
    sum_ = 0xFFFFFFFF
    for byte in data:
        sum_ = sum_ >> 8 ^ _TABLE[(sum_ ^ byte) & 0xFF]
    return sum_ ^ 0xFFFFFFFF
