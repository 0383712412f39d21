from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sclerograph.cli.cohort_agreement import agreement
from sclerograph.errors import UsageError
from sclerograph.registry.sessions import NewAnswer, create_session, presentations, record_answers, session_plan
from sclerograph.registry.store import Registry
from tests.registry.session_samples import fill, plan

app = typer.Typer()
app.command()(agreement)


def run(*arguments: str | Path):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "registry.sqlite"
    with Registry.create(path) as registry:
        fill(registry, 3)
        create_session(registry, plan(lesions=("acro_osteolysis",), repeats=0), author="Dr. C")
        items = session_plan(registry, "first").items
        new = [
            NewAnswer(each.code, "L", {item.name: float((each.place + n) % 3) for n, item in enumerate(items)})
            for each in presentations(registry, "first")
        ]
        record_answers(registry, "first", new)
    return path


def test_the_report_holds_its_figures_and_tables(base, tmp_path):
    out = tmp_path / "out"
    result = run(base, "--session", "first", "--out", out)
    assert result.exit_code == 0, result.output
    assert "Dr. A, Dr. B, software: 6 films of 3 patients" in result.output
    page = (out / "agreement.html").read_text()
    tables = {"kappa_overall", "kappa_by_site", "totals", "intraclass", "all_readers", "changes"}
    assert tables <= {path.stem for path in out.glob("*.csv")}
    assert all(f"{name}.csv" in page for name in tables)
    assert page.count("data:image/svg+xml") == len(list(out.glob("*.svg"))) == len(list(out.glob("*.png"))) > 0
    assert not re.search(r"(src|href)=\"(?!data:)", page)
    assert "For research use only" in page
    with (out / "kappa_overall.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0]["comparison"] == "between readers"
    assert {(row["first"], row["second"]) for row in rows} == {
        ("Dr. A", "Dr. B"),
        ("Dr. A", "software"),
        ("Dr. B", "software"),
    }
    told = json.loads((out / "provenance.json").read_text())
    assert json.loads(told["session"])["seed"] == 3


def test_something_must_be_compared(base, tmp_path):
    result = run(base, "--out", tmp_path / "out")
    assert isinstance(result.exception, UsageError)
    result = run(base, "--corrections", "--out", tmp_path / "out")
    assert "nothing was rated" in str(result.exception)
