"""Ledgers for Word: complete, with the header on every page, and nothing in them alive."""

import io
import time
import zipfile
from datetime import UTC, date, datetime

from docx import Document

from linli.base.exchange import ledger
from linli.base.exchange.ledger import docx_bytes

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def made(header, rows, **more):
    return Document(io.BytesIO(docx_bytes("居民台账", header, rows, maker="舒书记", at=AT, **more)))


def test_the_list_its_header_its_foot():
    book = made(["姓名", "日期", "在住"], [["张*", date(2026, 3, 1), True], ["李*", None, False]], under="条件：北里")
    [table] = book.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["姓名", "日期", "在住"], ["张*", "2026-03-01", "是"], ["李*", "", "否"],
    ]  # fmt: skip
    assert [paragraph.text for paragraph in book.paragraphs[:2]] == ["居民台账", "条件：北里"]
    assert "舒书记 · 2026-03-02 09:00" in book.sections[0].footer.paragraphs[0].text
    assert book.core_properties.author == "舒书记"
    assert "tblHeader" in table._tbl.xml


def test_many_columns_lie_on_the_side():
    assert made(list("abc"), []).sections[0].page_width < made(list("abcdefgh"), []).sections[0].page_width


def test_markup_and_control_signs_are_text():
    book = made(["甲", "乙"], [["<w:p>&amp;", "a\x00b\ud800\nc"]])
    assert book.tables[0].rows[1].cells[0].text == "<w:p>&amp;"
    assert book.tables[0].rows[1].cells[1].text == "a�b�\nc"


def test_no_field_of_a_cell_is_alive():
    content = docx_bytes("x", ["甲"], [["=1+1"], ["{ INCLUDETEXT c:\\x }"]], maker="m", at=AT)
    body = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert "fldSimple" not in body and "instrText" not in body and "=1+1" in body


def test_a_row_of_one_cell_goes_over_the_width_and_short_rows_are_filled():
    book = made(["甲", "乙"], [["1"], ["2", "3"]])
    assert book.tables[0].rows[1].cells[0]._tc is book.tables[0].rows[1].cells[1]._tc


def test_what_is_too_long_is_cut_and_said(monkeypatch):
    monkeypatch.setattr(ledger, "MOST_ROWS", 3)
    book = made(["甲", "乙"], [*([str(n), ""] for n in range(10)), ["导出：舒书记"]])
    assert len(book.tables[0].rows) == 5
    assert "还有 7 行" in book.paragraphs[-1].text
    assert book.tables[0].rows[-1].cells[0].text == "导出：舒书记"


def test_five_thousand_rows_take_no_minute():
    begun = time.perf_counter()
    docx_bytes("x", list("abcdefghij"), ([f"{n}"] * 10 for n in range(5000)), maker="m", at=AT)
    assert time.perf_counter() - begun < 20
