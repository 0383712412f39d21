"""Published scores, computed from a reading alone."""
