"""Look down, never up: the contracts of pyproject.toml, and nobody walks through another room's walls."""

import grimp
import pytest
from importlinter.cli import lint_imports

from linli.base.ground import ROOT

INNER = ("views", "forms", "api", "admin", "urls")


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> grimp.ImportGraph:
    return grimp.build_graph("linli", cache_dir=str(tmp_path_factory.mktemp("imports")))


def room_of(module: str, rooms: list[str]) -> str:
    """The room a module stands in (`rooms`: longest names first); a module outside every room stands for itself."""
    return next((room for room in rooms if module == room or module.startswith(f"{room}.")), module)


def test_floors_rooms_and_siblings_keep_their_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    broken = lint_imports(no_cache=True, no_logo=True)
    assert not broken, capsys.readouterr().out


def test_nobody_imports_the_views_forms_or_api_of_another_room(graph: grimp.ImportGraph) -> None:
    rooms = sorted(
        (module.removesuffix(".apps") for module in graph.modules if module.endswith(".apps")), key=len, reverse=True
    )
    assert len(rooms) > 5
    wrong = []
    for module in sorted(graph.modules):
        room = room_of(module, rooms)
        part = module.removeprefix(f"{room}.").split(".")[0]
        if room in rooms and part in INNER:
            importers = graph.find_modules_that_directly_import(module)
            wrong += [f"{importer} imports {module}" for importer in importers if room_of(importer, rooms) != room]
    assert not wrong, "\n".join(sorted(wrong))
