"""``sclerograph cohort agreement``: how far readers agree with each other, with the software and with themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sclerograph.cli.database import database
from sclerograph.errors import UsageError

__all__ = ["agreement"]


def agreement(
    address: Annotated[
        str, typer.Argument(metavar="REGISTRY", help="An SQLite file, or postgresql://USER@HOST/DATABASE.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report, figures and tables go.")],
    session: Annotated[
        str | None, typer.Option(metavar="SESSION", help="Compare the answers of this session, and the software's.")
    ] = None,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Compare readings that readers corrected with the software's own.")
    ] = False,
) -> None:
    """Compare readers with each other, the software and themselves: kappa, ICC, limits of agreement, SDD and SDC.

    Give --session, --corrections or both.
    """
    if session is None and not corrections:
        raise UsageError("say what to compare: --session SESSION, --corrections, or both")
    with database():
        import json
        from dataclasses import asdict

        import pandas as pd

        from sclerograph.cohort.reader_ratings import corrected_ratings, session_ratings
        from sclerograph.cohort.readers import agreement_of_readers
        from sclerograph.cohort.readers_report.page import write_report
        from sclerograph.registry.reading_form import form_items
        from sclerograph.registry.sessions import session_plan
        from sclerograph.registry.store import Registry

        with Registry(address) as opened:
            parts, provenance = [], {}
            items = form_items(("acro_osteolysis", "calcinosis"))
            if session is not None:
                plan = session_plan(opened, session)
                items = plan.items
                provenance["session"] = json.dumps(asdict(plan), ensure_ascii=False)
                parts.append(session_ratings(opened, session, items))
            if corrections:
                provenance["corrections"] = "readings of the software that readers corrected"
                parts.append(corrected_ratings(opened, items))
        # What the software found on a film may come with both parts.
        ratings = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
        result = agreement_of_readers(ratings, items)
        page, *_ = write_report(result, ratings, out, provenance)
    films = f"{result.films} film{'' if result.films == 1 else 's'}"
    patients = f"{result.patients} patient{'' if result.patients == 1 else 's'}"
    typer.echo(f"{', '.join(result.raters)}: {films} of {patients}: {page}")
    typer.echo("For research use only. Not for diagnosis or treatment decisions.")
