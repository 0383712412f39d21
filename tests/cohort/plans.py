"""Small plans and tables for the tests of the analysis."""

from __future__ import annotations

from pathlib import Path

PLAN = """
title = "A small study"
[data]
table = "patients.csv"
[[variables]]
name = "age_years"
unit = "years"
kind = "continuous"
low = 18
high = 110
[[variables]]
name = "ulcers"
label = "Digital ulcers"
kind = "binary"
[[variables]]
name = "subset"
kind = "categorical"
levels = ["limited", "diffuse"]
"""

TABLE = """pseudonym,age_years,ulcers,subset
P1,50,1,limited
P2,61.5,0,diffuse
P3,,no,limited
P4,44,yes,
"""


def write_study(folder: Path, plan: str = PLAN, table: str = TABLE) -> Path:
    """Write a plan and its table into a folder and return the plan."""
    (folder / "patients.csv").write_text(table, encoding="utf-8")
    path = folder / "plan.toml"
    path.write_text(plan, encoding="utf-8")
    return path
