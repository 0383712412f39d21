"""With what a number was measured: versions, models, machine, day."""

from __future__ import annotations

import datetime
import platform
from functools import lru_cache
from importlib import metadata, resources
from typing import Any

from sclerograph import __version__
from sclerograph.batch.pool import usable_cores
from sclerograph.networks.protocol import HandNetworks

__all__ = ["provenance", "simulator_sha256"]

_PACKAGES = ("numpy", "onnxruntime", "scikit-image", "scipy")


@lru_cache(maxsize=1)
def simulator_sha256() -> str:
    """Return one checksum over the code and the numbers of the phantom: other code makes other films."""
    import hashlib

    digest = hashlib.sha256()
    root = resources.files("sclerograph.phantom")
    waiting, files = [("", root)], []
    while waiting:
        prefix, folder = waiting.pop()
        for item in folder.iterdir():
            if item.is_dir():
                if item.name != "__pycache__":
                    waiting.append((f"{prefix}{item.name}/", item))
            elif item.name.endswith((".py", ".npz", ".json")):
                files.append((prefix + item.name, item))
    for name, item in sorted(files, key=lambda pair: pair[0]):
        digest.update(name.encode())
        digest.update(item.read_bytes())
    return digest.hexdigest()


def provenance(networks: HandNetworks) -> dict[str, Any]:
    """Return what belongs to every entry of the results."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "software": __version__,
        "models": [{"name": name, "sha256": digest} for name, digest in networks.models],
        "simulator_sha256": simulator_sha256(),
        "versions": {"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}},
        "machine": {"cores": usable_cores(), "processor": platform.machine(), "system": platform.system()},
    }
