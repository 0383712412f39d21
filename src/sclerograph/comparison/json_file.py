"""A comparison as a file: ``comparison.json``, laid out as :mod:`sclerograph.comparison.records` says."""

from __future__ import annotations

from pathlib import Path

from sclerograph.comparison.records import SCHEMA, Comparison
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.json_file import document_text, read_document

__all__ = ["read_comparison", "write_comparison"]


def write_comparison(comparison: Comparison, path: Path | str) -> None:
    """Write a comparison as JSON: the file is complete or not there.

    Raises
    ------
    OSError
        The folder is missing or not writable.
    """
    write_atomically(path, document_text(comparison))


def read_comparison(path: Path | str) -> Comparison:
    """Read a comparison that :func:`write_comparison` wrote.

    Raises
    ------
    UnreadableFile
        Not JSON, not a comparison, of another version of the layout, or damaged.
    OSError
        The file cannot be opened.
    """
    return read_document(Path(path), Comparison, SCHEMA, "comparison")
