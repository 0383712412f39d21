"""What tools/install_servers.sh asks of a machine, on one that is only pretended: nothing is installed here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "install_servers.sh"
INSTALL = "install --yes --quiet=2 --no-install-recommends postgresql"
UPDATE = "update --quiet=2"


class Machine:
    """A folder of programs that stand for those of the system; ``apt-get`` notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.programs, self.log = folder / "bin", folder / "asked"
        self.programs.mkdir()
        (folder / "postgresql").mkdir()
        self.folder = folder
        for name in ("ls",):
            found = shutil.which(name)
            assert found is not None
            (self.programs / name).symlink_to(found)
        self.has("id", "echo 0")

    def has(self, name: str, body: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.programs / name).chmod(0o755)

    def apt_get(self, fails: tuple[int, ...] = ()) -> None:
        """Install ``apt-get``, whose calls of these numbers fail."""
        count = f'n=$(($(cat "{self.log}.n" 2>/dev/null || echo 0) + 1)); echo $n > "{self.log}.n"'
        (self.programs / "cat").symlink_to(str(shutil.which("cat")))
        cases = "".join(f"[ $n -eq {number} ] && exit 100\n" for number in fails)
        self.has("apt-get", f'echo "$*" "[$DEBIAN_FRONTEND]" >> "{self.log}"\n{count}\n{cases}exit 0')

    def run(self) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.programs), "POSTGRESQL": str(self.folder / "postgresql")}
        return subprocess.run(
            ["/bin/sh", str(SCRIPT)], env=environment, capture_output=True, text=True, check=False, timeout=20
        )

    def asked(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("where", ["bin", "postgresql/15/bin"])
def test_where_it_is_installed_nothing_is_done(machine, where):
    machine.apt_get()
    (machine.folder / where).mkdir(parents=True, exist_ok=True)
    initdb = machine.folder / where / "initdb"
    initdb.write_text("#!/bin/sh\n")
    initdb.chmod(0o755)
    assert (machine.run().returncode, machine.asked()) == (0, [])


def test_it_is_installed_without_questions(machine):
    machine.apt_get()
    done = machine.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.asked() == [f"{INSTALL} [noninteractive]"]


def test_lists_of_packages_that_are_old_are_renewed_once(machine):
    machine.apt_get(fails=(1,))
    done = machine.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert [each.partition(" [")[0] for each in machine.asked()] == [INSTALL, UPDATE, INSTALL]


@pytest.mark.parametrize("fails", [(1, 2), (1, 3)])
def test_what_cannot_be_installed_is_said_and_fails_nothing(machine, fails):
    machine.apt_get(fails=fails)
    done = machine.run()
    assert done.returncode == 0
    assert "its tests will be skipped" in done.stderr


def test_who_is_not_root_or_has_no_apt_get_is_told(machine):
    assert "its tests will be skipped" in machine.run().stderr
    machine.apt_get()
    machine.has("id", "echo 1000")
    done = machine.run()
    assert (done.returncode, machine.asked()) == (0, [])
    assert "its tests will be skipped" in done.stderr
