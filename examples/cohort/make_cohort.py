"""Make the tables of the example cohort again: 77 simulated patients with the margins of a published abstract.

    python examples/cohort/make_cohort.py [--out FOLDER] [--seed NUMBER]

Needs ``pip install 'sclerograph[cohort]'``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sclerograph.phantom.cohort import DEFAULT_SEED, digits_of, levels_of, published_cohort, visits_of

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write ``cohort.csv`` (one row a patient), and its digits, levels and visits (several rows a patient)."""
    parser = argparse.ArgumentParser(description="Make the tables of the example cohort again.")
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    options = parser.parse_args()
    cohort = published_cohort(options.seed)
    tables = {
        "cohort.csv": cohort,
        "digits.csv": digits_of(cohort, options.seed),
        "levels.csv": levels_of(cohort, options.seed),
        "visits.csv": visits_of(cohort, options.seed),
    }
    for name, table in tables.items():
        table.to_csv(options.out / name, index=False, float_format="%g", lineterminator="\n")
        print(f"{name}: {len(table)} rows, {len(table.columns)} columns")


if __name__ == "__main__":
    main()
