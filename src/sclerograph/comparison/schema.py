"""The JSON Schema of ``comparison.json``, made from the records so that the two cannot drift apart.

Run ``python -m sclerograph.comparison.schema docs/comparison.schema.json`` after a change of the records.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sclerograph.comparison.records import SCHEMA, Comparison
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.schema import DIALECT

__all__ = ["comparison_schema", "schema_text"]


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a written comparison."""
    generated = Comparison.model_json_schema(by_alias=True, mode="serialization")
    generated["properties"]["schema"]["const"] = SCHEMA
    return {
        "$schema": DIALECT,
        "$id": "urn:" + SCHEMA.replace(".", ":").replace("/", ":"),
        **generated,
        "title": "Comparison of two readings of hand radiographs by sclerograph",
    }


def schema_text() -> str:
    """Return the text of ``docs/comparison.schema.json``."""
    return json.dumps(comparison_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), schema_text())
