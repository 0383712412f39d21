from __future__ import annotations

import json

import pytest

from sclerograph.errors import UnreadableFile
from sclerograph.findings.json_file import reading_text
from sclerograph.registry import document as documents
from tests.findings.samples import small_reading
from tests.registry.samples import document


def test_names_that_point_to_a_person_give_way():
    tree = document("Muster_Anna_19600304", name="1.2.840.113619.2.55.3")
    kept = documents.pseudonymised(tree, "P-1", "baseline")
    text = json.dumps(kept)
    assert "Muster" not in text
    assert "1.2.840" not in text
    assert kept["name"] == "P-1 baseline"
    assert kept["sources"][0]["file"] == kept["sources"][0]["sha256"][:16] + ".dcm"
    documents.check(kept)
    assert tree["name"] == "1.2.840.113619.2.55.3"


def test_a_suffix_that_is_a_name_gives_way_too():
    tree = document()
    tree["sources"][0]["file"] = "film.Anna"
    assert "Anna" not in json.dumps(documents.pseudonymised(tree, "P-1", "baseline"))


def test_the_digest_knows_the_content_and_not_the_writing():
    tree = document()
    shuffled = dict(reversed(tree.items()))
    assert documents.digest(shuffled) == documents.digest(tree)
    assert documents.digest({**tree, "name": "other"}) != documents.digest(tree)


def test_what_is_stored_comes_back():
    tree = {**document(), "name": "Größe µ"}
    assert documents.unpack(documents.pack(tree)) == tree
    assert len(documents.pack(tree)) < len(json.dumps(tree))


def test_without_outlines_it_still_is_a_reading_with_its_sizes():
    lean = documents.without_outlines(document())
    reading = documents.check(lean)
    (hand,) = reading.hands
    assert (hand.bones, hand.soft_tissue, hand.deposits[0].contours) == ([], [], [])
    assert hand.deposits[0].area_px == small_reading().hands[0].deposits[0].area_px.__round__(2)
    assert documents.passes_outline(("hands", "0", "deposits", "1", "contours"))
    assert not documents.passes_outline(("hands", "0", "deposits", "1", "site"))


def test_only_readings_are_taken():
    assert documents.parse(reading_text(small_reading()).encode())["name"] == "visit"
    for content in (b"", b"[]", b'{"schema": "sclerograph.reading/1"}', b"\xff"):
        with pytest.raises(UnreadableFile):
            documents.parse(content)
