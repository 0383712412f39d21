"""The analysis of 100,000 simulated patients: wall time and peak memory of ``sclerograph cohort run``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Measure, Outcome, Row, Skipped, Target, Workplace

__all__ = ["MEASURE"]

_PATIENTS = 100_000
_SEED = 20_000_001
_PLAN = Path(__file__).resolve().parents[1] / "examples" / "cohort" / "plan.toml"
_TIMED_CHILD = Path(__file__).with_name("timed_child.py")
_GIGABYTE = 1e9


def run(workplace: Workplace) -> Outcome:
    """Run the plan of the example, all of it, on a big cohort in a process of its own."""
    try:
        from sclerograph.phantom.cohort import big_cohort, digits_of, levels_of, visits_of
    except ModuleNotFoundError as error:
        raise Skipped(f"{error.name} is not installed (extra cohort)") from None
    patients = workplace.count(_PATIENTS)
    with tempfile.TemporaryDirectory(prefix="sclerograph-bench-") as place:
        folder = Path(place)
        # The example's plan names its tables by these names: the same analysis, other patients.
        (folder / _PLAN.name).write_bytes(_PLAN.read_bytes())
        cohort = big_cohort(patients, _SEED)
        cohort.to_csv(folder / "cohort.csv", index=False, float_format="%g")
        for name, rows_of in (("digits", digits_of), ("levels", levels_of), ("visits", visits_of)):
            rows_of(cohort, _SEED).to_csv(folder / f"{name}.csv", index=False)
        del cohort
        seconds, peak_bytes = _timed(folder)
    on = "simulated patients, their digits, levels of the spine and visits, the plan of the example, PDF included"
    rows = [
        Row("cohort_seconds", "analysis of a cohort, wall time", on, seconds, "s", patients, "patients",
            Target("<=", 300.0, "s")),
        Row("cohort_peak", "analysis of a cohort, peak memory", on, peak_bytes / _GIGABYTE, "GB", patients, "patients",
            Target("<=", 4.0, "GB")),
    ]  # fmt: skip
    return Outcome(rows, {"digits": 10 * patients, "levels": 36 * patients}, [_SEED, _SEED])


def _timed(folder: Path) -> tuple[float, int]:
    """Run the plan in a folder; return wall time in seconds and the peak of resident memory in bytes.

    Raises
    ------
    RuntimeError
        The command failed; the message ends with what it said last.
    """
    command = [sys.executable, "-m", "sclerograph", "cohort", "run", str(folder / _PLAN.name)]
    command += ["--out", str(folder / "out")]
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(_TIMED_CHILD), *command], capture_output=True, text=True, check=True
    )
    answer = json.loads(done.stdout)
    if answer["exit_code"] != 0:
        raise RuntimeError(f"sclerograph cohort run ended with {answer['exit_code']}: {done.stderr[-400:]}")
    return float(answer["seconds"]), int(answer["peak_bytes"])


MEASURE = Measure("cohort_scale", "A cohort of 100,000", run)
