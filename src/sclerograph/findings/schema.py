"""The JSON Schema of ``reading.json``, made from the records so that the two cannot drift apart.

Run ``python -m sclerograph.findings.schema docs/reading.schema.json`` after a change of the records.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import SCHEMA, Reading

__all__ = ["reading_schema", "schema_text"]

#: The dialect that pydantic writes, and that validators need to know.
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def reading_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a written reading.

    Fields with a default are not required, so that files of earlier versions of the same layout stay valid; this
    version writes all of them.
    """
    generated = Reading.model_json_schema(by_alias=True, mode="serialization")
    generated["properties"]["schema"]["const"] = SCHEMA
    return {
        "$schema": DIALECT,
        "$id": "urn:" + SCHEMA.replace(".", ":").replace("/", ":"),
        **generated,
        "title": "Reading of hand radiographs by sclerograph",
    }


def schema_text() -> str:
    """Return the text of ``docs/reading.schema.json``."""
    return json.dumps(reading_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_atomically(Path(sys.argv[1]), schema_text())
