"""Put the results of the bench into README.md, between its two markers.

python tools/readme_table.py           write the table
python tools/readme_table.py --check   say whether it is the one that bench/results.json gives
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.results import read_results, table_markdown  # noqa: E402 - the bench is a folder beside, no package

BEGIN, END = "<!-- accuracy: begin -->\n", "<!-- accuracy: end -->\n"
README, RESULTS = ROOT / "README.md", ROOT / "bench" / "results.json"


def with_table(readme: str, table: str) -> str:
    """Return the README with this table between its markers."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise SystemExit("README.md has lost the markers of its accuracy table")
    return f"{head}{begin}{table}{end}{tail}"


def main() -> int:
    """Write the table, or compare; return 1 where it differs."""
    results = read_results(RESULTS)
    table = table_markdown(results) if results["measures"] else "`make bench` has not been run yet.\n"
    readme = README.read_text(encoding="utf-8")
    wanted = with_table(readme, table)
    if "--check" in sys.argv[1:]:
        if wanted != readme:
            print("the table in README.md is not that of bench/results.json: python tools/readme_table.py")
            return 1
        return 0
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
