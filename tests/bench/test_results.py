from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.measure import Row, Target
from bench.results import SCHEMA, merge, read_results, table_markdown, write_results

ORDER = ("first", "second", "third")


def _entry(value: float, skipped: str | None = None) -> dict[str, Any]:
    row = Row("key", "share", "films", value, "%", 20, "films", Target(">=", 0.9, "%"), (0.8, 1.0))
    return {
        "title": "Shares",
        "skipped": skipped,
        "command": "python -m bench.run --only first",
        "rows": [] if skipped else [row.as_json()],
    }


def test_rows_say_what_was_measured_and_whether_that_is_enough() -> None:
    row = Row("key", "error", "films", 0.123, "mm", 5, "landmarks", Target("<=", 0.1, "mm"))
    assert (row.measured, str(row.target), row.met) == ("0.123 mm", "<= 0.1 mm", False)
    assert Row("key", "error", "films", None, "mm", 0, "landmarks", Target("<=", 0.1, "mm")).met is None
    share = Row("key", "share", "films", 0.995, "%", 200, "films", Target(">=", 0.995, "%"), (0.97, 1.0))
    assert (share.measured, share.met) == ("99.5 % (97 % to 100 %)", True)


def test_a_single_measure_can_be_repeated(tmp_path: Path) -> None:
    path = tmp_path / "out" / "results.json"
    results = read_results(path)
    for name, value in (("second", 0.5), ("first", 0.6), ("second", 0.95)):
        results = merge(results, name, _entry(value), ORDER)
        write_results(path, results)
    kept = read_results(path)
    assert kept["schema"] == SCHEMA
    assert list(kept["measures"]) == ["first", "second"]
    assert [entry["rows"][0]["value"] for entry in kept["measures"].values()] == [0.6, 0.95]
    assert [entry["rows"][0]["met"] for entry in kept["measures"].values()] == [False, True]


def test_skipping_does_not_wipe_out_what_was_measured() -> None:
    measured = merge({"schema": SCHEMA, "measures": {}}, "first", _entry(0.5), ORDER)
    assert merge(measured, "first", _entry(0.0, "no films"), ORDER) == measured
    only_skipped = merge({"schema": SCHEMA, "measures": {}}, "first", _entry(0.0, "no films"), ORDER)
    assert only_skipped["measures"]["first"]["skipped"] == "no films"
    assert merge(only_skipped, "first", _entry(0.5), ORDER) == measured


def test_a_foreign_file_is_not_taken_for_results(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text('{"schema": "something else"}')
    with pytest.raises(ValueError, match=SCHEMA):
        read_results(path)


def test_the_table_has_a_line_for_each_row_and_each_skipped_measure() -> None:
    results = merge({"schema": SCHEMA, "measures": {}}, "first", _entry(0.5), ORDER)
    results = merge(results, "second", _entry(0.0, "no films"), ORDER)
    lines = table_markdown(results).splitlines()
    assert len(lines) == 4
    assert "| >= 90 % | 50 % (80 % to 100 %) | **no** |" in lines[2]
    assert "not measured: no films" in lines[3]


def test_the_short_table_has_the_rows_with_a_target() -> None:
    results = merge({"schema": SCHEMA, "measures": {}}, "first", _entry(0.5), ORDER)
    free = Row("other", "error", "films", 0.123, "mm", 5, "landmarks").as_json()
    results["measures"]["first"]["rows"].append(free)
    assert len(table_markdown(results).splitlines()) == 4
    assert len(table_markdown(results, aimed=True).splitlines()) == 3
