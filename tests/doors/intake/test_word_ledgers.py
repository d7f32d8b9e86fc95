"""The current list of a register as a ledger for Word: the same rows, who made it, masked as on the page."""

import io

import pytest
from docx import Document

from linli.doors.intake.registers import running
from tests.cast import Cast
from tests.doors.intake.sheets import LI, ZHANG, applied, checked, csv

pytestmark = pytest.mark.django_db


def ledger(cast: Cast, address: str) -> tuple[list[list[str]], str]:
    answer = cast.client("secretary").get(address)
    assert answer.status_code == 200 and "wordprocessingml" in answer.headers["Content-Type"], address
    assert ".docx" in answer.headers["Content-Disposition"]
    content = answer.getvalue() if answer.streaming else answer.content
    book = Document(io.BytesIO(content))
    return [[cell.text for cell in row.cells] for row in book.tables[0].rows], book.sections[0].footer.paragraphs[
        0
    ].text


@pytest.fixture
def registered(cast: Cast) -> Cast:
    row = checked(cast.secretary, csv(ZHANG, LI))
    assert applied(cast.secretary, row).done == 2
    assert running.BATCH > 1000
    return cast


def test_residents_masked_with_purpose_and_mark(registered: Cast) -> None:
    rows, foot = ledger(registered, "/residents/export.csv?form=docx&purpose=visit")
    assert rows[0][0] == "姓名" and [row[0] for row in rows[1:3]] == ["张*", "李*"]
    assert "138****8000" in {cell for row in rows for cell in row}
    assert "舒书记" in foot and "用途" in foot


def test_dwellings_and_organisations(registered: Cast) -> None:
    rows, foot = ledger(registered, "/addresses/dwellings/export.csv?form=docx")
    assert rows[1][:2] == ["春光里小区", "3号楼"] and "舒书记" in foot
    rows, _foot = ledger(registered, "/organisations/register/export.csv?form=docx")
    assert rows[0][0] == "名称"


def test_an_unknown_form_is_a_plain_sheet(registered: Cast) -> None:
    answer = registered.client("secretary").get("/addresses/dwellings/export.csv?form=exe")
    assert answer.headers["Content-Type"].startswith("text/csv")
