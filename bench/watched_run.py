"""``sclerograph read`` with an eye on it: how many visits are done, and how much memory each of its processes has.

Needs Linux, whose /proc tells the memory of processes and who started them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Sample", "WatchedRun", "done_visits", "growth_bytes", "memory_of", "watched_read"]

_PROC = Path("/proc")


@dataclass(frozen=True)
class Sample:
    """Resident bytes of a process when so many visits of its run were done."""

    done: int
    resident_bytes: int


@dataclass
class WatchedRun:
    """What was seen of a run: its time, how it ended (negative after a signal), and its processes by number."""

    seconds: float
    exit_code: int
    last_words: str
    samples: dict[int, list[Sample]] = field(default_factory=dict)

    @property
    def killed(self) -> bool:
        """Whether the run was ended by kill -9."""
        return self.exit_code == -signal.SIGKILL


def watched_read(
    films: Path,
    out: Path,
    options: Sequence[str],
    *,
    kill_at: int | None = None,
    others: Sequence[int] = (),
    every_s: float = 1.0,
) -> WatchedRun:
    """Read a folder of films as a user does, and watch.

    Parameters
    ----------
    films, out, options
        What the command gets.
    kill_at
        End the command with kill -9 as soon as so many visits are done.
    others
        Processes that work for the run without being started by it, such as workers of a cluster.
    every_s
        Time between two looks, in seconds.
    """
    command = [sys.executable, "-m", "sclerograph", "read", str(films), "--out", str(out), *options]
    start = time.perf_counter()
    samples: dict[int, list[Sample]] = {}
    known: set[int] = set()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        while process.poll() is None:
            done = done_visits(out)
            if kill_at is not None and done >= kill_at:
                process.kill()
                break
            mine = _descendants(process.pid)
            known |= mine
            for number in (*mine, *others):
                resident = memory_of(number)
                if resident:
                    samples.setdefault(number, []).append(Sample(done, resident))
            time.sleep(every_s)
        code = process.wait()
        seconds = time.perf_counter() - start
        # What a killed command started ends by itself; the next run must not meet it.
        _wait_until(lambda: not any(map(_lives, known)), 30.0)
        said.seek(0)
        words = said.read().decode(errors="replace")[-1000:]
    return WatchedRun(seconds, code, words, samples)


def done_visits(out: Path) -> int:
    """Return how many visits of an output folder are whole."""
    if not out.is_dir():
        return 0
    return sum(1 for entry in os.scandir(out) if entry.is_dir() and not entry.name.startswith("."))


def growth_bytes(samples: Sequence[Sample]) -> float | None:
    """Return by how much the memory of a process grew between the second and the last fifth of the visits it saw.

    The first fifth is left out: there the networks are loaded and the largest films are met for the first time.
    Returns ``None`` where there are fewer than two looks at either.
    """
    first, last = min(s.done for s in samples), max(s.done for s in samples)
    fifth = (last - first) / 5.0
    early = [s.resident_bytes for s in samples if first + fifth <= s.done <= first + 2.0 * fifth]
    late = [s.resident_bytes for s in samples if s.done >= last - fifth]
    if len(early) < 2 or len(late) < 2:
        return None
    return _median(late) - _median(early)


def _median(values: Sequence[int]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return float(ordered[middle]) if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2.0


def memory_of(number: int) -> int:
    """Return the resident bytes of a process, 0 where it is no more."""
    try:
        pages = int((_PROC / str(number) / "statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _descendants(root: int) -> set[int]:
    """Return a process and all that it started, and those started, and so on."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name of the program stands in brackets and may hold anything.
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found, waiting = set(), [root]
    while waiting:
        number = waiting.pop()
        found.add(number)
        waiting += children.get(number, [])
    return found


def _lives(number: int) -> bool:
    try:
        state = (_PROC / str(number) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state != "Z"


def _wait_until(reached: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.1)
