"""The documents are held to the code: what they name exists, what they link to is there, what they show can be read."""

import ast
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from linli.base.commands import COMMANDS
from linli.base.ground import ROOT
from linli.base.policies import registry
from linli.base.ui import menu
from linli.doors.cli import group
from linli.procedures.definitions import problems

PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
CHINESE = [
    page
    for page in PAGES
    if (page.name == "README.md" and page.parent == ROOT) or page.parent.name in ("guide", "operate")
]
# The rooms that the worked examples build; they are in no checkout.
EXAMPLES = (
    "linli/places/benches",
    "linli/matters/errands",
    "linli/policies/inspections.toml",
    "linli/policies/procedure.errand.toml",
)
EXAMPLES += ("tests/places/benches", "tests/matters/errands")
EXAMPLE_COMMANDS = ("benches.", "errands.")
# Made by a run, a build or a test; a fresh checkout has none of them.
MADE = ("linli/static/build*", "var*", ".venv*")
TOP = "linli|tests|docs|web|bench|scripts|requirements|var|.venv"
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [code for kind, code in BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


def code_of(page: Path) -> list[str]:
    """Everything a page shows as code: the lines of shell blocks, and the spans of the text."""
    text = page.read_text(encoding="utf-8")
    lines = [
        line.split(" #")[0]
        for kind, code in BLOCK.findall(text)
        if kind in ("sh", "", "ini")
        for line in code.splitlines()
    ]
    return lines + SPAN.findall(BLOCK.sub("", text))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the usual renderers make them."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.M):
        plain = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(plain.replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    missing = []
    for span in code_of(page):
        for path in re.findall(rf"(?<![\w./-])((?:{TOP})/[\w./*{{}},-]*[\w*}}/])", span):
            if path.startswith(EXAMPLES) or any(fnmatch(path, made) for made in MADE):
                continue
            if not any(ROOT.glob(path.rstrip("/"))):
                missing.append(path)
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = unquote(target).partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            wrong.append(target)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_of_the_command_line_exists(page: Path) -> None:
    context = click.Context(group)
    wrong = []
    for span in code_of(page):
        for first, second in re.findall(r"(?:^|[\s/])linli ([a-z][a-z._-]*)(?: +([^\s`]+))?", span):
            command = group.get_command(context, first)
            if command is None or (isinstance(command, click.Group) and second and second not in command.commands):
                wrong.append(f"linli {first} {second}")
        for act in re.findall(r"linli do .*?\b([a-z]+\.[a-z_]+)\b", span):
            known = act in COMMANDS or act.startswith(EXAMPLE_COMMANDS)
            wrong += [] if known else [f"linli do {act}"]
    assert wrong == []


def test_every_command_of_the_command_line_is_explained() -> None:
    context = click.Context(group)
    wanted = set()
    for command in group.list_commands(context):
        found = group.get_command(context, command)
        wanted |= (
            {f"linli {command} {sub}" for sub in found.commands}
            if isinstance(found, click.Group)
            else {f"linli {command}"}
        )
    text = (ROOT / "docs" / "operate" / "commands.md").read_text(encoding="utf-8")
    assert {one for one in wanted if f"`{one}`" not in text} == set()


def test_every_setting_is_explained() -> None:
    """Every variable that the code reads stands on a page of the operators or of the developers."""
    read = set()
    for path in [*(ROOT / "linli").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        read |= set(re.findall(r"\bLINLI_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name in ("operate", "develop"))
    told = set(re.findall(r"\b(?:LINLI_[A-Z_]+|AUTH_PROFILE|DATABASE_URL)\b", text))
    assert {"LINLI_HOME", "LINLI_KEYS"} <= read
    assert (read | {"AUTH_PROFILE", "DATABASE_URL"}) - told == set(), "not explained"
    assert told - read - {"AUTH_PROFILE", "DATABASE_URL"} == set(), "explained, but nothing reads it"


def test_the_two_commands_and_every_other_target_exist() -> None:
    targets = set(re.findall(r"^([a-z ]+):(?!=)", (ROOT / "Makefile").read_text(), re.M))
    known = {target for line in targets for target in line.split()}
    for page in PAGES:
        for span in code_of(page):
            for words in re.findall(r"(?:^|\s)make((?: [a-z]+)+)", span.split("#")[0]):
                assert set(words.split()) <= known, f"{name(page)}: {span}"
    for page in ROOT.glob("README*.md"):
        text = page.read_text(encoding="utf-8")
        assert "make run" in text
        assert "make test" in text


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_code_can_be_read(page: Path) -> None:
    for code in blocks(page, "python"):
        ast.parse(code if not code.startswith("    ") else f"class Example:\n{code}")
    for code in blocks(page, "toml"):
        tomllib.loads(code if not code.startswith("{ ") else f"words = [\n{code}]")


def test_the_worked_procedure_runs() -> None:
    [code] = [code for code in blocks(ROOT / "docs" / "develop" / "add-a-procedure.md", "toml") if "[[steps]]" in code]
    data = tomllib.loads(code)
    assert problems(data) == []
    assert registry.try_examples("procedure.errand", data) == []


@pytest.mark.parametrize("page", CHINESE, ids=name)
def test_chinese_pages_are_set_in_chinese(page: Path) -> None:
    """Full-width punctuation beside Chinese characters, and no space between them and what stands beside them."""
    text = SPAN.sub("码", BLOCK.sub("", page.read_text(encoding="utf-8")))
    text = re.sub(r"\]\([^)]*\)", "]", text)
    han = "[\u4e00-\u9fff]"
    wrong = re.findall(rf".{{0,8}}(?:{han}[,;:!?()]|[,;:!?()]{han}).{{0,8}}", text)
    wrong += re.findall(rf".{{0,8}}(?:{han} +[\w]|(?<=[\w]) +{han}).{{0,8}}", text)
    assert [one for one in wrong if not one.lstrip().startswith(("#", "-", "|"))] == []


def test_the_guide_tells_of_every_entry_of_the_menu() -> None:
    """Whoever looks for a page finds its name, and the name of what it folds into, in the one table of the guide."""
    told = (ROOT / "docs/guide/README.md").read_text(encoding="utf-8")
    names = {str(name) for item in menu.registered() for name in (item.section, item.label, item.group) if name}
    assert len(names) > 40
    assert sorted(name for name in names if name not in told) == []
