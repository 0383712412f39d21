from __future__ import annotations

import csv
import io
import itertools
import re

from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.redcap import REDCAP_COLUMNS, redcap_dictionary

FIELDS = list(csv.DictReader(io.StringIO(redcap_dictionary(load_dictionary()))))


def test_the_columns_are_those_of_redcap():
    assert len(REDCAP_COLUMNS) == 18
    assert tuple(FIELDS[0]) == REDCAP_COLUMNS


def test_the_first_field_names_the_record_and_is_text():
    assert FIELDS[0]["Variable / Field Name"] == "pseudonym"
    assert FIELDS[0]["Field Type"] == "text"


def test_names_are_those_that_redcap_takes():
    names = [field["Variable / Field Name"] for field in FIELDS]
    assert len(set(names)) == len(names) == len(load_dictionary().variables)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", name) and "__" not in name for name in names)


def test_the_fields_of_a_form_stand_together():
    forms = [form for form, _ in itertools.groupby(field["Form Name"] for field in FIELDS)]
    assert len(forms) == len(set(forms))


def test_types_limits_and_choices_follow_the_dictionary():
    fields = {field["Variable / Field Name"]: field for field in FIELDS}
    mrss = fields["mrss"]
    assert (mrss["Text Validation Min"], mrss["Text Validation Max"]) == ("0", "51")
    assert mrss["Text Validation Type OR Show Slider Number"] == "integer"
    assert fields["visit_date"]["Text Validation Type OR Show Slider Number"] == "date_ymd"
    assert fields["raynaud"]["Field Type"] == "yesno"
    choices = fields["leroy_subset"]["Choices, Calculations, OR Slider Labels"].split(" | ")
    assert [choice.partition(", ")[0] for choice in choices] == ["limited", "diffuse", "sine"]
