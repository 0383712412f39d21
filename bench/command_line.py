"""``sclerograph read`` as a user runs it: a process of its own, from a cold start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Run", "read_command"]

_TIMED_CHILD = Path(__file__).with_name("timed_child.py")


@dataclass(frozen=True)
class Run:
    """One run of the command: wall time and the peak of its resident memory."""

    seconds: float
    peak_bytes: int


def read_command(paths: Sequence[Path], *, workers: int = 1, bytecode: Path | None = None) -> Run:
    """Read films into a folder that is thrown away.

    ``bytecode`` is a folder for compiled modules, for places whose Python was told not to write any: an installed
    package is compiled once, when it is installed or first run.

    Raises
    ------
    RuntimeError
        The command failed; the message ends with what it said last. A rejected film is no failure.
    """
    with tempfile.TemporaryDirectory(prefix="sclerograph-bench-") as out:
        command = [
            sys.executable,
            "-m",
            "sclerograph",
            "read",
            *map(str, paths),
            "--out",
            out,
            "--workers",
            str(workers),
        ]
        launcher = [sys.executable, "-S", "-E", str(_TIMED_CHILD)]
        environment = dict(os.environ)
        if bytecode is not None:
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            environment["PYTHONPYCACHEPREFIX"] = str(bytecode)
        done = subprocess.run([*launcher, *command], capture_output=True, text=True, check=True, env=environment)
        answer = json.loads(done.stdout)
        if answer["exit_code"] not in (0, 1):
            raise RuntimeError(f"sclerograph read ended with {answer['exit_code']}: {done.stderr[-400:]}")
    return Run(float(answer["seconds"]), int(answer["peak_bytes"]))
