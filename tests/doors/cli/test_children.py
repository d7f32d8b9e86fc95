"""Child processes: watched, started again, given up on, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from linli.doors.cli._children import CRASHES, Child

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
PARENT = """
import subprocess, sys, time, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(60)
"""
SUPERVISOR = """
import sys, pathlib
from linli.base.ground import Addresses
from linli.doors.cli._children import Child, supervise
child = Child("child", [sys.executable, "-c", "import time; time.sleep(60)"])
supervise([child], Addresses("", "", ""), lambda: pathlib.Path(sys.argv[1]).write_text(str(child.process.pid)))
"""


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def told(path: Path) -> int:
    until(lambda: path.exists() and path.read_text())
    return int(path.read_text())


def test_a_child_that_died_is_started_again_and_one_that_keeps_dying_is_given_up() -> None:
    child = Child("child", [sys.executable, "-c", "raise SystemExit(3)"])
    child.start()
    revived = 0
    while True:
        assert child.process
        child.process.wait(20)
        if not child.revive():
            break
        revived += 1
    assert revived == CRASHES - 1


def test_what_a_killed_child_had_started_goes_with_it(tmp_path: Path) -> None:
    child = Child("child", [sys.executable, "-c", PARENT, str(tmp_path / "pid")])
    child.start()
    orphan = told(tmp_path / "pid")
    assert child.process
    child.process.kill()
    child.process.wait()
    assert alive(orphan)
    assert child.revive()
    until(lambda: not alive(orphan))
    assert child.stop(5)


def test_a_child_that_does_not_listen_is_ended_after_its_time() -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = Child("deaf", [sys.executable, "-c", deaf])
    child.start(stdout=subprocess.PIPE)
    assert child.process
    assert child.process.stdout
    with child.process.stdout as said:
        assert said.readline() == b"deaf\n"
    assert not child.stop(0.2)
    assert not alive(child.process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children of their parent's death on Linux only")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_child_outlives_its_supervisor(tmp_path: Path, number: int) -> None:
    words = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "pid")]
    with subprocess.Popen(words) as supervisor:
        child = told(tmp_path / "pid")
        assert alive(child)
        os.kill(supervisor.pid, number)
        supervisor.wait(20)
        until(lambda: not alive(child))
        assert supervisor.returncode == (-number if number == signal.SIGKILL else 0)
