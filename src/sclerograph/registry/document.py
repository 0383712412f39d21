"""A reading as a registry keeps it: the document of ``reading.json`` without anything that points to a person.

Files are often named after patients, and the number of a DICOM study leads to them in a hospital's archive. So the
name of a reading and the names of its films give way to the pseudonym, the visit and the hash of the film.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import PurePath
from typing import Any

from sclerograph.findings.json_file import parse_reading
from sclerograph.findings.records import Reading

__all__ = ["digest", "pack", "parse", "passes_outline", "pseudonymised", "unpack", "without_outlines"]

Document = dict[str, Any]

#: What makes a document large and is not counted or added up: dropped from what the analysis of a cohort reads.
_OUTLINES = frozenset({"contours", "bones", "soft_tissue"})
_SUFFIXES = frozenset({".bmp", ".dcm", ".dicom", ".jpeg", ".jpg", ".png", ".tif", ".tiff"})
# Readings are written once and read often: the middle level is nearly as small as the highest and much quicker.
_COMPRESSION = 6


def parse(content: bytes) -> Document:
    """Return the document in the content of a ``reading.json``.

    It is the document itself, and not the reading written again: a later version of the software, whose records have
    more fields, must find the same document in the same file.

    Raises
    ------
    UnreadableFile
        It is no reading, or a damaged one.
    """
    parse_reading(content)
    document: Document = json.loads(content)
    return document


def check(document: Document) -> Reading:
    """Return the reading that a document holds; raises ``UnreadableFile`` where it holds none."""
    return parse_reading(json.dumps(document).encode())


def pseudonymised(document: Document, pseudonym: str, visit: str) -> Document:
    """Return a document whose names are those of the registry."""
    sources = [
        {**source, "file": f"{source['sha256'][:16]}{_suffix(source['file'])}"} for source in document["sources"]
    ]
    return {**document, "name": f"{pseudonym} {visit}", "sources": sources}


def _suffix(file: str) -> str:
    suffix = PurePath(file).suffix.lower()
    return suffix if suffix in _SUFFIXES else ""


def digest(document: Document) -> str:
    """Return the SHA-256 of a document: the same whatever the order of its keys and the blanks in its file."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def pack(document: Document) -> bytes:
    """Return a document as a registry stores it."""
    return zlib.compress(json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode(), _COMPRESSION)


def unpack(stored: bytes) -> Document:
    """Return a stored document."""
    document: Document = json.loads(zlib.decompress(stored))
    return document


def without_outlines(value: Any) -> Any:
    """Return a JSON tree whose outlines are empty; it still is a reading."""
    if isinstance(value, dict):
        return {key: [] if key in _OUTLINES else without_outlines(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_outlines(item) for item in value]
    return value


def passes_outline(steps: tuple[str, ...]) -> bool:
    """Return True for a place within outlines, which a document without outlines does not have."""
    return not _OUTLINES.isdisjoint(steps)
