"""Files stay small, speak plainly, and tell nothing of the machine they were written on."""

import re
import subprocess
from pathlib import Path

import pytest

from linli.base.ground import ROOT

LONGEST = 400
# Written by tools, or data; everything else is read by people.
GENERATED = ("package-lock.json", "requirements/", "/migrations/", "LICENSE", "web/icons/", "linli/locale/")


def tracked() -> list[Path]:
    """What is part of the project: what git knows, or without git every file that is not made by the set-up."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
        files = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        out = (".venv", "node_modules", "var", ".git", "build", "unpacked", "__pycache__")
        files = [path for path in ROOT.rglob("*") if not set(path.relative_to(ROOT).parts) & set(out)]
    return [path for path in files if path.is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


FILES = tracked()
SOURCES = [
    path for path in FILES if path.suffix in (".py", ".js", ".html", ".css", ".scss") and "migrations" not in path.parts
]


def test_no_source_file_grows_past_what_one_reads_in_one_go() -> None:
    assert len(SOURCES) > 150
    long = {str(path.relative_to(ROOT)): count for path in SOURCES if (count := text_of(path).count("\n")) > LONGEST}
    assert {name: count for name, count in long.items() if not name.startswith("tests/")} == {}
    assert {name: count for name, count in long.items() if count > LONGEST + 150} == {}, (
        "a test file, too, is read by people"
    )


def test_no_page_holds_a_script_or_a_style_of_its_own() -> None:
    pages = [path for path in FILES if path.suffix == ".html" and path.is_relative_to(ROOT / "linli")]
    assert len(pages) > 40
    for path in pages:
        text = re.sub(r"\{#.*?#\}", "", text_of(path), flags=re.S)
        assert not re.search(r"<style|<[^>{]*\sstyle\s*=|<[^>{]*\son[a-z]+\s*=|javascript:", text), path.name
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/json" in script, path.name
        assert not re.search(r"(?<!['\"])\|safe", text), (
            f"{path.name}: only what the template itself wrote may stay unescaped"
        )


# Put together here, so that this file does not contain what it looks for.
FORBIDDEN = (
    re.compile(r"(?:regis" r"try|mirror)s?\.[a-z0-9.-]+\.(?:com|org|cn|net|io)"),
    re.compile(r"/(?:home|Users)/[a-z][\w-]+/"),
    re.compile(r"/(?:wo" r"rk|tm" r"p/brief)/[a-z]"),
    re.compile(r"(?i)\b(?:cla" r"ude|chat" r"gpt|cop" r"ilot|open" r"ai|anth" r"ropic|large lan" r"guage model)\b"),
    re.compile(r"(?i)-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY"),
)


@pytest.mark.parametrize("pattern", FORBIDDEN, ids=lambda pattern: pattern.pattern[:30])
def test_nothing_names_registries_machines_or_tools(pattern: re.Pattern[str]) -> None:
    wrong = []
    for path in FILES:
        name = str(path.relative_to(ROOT))
        if any(part in f"/{name}" for part in ("/web/icons/",)) or path.stat().st_size > 2_000_000:
            continue
        wrong += [f"{name}: {found[0]}" for found in [pattern.search(text_of(path))] if found]
    assert wrong == []


def test_what_is_left_undone_is_not_left_in_the_code() -> None:
    marks = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
    wrong = [
        f"{path.relative_to(ROOT)}"
        for path in SOURCES
        if path.suffix in (".py", ".js", ".html") and marks.search(text_of(path))
    ]
    assert wrong == []


# The one door that no cookie opens: whoever posts there shows the signature of the message instead of a form's token.
SIGNED = ROOT / "linli" / "doors" / "intake" / "hotline" / "api.py"


def test_no_query_is_put_together_from_what_people_type() -> None:
    """SQL is written out; what comes from outside goes in as parameters. Django's doors around that are shut."""
    for path in SOURCES:
        if path.suffix == ".py" and path.is_relative_to(ROOT / "linli"):
            text = text_of(path)
            assert not re.search(r"\.extra\(|\.raw\(|RawSQL\(|mark_safe\(", text), path.name
            assert path == SIGNED or "csrf_exempt" not in text, path.name


def without_calls(text: str) -> str:
    """The text without what stands inside `_(...)`, quoted brackets included."""
    kept, at = [], 0
    while call := re.compile(r"(?<!\w)(?:_|ngettext|pgettext)\(").search(text, at):
        kept.append(text[at : call.start()])
        depth, quote, at = 1, "", call.end()
        while depth and at < len(text):
            letter = text[at]
            if quote:
                quote = "" if letter == quote else quote
            elif letter in "\"'":
                quote = letter
            else:
                depth += {"(": 1, ")": -1}.get(letter, 0)
            at += 1
    return "".join([*kept, text[at:]])


def test_words_on_screens_can_be_translated() -> None:
    """Chinese text in a template stands inside _() or a trans block, so that the English screens are whole."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    wrong = []
    for path in (ROOT / "linli").rglob("templates/**/*.html"):
        if "gallery" in path.parts:
            continue  # invented samples
        text = re.sub(r"\{#.*?#\}", "", text_of(path), flags=re.S)
        text = re.sub(r"\{%-?\s*trans.*?\{%-?\s*endtrans\s*-?%\}", "", text, flags=re.S)
        text = without_calls(text)
        if found := chinese.search(text):
            wrong.append(f"{path.relative_to(ROOT)}: {text[max(0, found.start() - 20) : found.start() + 20]!r}")
    assert wrong == []
