"""What processes take, as Linux tells it: memory of one, processor time of those that belong together."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

_MB: Final = 1024
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PARENT, _GROUP, _OWN_TIME, _WITH_CHILDREN = 1, 2, slice(11, 13), slice(11, 15)
"""Fields of /proc/PID/stat behind the name."""


def resident_mb(pid: int) -> float:
    return _status(pid, "VmRSS") / _MB


def peak_mb(pid: int) -> float:
    """The most that was resident since forget_peak."""
    return _status(pid, "VmHWM") / _MB


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def group_cpu_s(leader: int) -> float:
    """Of all processes of a process group."""
    return sum(_seconds(stat[_OWN_TIME]) for _, stat in _stats() if stat[_GROUP] == str(leader))


def postgres_cpu_s(postmaster: int | None) -> float:
    """With that of connections already closed. 0 where it runs elsewhere."""
    return sum(
        _seconds(stat[_WITH_CHILDREN if pid == postmaster else _OWN_TIME])
        for pid, stat in _stats()
        if pid == postmaster or stat[_PARENT] == str(postmaster)
    )


def postmaster_of(url: str) -> int | None:
    """None where it runs elsewhere."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    try:
        return int(Path(row[0], "postmaster.pid").read_text(encoding="utf-8").split()[0]) if row else None
    except OSError:
        return None


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue  # it has just ended
            yield int(folder.name), stat.rpartition(")")[2].split()


def _seconds(ticks: list[str]) -> float:
    return sum(map(int, ticks)) / _TICKS
