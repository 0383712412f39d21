from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

from sclerograph.cli.main import app
from sclerograph.errors import MissingComponent, UsageError
from tests.cohort.plans import PLAN, TABLE, write_study

MORE = """
[table_one]
variables = ["age_years", "subset"]
[[associations]]
title = "Ulcers"
exposures = ["ulcers"]
outcomes = ["ulcers"]
"""


def invoke(*arguments: object):
    return CliRunner().invoke(app, ["cohort", *map(str, arguments)])


def test_a_plan_is_run_and_the_page_is_named(tmp_path):
    plan = write_study(tmp_path, PLAN + MORE)
    result = invoke("run", plan, "--out", tmp_path / "out", "--no-pdf")
    assert result.exit_code == 0, result.output
    assert f"4 patients analysed: {tmp_path / 'out' / 'report.html'}" in result.output
    assert (tmp_path / "out" / "tables" / "characteristics.csv").is_file()
    assert not (tmp_path / "out" / "report.pdf").exists()


def test_another_table_can_take_the_place_of_the_plan_s(tmp_path):
    plan = write_study(tmp_path, PLAN + MORE)
    (tmp_path / "other.csv").write_text(TABLE + "P5,33,0,diffuse\n", encoding="utf-8")
    result = invoke("run", plan, "--out", tmp_path / "out", "--no-pdf", "--data", tmp_path / "other.csv")
    assert "5 patients analysed" in result.output


def test_a_plan_is_checked_without_analysing(tmp_path):
    result = invoke("check", write_study(tmp_path))
    assert result.exit_code == 0
    assert "4 of 4 patients would be analysed" in result.output


def test_a_wrong_plan_or_value_writes_nothing(tmp_path):
    plan = write_study(tmp_path, PLAN.replace('kind = "binary"', 'kind = "binry"'))
    result = invoke("run", plan, "--out", tmp_path / "out")
    assert isinstance(result.exception, UsageError)
    assert "variables[2].kind" in str(result.exception)
    plan = write_study(tmp_path, table=TABLE.replace("50", "fifty"))
    result = invoke("run", plan, "--out", tmp_path / "out")
    assert "row 2, column 'age_years'" in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_without_the_packages_of_cohorts_the_command_says_what_to_install(tmp_path, monkeypatch):
    class NoPandas:
        """Fails to be found, as pandas does where it is not installed."""

        def find_spec(self, name, path=None, target=None):
            if name == "sclerograph.cohort.analysis":
                raise ModuleNotFoundError("No module named 'pandas'", name="pandas")

    monkeypatch.delitem(sys.modules, "sclerograph.cohort.analysis", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPandas(), *sys.meta_path])
    result = invoke("run", write_study(tmp_path), "--out", tmp_path / "out")
    assert isinstance(result.exception, MissingComponent)
    assert "sclerograph[cohort]" in str(result.exception)


def test_the_size_of_a_trial_of_change():
    # two-sided t test, d = 0.5, 80 %: 64 an arm (Cohen 1988, table 2.4.1)
    result = invoke("power", "change", "--difference", 5, "--spread", 10)
    assert "64 controls and 64 treated, power 80.1 %" in result.output
    wider = invoke("power", "change", "--difference", 5, "--spread", 10, "--sdc", 19.6, "--dropout", 0.2)
    assert "standard deviation of the measured change: 14.1" in wider.output
    assert "to be enrolled" in wider.output


def test_the_size_of_a_trial_of_responders():
    result = invoke("power", "responders", "--control", 0.41, "--treated", 0.2)
    assert "progressing by more than 25 %: 41.0 % against 20.0 %" in result.output
    medians = invoke("power", "responders", "--control-median", 12.8, "--treated", 0.2, "--log-sd", 0.5)
    assert "with an assessed endpoint" in medians.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--control", "0.4"], "give either --treated or --treated-median"),
        (["--control", "0.4", "--control-median", "3", "--treated", "0.2"], "give either --control"),
        (["--control", "0.4", "--treated-median", "3"], "--log-sd"),
    ],
)
def test_a_trial_that_is_not_described_is_wrong_usage(arguments, said):
    result = invoke("power", "responders", *arguments)
    assert isinstance(result.exception, UsageError)
    assert said in str(result.exception)


def test_check_looks_at_long_tables_as_well(tmp_path):
    plan = write_study(
        tmp_path,
        PLAN.replace(
            'table = "patients.csv"', 'table = "patients.csv"\nlong = [{ name = "sites", path = "sites.csv" }]'
        )
        + '[[maps]]\ntitle = "Body"\nkind = "body"\ntable = "sites"\nsite = "region"\nfinding = "calcium"\n',
    )
    (tmp_path / "sites.csv").write_text("pseudonym,region,calcium\nP1,leg,1\n", encoding="utf-8")
    result = invoke("check", plan)
    assert result.exit_code != 0
    assert "no region of the body" in str(result.exception)
