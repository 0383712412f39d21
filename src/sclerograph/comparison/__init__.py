"""Two readings of one patient, matched hand by hand, site by site.

>>> from sclerograph.comparison.compare import compare
>>> comparison = compare(first, second)  # doctest: +SKIP
"""
