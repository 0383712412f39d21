"""Run ruff, mypy and import-linter one after the other, and fail when any of them found something.

All three always run, so that one look shows everything there is to mend.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent

CHECKS = (
    ("style", ["ruff", "check", "."]),
    ("layout", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("floors", ["lint-imports", "--no-cache"]),
)


def main() -> int:
    """Run every check and return 1 when one failed."""
    failed = []
    for name, (program, *arguments) in CHECKS:
        print(f"== {name}: {program} {' '.join(arguments)}", flush=True)
        if subprocess.run([BIN / program, *arguments], cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    print("all clean" if not failed else f"not clean: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
