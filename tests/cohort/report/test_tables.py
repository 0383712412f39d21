from __future__ import annotations

from sclerograph.cohort.plan import parse_plan
from sclerograph.cohort.report.table import Table
from sclerograph.cohort.report.write import tables_of
from tests.cohort.example import analysis_of, example_analysis


def tables() -> dict[str, Table]:
    return {table.key: table for table in tables_of(example_analysis())}


def line(table: Table, *beginning: str) -> tuple[str, ...]:
    (found,) = (row.cells for row in table.rows if row.cells[: len(beginning)] == beginning)
    return found


def test_every_row_fits_its_columns():
    for table in tables().values():
        for row in table.rows:
            assert len(row.cells) == (1 if row.heading else len(table.columns)), table.key
            assert set(row.marks) <= {letter for letter, _ in table.footnotes}


def test_every_p_value_stands_beside_its_test():
    for key, table in tables().items():
        labels = [column.label for column in table.columns]
        if "p" in labels:
            place = next(number for number, label in enumerate(labels) if label.startswith("Test"))
            assert all(row.cells[place] for row in table.rows if not row.heading), key


def test_table_one():
    table = tables()["characteristics"]
    assert line(table, "Female")[1] == "68 (88.3 %)"
    assert line(table, "Age, years, mean (SD)")[1].startswith("56.9 (")
    assert line(table, "Disease duration, years, median (quartiles)")
    assert line(table, "25-hydroxyvitamin D, nmol/l, mean (SD)")[-1] == "20"


def test_an_association_with_an_empty_cell_is_exact_and_warned_of():
    table = tables()["associations-4"]
    cells = line(table, "Spine, foraminal", "Death")
    assert cells[2:4] == ("3/9 (33.3 %)", "0/68 (0.0 %)")
    assert cells[4].startswith("∞ (5.")
    assert cells[5] == "0.001"
    assert cells[7] == "Fisher's exact test"
    (row,) = (row for row in table.rows if row.cells == cells)
    remarks = " ".join(text for letter, text in table.footnotes if letter in row.marks)
    assert "A cell is empty" in remarks
    assert "Only 3 patients" in remarks


def test_raw_and_adjusted_p_stand_side_by_side():
    for table in (table for key, table in tables().items() if key.startswith(("associations", "comparisons"))):
        labels = [column.label for column in table.columns]
        assert labels.index("p adjusted") == labels.index("p") + 1
        assert any("Benjamini and Hochberg" in note for note in table.notes)


def test_a_model_says_how_it_was_fitted_and_why():
    table = tables()["model-1"]
    assert table.rows[0].cells[3] == "penalised likelihood-ratio test"
    notes = " ".join(table.notes)
    assert "Firth's penalty" in notes
    assert "all 3 events are among the 9 with Spine, foraminal = 1" in notes
    imputed = tables()["model-3"]
    assert any(row.heading for row in imputed.rows)
    assert "left out for missing values" in " ".join(imputed.notes)


def test_the_impossible_figure_is_marked():
    table = tables()["printed-shares"]
    assert line(table, "Subluxation, hands")[1:] == ("19.9%", "15/77 (19.5 %)", "cannot be right")
    assert "16/77 = 20.8 %" in table.footnotes[0][1]
    assert line(table, "Age, years, mean")[1:3] == ("56.9", "56.9")


def test_survival_and_missing_values():
    survival = tables()["survival-1"]
    assert line(survival, "Spine, foraminal: yes")[1:3] == ("9", "3")
    assert any("Log-rank test: p < 0.001" in note for note in survival.notes)
    missing = tables()["missing"]
    assert line(missing, "25-hydroxyvitamin D", "20")[2] == "26.0 %"


def test_prevalence_by_group_has_its_intervals():
    table = tables()["prevalence"]
    # Wilson's interval of 7 among 22, computed by hand
    assert line(table, "Calcinosis, hands")[4] == "7/22, 31.8 (16.4 to 52.7)"


def test_what_could_not_be_tested_is_no_test_and_an_empty_group_is_a_dash():
    plan = parse_plan(
        """
        title = "T"
        data = { table = "cohort.csv" }
        [[variables]]
        name = "age_years"
        kind = "continuous"
        [[variables]]
        name = "ild"
        kind = "binary"
        [[variables]]
        name = "nobody"
        column = "ild"
        kind = "binary"
        yes = ["never"]
        no = ["0", "1"]
        [[comparisons]]
        title = "C"
        measurements = ["age_years"]
        groups = ["ild", "nobody"]
        """
    )
    (table,) = (table for table in tables_of(analysis_of(plan)) if table.key == "comparisons-1")
    assert table.notes[0].startswith("Tests made together: 1.")
    assert line(table, "age years", "nobody")[2] == "–, n = 0"
