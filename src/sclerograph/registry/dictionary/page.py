"""The page of the documentation that shows the data dictionary, made from it so that the two cannot drift apart.

Run ``python -m sclerograph.registry.dictionary.page docs`` after a change of the dictionary.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from sclerograph.findings.atomic_file import write_atomically
from sclerograph.registry import mapping
from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.redcap import redcap_dictionary
from sclerograph.registry.dictionary.variable import Dictionary, Variable

__all__ = ["PAGE", "REDCAP_FILE", "dictionary_page", "write_documentation"]

PAGE = "data-dictionary.md"
REDCAP_FILE = "data-dictionary-redcap.csv"

_KINDS = {
    "pseudonym": "pseudonym",
    "label": "short name",
    "yes_no": "yes / no",
    "integer": "whole number",
    "number": "number",
    "date": "date",
}


def dictionary_page(dictionary: Dictionary) -> str:
    """Return the page in Markdown: one table a form, then the references with what was verified of each."""
    lines = [
        "# Data dictionary",
        "",
        "The clinical variables of the registry, written once as data: tables are checked against them when they are",
        "imported, and exported under these names. Any column name and any coding can be mapped onto them.",
        f"For REDCap, the same dictionary is [a CSV file]({REDCAP_FILE}) that a new project takes as it is.",
        "",
        "Limits are those beyond which a value is impossible rather than abnormal. A variable *of the patient* does",
        "not change between visits. Dates are full days; a date of birth is never taken, its year is.",
        "",
    ]
    for form, title in dictionary.forms.items():
        lines += [f"## {title}", "", "| variable | title | values | definition | source |", "|---|---|---|---|---|"]
        lines += [_line(variable) for variable in dictionary.of_form(form)]
        lines.append("")
    lines += _computed()
    lines += _importing()
    lines += ["## Sources", ""]
    for reference in dictionary.references.values():
        doi = f" [doi:{reference.doi}](https://doi.org/{reference.doi})" if reference.doi else ""
        lines += [f"**{reference.key}**: {reference.text.rstrip('.')}.{doi} *{reference.verified}*", ""]
    return "\n".join(lines).rstrip() + "\n"


def write_documentation(folder: Path) -> None:
    """Write the page and the data dictionary for REDCap into the folder of the documentation."""
    dictionary = load_dictionary()
    write_atomically(folder / PAGE, dictionary_page(dictionary))
    write_atomically(folder / REDCAP_FILE, redcap_dictionary(dictionary))


def _computed() -> list[str]:
    """Return the section about what is computed from the items."""
    # Imported late: it needs pandas, which the dictionary itself does not.
    from sclerograph.registry.criteria_table import CRITERIA_MEANINGS

    return [
        "## Computed from the items",
        "",
        "`sclerograph registry criteria REGISTRY FILE` writes these columns for every patient or visit, and a plan of",
        "an analysis can name them as variables. They are computed each time and never imported.",
        "",
        *(f"- `{name}`: {meaning}." for name, meaning in CRITERIA_MEANINGS.items()),
        "",
    ]


def _importing() -> list[str]:
    """Return the section about tables, with the example of the mapping file that stands in its module."""
    example = re.search(r"::\s+toml\n(.*)", inspect.getdoc(mapping) or "", re.DOTALL)
    assert example is not None
    return [
        "## Importing a table",
        "",
        "`sclerograph registry check-table TABLE --mapping FILE --out DIR` checks a table row by row, and",
        "`sclerograph registry import REGISTRY TABLE --mapping FILE --out DIR --author NAME` also imports the rows",
        "that are right. Those that are not are written to `DIR/set-aside.csv` with their reasons, and every problem",
        "with its row and column to `DIR/problems.csv`; mended, `set-aside.csv` can be imported with the same mapping.",
        "Columns that bear the name of a variable need no mapping; where a mapping file names columns, the others are",
        "only read with `by_name = true`. The mapping file is TOML:",
        "",
        "```toml",
        inspect.cleandoc(example.group(1)),
        "```",
        "",
        "A table with a column that looks like a name, a date of birth, an address or the number of a hospital is",
        "refused as a whole. A registry records no dates, only the time between them (disease duration, follow-up),",
        "unless `--keep-dates` is given.",
        "",
    ]


def _line(variable: Variable) -> str:
    level = " *Of the patient.*" if variable.level == "patient" else ""
    needs = f" *Needs {', '.join(f'`{name}`' for name in variable.requires)}.*" if variable.requires else ""
    cells = (
        f"`{variable.name}`",
        variable.label,
        _values(variable),
        variable.definition + level + needs,
        ", ".join(variable.citation),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _values(variable: Variable) -> str:
    if variable.type == "code":
        return "; ".join(f"`{code}` {label}" for code, label in variable.codes.items())
    text = _KINDS[variable.type]
    if variable.unit:
        text += f", {variable.unit}"
    if variable.low is not None and variable.high is not None:
        text += f", {variable.low:g} to {variable.high:g}"
    if variable.units:
        text += "; also " + ", ".join(f"{unit} × {factor:.6g}" for unit, factor in variable.units.items())
    return text


if __name__ == "__main__":
    write_documentation(Path(sys.argv[1]))
