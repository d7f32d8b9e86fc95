"""Child processes that are started, watched, started again after a crash, and taken along when this process ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import click

from linli.base.ground import Addresses

CRASHES = 6  # as many within CRASH_SPAN seconds, and everything stops with an error
CRASH_SPAN = 60
STOP_SECONDS = 12


@dataclass
class Child:
    """One process with a name for people. `words`: its command line."""

    name: str
    words: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    crashes: list[float] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    def start(self, **options: Any) -> None:
        """`options`: further arguments of Popen, kept for starting again."""
        self.options |= options
        words: dict[str, Any] = {"stdin": subprocess.DEVNULL, "start_new_session": True, "preexec_fn": die_with_parent}
        self.process = subprocess.Popen(self.words, **(words | self.options))

    def signal(self, number: int) -> None:
        """To the process and everything it has started."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def stop(self, seconds: float) -> bool:
        """Ask it to end, and end it after so many seconds; False when it had to be ended."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of a process that has been asked; what is left of its family goes too."""
        in_time = True
        if self.process:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                in_time = False
            self.signal(signal.SIGKILL)
            self.process.wait()
        return in_time

    def revive(self) -> bool:
        """Start again if it has died; False when it has died too often."""
        if self.process is None or self.process.poll() is None:
            return True
        self.crashes = [at for at in self.crashes if at > time.monotonic() - CRASH_SPAN] + [time.monotonic()]
        if len(self.crashes) >= CRASHES:
            return False
        click.echo(f"{self.name}进程中断（{self.process.returncode}），正在重新启动。", err=True)
        self.signal(signal.SIGKILL)  # workers that have lost their parent still hold the port
        self.start()
        return True


def die_with_parent(number: int = signal.SIGTERM) -> None:
    """In a child (or in this process itself): on Linux, ask for a signal when the parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, number)  # PR_SET_PDEATHSIG


class _Stop(BaseException):
    """SIGINT or SIGTERM has come."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C does not disturb the stopping
    raise _Stop


def supervise(children: Sequence[Child], addresses: Addresses, started: Callable[[], None] | None = None) -> None:
    """Run the children until SIGINT or SIGTERM; then stop them all.

    started: called once the first child runs; the others start when it returns, so as not to slow the first one down.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        children[0].start(pass_fds=addresses.hold)
        if started:
            started()
        for child in children[1:]:
            child.start(pass_fds=addresses.hold)
        while True:
            time.sleep(0.3)
            if addresses.cluster:
                addresses.cluster.ensure()
            for child in children:
                if not child.revive():
                    raise click.ClickException(f"{child.name}进程在 {CRASH_SPAN} 秒内中断 {CRASHES} 次，已停止。")
    except _Stop:
        pass
    finally:
        for child in children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            if not child.wait(max(0.1, deadline - time.monotonic())):
                click.echo(f"{child.name}进程没有及时停下，已强行结束。", err=True)
