"""The whole suite: `python scripts/test.py [PYTEST ARGUMENTS]`. Two runs of pytest and one closing line.

The browser's library leaves an event loop running in its process, which breaks tests that start one of their own:
so the journeys run by themselves, after everything else. Either run has two processes, each with a database of its own;
a file of journeys stays in one of them.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "test"
NO_TESTS = 5
ATTRIBUTES = {"failed": "failures", "error": "errors", "skipped": "skipped"}
RUNS = {
    "tests": ["-n", "2", "--ignore=tests/journeys", "tests"],
    "journeys": ["-n", "2", "--dist", "loadfile", "tests/journeys"],
}


def run(name: str, arguments: list[str]) -> tuple[int, dict[str, int]]:
    """One pytest process; its exit code and its counts. A process that died before reporting counts as an error."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    words = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *RUNS[name], *arguments]
    code = subprocess.run(words, cwd=ROOT, check=False).returncode
    if not report.exists():
        return code or 1, {"error": 1}
    suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - pytest wrote it a moment ago
    counts = {word: int(suite.get(attribute, 0)) for word, attribute in ATTRIBUTES.items()}
    counts["passed"] = int(suite.get("tests", 0)) - sum(counts.values())
    return code, counts


def main(arguments: list[str]) -> int:
    REPORTS.mkdir(parents=True, exist_ok=True, mode=0o700)
    begun = time.monotonic()
    total = dict.fromkeys(["failed", "passed", "skipped", "error"], 0)
    worst = 0
    for name in RUNS:
        if name == "journeys" and not any((ROOT / "tests" / "journeys").glob("test_*.py")):
            continue
        print(f"── {name}", flush=True)
        code, counts = run(name, arguments)
        if not (code == NO_TESTS and arguments):  # a selection may well leave one of the two empty
            worst = worst or code
        for word, count in counts.items():
            total[word] += count
    line = ", ".join(f"{count} {word}" for word, count in total.items() if count) or "no tests ran"
    print(f"{f' {line} in {time.monotonic() - begun:.2f}s ':=^100}", flush=True)
    return worst


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main(sys.argv[1:]))
