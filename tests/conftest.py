"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# The same examples in every run, and no limit of time for one of them: other work on the machine is no fault of ours.
settings.register_profile("project", derandomize=True, deadline=None)
settings.load_profile("project")
