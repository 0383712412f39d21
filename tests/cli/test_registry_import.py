from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sclerograph.cli.registry import registry
from sclerograph.errors import RefusedEntry, UsageError
from sclerograph.registry.store import Registry

TABLE = "Code;Calcémie;Note\nP-1;2,40;x\nP-2;viel;y\nP-3;2,2;z\n"
MAPPING = """
[column.Code]
variable = "pseudonym"
[column."Calcémie"]
variable = "calcium_mmol_per_l"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def run(*arguments: str | Path):
    return CliRunner().invoke(registry, [str(argument) for argument in arguments])


def test_a_table_is_checked_without_a_registry(folder):
    result = run("check-table", folder / "table.csv", "--mapping", folder / "mapping.toml", "--out", folder / "out")
    assert result.exit_code == 1
    assert "problem: column B (calcium_mmol_per_l): is not a number: 1 row, first row 3" in result.output
    assert "1 column not read: C" in result.output
    assert "2 rows right, 1 set aside" in result.output
    assert "viel" not in result.output
    assert "viel" in (folder / "out" / "set-aside.csv").read_text(encoding="utf-8")
    assert (folder / "out" / "problems.csv").read_text().splitlines()[1] == "3,B,calcium_mmol_per_l,is not a number"


def test_a_right_table_ends_with_0(folder):
    (folder / "table.csv").write_text("pseudonym,mrss\nP-1,4\n")
    result = run("check-table", folder / "table.csv", "--out", folder / "out")
    assert (result.exit_code, result.output) == (0, "1 row right, 0 set aside\n")


def test_right_rows_go_into_the_registry_and_come_out_again(folder):
    base = folder / "r.sqlite"
    Registry.create(base).close()
    options = ["--mapping", folder / "mapping.toml", "--out", folder / "out", "--author", "M. Keller"]
    result = run("import", base, folder / "table.csv", *options)
    assert result.exit_code == 1
    assert "2 rows imported (2 new values), 1 set aside" in result.output
    result = run("export", base, folder / "values.csv")
    assert (result.exit_code, "2 rows written" in result.output) == (0, True)
    text = (folder / "values.csv").read_text(encoding="utf-8-sig")
    assert text == "pseudonym,calcium_mmol_per_l\nP-1,2.4\nP-3,2.2\n"
    run("export", base, folder / "redcap.csv", "--for", "redcap")
    assert (folder / "redcap.csv").read_text() == text
    refused = run("export", base, folder / "redcap.xlsx", "--for", "redcap")
    assert isinstance(refused.exception, UsageError)


def test_dates_that_are_not_recorded_are_named(folder):
    base = folder / "r.sqlite"
    Registry.create(base).close()
    (folder / "table.csv").write_text("pseudonym,visit_date,mrss\nP-1,2020-01-01,4\n")
    result = run("import", base, folder / "table.csv", "--out", folder, "--author", "a")
    assert result.exit_code == 0
    assert "dates not recorded, only the time between them: visit_date" in result.output
    kept = run("import", base, folder / "table.csv", "--out", folder, "--author", "a", "--keep-dates")
    assert "1 row imported (1 new value), 0 set aside" in kept.output


def test_own_variables_are_imported(folder):
    (folder / "own.toml").write_text(
        '[form]\nown = "Own"\n[reference.us]\ntext = "Protocol"\nverified = "Ours."\n[[variable]]\nname = "grip_kg"\n'
        'form = "own"\nlabel = "Grip"\ntype = "number"\nlevel = "visit"\ndefinition = "Best of 3."\ncitation = ["us"]\n'
    )
    (folder / "table.csv").write_text("pseudonym,grip_kg\nP-1,34\n")
    options = ["--dictionary", folder / "own.toml", "--out", folder / "out"]
    assert run("check-table", folder / "table.csv", *options).exit_code == 0


def test_many_kinds_of_problems_are_cut_short_on_the_terminal_alone(folder):
    from sclerograph.registry.dictionary.load import load_dictionary

    names = [v.name for v in load_dictionary().variables.values() if v.type == "yes_no"][:22]
    (folder / "table.csv").write_text(f"pseudonym,{','.join(names)}\nP-1{',perhaps' * 22}\n")
    result = run("check-table", folder / "table.csv", "--out", folder / "out")
    assert "problem: and 2 kinds more" in result.output
    assert len((folder / "out" / "problems.csv").read_text().splitlines()) == 23


def test_a_table_that_names_patients_is_refused(folder):
    (folder / "table.csv").write_text("pseudonym,Nom\nP-1,Dupont\n")
    result = run("check-table", folder / "table.csv", "--out", folder / "out")
    assert isinstance(result.exception, RefusedEntry)
    assert not (folder / "out").exists()


def test_a_folder_that_cannot_be_written_is_wrong_usage(folder):
    (folder / "file").write_text("")
    result = run(
        "check-table", folder / "table.csv", "--mapping", folder / "mapping.toml", "--out", folder / "file" / "out"
    )
    assert isinstance(result.exception, UsageError)


def test_rows_of_a_patient_who_was_erased_are_left_out_and_named(folder):
    base = folder / "r.sqlite"
    options = ["--mapping", folder / "mapping.toml", "--out", folder / "out", "--author", "M. Keller"]
    with Registry.create(base) as opened:
        run("import", base, folder / "table.csv", *options)
        opened.forget("P-3", author="M. Keller", reason="consent withdrawn")
    result = run("import", base, folder / "table.csv", *options)
    assert result.exit_code == 1
    assert "row 4: of a patient who was erased" in result.output
    assert "1 row imported (0 new values), 2 set aside" in result.output
    assert "P-3" not in (folder / "out" / "set-aside.csv").read_text(encoding="utf-8")


def test_a_mapping_without_columns_leaves_them_to_their_names(folder):
    (folder / "mapping.toml").write_text('[table]\nmissing = ["-9"]\n')
    (folder / "table.csv").write_text("pseudonym,mrss\nP-1,4\nP-2,-9\n")
    result = run("check-table", folder / "table.csv", "--mapping", folder / "mapping.toml", "--out", folder / "out")
    assert (result.exit_code, result.output) == (0, "2 rows right, 0 set aside\n")


def test_of_a_thousand_columns_that_were_not_read_some_are_named(folder):
    (folder / "table.csv").write_text(
        "pseudonym," + ",".join(f"x{i}" for i in range(1000)) + "\nP-1" + ",1" * 1000 + "\n"
    )
    result = run("check-table", folder / "table.csv", "--out", folder / "out")
    assert "1000 columns not read: B, C, D" in result.output
    assert "and 970 more" in result.output


def test_the_criteria_are_written_from_their_items(folder):
    base = folder / "r.sqlite"
    with Registry.create(base):
        (folder / "items.csv").write_text(
            "pseudonym,raynaud,sclerodactyly,telangiectasia\nP-1,yes,yes,yes\nP-2,yes,,\n"
        )
        run("import", base, folder / "items.csv", "--out", folder / "out", "--author", "M. Keller")
    result = run("criteria", base, folder / "criteria.csv")
    assert (result.exit_code, "2 rows written" in result.output) == (0, True)
    header, first, second = (folder / "criteria.csv").read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("pseudonym,acr_eular_2013_lowest,acr_eular_2013_highest,acr_eular_2013_reached")
    assert first.startswith("P-1,9,")
    assert ",yes," in first
    assert second.startswith("P-2,3,")
