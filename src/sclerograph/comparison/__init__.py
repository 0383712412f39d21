"""Two readings of one patient, matched hand by hand, site by site."""
