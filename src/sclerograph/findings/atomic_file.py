"""Files that are either there and whole, or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: Path | str, content: bytes | str) -> None:
    """Write a file so that nobody ever sees half of it, not even after a power cut.

    The content goes to a temporary file in the same folder (a rename is atomic within one file system only), is forced
    to the disk, and then takes the place of ``path``. The name of the temporary file says nothing about the patient.

    Parameters
    ----------
    path
        The file to write; its folder must exist.
    content
        Bytes, or a text that is written as UTF-8.

    Raises
    ------
    OSError
        The folder is missing, full or not writable; ``path`` is then as it was before.
    """
    target = Path(path)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".sclerograph-", suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp gives 0600 whatever the umask; a result should be as readable as any other file of the user.
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    """Force the rename itself to the disk where the system can (Windows cannot open folders)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
