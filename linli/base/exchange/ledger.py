"""A register as a Word document: A4, a title, the list with its header on every page, who made it and when at the foot.

The table is written as one piece of XML: a document library's own tables take a millisecond a cell.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from linli.base.exchange.writing import _CONTROL, _text

MOST_ROWS = 5000  # a document of three hundred pages; longer lists are for a sheet
WIDE_FROM = 6  # columns; then the page lies on its side
_LONGEST = 2000  # signs of one cell
_TWIPS = {False: 9638, True: 14570}  # width of the text on A4 with margins of 2 cm, upright and on its side
_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_FONTS = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体"/>'


def docx_bytes(
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    maker: str,
    at: datetime,
    under: str = "",
    zone: str = "Asia/Shanghai",
) -> bytes:
    """The document. maker: who made it, for the foot of every page; under: the conditions of the list, below the title.

    A row with a single cell goes over the whole width, as the mark behind an export does. After MOST_ROWS rows the
    document says how many it left out.
    """
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Cm, Pt

    place = ZoneInfo(zone)
    day = f"{at.astimezone(place):%Y-%m-%d %H:%M}"
    book = Document()
    wide = len(header) > WIDE_FROM
    page = book.sections[0]
    page.page_width, page.page_height = (Cm(29.7), Cm(21)) if wide else (Cm(21), Cm(29.7))
    page.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    core = book.core_properties
    core.title, core.author, core.last_modified_by, core.comments = _clean(title), _clean(maker), _clean(maker), ""
    core.created = core.modified = at.replace(tzinfo=None)
    heading = book.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(heading, title, Pt(18), bold=True)
    if under:
        _run(book.add_paragraph(), under, Pt(9))
    lines, left = _few(rows)
    body = "".join(_row([_text(value, place) for value in line], len(header)) for line in lines)
    table = (
        f'<w:tbl xmlns:w="{_NS}"><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>'
        + "".join(f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>' for side in _SIDES)
        + '</w:tblBorders><w:tblLayout w:type="autofit"/></w:tblPr><w:tblGrid>'
        + f'<w:gridCol w:w="{_TWIPS[wide] // max(1, len(header))}"/>' * len(header)
        + f"</w:tblGrid>{_row(list(header), len(header), head=True)}{body}</w:tbl>"
    )
    element = book.element.body
    element.insert(len(element) - 1, parse_xml(table))
    if left:
        _run(book.add_paragraph(), f"还有 {left} 行没有列出，请导出表格查看。", Pt(9))
    _run(page.header.paragraphs[0], title, Pt(9))
    foot = page.footer.paragraphs[0]
    _run(foot, f"{maker} · {day} · 第 ", Pt(9))
    for code in ("PAGE", "NUMPAGES"):
        foot._p.append(
            parse_xml(f'<w:fldSimple xmlns:w="{_NS}" w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
        )
        _run(foot, " 页，共 " if code == "PAGE" else " 页", Pt(9))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _few(rows: Iterable[Sequence[Any]]) -> tuple[list[Sequence[Any]], int]:
    """The first MOST_ROWS rows, with the mark at the end where there is one, and how many were left out."""
    kept: list[Sequence[Any]] = []
    left, last = 0, None
    for row in rows:
        if len(kept) < MOST_ROWS:
            kept.append(row)
        else:
            left, last = left + 1, row
    if last is not None and len(last) == 1:
        kept.append(last)
        left -= 1
    return kept, left


def _row(cells: Sequence[str], width: int, *, head: bool = False) -> str:
    if len(cells) == 1 and width > 1:
        return f'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="{width}"/></w:tcPr>{_paragraph(cells[0])}</w:tc></w:tr>'
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if head else "")
    filled = [*cells[:width], *[""] * (width - len(cells))]
    return (
        f"<w:tr><w:trPr>{marks}</w:trPr>"
        + "".join(f"<w:tc>{_paragraph(one, head)}</w:tc>" for one in filled)
        + "</w:tr>"
    )


def _paragraph(text: str, bold: bool = False) -> str:
    weight = "<w:b/>" if bold else ""
    lines = _clean(text)[:_LONGEST].split("\n")
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f'<w:p><w:pPr><w:spacing w:after="0"/></w:pPr><w:r><w:rPr>{_FONTS}{weight}<w:sz w:val="18"/></w:rPr>{said}</w:r></w:p>'


def _run(paragraph: Any, text: str, size: Any, *, bold: bool = False) -> None:
    from docx.oxml.ns import qn

    run = paragraph.add_run(_clean(text))
    run.font.size, run.bold, run.font.name = size, bold or None, "Times New Roman"
    run._element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")


def _clean(text: str) -> str:
    return _CONTROL.sub("�", text.replace("\r\n", "\n").replace("\r", "\n"))
