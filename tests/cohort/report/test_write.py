from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sclerograph.cohort.report.page import pdf_bytes
from sclerograph.cohort.report.write import tables_of, write_report
from sclerograph.errors import UsageError
from tests.cohort.example import EXAMPLE, example_analysis

PLAN = EXAMPLE / "plan.toml"
MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("run") / "out"
    write_report(example_analysis(), PLAN, out, made_at=MOMENT)
    return out


def test_the_report_is_one_page_that_needs_nothing_else(written):
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:image/svg|#)""", page)
    assert "default-src 'none'" in page
    assert page.count("<img ") == len(list((written / "figures").glob("*.svg")))


def test_the_page_says_what_it_is_for_and_that_its_patients_are_simulated(written):
    page = (written / "report.html").read_text(encoding="utf-8")
    assert page.count("For research use only. Not for diagnosis or treatment decisions.") >= 2
    assert page.count("These patients are simulated.") >= 2
    assert "19.9% is no count among 77" in page
    assert "Separation: a finding and an outcome always go together" in page
    assert "for the authors to write" in page


def test_the_pdf_is_whole(written):
    content = (written / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert len(content) > 50_000


def test_each_table_and_figure_is_there_in_every_format(written):
    keys = {table.key for table in tables_of(example_analysis())} | {"strobe"}
    for ending in ("csv", "html", "tex"):
        assert {path.stem for path in (written / "tables").glob(f"*.{ending}")} == keys
    figures = {"flow", "prevalence", "published", "map-1", "map-2", "map-3", "associations", "survival-1"}
    figures.add("course-1")
    for ending in ("svg", "png"):
        assert {path.stem for path in (written / "figures").glob(f"*.{ending}")} == figures


def test_the_origin_is_exact(written):
    origin = json.loads((written / "provenance.json").read_text(encoding="utf-8"))
    assert (written / "plan.toml").read_bytes() == PLAN.read_bytes()
    assert origin["plan_sha256"] == hashlib.sha256(PLAN.read_bytes()).hexdigest()
    sums = {source["name"]: source["sha256"] for source in origin["sources"]}
    for name in ("cohort.csv", "digits.csv", "levels.csv", "visits.csv"):
        assert sums[name] == hashlib.sha256((EXAMPLE / name).read_bytes()).hexdigest()
    assert origin["seed"] == 276
    assert origin["made_at"] == "2026-01-31T12:00:00+00:00"
    assert {"numpy", "pandas", "scipy"} <= set(origin["packages"])


def test_results_hold_the_numbers_and_no_patient(written):
    text = (written / "results.json").read_text(encoding="utf-8")
    results = json.loads(text)
    prognosis = results["associations"][3]["pairs"]
    (death,) = (p for p in prognosis if (p["first"], p["second"]) == ("spine_foraminal_calcification", "death"))
    assert death["result"]["counts"] == [3, 6, 0, 68]
    assert death["result"]["odds_ratio"] == "inf"
    assert death["result"]["test"]["p"] == pytest.approx(0.001148, abs=1e-6)
    assert "P001" not in text


def test_no_patient_stands_in_any_file(written):
    for path in written.rglob("*"):
        if path.suffix in (".html", ".csv", ".tex", ".json", ".svg"):
            assert not re.search(r"\bP0\d\d\b", path.read_text(encoding="utf-8")), path.name


def test_a_second_run_gives_the_same_bytes(written, tmp_path):
    write_report(example_analysis(), PLAN, tmp_path / "again", pdf=False, made_at=MOMENT)
    assert not (tmp_path / "again" / "report.pdf").exists()
    for path in written.rglob("*"):
        if path.is_file() and path.suffix != ".pdf":
            assert (tmp_path / "again" / path.relative_to(written)).read_bytes() == path.read_bytes(), path.name


def test_an_earlier_run_is_renewed_and_other_files_are_left_alone(tmp_path):
    (tmp_path / "own.txt").write_text("mine")
    # without figures: they take their time and change nothing here
    analysis = replace(example_analysis(), frequencies=None, associations=(), survival=(), maps=(), courses=())
    with pytest.raises(UsageError, match="no earlier run"):
        write_report(analysis, PLAN, tmp_path, pdf=False)
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "provenance.json").write_text("{}")
    (tmp_path / "out" / "report.html").write_text("old")
    page = write_report(analysis, PLAN, tmp_path / "out", pdf=False)
    assert page.read_text(encoding="utf-8") != "old"


def test_figures_within_the_page_are_printed_and_nothing_else_is_fetched(tmp_path):
    drawn = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text y='9'>x</text></svg>"
    within = f'<img src="data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}">'
    (tmp_path / "outside.svg").write_text(drawn)
    outside = f'<img src="{(tmp_path / "outside.svg").as_uri()}">'
    sizes = [len(pdf_bytes(f"<html><body>{image}</body></html>")) for image in ("", within, outside)]
    # A font comes with the letter of the figure; what was not fetched adds nothing.
    assert sizes[1] > sizes[0] + 1000
    assert sizes[2] < sizes[0] + 100
