"""Every template of every room keeps to the components: no inline style or script, icons and classes that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted(ROOT.glob("linli/**/templates/**/*.html"))
ICONS = {path.stem for path in (ROOT / "web" / "icons").glob("*.svg")}
STYLES = "\n".join(path.read_text() for path in (ROOT / "web" / "css").glob("*.*css"))
BASE = {"btn", "form-control", "form-select", "form-check", "form-check-input", "form-check-label", "table"}
# Marks for scripts and tests, and words that stand in a selector only together with another.
UNSTYLED = {
    "case",
    "case-main",
    "copy-text",
    "empty-text",
    "panel-page",
    "post-person",
    "slot",
    "timeline-content",
    "timeline-extra",
}


def own_classes(text: str) -> set[str]:
    """Class names written out in full; those put together by Jinja are left aside."""
    found = set()
    for value in re.findall(r'\sclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', text):
        plain = re.sub(r"\{\{.*?\}\}", "?", re.sub(r"\{%.*?%\}", " ", value))
        found |= {
            name for name in plain.split() if re.fullmatch(r"[a-z][\w-]*\w", name) and not name.startswith("field-")
        }
    return found


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 20
    assert len(ICONS) > 100


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_invents_no_look(path: Path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert not re.search(r"<[^>]*\sstyle=", text), "an inline style is blocked by the content policy"
    assert not re.search(r"<[^>]*\son[a-z]+=|hx-on|javascript:", text), (
        "an inline script is blocked by the content policy"
    )
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", text)
    named = re.findall(r'(?:\bicon\(|icon_name=|"icon": ?)"([a-z0-9-]+)"', text)
    assert set(named) <= ICONS, f"copy the missing file into web/icons: {set(named) - ICONS}"
    unknown = own_classes(text) - BASE - UNSTYLED - set(re.findall(r"\.([a-z][\w-]*)", STYLES))
    assert not unknown, f"no style sheet knows these classes: {unknown}"


def test_what_a_filter_or_a_pager_renews_is_there():
    """With scripts a turned page goes into the region of its list; without that region the link does nothing."""
    drawn = re.compile(r"ui\.(?:pager|filter_bar)\((?:[^()\"]|\"[^\"]*\"|\([^()]*\))*\)")
    seen = 0
    for path in TEMPLATES:
        text = path.read_text()
        regions = {name or "list" for name in re.findall(r'ui\.region\((?:id=)?(?:"([\w-]+)")?', text)}
        for call in drawn.findall(text):
            target = re.search(r'target="([\w-]+)"', call)
            assert (target[1] if target else "list") in regions, f"{path.name}: {call}"
            seen += 1
    assert seen > 30


def test_colours_stand_in_the_tokens_only():
    for path in (ROOT / "web" / "css").glob("*.*css"):
        if path.name == "tokens.css":
            continue
        colours = set(re.findall(r"#[0-9a-f]{3,8}\b", path.read_text(), re.I))
        assert not colours, f"{path.name}: {colours}"
