"""The locks name packages and hashes, never the registry or the machine they were made on; and they are up to date."""

import json
import re
from pathlib import Path

import pytest

from linli.base.ground import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NODE_LOCKS = [ROOT / "package-lock.json", ROOT / "tests" / "browser" / "package-lock.json"]


def plain(name: str) -> str:
    """A package name as the locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_python_lock_holds_names_versions_and_hashes_only(lock: Path) -> None:
    for line in lock.read_text().splitlines():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[^\s/]+( ; [^/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), (
            line
        )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_python_lock_pins_everything_that_is_asked_for(lock: Path) -> None:
    pinned = set(re.findall(r"^([a-z0-9.-]+)==", lock.read_text(), re.MULTILINE))
    asked = re.findall(r"^([A-Za-z][\w.-]*)", lock.with_suffix(".in").read_text(), re.MULTILINE)
    assert len(asked) >= 1
    assert {plain(name) for name in asked} <= pinned


def test_the_locks_agree_with_each_other() -> None:
    """They are installed into one environment."""
    versions: dict[str, set[tuple[str, ...]]] = {}
    for lock in LOCKS:
        found: dict[str, list[str]] = {}
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            found.setdefault(name, []).append(version)
        for name, pins in found.items():  # several when they depend on the Python version
            versions.setdefault(name, set()).add(tuple(sorted(pins)))
    assert {name: pins for name, pins in versions.items() if len(pins) > 1} == {}


@pytest.mark.parametrize("lock", NODE_LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_node_lock_names_no_registry_and_is_checked_by_hash(lock: Path) -> None:
    packages = json.loads(lock.read_text())["packages"]
    assert len(packages) > 1
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []
    npmrc = lock.with_name(".npmrc").read_text().splitlines()
    assert "omit-lockfile-registry-resolved=true" in npmrc


def test_every_dependency_has_its_reason_on_the_page_of_dependencies() -> None:
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    told = {plain(name.strip(" `")) for row in re.findall(r"^\| (.+?) \|", page, re.M) for name in row.split(",")}
    asked = {
        plain(name)
        for lock in LOCKS
        for name in re.findall(r"^([A-Za-z][\w.-]*)", lock.with_suffix(".in").read_text(), re.MULTILINE)
    }
    for manifest in (ROOT / "package.json", ROOT / "tests" / "browser" / "package.json"):
        content = json.loads(manifest.read_text())
        for kind in ("dependencies", "devDependencies", "optionalDependencies"):
            asked |= {plain(name) for name in content.get(kind, {})}
    told |= {name.split(" ")[0].strip("`") for name in told}
    assert asked - told == set()
