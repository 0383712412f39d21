from __future__ import annotations

import numpy as np
import pytest

from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.table.identity import identifying_columns, identifying_header
from sclerograph.registry.table.raw import RawTable


def table(**columns):
    rows = np.arange(2, 2 + len(next(iter(columns.values()))))
    return RawTable(tuple(columns), tuple(columns.values()), rows, "")


@pytest.mark.parametrize(
    "title",
    [
        "Name", "Last Name", "last_name", "FirstName", "patient name", "Surname", "Initials", "Nom", "Prénom",
        "NOM DE NAISSANCE", "Nachname", "Vorname", "Cognome", "Apellidos", "DOB", "d.o.b.", "Date of birth",
        "birth_date", "BirthDate", "Date de naissance", "né(e) le", "Geburtsdatum", "MRN", "mrn1",
        "Medical Record Number",
        "NHS no", "SSN", "Numéro de sécurité sociale", "N° Sécu", "Patientennummer", "codice fiscale", "Address",
        "e-mail", "Phone", "Telefon", "Code postal", "zip",
    ],
)  # fmt: skip
def test_titles_that_name_people(title):
    assert identifying_header(title) is not None


@pytest.mark.parametrize(
    "title",
    ["Drug name", "birth_year", "Année de naissance", "IPP", "Numéro", "id", "record_id", "Name of the visit drug"],
)
def test_titles_that_do_not(title):
    assert identifying_header(title) is None


def test_no_variable_of_the_dictionary_is_refused():
    for name, variable in load_dictionary().variables.items():
        assert identifying_header(name) is None
        assert identifying_header(variable.label) is None, variable.label


def test_columns_are_named_by_their_letters_alone():
    found = identifying_columns(table(id=["P-1"], Nom=["Dupont"], mrss=["3"]), ())
    assert found == ["column B looks like a name"]
    assert identifying_columns(table(id=["P-1"], Nom=["Dupont"]), ["nom "]) == []


@pytest.mark.parametrize("cells", [["DUPONT^MARIE", "", "MARTIN^PAUL^^"], ["a@b.org", "c.d@e.fr"]])
def test_cells_that_name_people(cells):
    assert identifying_columns(table(x=cells), ()) == ["column A looks like addresses or names"]


def test_ordinary_cells_do_not():
    assert identifying_columns(table(x=["P-1", "limited", "2.5^2"], y=["", "", ""]), ()) == []
