"""``sclerograph models``: which networks are installed, and what is known of them."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["models"]


def models(
    name: Annotated[str | None, typer.Argument(help="Print the card of this model instead of the list.")] = None,
) -> None:
    """List the shipped networks with their SHA-256, or print the card of one."""
    from importlib import resources

    from sclerograph.errors import MissingComponent, UsageError
    from sclerograph.networks.runner import load_networks

    shipped = dict(load_networks().models)
    if name is None:
        width = max(map(len, shipped))
        for each, sha256 in shipped.items():
            typer.echo(f"{each:<{width}} {sha256}")
        typer.echo("The card of one: sclerograph models NAME")
        return
    if name not in shipped:
        raise UsageError(f"no model is called '{name}': choose one of {', '.join(shipped)}")
    card = resources.files("sclerograph.networks").joinpath("weights", f"{name}.md")
    if not card.is_file():
        raise MissingComponent(f"the card of the {name} network is not installed: reinstall sclerograph")
    typer.echo(f"sha256: {shipped[name]}\n\n{card.read_text(encoding='utf-8').rstrip()}")
