from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ENTRY = {
    "date": "2026-01-31",
    "models": [{"name": "calcium", "sha256": "0" * 64}],
    "details": {
        "case": {
            "title": "One nodule",
            "citation": "A book",
            "silent": "Its size is ours.",
            "films": [{"film": "case-pa.dcm", "notes": ["not read: no hand"]}],
            "statements": [
                {"says": "a nodule", "there": True, "holds": True, "told_by": ["L: DP1, 15.0 mm"]},
                {"says": "no erosion", "there": False, "holds": False, "told_by": ["L: PIP2"]},
            ],
        }
    },
}


def test_the_page_is_that_of_the_results() -> None:
    command = [sys.executable, ROOT / "tools" / "published_page.py", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_case_stands_on_the_page_with_what_holds_and_what_does_not() -> None:
    from tools.published_page import page

    text = page({"measures": {"published_cases": ENTRY}})
    assert "| names | a nodule | yes | L: DP1, 15.0 mm |" in text
    assert "| excludes | no erosion | **no** | L: PIP2 |" in text
    assert "- `case-pa.dcm`: not read: no hand" in text
    assert "has not been run" in page({"measures": {}})
