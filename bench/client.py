"""Servers under test and the load on them: keep-alive connections from threads, latencies and rates, CPU of server and database."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

WORKERS, CONNECTIONS = 2, 8
Request = tuple[str, str, bytes | None, dict[str, str]]  # method, path, body, headers


class Server:
    """One WSGI application under granian, with the workers and threads that production uses."""

    def __init__(self, target: str, url: str):
        self.target, self.url = target, url
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.started_seconds = 0.0

    def __enter__(self) -> "Server":
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "LINLI_ROLE": "web",
            "DJANGO_SETTINGS_MODULE": "linli.settings",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        words = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        words += ["--workers", str(WORKERS), "--blocking-threads", "4", "--no-ws", "--log-level", "error", self.target]
        begun = time.monotonic()
        self.process = subprocess.Popen(
            words, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.wait(begun)
        return self

    def wait(self, begun: float) -> None:
        while time.monotonic() - begun < 60:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                connection.request("GET", "/" if self.target.startswith("linli") else "/rollup?street=1")
                connection.getresponse().read()
                self.started_seconds = time.monotonic() - begun
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"{self.target} did not start")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    @property
    def family(self) -> list[psutil.Process]:
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    @property
    def memory(self) -> float:
        """MB of the largest worker."""
        return max(one.memory_info().rss for one in self.family) / 2**20

    @property
    def cpu(self) -> float:
        return sum(sum(one.cpu_times()[:2]) for one in self.family)


@dataclass
class Load:
    """What a stretch of load gave: requests per second, milliseconds per request, server CPU per request."""

    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wrong: int = 0
    example: str = ""

    @property
    def rate(self) -> float:
        return statistics.median(self.rates) if self.rates else 0.0

    @property
    def middle(self) -> float:
        return statistics.median(self.times) * 1000 if self.times else 0.0

    @property
    def slow(self) -> float:
        ordered = sorted(self.times)
        return ordered[int(len(ordered) * 0.99)] * 1000 if ordered else 0.0

    @property
    def cpu_ms(self) -> float:
        return statistics.median(self.cpu) * 1000 if self.cpu else 0.0


def stretch(server: Server, make: Callable[[], Request | None], seconds: float, load: Load) -> None:
    """Put load on a server for some seconds; `make` gives each request, None when there are no more."""
    stop = time.monotonic() + seconds
    done, lock = [0], threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        times, wrong, example, count = [], 0, "", 0
        while time.monotonic() < stop:
            request = make()
            if request is None:
                break
            method, path, body, headers = request
            begun = time.perf_counter()
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException) as error:
                wrong, example = wrong + 1, repr(error)
                connection.close()
                continue
            times.append(time.perf_counter() - begun)
            count += 1
            if answer.status >= 300:
                wrong, example = wrong + 1, f"{answer.status} {path} {text[:200].decode('utf-8', 'replace')}"
        connection.close()
        with lock:
            done[0] += count
            load.times += times
            load.wrong += wrong
            load.example = example or load.example

    cpu, begun = server.cpu, time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - begun
    if done[0]:
        load.rates.append(done[0] / elapsed)
        load.cpu.append((server.cpu - cpu) / done[0])
