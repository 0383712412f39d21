from __future__ import annotations

import json

import pytest

from sclerograph.errors import UnreadableFile
from sclerograph.registry.corrections_file import SCHEMA, corrections_between, read_corrections
from sclerograph.registry.document import digest
from tests.registry.samples import document


def test_an_edited_reading_becomes_a_file_of_what_was_changed(tmp_path):
    before, after = document("a"), document("a", grade=2)
    for name, tree in (("before", before), ("after", after)):
        (tmp_path / name).write_text(json.dumps(tree))
    file = corrections_between(tmp_path / "before", tmp_path / "after", "P-1", "baseline", "why")
    (tmp_path / "c.json").write_text(file.text())
    (correction,) = read_corrections(tmp_path / "c.json")
    assert (correction.pseudonym, correction.visit, correction.comment) == ("P-1", "baseline", "why")
    assert correction.based_on == digest(before)
    assert list(correction.changes) == [{"op": "replace", "path": "/hands/0/tufts/0/grade", "value": 2}]


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        json.dumps({"schema": SCHEMA}),
        json.dumps({"schema": "sclerograph.corrections/2", "corrections": []}),
        json.dumps({"schema": SCHEMA, "corrections": [{"patient": "P", "visit": "v", "changes": []}]}),
        json.dumps(
            {"schema": SCHEMA, "corrections": [{"patient": "P", "visit": "v", "based_on": "me", "changes": []}]}
        ),
        json.dumps(document("a")),
    ],
)
def test_what_is_no_file_of_corrections_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "c.json"
    path.write_text(content)
    with pytest.raises(UnreadableFile):
        read_corrections(path)
