"""``sclerograph schema``: print the JSON Schema of ``reading.json``."""

from __future__ import annotations

import typer

__all__ = ["schema"]


def schema() -> None:
    """Print the JSON Schema of reading.json."""
    from sclerograph.findings.schema import schema_text

    typer.echo(schema_text(), nl=False)
