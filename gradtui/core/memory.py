"""Memory that this machine has to give."""

from __future__ import annotations

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_MEMINFO = Path("/proc/meminfo")


def available_memory() -> int:
    """Bytes that can still be allocated: what the system and its control group allow."""
    return min(_system_memory(), _group_memory())


def _system_memory() -> int:
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _group_memory() -> int:
    """What a container's limit leaves (cgroup v2, then v1); page cache that can be dropped counts as free."""
    for folder, limit, used, cache in (
        (_CGROUP, "memory.max", "memory.current", "inactive_file"),
        (_CGROUP / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        try:
            stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
            return int((folder / limit).read_text()) - int((folder / used).read_text()) + int(stat.get(cache, 0))
        except (OSError, ValueError):  # no such hierarchy, or "max": no limit
            continue
    return 1 << 62
