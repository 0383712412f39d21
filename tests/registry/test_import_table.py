from __future__ import annotations

import csv
import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclerograph.errors import RefusedEntry, UnreadableFile, UsageError
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.import_table import import_table, write_set_aside
from sclerograph.registry.mapping import read_mapping
from sclerograph.registry.table.raw import column_letters

TODAY = date(2024, 6, 1)


def import_text(tmp_path, text, mapping=None, encoding="utf-8"):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    if mapping is not None:
        (tmp_path / "mapping.toml").write_text(mapping)
        mapping = read_mapping(tmp_path / "mapping.toml", load_dictionary())
    return import_table(path, mapping, today=TODAY)


def problems(result):
    return [str(problem) for problem in result.problems]


def test_a_table_becomes_typed_rows(tmp_path):
    result = import_text(
        tmp_path,
        "pseudonym,visit_date,visit_label,sex,birth_year,mrss,raynaud,height_cm\n"
        "P-1,2020-01-05,baseline,Female,1960,12,yes,170.5\n"
        "P-2,2020-02-05,baseline,male,,NA,0,\n",
    )
    assert problems(result) == []
    first, second = result.rows()
    assert (first.row, first.pseudonym, first.visit_date, first.visit_label) == (2, "P-1", date(2020, 1, 5), "baseline")
    assert first.values == {"sex": "female", "birth_year": 1960, "mrss": 12, "raynaud": True, "height_cm": 170.5}
    assert second.values == {"sex": "male", "raynaud": False}
    assert (result.rows_read, result.rows_set_aside, result.one_row_per) == (2, 0, "visit")


def test_values_have_the_types_of_their_variables(tmp_path):
    (row,) = import_text(
        tmp_path, "pseudonym,sex,birth_year,raynaud,height_cm,death_date\nP-1,male,1960,1,170,2021-03-04\n"
    ).rows()
    assert {name: type(value) for name, value in row.values.items()} == {
        "sex": str,
        "birth_year": int,
        "raynaud": bool,
        "height_cm": float,
        "death_date": date,
    }


BAD_CELLS = [
    ("mrss", "abc", "is not a number"),
    ("mrss", "12.5", "is not a whole number"),
    ("mrss", "52", "is outside 0 to 51 point"),
    ("mrss", "-1", "is outside 0 to 51 point"),
    ("mrss", "=1+1", "is a formula: save the table with its values"),
    ("mrss", "@SUM(A1)", "is a formula: save the table with its values"),
    ("calcium_mmol_per_l", "8.9", "is outside 0.8 to 6 mmol/L"),
    ("calcium_mmol_per_l", "2,4", "has the other decimal sign than the rest of its column"),
    ("nt_probnp_ng_per_l", "1 234", "groups thousands: write the number without"),
    ("raynaud", "maybe", "is neither yes nor no"),
    ("sex", "Damen", "is none of the codes female, male, other"),
    ("visit_date", "13/02/2015", "is not a date of the stated format (YYYY-MM-DD)"),
    ("visit_date", "2015-02-30", "is no day of the calendar"),
    ("visit_date", "2015", "is a year or a month, not a full day"),
    ("visit_date", "0215-02-03", "is before 1890, or centuries ahead"),
    ("visit_date", "2024-06-02", "lies in the future"),
    ("diagnosis_year", "2030", "lies in the future"),
    ("pseudonym", "", "is missing"),
    ("pseudonym", "Marie Dupont", "is a pseudonym that looks like a name"),
    ("pseudonym", "1956-03-02", "is a pseudonym that looks like a date of birth"),
    ("visit_label", "visit of 03.02.2019", "is the name of a visit with a date in it"),
]
RIGHT = {
    "pseudonym": "P-9",
    "visit_date": "2019-05-06",
    "visit_label": "month 12",
    "sex": "female",
    "mrss": "3",
    "calcium_mmol_per_l": "2.25",
    "nt_probnp_ng_per_l": "100",
    "raynaud": "yes",
    "birth_year": "",
    "diagnosis_year": "",
}


