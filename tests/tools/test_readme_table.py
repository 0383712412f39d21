from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_numbers_in_the_readme_are_those_of_the_bench():
    command = [sys.executable, ROOT / "tools" / "readme_table.py", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_table_goes_between_its_markers_and_nowhere_else():
    from tools.readme_table import BEGIN, END, with_table

    readme = f"before\n{BEGIN}old\n{END}after\n"
    assert with_table(readme, "new\n") == f"before\n{BEGIN}new\n{END}after\n"
    with pytest.raises(SystemExit, match="markers"):
        with_table("no markers", "new\n")
