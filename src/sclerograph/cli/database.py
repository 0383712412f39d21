"""What every command that opens a registry says when its database, or a package that it needs, is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sclerograph.errors import MissingComponent, UsageError

__all__ = ["database"]


@contextmanager
def database() -> Iterator[None]:
    """Say in one line when a package of the registry is not installed, or its database fails."""
    try:
        from sqlalchemy.exc import SQLAlchemyError
    except ModuleNotFoundError:
        raise _missing("sqlalchemy") from None
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "sclerograph":
            raise
        raise _missing(error.name) from None
    except SQLAlchemyError as error:
        # What a database says can hold the values of the row that it speaks of.
        code = getattr(getattr(error, "orig", None), "sqlstate", None)
        raise UsageError(
            f"the database failed ({type(error).__name__}{f', SQLSTATE {code}' if code else ''}): nothing of this step "
            "was recorded; check the disk and the server, and try again"
        ) from None


def _missing(package: str) -> MissingComponent:
    return MissingComponent(f"a registry needs {package}, which is not installed: pip install 'sclerograph[cohort]'")