@pytest.mark.parametrize(("variable", "cell", "reason"), BAD_CELLS)
def test_a_bad_cell_is_named_by_row_and_column_and_never_repeated(tmp_path, variable, cell, reason):
    lines = [list(RIGHT), [f"P-{n}" if name == "pseudonym" else value for n, (name, value) in enumerate(RIGHT.items())]]
    lines[1][0] = "P-1"
    second = {**RIGHT, variable: cell}
    lines.append(list(second.values()))
    third = {**RIGHT, "pseudonym": "P-3"}
    lines.append(list(third.values()))
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    result = import_text(tmp_path, stream.getvalue())
    letter = column_letters(list(RIGHT).index(variable))
    assert problems(result) == [f"row 3, column {letter} ({variable}): {reason}"]
    assert result.frame.index.tolist() == [2, 4]
    set_aside = list(csv.DictReader(io.StringIO(result.set_aside_csv())))
    assert len(set_aside) == 1
    assert set_aside[0]["set_aside_row"] == "3"
    assert set_aside[0]["set_aside_because"] == f"column {letter} ({variable}) {reason}"
    assert set_aside[0][variable].lstrip("'") == cell
    # A word of the reason may be a word of the cell; the cell as a whole must not be there.
    if len(cell) > 2:
        assert cell not in result.problems.to_csv()


CONTRADICTIONS = [
    ({"birth_year": "1980", "visit_date": "1979-05-05"}, "visit_date", "is before the year of birth"),
    ({"birth_year": "1980", "raynaud_onset_year": "1979"}, "raynaud_onset_year", "is before the year of birth"),
    ({"birth_year": "1980", "diagnosis_date": "1970-01-01"}, "diagnosis_date", "is before the year of birth"),
    ({"diagnosis_date": "2010-01-02", "death_date": "2010-01-01"}, "death_date", "is before diagnosis_date"),
    ({"last_contact_date": "2010-01-02", "death_date": "2010-01-01"}, "death_date", "is before last_contact_date"),
    ({"visit_date": "2010-01-02", "death_date": "2010-01-01"}, "death_date", "is before visit_date"),
    ({"diagnosis_year": "2011", "death_date": "2010-01-01"}, "death_date", "is before diagnosis_year"),
    (
        {"death": "no", "death_date": "2010-01-01"},
        "death_date",
        "stands beside the statement that nobody died",
    ),
    ({"diagnosis_date": "2010-01-02", "diagnosis_year": "2011"}, "diagnosis_year", "is not the year of diagnosis_date"),
    (
        {"birth_year": "1950", "visit_date": "2010-06-01", "age_years": "55"},
        "age_years",
        "does not fit the year of birth and the date of the visit",
    ),
    (
        {"disease_duration_years": "40", "disease_duration_origin": "diagnosis", "age_years": "30"},
        "disease_duration_years",
        "is longer than the patient's life",
    ),
    (
        {"disease_duration_years": "4", "disease_duration_origin": ""},
        "disease_duration_years",
        "has no meaning without disease_duration_origin",
    ),
]


@pytest.mark.parametrize(("cells", "variable", "reason"), CONTRADICTIONS)
def test_what_cannot_be_true_together_is_named(tmp_path, cells, variable, reason):
    cells = {"pseudonym": "P-1", **cells}
    text = f"one_row_per,{','.join(cells)}\n,{','.join(cells.values())}\n"
    result = import_text(tmp_path, text, '[table]\nby_name = true\none_row_per = "patient"\n')
    letter = column_letters(1 + list(cells).index(variable))
    assert problems(result) == [f"row 2, column {letter} ({variable}): {reason}"]


def test_ages_next_to_a_birthday_are_no_contradiction(tmp_path):
    text = "pseudonym,birth_year,visit_date,age_years\nP-1,1950,2010-06-01,59\nP-2,1950,2010-06-01,60.9\n"
    assert problems(import_text(tmp_path, text)) == []


