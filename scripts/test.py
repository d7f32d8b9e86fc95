"""The whole suite: `python scripts/test.py [PYTEST ARGUMENTS]`. Two runs of pytest and one closing line.

The browser's library leaves an event loop running in its process, which breaks tests that start one of their own:
so the journeys run by themselves, after everything else. Either run has two processes, each with a database of its own;
a file of journeys stays in one of them.

A browser on a busy machine is not always the same: at most three journeys that failed are walked once more, by themselves.
What passes then is no failure, but it is named at the end and in var/test/unsteady.txt. The other tests get no second try.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "test"
TESTS_FAILED, NO_TESTS = 1, 5
AGAIN = 3  # as many journeys get a second try; more are no accident
ATTRIBUTES = {"failed": "failures", "error": "errors", "skipped": "skipped"}
RUNS = {
    "tests": ["-n", "2", "--ignore=tests/journeys", "tests"],
    "journeys": ["-n", "2", "--dist", "loadfile", "tests/journeys"],
}


def run(name: str, arguments: list[str]) -> tuple[int, dict[str, int], dict[str, str]]:
    """One pytest process: its exit code, its counts, what became of each test. One that died unreported is an error."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    words = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    code = subprocess.run(words, cwd=ROOT, check=False).returncode
    if not report.exists():
        return code or 1, {"error": 1}, {}
    suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - pytest wrote it a moment ago
    counts = {word: int(suite.get(attribute, 0)) for word, attribute in ATTRIBUTES.items()}
    counts["passed"] = int(suite.get("tests", 0)) - sum(counts.values())
    ends: dict[str, str] = {}
    for case in suite.iter("testcase"):
        known = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
        ends[known] = next((end for end in ("error", "failure", "skipped") if case.find(end) is not None), "passed")
    return code, counts, ends


def once_more(counts: dict[str, int], failed: list[str]) -> tuple[int, dict[str, int], list[str]]:
    """Walk the journeys that failed again, one after the other; the exit code and counts then, and which ones passed."""
    print(f"── journeys, once more: {len(failed)}", flush=True)
    code, _counts, ends = run("again", failed)
    unsteady = [one for one in failed if ends.get(one) == "passed"]
    left = len(failed) - len(unsteady)
    counts = counts | {"failed": left, "error": 0, "passed": counts["passed"] + len(unsteady)}
    return code or (TESTS_FAILED if left else 0), counts, unsteady


def main(arguments: list[str]) -> int:
    REPORTS.mkdir(parents=True, exist_ok=True, mode=0o700)
    begun = time.monotonic()
    total = dict.fromkeys(["failed", "passed", "skipped", "error"], 0)
    worst = 0
    unsteady: list[str] = []
    for name, words in RUNS.items():
        if name == "journeys" and not any((ROOT / "tests" / "journeys").glob("test_*.py")):
            continue
        print(f"── {name}", flush=True)
        code, counts, ends = run(name, [*words, *arguments])
        failed = [one for one, end in ends.items() if end in ("error", "failure")]
        if name == "journeys" and code == TESTS_FAILED and 0 < len(failed) <= AGAIN:
            code, counts, unsteady = once_more(counts, failed)
        if not (code == NO_TESTS and arguments):  # a selection may well leave one of the two empty
            worst = worst or code
        for word, count in counts.items():
            total[word] += count
    (REPORTS / "unsteady.txt").write_text("".join(f"{one}\n" for one in unsteady), encoding="utf-8")
    for one in unsteady:
        print(f"! unsteady: {one} failed at first and passed by itself", flush=True)
    line = ", ".join(f"{count} {word}" for word, count in total.items() if count) or "no tests ran"
    print(f"{f' {line} in {time.monotonic() - begun:.2f}s ':=^100}", flush=True)
    return worst


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.exit(main(sys.argv[1:]))
