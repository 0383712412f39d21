"""``sclerograph models``: which networks are installed, and what is known of them."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["models"]


def models(
    name: Annotated[str | None, typer.Argument(help="Print the card of this model instead of the list.")] = None,
) -> None:
    """List the shipped networks with their SHA-256, or print the card of one."""
    from sclerograph.errors import UsageError
    from sclerograph.networks.shipped import shipped_models

    shipped = shipped_models()
    if name is None:
        for model in shipped:
            typer.echo(f"{model.name}  {model.sha256}  {model.summary}")
        return
    for model in shipped:
        if model.name == name:
            typer.echo(model.card, nl=not model.card.endswith("\n"))
            return
    raise UsageError(f"no model is called {name}: choose one of {', '.join(model.name for model in shipped)}")