def test_missing_values_contradict_nothing(tmp_path):
    text = "pseudonym,birth_year,diagnosis_date,death,death_date\nP-1,,2010-01-02,,2012-01-01\nP-2,1950,,yes,\n"
    assert problems(import_text(tmp_path, text)) == []


def test_a_patient_twice_is_named_and_a_row_written_twice_kept_once(tmp_path):
    text = "pseudonym,mrss\nP-1,4\nP-2,5\nP-1,6\nP-3,7\nP-3,7\nP-3,7\n"
    result = import_text(tmp_path, text)
    reason = "is in several rows that differ: the same patient"
    assert problems(result) == [
        f"row 2, column A (pseudonym): {reason}",
        f"row 4, column A (pseudonym): {reason}",
        "row 6: repeats an earlier row",
        "row 7: repeats an earlier row",
    ]
    assert result.frame.index.tolist() == [3, 5]


def test_visits_of_one_patient_are_no_twins_and_may_not_contradict_each_other(tmp_path):
    text = (
        "pseudonym,visit_date,sex,mrss,birth_year\n"
        "P-1,2020-01-01,female,4,1960\n"
        "P-1,2021-01-01,,6,1960\n"
        "P-2,2020-01-01,male,4,1960\n"
        "P-2,2021-01-01,female,4,1960\n"
        "P-3,2020-01-01,male,4,1960\n"
        "P-3,2020-01-01,male,5,1960\n"
        "P-4,,male,5,1960\n"
    )
    result = import_text(tmp_path, text)
    assert problems(result) == [
        "row 4, column C (sex): differs between the visits of the patient",
        "row 5, column C (sex): differs between the visits of the patient",
        "row 6, column A (pseudonym): is in several rows that differ: the same patient and visit",
        "row 7, column A (pseudonym): is in several rows that differ: the same patient and visit",
        "row 8, column B (visit_date): is missing: nobody knows which visit this is",
    ]


def test_nobody_was_born_in_the_future(tmp_path):
    assert problems(import_text(tmp_path, "pseudonym,birth_year\nP-1,2025\nP-2,2024\n")) == [
        "row 2, column B (birth_year): lies in the future"
    ]


def test_all_problems_of_a_row_are_named_at_once(tmp_path):
    result = import_text(tmp_path, "pseudonym,mrss,sex,raynaud\nP-1,abc,x,y\nP-2,99,female,z\n")
    assert len(problems(result)) == 4
    assert result.rows_set_aside == 2


class TestDecimals:
    def column(self, tmp_path, *cells, mapping=None):
        text = "pseudonym;albumin_g_per_l;height_cm\n"
        text += "".join(f"P-{n};{cell};\n" for n, cell in enumerate(cells))
        return import_text(tmp_path, text, mapping)

    def test_a_column_of_commas_is_read(self, tmp_path):
        assert self.column(tmp_path, "40,5", "41", "39,25").frame["albumin_g_per_l"].tolist() == [40.5, 41, 39.25]

    def test_of_a_mixed_column_the_rarer_sign_is_named(self, tmp_path):
        result = self.column(tmp_path, "40,5", "41.5", "39,25", "39")
        assert problems(result) == [
            "row 3, column B (albumin_g_per_l): has the other decimal sign than the rest of its column"
        ]

    def test_where_both_are_as_common_both_are_named(self, tmp_path):
        assert [p.row for p in self.column(tmp_path, "40,5", "41.5", "39").problems] == [2, 3]

    def test_a_comma_that_may_group_thousands_is_not_guessed(self, tmp_path):
        result = self.column(tmp_path, "40,500", "41")
        assert problems(result) == [
            "row 2, column B (albumin_g_per_l): has a sign that may be decimal or group thousands: "
            "state the decimal sign in the mapping"
        ]

    def test_other_columns_settle_it(self, tmp_path):
        text = "pseudonym;albumin_g_per_l;height_cm\nP-1;40,500;170,5\n"
        assert import_text(tmp_path, text).frame["albumin_g_per_l"].tolist() == [40.5]
        text = "pseudonym;albumin_g_per_l;height_cm\nP-1;40.500;170,5\n"
        assert [p.column for p in import_text(tmp_path, text).problems] == ["B"]

    def test_a_point_alone_is_a_decimal_point(self, tmp_path):
        assert self.column(tmp_path, "40.500").frame["albumin_g_per_l"].tolist() == [40.5]

    def test_a_stated_sign_holds(self, tmp_path):
        mapping = '[table]\nby_name = true\ndecimal = ","\n'
        assert self.column(tmp_path, "40,500", mapping=mapping).frame["albumin_g_per_l"].tolist() == [40.5]
        assert len(self.column(tmp_path, "40.5", mapping=mapping).problems) == 1

    def test_words_among_numbers_are_words(self, tmp_path):
        assert "is not a number" in problems(self.column(tmp_path, "40,500", "n.d."))[1]


