"""`make test` walks a journey that failed once more, and tells of it; nothing else gets a second try."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from linli.base.ground import ROOT

FIRST_TIME = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("width", [1440, 360])
def test_{name}(width):
    seen = Path(__file__).with_suffix(f".{{width}}")
    before = seen.exists()
    seen.touch()
    assert before or width == 1440
"""
ALWAYS = "def test_{name}():\n    raise AssertionError\n"
BROKEN = "import pytest\n\n@pytest.fixture\ndef site():\n    raise OSError\n\n\ndef test_{name}(site):\n    pass\n"


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/test.py at work on a project of its own."""
    found = importlib.util.spec_from_file_location("whole_suite", ROOT / "scripts" / "test.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "REPORTS", tmp_path / "var" / "test")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p xdist")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    return module


def write(runner: ModuleType, folder: str, **bodies: str) -> None:
    where = runner.ROOT / folder
    where.mkdir(parents=True, exist_ok=True)
    for name, body in bodies.items():
        (where / f"test_{name}.py").write_text(body.format(name=name))


def unsteady(runner: ModuleType) -> str:
    return (runner.REPORTS / "unsteady.txt").read_text(encoding="utf-8")


def test_a_journey_that_passes_by_itself_is_told_of(runner: ModuleType, capfd: pytest.CaptureFixture[str]):
    write(runner, "tests", unit="def test_unit():\n    pass\n")
    write(runner, "tests/journeys", shaky=FIRST_TIME)
    assert runner.main([]) == 0
    assert unsteady(runner) == "tests/journeys/test_shaky.py::test_shaky[360]\n"
    told = capfd.readouterr().out.splitlines()
    assert "! unsteady: tests/journeys/test_shaky.py::test_shaky[360]" in told[-2]
    assert " 3 passed in " in told[-1] and "failed" not in told[-1]


def test_one_that_fails_again_stays_a_failure(runner: ModuleType, capfd: pytest.CaptureFixture[str]):
    write(runner, "tests", unit="def test_unit():\n    pass\n")
    write(runner, "tests/journeys", shaky=FIRST_TIME, wrong=ALWAYS, broken=BROKEN)
    assert runner.main([]) == 1
    assert unsteady(runner) == "tests/journeys/test_shaky.py::test_shaky[360]\n"
    assert " 2 failed, 3 passed in " in capfd.readouterr().out.splitlines()[-1]


def test_many_failures_are_no_accident(runner: ModuleType):
    write(runner, "tests", unit="def test_unit():\n    pass\n")
    write(runner, "tests/journeys", one=FIRST_TIME, two=FIRST_TIME, three=FIRST_TIME, four=FIRST_TIME)
    assert runner.main([]) == 1
    assert unsteady(runner) == ""
    assert not (runner.REPORTS / "again.xml").exists()


def test_the_other_tests_get_no_second_try(runner: ModuleType):
    write(runner, "tests", shaky=FIRST_TIME)
    write(runner, "tests/journeys", calm="def test_calm():\n    pass\n")
    assert runner.main([]) == 1
    assert unsteady(runner) == ""
