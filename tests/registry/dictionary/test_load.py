from __future__ import annotations

import pytest

from sclerograph.errors import UsageError
from sclerograph.registry.dictionary.load import load_dictionary

OWN = """
[form]
hobby = "Own form"
[reference.us]
text = "Our protocol"
verified = "We wrote it."
[[variable]]
name = "grip_kg"
form = "hobby"
label = "Grip strength"
type = "number"
level = "visit"
unit = "kg"
low = 0
high = 120
definition = "Best of three."
citation = ["us"]
"""


def test_what_a_registry_of_systemic_sclerosis_needs_is_there():
    variables = load_dictionary().variables
    assert next(iter(variables)) == "pseudonym"
    needed = {
        "sex", "birth_year", "disease_duration_years", "disease_duration_origin", "leroy_subset", "mrss", "pah",
        "pah_definition", "ild", "digital_ulcer_definition", "calcium_mmol_per_l", "phosphate_mmol_per_l",
        "pth_pmol_per_l", "creatinine_umol_per_l", "urate_umol_per_l", "creatine_kinase_u_per_l",
        "vitamin_d_nmol_per_l", "t_score_lumbar", "death", "death_date", "last_contact_date",
    }  # fmt: skip
    assert needed <= set(variables)


def test_no_variable_asks_for_who_a_patient_is():
    for variable in load_dictionary().variables.values():
        assert variable.name not in {"name", "birth_date", "date_of_birth", "mrn", "address"}


def test_units_stand_in_names():
    for variable in load_dictionary().variables.values():
        if variable.form == "laboratory":
            assert variable.name.endswith(("_l", "_min", "_h")), variable.name
            assert variable.unit is not None


def test_every_reference_is_cited_and_says_what_was_verified():
    dictionary = load_dictionary()
    cited = {key for variable in dictionary.variables.values() for key in variable.citation}
    assert cited == set(dictionary.references)
    assert all(reference.verified.endswith(".") for reference in dictionary.references.values())


def test_a_site_adds_its_own_variables(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(OWN)
    dictionary = load_dictionary(file)
    assert dictionary.variables["grip_kg"].high == 120
    assert "mrss" in dictionary.variables
    assert "grip_kg" not in load_dictionary().variables


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "grip_kg"', 'name = "mrss"', "cannot be redefined"),
        ('name = "grip_kg"', 'name = "Grip kg"', "small letters"),
        ('name = "grip_kg"', 'name = "grip__kg"', "small letters"),
        ('type = "number"', 'type = "float"', "wrong type"),
        ('type = "number"', 'type = "code"', "needs codes"),
        ('type = "number"', 'type = "date"', "is not a number"),
        ('level = "visit"', 'level = "hand"', "wrong level"),
        ('form = "hobby"', 'form = "sport"', "form without a title"),
        ('["us"]', '["them"]', "cites"),
        ("low = 0", "low = 200", "lower limit"),
        ("low = 0", "lowest = 0", "wrong lowest"),
        ('label = "Grip strength"', "", "wrong label"),
        ("low = 0", 'requires = ["hand_length"]', "requires one"),
        ("low = 0", "units = {g = 0}", "factor that is not positive"),
        ("[form]", "[form", "not valid TOML"),
        ("[[variable]]", "[variable]", "written as"),
        ('verified = "We wrote it."', "", "needs a text"),
    ],
)
def test_a_faulty_addition_is_refused(tmp_path, old, new, message):
    file = tmp_path / "own.toml"
    assert old in OWN
    file.write_text(OWN.replace(old, new))
    with pytest.raises(UsageError, match=message):
        load_dictionary(file)


def test_additions_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        load_dictionary(tmp_path / "missing.toml")