def test_a_mapping_recodes_and_converts(tmp_path):
    mapping = """
[table]
date_format = "DD/MM/YYYY"
missing = ["ND", "-9"]
[column."Code"]
variable = "pseudonym"
[column."Sexe"]
variable = "sex"
codes = { F = "female", H = "male" }
[column."Calcémie (mg/dL)"]
variable = "calcium_mmol_per_l"
unit = "mg/dL"
factor = 0.2495
[column."ACA"]
variable = "anticentromere"
codes = { "+" = "yes", "-" = "no" }
[column."Décès"]
variable = "death_date"
[constant]
digital_ulcer_definition = "wsf_2017"
"""
    text = (
        "Code;SEXE;Calcémie (mg/dL);ACA;Décès;Remarque\nP-1;f;9,6;+;03/04/2015;\nP-2;H;nd;-;;free text\nP-3;X;-9;?;;\n"
    )
    result = import_text(tmp_path, text, mapping, "cp1252")
    first, second = result.rows()
    assert first.values == {
        "sex": "female",
        "calcium_mmol_per_l": pytest.approx(9.6 * 0.2495),
        "anticentromere": True,
        "death_date": date(2015, 4, 3),
        "digital_ulcer_definition": "wsf_2017",
    }
    assert second.values == {"sex": "male", "anticentromere": False, "digital_ulcer_definition": "wsf_2017"}
    assert [(p.row, p.variable) for p in result.problems] == [(4, "sex"), (4, "anticentromere")]
    assert result.not_read == ("F",)
    assert "cp1252" in result.notes[0]


def test_cells_of_another_encoding_are_named(tmp_path):
    content = "pseudonym,sex,centre\nP-1,female,Genève\nP-2,male,Nîmes\n".encode() + "P-3,male,Orléans\n".encode(
        "cp1252"
    )
    result = import_text(tmp_path, content)
    assert problems(result) == ["row 4, column C (centre): is not written in the encoding of the rest of the table"]
    assert "Orléans" in result.set_aside_csv()


def test_rows_of_another_length_are_set_aside(tmp_path):
    result = import_text(tmp_path, "pseudonym,mrss\nP-1,4\nP-2\nP-3,5,6\n")
    assert problems(result) == [
        "row 3: has not as many cells as the header",
        "row 4: has not as many cells as the header",
    ]


def test_a_thousand_columns(tmp_path):
    names = [f"extra {n}" for n in range(998)]
    names.insert(0, "pseudonym")
    names.insert(997, "mrss")
    rows = [names, *(["P-1" if n == 0 else "4" for n in range(1000)], ["P-2" if n == 0 else "x" for n in range(1000)])]
    result = import_text(tmp_path, "\n".join(",".join(row) for row in rows))
    assert problems(result) == ["row 3, column ALJ (mrss): is not a number"]
    assert len(result.not_read) == 998


