from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sclerograph.anatomy.hand import JOINTS, SITES
from sclerograph.findings.json_file import reading_text
from sclerograph.findings.schema import reading_schema, schema_text
from tests.findings.samples import small_reading

PUBLISHED = Path(__file__).parents[2] / "docs" / "reading.schema.json"


def test_the_published_schema_is_that_of_the_records() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), (
        "run: python -m sclerograph.findings.schema docs/reading.schema.json"
    )


def test_it_is_a_schema_of_the_dialect_that_it_names() -> None:
    Draft202012Validator.check_schema(reading_schema())


def test_a_foreign_validator_accepts_what_is_written() -> None:
    document = json.loads(reading_text(small_reading()))
    assert list(Draft202012Validator(reading_schema()).iter_errors(document)) == []


def test_names_come_from_the_anatomy() -> None:
    definitions = reading_schema()["$defs"]
    assert definitions["Deposit"]["properties"]["site"]["enum"] == list(SITES)
    assert definitions["JointFinding"]["properties"]["joint"]["enum"] == [j.code for j in JOINTS]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(schema="sclerograph.reading/2"),
        lambda d: d.pop("hands"),
        lambda d: d["hands"][0].update(colour="red"),
        lambda d: d["hands"][0]["deposits"][0].update(site="DP9"),
        lambda d: d["hands"][0]["tufts"][0].update(grade=5),
        lambda d: d["hands"][0]["landmarks"].update(ELBOW={"x": 0.0, "y": 0.0, "confidence": 1.0}),
        lambda d: d["hands"][0].update(box=[0.0, 0.0, 1.0]),
    ],
)
def test_a_foreign_validator_refuses_what_is_no_reading(change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(reading_text(small_reading()))
    change(document)
    assert not Draft202012Validator(reading_schema()).is_valid(document)
