"""What is installed, as far as it decides what a reading says."""

from __future__ import annotations

from sclerograph import __version__
from sclerograph.batch.manifest import Settings
from sclerograph.batch.options import Options
from sclerograph.networks import runner

__all__ = ["installed_settings"]


def installed_settings(options: Options) -> Settings:
    """Return the version, the shipped models and the options of a run.

    Raises
    ------
    MissingComponent
        A shipped model is missing.
    """
    return Settings(__version__, tuple(runner.load_networks().models), options.as_dict())
