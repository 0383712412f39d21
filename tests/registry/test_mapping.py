from __future__ import annotations

import pytest

from sclerograph.errors import UsageError
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.mapping import mapping_by_name, read_mapping

DICTIONARY = load_dictionary()
GOOD = """
[table]
one_row_per = "visit"
date_format = "DD/MM/YYYY"
decimal = ","
missing = ["ND"]
leave_out = ["Nom"]
[column."Numéro"]
variable = "pseudonym"
[column."Visite"]
variable = "visit_date"
[column."Sexe"]
variable = "sex"
codes = { F = "female", H = "male" }
[column."Calcémie (mg/dL)"]
variable = "calcium_mmol_per_l"
unit = "mg/dL"
factor = 0.2495
[column."Durée"]
variable = "disease_duration_years"
[constant]
disease_duration_origin = "diagnosis"
"""


def read(tmp_path, text):
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, DICTIONARY)


def test_a_mapping_says_how_a_table_is_read(tmp_path):
    mapping = read(tmp_path, GOOD)
    assert mapping.table.one_row_per == "visit"
    assert mapping.column["Sexe"].codes == {"F": "female", "H": "male"}
    assert mapping.column["Calcémie (mg/dL)"].factor == 0.2495
    assert mapping.constant == {"disease_duration_origin": "diagnosis"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('variable = "pseudonym"', 'variable = "patient"', "which no dictionary defines"),
        ('variable = "visit_date"', 'variable = "sex"', "both mapped to sex"),
        ('variable = "pseudonym"', 'variable = "centre"', "no column is mapped to pseudonym"),
        ('H = "male"', 'H = "man"', "a code that sex does not have"),
        ("factor = 0.2495", "", r"needs the factor from mg/dL to mmol/L \(for mg/dL it is 0.2495\)"),
        ("factor = 0.2495", "factor = 0.24", "which is 0.2495"),
        ("factor = 0.2495", "factor = 0", "wrong entry column"),
        ('unit = "mg/dL"\nfactor = 0.2495', 'unit = "g/L"', "needs the factor from g/L to mmol/L:?"),
        ('variable = "sex"', 'variable = "sex"\nunit = "kg"', "but is no number"),
        ('variable = "sex"', 'variable = "sex"\ndate_format = "YYYY-MM-DD"', "but is no date"),
        ('variable = "visit_date"', 'variable = "visit_date"\ncodes = { a = "b" }', "visit_date has none"),
        ('variable = "visit_date"', 'variable = "visit_date"\ndate_format = "DD/MM/YY"', "date format has"),
        ('date_format = "DD/MM/YYYY"', 'date_format = "DMY"', "date format has"),
        ('disease_duration_origin = "diagnosis"', "", "no meaning without disease_duration_origin"),
        ('disease_duration_origin = "diagnosis"', 'sex = "female"', "constant sex"),
        ('disease_duration_origin = "diagnosis"', 'colour = "red"', "constant colour"),
        ('one_row_per = "visit"', 'one_row_per = "hand"', "wrong entry table.one_row_per"),
        ("[table]", "[tables]", "wrong entry tables"),
        ("[table]", "[table", "not valid TOML"),
    ],
)
def test_a_faulty_mapping_is_refused(tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(UsageError, match=message):
        read(tmp_path, GOOD.replace(old, new))


def test_a_mapping_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_mapping(tmp_path / "none.toml", DICTIONARY)


def test_every_factor_of_the_dictionary_is_accepted_rounded(tmp_path):
    for variable in DICTIONARY.variables.values():
        for unit, factor in variable.units.items():
            text = '[column.id]\nvariable = "pseudonym"\n[column.x]\n'
            text += f'variable = "{variable.name}"\nunit = "{unit}"\nfactor = {factor:.3g}\n'
            text += "".join(f'[constant]\n{name} = "diagnosis"\n' for name in variable.requires)
            assert read(tmp_path, text).column["x"].variable == variable.name


def test_columns_named_as_variables_need_no_listing():
    mapping = mapping_by_name(["Pseudonym", "mrss", "colour", "visit_label"], DICTIONARY)
    assert {title: column.variable for title, column in mapping.column.items()} == {
        "Pseudonym": "pseudonym",
        "mrss": "mrss",
        "visit_label": "visit_label",
    }
    assert mapping.table.one_row_per == "visit"
    assert mapping_by_name(["pseudonym", "mrss"], DICTIONARY).table.one_row_per == "patient"


def test_an_export_of_redcap_names_its_records():
    mapping = mapping_by_name(["record_id", "redcap_event_name", "mrss"], DICTIONARY)
    assert mapping.column["record_id"].variable == "pseudonym"
    assert mapping.column["redcap_event_name"].variable == "visit_label"
    both = mapping_by_name(["record_id", "pseudonym", "mrss"], DICTIONARY)
    assert set(both.column) == {"pseudonym", "mrss"}


def test_without_a_pseudonym_nothing_is_mapped():
    with pytest.raises(UsageError, match="no column is mapped to pseudonym"):
        mapping_by_name(["mrss"], DICTIONARY)


def test_names_fill_in_what_a_mapping_leaves_open(tmp_path):
    base = read(tmp_path, '[table]\nby_name = true\n[column.Sexe]\nvariable = "sex"\n')
    mapping = mapping_by_name(["pseudonym", "Sexe", "sex", "mrss"], DICTIONARY, base)
    assert [column.variable for column in mapping.column.values()] == ["sex", "pseudonym", "mrss"]
