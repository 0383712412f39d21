from __future__ import annotations

import csv
import json
from pathlib import Path

from sclerograph.findings.records import RESEARCH_USE, SoftwareRecord
from sclerograph.scores.catalogue import NAMES, compute_all
from sclerograph.scores.files import COLUMNS, SCORES_SCHEMA, ReadingScores, write_scores
from tests.scores.readings import both, deposit, hand, reading, unmeasured_hand


def scored(name: str, visit=None) -> ReadingScores:
    scores = compute_all(visit or both(hand("L", deposits=[deposit("DP3", 3)])))
    return ReadingScores(name=name, sha256="0" * 64, software=SoftwareRecord(version="1"), scores=scores)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_json_holds_definitions_once_and_every_score_of_every_reading(tmp_path: Path) -> None:
    write_scores([scored("a"), scored("b", reading(unmeasured_hand("L")))], tmp_path)
    document = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert document["schema"] == SCORES_SCHEMA
    assert document["research_use"] == RESEARCH_USE
    assert [entry["name"] for entry in document["definitions"]] == list(NAMES)
    assert all(entry["source"] and entry["definition"] for entry in document["definitions"])
    assert [entry["name"] for entry in document["readings"]] == ["a", "b"]
    first = document["readings"][0]
    assert first["software"]["version"] == "1"
    assert [score["name"] for score in first["scores"]] == list(NAMES)
    assert first["scores"][0]["value"] == 4.0
    assert document["readings"][1]["scores"][0]["value"] is None


def test_the_table_has_a_line_for_each_score_and_part(tmp_path: Path) -> None:
    visit = scored("a")
    write_scores([visit], tmp_path)
    lines = rows(tmp_path)
    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == sum(1 + len(score.parts) for score in visit.scores)
    whole = [line for line in lines if line["scope"] == "patient"]
    assert [line["score"] for line in whole] == list(NAMES)
    assert (whole[0]["value"], whole[0]["unit"], whole[0]["assessable"]) == ("4", "mm²", "true")
    site = next(line for line in lines if line["scope"] == "site")
    assert (site["hand"], site["side"], site["name"], site["evidence"]) == ("1", "L", "DP3", "1 deposit")
    assert all(line["research_use"] == RESEARCH_USE for line in lines)


def test_what_is_missing_is_empty_and_not_zero(tmp_path: Path) -> None:
    write_scores([scored("a", reading(unmeasured_hand("L"), unmeasured_hand("R")))], tmp_path)
    for line in rows(tmp_path):
        assert line["value"] == ""
        assert line["assessable"] == "false"
        assert line["reason"]


def test_a_name_is_no_formula(tmp_path: Path) -> None:
    write_scores([scored("=cmd()|x\n2")], tmp_path)
    assert {line["reading"] for line in rows(tmp_path)} == {"'=cmd()|x 2"}
