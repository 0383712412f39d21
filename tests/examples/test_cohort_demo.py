from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from examples.cohort_demo import p_values_table, remarks, shares_table
from tests.cohort.example import EXAMPLE, example_analysis


def printed(what: object) -> str:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(what)
    return console.export_text()


def test_each_published_share_stands_beside_the_reproduced_one():
    text = printed(shares_table(example_analysis().printed))
    (line,) = (line for line in text.splitlines() if "Subluxation" in line)
    assert "19.9%" in line
    assert "15/77 (19.5 %)" in line
    assert "cannot be right" in line
    assert text.count("agrees") == 14


def test_p_values_stand_side_by_side_with_their_tests():
    text = printed(p_values_table(example_analysis().printed))
    assert text.count("agrees") == 13
    assert "differs" not in text
    (line,) = (line for line in text.splitlines() if "Spine, foraminal" in line and "Death" in line)
    assert line.count("0.001") == 2
    assert "Fisher's exact test" in line


def test_separation_and_the_impossible_figure_are_told():
    text = "\n".join(remarks(example_analysis(), example_analysis().printed))
    assert "16/77 = 20.8 %" in text
    assert text.count("[yellow]Separation[/]") == 2
    assert "Firth's penalty was used" in text


@pytest.mark.slow
def test_the_demo_runs_from_the_command_line(tmp_path):
    command = [sys.executable, EXAMPLE.parent / "cohort_demo.py", "--out", tmp_path / "out", "--no-pdf"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "These patients are simulated" in result.stdout
    (report,) = (line.strip() for line in result.stdout.splitlines() if line.strip().startswith("file://"))
    assert Path(report.removeprefix("file://")).stat().st_size > 100_000
