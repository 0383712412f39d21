"""Corrections as a file, so that they can be made elsewhere and kept beside a registry.

{"schema": "sclerograph.corrections/1",
"corrections": [{"patient": "P-017", "visit": "baseline", "based_on": "<sha256 of the exported reading>",
"comment": "sesamoid", "changes": [{"op": "remove", "path": "/hands/0/deposits/2"}]}]}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sclerograph.findings.json_file import read_document
from sclerograph.registry.corrections import NewCorrection
from sclerograph.registry.document import digest, parse
from sclerograph.registry.patch import difference

__all__ = ["SCHEMA", "CorrectionsFile", "corrections_between", "read_corrections"]

SCHEMA = "sclerograph.corrections/1"


class _Correction(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    patient: str
    visit: str
    based_on: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    comment: str = ""
    changes: list[dict[str, Any]]


class CorrectionsFile(BaseModel):
    """The content of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Annotated[Literal["sclerograph.corrections/1"], Field(alias="schema")] = "sclerograph.corrections/1"
    corrections: list[_Correction]

    def text(self) -> str:
        """Return the file as JSON."""
        return self.model_dump_json(indent=1, by_alias=True) + "\n"


def read_corrections(path: Path) -> list[NewCorrection]:
    """Read a file of corrections.

    Raises
    ------
    UnreadableFile
        It is no such file, or a damaged one.
    OSError
        The file cannot be opened.
    """
    content = read_document(path, CorrectionsFile, SCHEMA, "corrections")
    return [
        NewCorrection(each.patient, each.visit, each.based_on, each.changes, each.comment)
        for each in content.corrections
    ]


def corrections_between(exported: Path, edited: Path, pseudonym: str, visit: str, comment: str = "") -> CorrectionsFile:
    """Return the corrections that make an edited ``reading.json`` of one that a registry exported.

    Raises
    ------
    UnreadableFile
        One of the files is no reading.
    OSError
        One of the files cannot be opened.
    """
    before, after = (parse(path.read_bytes()) for path in (exported, edited))
    changes = difference(before, after)
    correction = _Correction(patient=pseudonym, visit=visit, based_on=digest(before), comment=comment, changes=changes)
    return CorrectionsFile(corrections=[correction])