@pytest.mark.parametrize("content", ["", "\n", "pseudonym,mrss\n"])
def test_an_empty_file_is_refused(tmp_path, content):
    with pytest.raises(UnreadableFile, match="nothing to import"):
        import_text(tmp_path, content)


def test_a_table_that_names_patients_is_refused_whole(tmp_path):
    text = "pseudonym,Nom,Date de naissance,mrss\nP-1,Dupont,03/04/1950,4\n"
    with pytest.raises(RefusedEntry, match="column B looks like a name; column C looks like a date of birth") as caught:
        import_text(tmp_path, text)
    assert "Dupont" not in str(caught.value)
    mapping = '[table]\nby_name = true\nleave_out = ["Nom", "Date de naissance"]\n'
    result = import_text(tmp_path, text.replace("P-1", "P 1 2 3 4 5"), mapping)
    assert list(result.frame) == ["pseudonym", "mrss"]
    assert "Dupont" not in result.set_aside_csv()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,mrss\nP-1,4\n", "no column is mapped to pseudonym"),
        ("pseudonym,mrss,mrss\nP-1,4,5\n", "2 columns of the title 'mrss'"),
    ],
)
def test_a_table_that_the_mapping_does_not_fit_is_refused(tmp_path, text, message):
    with pytest.raises(UsageError, match=message):
        import_text(tmp_path, text)


def test_a_mapped_column_that_is_missing_is_named(tmp_path):
    with pytest.raises(UsageError, match="no column of the title 'mRSS total'"):
        import_text(
            tmp_path,
            "pseudonym,mrss\nP-1,4\n",
            '[table]\nby_name = true\n[column."mRSS total"]\nvariable = "mrss"\n',
        )


def test_one_column_cannot_be_two_variables(tmp_path):
    mapping = '[table]\nby_name = true\n[column."x"]\nvariable = "mrss"\n[column."X "]\nvariable = "haq_di"\n'
    with pytest.raises(UsageError, match="two titles"):
        import_text(tmp_path, "pseudonym,x\nP-1,1\n", mapping)


def test_a_constant_is_checked_like_a_cell(tmp_path):
    with pytest.raises(UsageError, match="constant mrss is outside"):
        import_text(tmp_path, "pseudonym\nP-1\n", "[table]\nby_name = true\n[constant]\nmrss = 60\n")
    result = import_text(tmp_path, "pseudonym\nP-1\n", "[table]\nby_name = true\n[constant]\nraynaud = true\n")
    assert next(result.rows()).values == {"raynaud": True}


def test_one_row_a_visit_needs_a_visit(tmp_path):
    with pytest.raises(UsageError, match="visit_date or visit_label"):
        import_text(tmp_path, "pseudonym\nP-1\n", '[table]\nby_name = true\none_row_per = "visit"\n')


