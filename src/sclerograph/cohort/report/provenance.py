"""What a run was made from: the exact plan, the data by their fingerprints, the versions, the seed."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import metadata

from sclerograph import __version__
from sclerograph.cohort.analysis import Analysis

__all__ = ["Provenance", "provenance_of"]

#: The packages whose versions can change a number or a drawing.
_PACKAGES = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "weasyprint", "pydantic", "sqlalchemy")
_RESEARCH_USE = "For research use only. Not for diagnosis or treatment decisions."


@dataclass(frozen=True)
class Provenance:
    """The origin of a report.

    ``made_at`` is the only entry that differs between two runs of the same plan on the same data and versions.
    """

    software: str
    made_at: str
    plan_file: str
    plan_sha256: str
    seed: int
    sources: tuple[dict[str, object], ...]
    patients: int
    python: str
    system: str
    packages: dict[str, str]
    research_use: str = _RESEARCH_USE

    def as_json(self) -> dict[str, object]:
        """Return what ``provenance.json`` holds."""
        return {"schema": "sclerograph.cohort-run/1", **asdict(self)}


def provenance_of(analysis: Analysis, plan_name: str, plan_bytes: bytes, made_at: datetime) -> Provenance:
    """Return the origin of an analysis."""
    packages = {}
    for name in _PACKAGES:
        try:
            packages[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return Provenance(
        software=f"sclerograph {__version__}",
        made_at=made_at.isoformat(timespec="seconds"),
        plan_file=plan_name,
        plan_sha256=hashlib.sha256(plan_bytes).hexdigest(),
        seed=analysis.plan.seed,
        sources=tuple(asdict(source) for source in analysis.cohort.sources),
        patients=analysis.n,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        packages=packages,
    )
