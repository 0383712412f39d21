"""A PostgreSQL server of one's own for as long as it is needed: in a temporary folder, on a socket, for nobody else.

Its programs are those of the system (Debian: package ``postgresql``; see tools/install_servers.sh).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

__all__ = ["NoServer", "PostgresqlServer", "running_server"]

_USER = "registry"
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0


class NoServer(Exception):
    """No server can be started here; the text says why."""


@dataclass
class PostgresqlServer:
    """A running server that listens on a socket in ``folder``."""

    folder: Path
    version: str

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        import psycopg

        name = f"registry{next(self._numbers)}"
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://{_USER}@/{name}?host={self.folder}"

    @property
    def _conninfo(self) -> str:
        return f"host={self.folder} user={_USER} dbname=postgres connect_timeout=5"


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """Start a server and stop it at the end.

    Parameters
    ----------
    durable
        Wait for the disk at each commit, as a real server does.

    Raises
    ------
    NoServer
        PostgreSQL is not installed, or does not start.
    """
    programs = _programs()
    account = _account()
    # A short path: the name of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="sg-pg-", dir="/tmp"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        data = folder / "data"
        # Where nobody but this account reaches the socket, a password would protect nothing.
        making = [str(programs / "initdb"), "-D", str(data), "-U", _USER, "--auth=trust", "--locale=C", "-E", "UTF8"]
        made = subprocess.run(
            [*making, "--no-sync"], capture_output=True, text=True, check=False, cwd=folder, **account
        )
        if made.returncode != 0:
            raise NoServer(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")
        settings = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "50"}
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                **account,
            )
        try:
            server = PostgresqlServer(folder, _version(programs))
            _wait(server, process)
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Return the folder with the newest server's programs."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    found = shutil.which("initdb")
    if found is None:
        raise NoServer("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    return Path(found).resolve().parent


def _account() -> dict[str, Any]:
    """Return the account that the server runs under, for ``subprocess``; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoServer("there is neither an account 'postgres' nor 'nobody' that the server could run under")


def _version(programs: Path) -> str:
    return subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()


def _wait(server: PostgresqlServer, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(server._conninfo).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                lines = (server.folder / "log").read_text(errors="replace").strip().splitlines()
                raise NoServer(f"the server did not start: {lines[-1:]}") from None
            time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    # SIGQUIT is PostgreSQL's "immediate shutdown", which writes nothing more: all of it is thrown away.
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