def workbook(tmp_path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / "table.xlsx"
    book.save(path)
    return path


def test_cells_of_a_workbook_are_read_as_what_they_are(tmp_path):
    rows = [
        ["pseudonym", "visit_date", "height_cm", "raynaud", "mrss"],
        ["P-1", date(2020, 1, 5), 170.5, True, 4],
        ["P-2", "2020-01-06", "171.5", "no", "5"],
        ["P-3", 43800, 171, 2, "=2+2"],
        ["P-4", date(2020, 1, 5), date(2020, 5, 3), False, "#REF!"],
        ["P-5", date(2020, 1, 5), True, None, None],
    ]
    result = import_table(workbook(tmp_path, rows), today=TODAY)
    first, second = result.rows()
    assert first.values == {"height_cm": 170.5, "raynaud": True, "mrss": 4}
    assert second.values == {"height_cm": 171.5, "raynaud": False, "mrss": 5}
    assert problems(result) == [
        "row 4, column B (visit_date): is a number, not a date",
        "row 4, column D (raynaud): is neither yes nor no",
        "row 4, column E (mrss): is a formula: save the table with its values",
        "row 5, column C (height_cm): is a date where a number belongs: spreadsheets make dates of numbers",
        "row 5, column E (mrss): holds an error of the workbook",
        "row 6, column C (height_cm): is not a number",
    ]


def test_rows_set_aside_from_a_workbook_can_be_imported_with_its_mapping(tmp_path):
    text = '[table]\nby_name = true\ndecimal = ","\ndate_format = "DD/MM/YYYY"\n'
    (tmp_path / "m.toml").write_text(text)
    mapping = read_mapping(tmp_path / "m.toml", load_dictionary())
    path = workbook(tmp_path, [["pseudonym", "visit_date", "height_cm", "mrss"], ["P-1", date(2020, 1, 5), 170.5, "x"]])
    rows, _ = write_set_aside(import_table(path, mapping, today=TODAY), tmp_path, path)
    rows.write_text(rows.read_text(encoding="utf-8-sig").replace(",x", ",4"), encoding="utf-8")
    (row,) = import_table(rows, mapping, today=TODAY).rows()
    assert (row.visit_date, row.values) == (date(2020, 1, 5), {"height_cm": 170.5, "mrss": 4})


def test_an_export_of_redcap_is_read_as_it_is(tmp_path):
    text = (
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,mrss,raynaud,skin_complete\n"
        "P-1,baseline_arm_1,,,female,4,1,2\nP-1,visit_arm_1,,1,,5,1,2\nP-1,visit_arm_1,,2,,6,0,2\n"
    )
    result = import_text(tmp_path, text)
    assert problems(result) == []
    assert [row.visit_label for row in result.rows()] == ["baseline_arm_1", "visit_arm_1_1", "visit_arm_1_2"]
    assert result.not_read == ("C", "D", "H")


def test_set_aside_rows_mended_can_be_imported(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("pseudonym;mrss;height_cm\nP-1;4;170,5\nP-2;=cmd;171,5\n")
    result = import_table(path, today=TODAY)
    rows, listed = write_set_aside(result, tmp_path, path)
    assert (rows.name, listed.name) == ("set-aside.csv", "problems.csv")
    assert "'=cmd" in rows.read_text()
    assert listed.read_text().splitlines()[1] == "3,B,mrss,is a formula: save the table with its values"
    rows.write_text(rows.read_text(encoding="utf-8-sig").replace("'=cmd", "5"), encoding="utf-8")
    mended = import_table(rows, today=TODAY)
    assert next(mended.rows()).values == {"mrss": 5, "height_cm": 171.5}
    assert mended.not_read == ()
    with pytest.raises(UsageError, match="would be overwritten"):
        write_set_aside(mended, tmp_path, rows)


def test_where_nothing_is_wrong_the_files_have_their_headers_alone(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("pseudonym,mrss\nP-1,4\n")
    for file in write_set_aside(import_table(path, today=TODAY), tmp_path, path):
        assert len(file.read_text().splitlines()) == 1


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.floats(-20, 300, allow_nan=False), st.sampled_from(["yes", "no", "", "x"])),
        min_size=1,
        max_size=20,
    )
)
def test_every_row_is_imported_or_set_aside(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("t") / "table.csv"
    lines = [f"P-{n},{mrss},{height!r},{flag}" for n, (mrss, height, flag) in enumerate(cells)]
    path.write_text("pseudonym,mrss,height_cm,raynaud\n" + "\n".join(lines))
    result = import_table(path, today=TODAY)
    good = {n + 2 for n, (mrss, height, flag) in enumerate(cells) if mrss <= 51 and 50 <= height <= 250 and flag != "x"}
    assert set(result.frame.index) == good
    assert {problem.row for problem in result.problems} == set(range(2, len(cells) + 2)) - good
    assert len(result.set_aside_csv().splitlines()) == 1 + len(cells) - len(good)
