"""Published scores and the software's own indices, computed from a reading alone.

Every score is a pure function of a :class:`~sclerograph.findings.records.Reading`; a reader's corrected reading is one
like any other. Scores are computed from the findings themselves, never from sums that a reading carries along, so that
a correction of a finding reaches every score. Which scores there are stands in :mod:`sclerograph.scores.catalogue`.
"""
