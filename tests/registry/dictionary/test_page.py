from __future__ import annotations

from pathlib import Path

from sclerograph.registry.dictionary.load import load_dictionary
from sclerograph.registry.dictionary.page import PAGE, REDCAP_FILE, dictionary_page, write_documentation
from sclerograph.registry.mapping import read_mapping

DOCS = Path(__file__).parents[3] / "docs"


def test_the_documentation_is_up_to_date(tmp_path):
    write_documentation(tmp_path)
    for name in (PAGE, REDCAP_FILE):
        assert (tmp_path / name).read_text() == (DOCS / name).read_text(), (
            "run: python -m sclerograph.registry.dictionary.page docs"
        )


def test_every_variable_and_reference_is_on_the_page():
    dictionary = load_dictionary()
    lines = dictionary_page(dictionary).splitlines()
    for name in dictionary.variables:
        assert sum(line.startswith(f"| `{name}` |") for line in lines) == 1
    for key in dictionary.references:
        assert sum(line.startswith(f"**{key}**") for line in lines) == 1


def test_the_example_of_a_mapping_is_a_mapping(tmp_path):
    page = dictionary_page(load_dictionary())
    (tmp_path / "mapping.toml").write_text(page.partition("```toml\n")[2].partition("```")[0])
    mapping = read_mapping(tmp_path / "mapping.toml", load_dictionary())
    assert mapping.column["Sexe"].codes == {"F": "female", "H": "male"}


def test_a_table_row_has_the_cells_of_its_head():
    for line in dictionary_page(load_dictionary()).splitlines():
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") == 6
