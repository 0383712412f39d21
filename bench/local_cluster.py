"""A cluster of one machine: a real scheduler and two workers, each a process of its own on the loopback interface."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["LocalCluster", "local_cluster"]

_ROOT = Path(__file__).parents[1]
_PATIENCE_S = 240.0


@dataclass(frozen=True)
class LocalCluster:
    """The address of the scheduler, and the processes of the workers."""

    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


@contextmanager
def local_cluster(folder: Path, workers: int = 2) -> Iterator[LocalCluster]:
    """Start a scheduler and workers, and stop them at the end.

    Parameters
    ----------
    folder
        For what they write.
    workers
        How many workers, of one thread each.

    Raises
    ------
    RuntimeError
        They did not start; the message holds what they said.
    ImportError
        ``dask.distributed`` is not installed.
    """
    import distributed

    said = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": f"{_ROOT / 'src'}{os.pathsep}{_ROOT}", "OMP_NUM_THREADS": "1"}
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=folder, env=environment, stdout=log, stderr=log
            )
        started.append(process)
        return process

    try:
        start(
            "scheduler",
            [
                *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
                *("--no-show", "--scheduler-file", str(said)),
            ],
        )
        _wait_for(said.exists, started, folder)
        worker = ["distributed.cli.dask_worker", "--scheduler-file", str(said), "--nthreads", "1", "--no-nanny"]
        worker += ["--no-dashboard", "--local-directory", str(folder), "--host", "127.0.0.1"]
        processes = tuple(start(f"worker-{number}", worker) for number in range(workers))
        make_client: Any = distributed.Client
        with make_client(scheduler_file=str(said), set_as_default=False, timeout=_PATIENCE_S) as client:
            client.wait_for_workers(workers, timeout=_PATIENCE_S)
            address = client.scheduler.address
        yield LocalCluster(address, processes)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(ready: Callable[[], bool], started: list[subprocess.Popen[bytes]], folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not ready():
        ended = [process for process in started if process.poll() is not None]
        if ended or time.monotonic() > deadline:
            logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in folder.glob("*.log"))
            raise RuntimeError(f"the cluster did not start: {logs}")
        time.sleep(0.1)
