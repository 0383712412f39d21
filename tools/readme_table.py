"""Put the results of the bench into README.md, docs/accuracy.md and the cards of the networks, between their markers.

README.md has the rows with a target, docs/accuracy.md has all.

python tools/readme_table.py           write the tables
python tools/readme_table.py --check   say whether they are those that bench/results.json gives
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.results import read_results, table_markdown  # noqa: E402 - the bench is a folder beside, no package

BEGIN, END = "<!-- accuracy: begin -->\n", "<!-- accuracy: end -->\n"
README, ACCURACY = ROOT / "README.md", ROOT / "docs" / "accuracy.md"
RESULTS = ROOT / "bench" / "results.json"
CARDS = ROOT / "src" / "sclerograph" / "networks" / "weights"
NOT_RUN = "`make bench` has not been run yet.\n"


def with_table(page: str, table: str) -> str:
    """Return a page with this table between its markers."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise SystemExit("a page has lost the markers of its accuracy table")
    return f"{head}{begin}{table}{end}{tail}"


def with_measures(card: str, results: dict[str, Any]) -> str:
    """Return a card with the tables of the measures that its marker names."""
    found = re.search(r"<!-- measures: (.*?) -->\n", card)
    tail = card.partition("<!-- measured: end -->")[2]
    if found is None or not tail:
        raise SystemExit("a card has lost the markers of its measures")
    chosen = {name: results["measures"][name] for name in found[1].split() if name in results["measures"]}
    table = table_markdown({**results, "measures": chosen}) if chosen else NOT_RUN
    return f"{card[: found.end()]}{table}<!-- measured: end -->{tail}"


def main() -> int:
    """Write the tables, or compare; return 1 where one differs."""
    results = read_results(RESULTS)
    wanted = {}
    for page, aimed in ((README, True), (ACCURACY, False)):
        table = table_markdown(results, aimed=aimed) if results["measures"] else NOT_RUN
        wanted[page] = with_table(page.read_text(encoding="utf-8"), table)
    wanted |= {card: with_measures(card.read_text(encoding="utf-8"), results) for card in sorted(CARDS.glob("*.md"))}
    stale = [path for path, text in wanted.items() if text != path.read_text(encoding="utf-8")]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"the table in {path.name} is not that of bench/results.json: python tools/readme_table.py")
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
