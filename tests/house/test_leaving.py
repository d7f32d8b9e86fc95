"""Whatever leaves as a sheet: lists of people only for a purpose, above the limit with a second person, numbered in every row
and noted for everybody on them; all other sheets tell of nobody."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from docx import Document

import linli
from linli.base import policies
from linli.base.actor import system
from linli.base.commands.models import ReadRow
from linli.base.crypto.sealed import Sealed
from linli.base.exchange.ledger import WIDE_FROM
from linli.base.policies import commands as publishing
from linli.base.policies import registry
from linli.base.privacy import commands
from linli.base.privacy.models import Export
from linli.base.scope import enter
from linli.people.accounts.models import Post
from tests.cast import GRID, STREET, Cast
from tests.house.routes import _walk, routes
from tests.house.test_lists import grow
from tests.house.world import client_of, everything_role, post

HOME = Path(linli.__file__).parent
# The only code that writes a sheet for somebody to take away; a command of the shell, and a sheet that is tried out.
WRITERS = {"base/ui/downloads.py", "doors/cli/score.py", "doors/intake/sheet/views.py"}
# Lists of people, with what is told of each of them.
PEOPLE = {
    "residents:export": "residents.person",
    "residents:export_visits": "residents.person",
    "party:export_cards": "party.membercard",
    "answering:export": "answering.charge",
    "cases:export": "cases.case",
    "boards:behind_export": "cases.case",
}
# Everything else, and why nobody can be found in it.
OPEN = {
    "places and things": [
        "addresses:export", "addresses:export_buildings", "addresses:export_dwellings", "regions:export", "sites:export_sites", "sites:export_things",
        "sites:export_constructions", "sites:circle_gaps", "sites:export_circle_dwellings", "maps:export",
    ],
    "organisations": [
        "organisations:export", "organisations:register_export", "organisations:services_export", "party:export", "party:export_changes",
    ],
    "staff in their office": ["accounts:export", "web:audit_export"],
    "cases without those who called": [
        "cases:register_export", "prevention:export", "prevention:findings_export", "whistles:export", "meetings:export",
        "meetings:export_minutes", "meetings:export_decisions", "taskforces:export", "taskforces:export_solved",
    ],
    "figures": [
        "boards:export", "hotspots:export", "whistles:export_figures", "scores:export", "scores:export_list", "scores:export_appeals",
        "openness:export", "openness:examples_export", "portal:open_sheet", "portal:open_month_sheet", "portal:open_hang_ups_sheet",
    ],
    "messages between machines, without their words": [
        "hotline:export", "hotline:sheet", "hotline_inbox:export", "hotline_inbox:empty_sheet",
    ],
    "columns to be filled in, or what is wrong with a file": [
        "regions:import_template", "regions:import_problems", "organisations:import_template", "sheet:problems", "registers:problems",
    ],
    "what is kept of people in general": ["privacy:fields_export"],
    "one's own": ["portal:own_file"],
}  # fmt: skip


def _calls(path: Path) -> Iterator[str]:
    """Functions of a file that answer with a sheet."""
    tree = ast.parse(path.read_text())
    names = {"_sheet"} if any(isinstance(one, ast.FunctionDef) and one.name == "_sheet" for one in tree.body) else set()
    for one in ast.walk(tree):
        if isinstance(one, ast.ImportFrom) and one.module == "linli.base.ui.downloads":
            names |= {alias.asname or alias.name for alias in one.names if alias.name == "sheet"}
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if not isinstance(call, ast.Call):
                    continue
                named = isinstance(call.func, ast.Name) and call.func.id in names
                way = ast.unparse(call.func) if isinstance(call.func, ast.Attribute) else ""
                if named or way in ("downloads.sheet", "leaving.sheet"):
                    yield function.name


def sheets() -> dict[str, str]:
    """Every route that answers with a sheet: its name -> the view."""
    views = set()
    for path in HOME.rglob("*.py"):
        module = "linli." + ".".join(path.relative_to(HOME).with_suffix("").parts)
        views |= {f"{module}:{name}" for name in _calls(path)}
    found = {}
    for name, _pattern, view in _walk(get_resolver(), ()):
        # A view may be made by a function of the file: _exported.<locals>.export.
        key = f"{getattr(view, '__module__', '')}:{getattr(view, '__qualname__', '').split('.')[0]}"
        if key in views:
            found[name] = key
    return found


SHEETS = sheets()


def test_every_sheet_is_known_and_goes_one_way() -> None:
    told = {name for names in OPEN.values() for name in names}
    assert set(SHEETS) == told | set(PEOPLE), "a new sheet: is anybody in it?"
    assert not told & set(PEOPLE)
    for name, key in SHEETS.items():
        module, function = key.split(":")
        text = (HOME.parent / f"{module.replace('.', '/')}.py").read_text()
        body = re.split(r"\n(?=@|def )", text[text.index(f"\ndef {function}(") + 1 :])[0]
        assert ("leaving.sheet(" in body) == (name in PEOPLE), name


def test_nobody_writes_a_sheet_apart() -> None:
    writing = re.compile(r"\b(csv_bytes|xlsx_bytes|write_xlsx|docx_bytes)\(")
    found = {
        str(path.relative_to(HOME))
        for path in HOME.rglob("*.py")
        if "base/exchange" not in str(path) and writing.search(path.read_text())
    }
    assert found == WRITERS


@pytest.fixture
def full(cast: Cast) -> Client:
    """Somebody with every right, a limit of one row, and two or three rows of everything."""
    data = registry.shipped()["protection"] | {"export_limit": 1, "examples": [{"given": {"rows": 2}, "expect": True}]}
    draft = publishing.draft(system("test"), code="protection", data=data, basis="test")
    publishing.publish(system("test"), draft)
    policies.forget()
    client = client_of(post(everything_role(), cast.organisations["desk"], STREET))
    grow(cast, 0, 3, Post.objects.get(role="everything").pk)
    return client


def _address(name: str) -> str:
    [route] = [one for one in routes() if one.name == name]
    values = {"form": "csv", "register": "hang-ups"}
    queries = {
        "cases:export": "?tab=open",
        "boards:behind_export": f"?measure=filed&region={GRID[:12]}&first=2020-01-01&last=2099-01-01",
    }
    return route.address(values) + queries.get(name, "")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_list_of_people_leaves_by_the_one_way(cast: Cast, full: Client, name: str) -> None:
    address = _address(name)
    sign = "&" if "?" in address else "?"
    asked = full.get(address)
    assert "Content-Disposition" not in asked
    assert "用途" in asked.content.decode()
    waiting = full.get(f"{address}{sign}purpose=check")
    assert waiting.status_code == 302
    enter(system("test"))
    row = Export.objects.get()
    assert row.rows >= 2, "the test has somebody on the list"
    before = ReadRow.objects.count()
    assert row.state == Export.State.ASKED
    commands.decide_export(cast.leader, row.pk, agree=True)
    lines = full.get(row.address).getvalue().decode("utf-8-sig").strip().split("\r\n")  # type: ignore[attr-defined]
    enter(system("test"))
    assert [line for line in lines[1:-1] if not line.endswith(f"#{row.pk}")] == []
    assert len(lines) == row.rows + 2
    assert f"编号 #{row.pk}" in lines[-1]
    read = ReadRow.objects.order_by("id")[before:]
    assert read
    assert {(one.subject_kind, one.purpose) for one in read} == {(PEOPLE[name], "export")}
    assert len({one.subject_id for one in read}) == len(read)


def test_the_other_sheets_open_no_seal(cast: Cast, full: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    masked = Sealed.masked.fget  # type: ignore[attr-defined]

    def spied(self: Sealed) -> Any:
        opened.append(self.field_id)
        return masked(self)

    monkeypatch.setattr(Sealed, "masked", property(spied))
    wrong, taken = {}, 0
    for route in routes():
        if route.name not in SHEETS or route.name in PEOPLE or set(route.parameters) - {"form", "register"}:
            continue
        opened.clear()
        answer = full.get(_address(route.name))
        if "Content-Disposition" in answer:
            taken += 1
            answer.getvalue()  # type: ignore[attr-defined]
        if opened:
            wrong[route.name] = set(opened)
    assert wrong == {}
    assert taken >= 25
    assert str(next(iter(_residents()))) and opened, "the spy sees what is opened"


def _residents() -> Iterator[Sealed]:
    from linli.people.residents.models import Person

    for row in Person.objects.all()[:1]:
        yield row.name


LEDGERS = [
    "addresses:export", "addresses:export_buildings", "addresses:export_dwellings", "sites:export_sites", "sites:export_things",
    "sites:export_constructions", "organisations:register_export", "party:export", "residents:export", "residents:export_visits",
]  # fmt: skip


def test_every_register_is_a_ledger_for_word(cast: Cast, full: Client) -> None:
    """It opens, lies on its side where it is wide, repeats its header and numbers its pages; people by the one way here too."""
    for name in LEDGERS:
        asked = {"form": "docx", "purpose": "check"}
        answer = full.get(_address(name), asked)
        if name in PEOPLE:
            enter(system("test"))
            row = Export.objects.order_by("-pk")[0]
            commands.decide_export(cast.leader, row.pk, agree=True)
            answer = full.get(row.address)
        book = Document(io.BytesIO(answer.getvalue()))  # type: ignore[attr-defined]
        [table], page = book.tables, book.sections[0]
        assert len(table.rows) >= 2, name
        assert "tblHeader" in table.rows[0]._tr.xml, name
        assert "tblHeader" not in table.rows[1]._tr.xml, name
        assert (page.page_width > page.page_height) == (len(table.columns) > WIDE_FROM), name
        assert "NUMPAGES" in page.footer._element.xml, name
        assert ("编号 #" in page.footer.paragraphs[0].text) == (name in PEOPLE), name
