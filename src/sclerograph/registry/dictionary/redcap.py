"""The data dictionary for REDCap: the CSV file that a new project takes under "Data Dictionary"."""

from __future__ import annotations

import csv
import io

from sclerograph.registry.dictionary.variable import Dictionary, Variable

__all__ = ["REDCAP_COLUMNS", "redcap_dictionary"]

#: The 18 columns that REDCap expects, in its order and its spelling.
REDCAP_COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)

_VALIDATION = {"integer": "integer", "number": "number", "date": "date_ymd"}


def redcap_dictionary(dictionary: Dictionary) -> str:
    """Return the dictionary as the text of a CSV file; its first field, the record's name, is the pseudonym."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, REDCAP_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    # REDCap wants the fields of one form together.
    writer.writerows(_field(variable) for form in dictionary.forms for variable in dictionary.of_form(form))
    return stream.getvalue()


def _field(variable: Variable) -> dict[str, str]:
    kind = {"yes_no": "yesno", "code": "radio"}.get(variable.type, "text")
    return {
        "Variable / Field Name": variable.name,
        "Form Name": variable.form,
        "Field Type": kind,
        "Field Label": variable.label,
        "Choices, Calculations, OR Slider Labels": " | ".join(
            f"{code}, {label}" for code, label in variable.codes.items()
        ),
        "Field Note": variable.unit or "",
        "Text Validation Type OR Show Slider Number": _VALIDATION.get(variable.type, ""),
        "Text Validation Min": _limit(variable.low),
        "Text Validation Max": _limit(variable.high),
        "Required Field?": "y" if variable.type == "pseudonym" else "",
        "Field Annotation": variable.definition,
    }


def _limit(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
