"""Measures what the software can do, on simulated and on real films: ``make bench``, or ``python -m bench.run --help``.

Each measure is one file with one function ``run(workplace) -> Outcome``. What needs the optional folder of real
radiographs skips with a reason when the folder is absent.
"""
