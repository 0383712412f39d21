from __future__ import annotations

import csv
import random
import time
from datetime import date, timedelta

import pytest

from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.import_table import import_table

ROWS = 100_000
COLUMNS = 60
LIMIT_S = 120.0


@pytest.mark.bench
def test_a_hundred_thousand_rows_are_checked_within_two_minutes_of_one_core(tmp_path):
    variables = load_dictionary().variables.values()
    numbers = [v for v in variables if v.type == "number" and v.form in ("laboratory", "bone", "organs")]
    flags = [v for v in variables if v.type == "yes_no"][: COLUMNS - len(numbers) - 3]
    source = random.Random(1)
    path = tmp_path / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["pseudonym", "sex", "visit_date", *(v.name for v in (*numbers, *flags))])
        for row in range(ROWS):
            day = date(2015, 1, 1) + timedelta(days=source.randrange(3000))
            cells = [f"{source.uniform(v.low or 0.0, v.high or 1.0):.3f}" for v in numbers]
            if row % 50 == 0:
                cells[0] = "high"
            answers = source.choices(["yes", "no", ""], k=len(flags))
            writer.writerow([f"P-{row:06}", source.choice(["female", "male"]), day.isoformat(), *cells, *answers])
    before = time.process_time()
    result = import_table(path)
    seconds = time.process_time() - before
    assert (result.rows_read, result.rows_set_aside) == (ROWS, ROWS // 50)
    assert result.frame.shape[1] == COLUMNS
    assert seconds < LIMIT_S
