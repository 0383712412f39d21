"""Write the page about published cases from the results of the bench.

python tools/published_page.py           write docs/published_cases.md
python tools/published_page.py --check   say whether it is the page that bench/results.json gives
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.results import read_results  # noqa: E402 - the bench is a folder beside, no package
from sclerograph.findings.atomic_file import write_atomically  # noqa: E402

RESULTS, PAGE = ROOT / "bench" / "results.json", ROOT / "docs" / "published_cases.md"

_INTRODUCTION = """\
# Published cases

Hands that were described in print, built as phantoms in the sizes that the texts give, filmed as the texts say, and
read by the shipped networks. The statements are ours, in our own words; no text and no picture of the sources is part
of the package. *Names* means that the text says it is there: the reading must show it. *Excludes* means that the text
says it is not: the reading must have looked and must not show it. What the software cannot read yet is listed as such,
with the reason; the tests expect it to fail and say so when it no longer does.

A finding counts from the thresholds of the [scores](scores.md) on, an erosion from where the software asks a reader to
look. For the greys near joints and for fingertips nothing is called abnormal in a reading; they are held against a
simulated healthy hand filmed alike. A phantom shows that the software can find what is described. It does not show how
often it does so on films of patients.

This page is written by `python tools/published_page.py` from the results of
`python -m bench.run --only published_cases`; the same statements are tests in `tests/hand/test_published_cases.py`.
"""


def page(results: dict[str, Any]) -> str:
    """Return the text of the page for the results of a bench."""
    entry = results["measures"].get("published_cases")
    if entry is None:
        return _INTRODUCTION + "\nThe bench has not been run yet.\n"
    models = ", ".join(f"{model['name']} {model['sha256'][:12]}" for model in entry["models"])
    parts = [_INTRODUCTION, f"Read on {entry['date']} by the networks {models}.\n"]
    return "\n".join([*parts, *(_case(case) for case in entry["details"].values())])


def _case(case: dict[str, Any]) -> str:
    films = ", ".join(f"`{film['film']}`" for film in case["films"])
    lines = [f"## {case['title']}", "", f"After {case['citation']}.", "", case["silent"], "", f"Films: {films}.", ""]
    notes = [f"- `{film['film']}`: {note}" for film in case["films"] for note in film["notes"]]
    if notes:
        lines += ["What the reading notes about them:", "", *notes, ""]
    lines += ["| | the text | holds | what the reading shows |", "|---|---|---|---|"]
    for each in case["statements"]:
        kind = "names" if each["there"] else "excludes"
        told = "; ".join(each["told_by"])
        lines.append(f"| {kind} | {each['says']} | {'yes' if each['holds'] else '**no**'} | {told} |")
    return "\n".join([*lines, ""])


def main() -> int:
    """Write the page, or compare; return 1 where it differs."""
    text = page(read_results(RESULTS))
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/published_cases.md is not that of bench/results.json: python tools/published_page.py")
        return 1
    write_atomically(PAGE, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
