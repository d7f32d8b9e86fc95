"""A staged sheet: its header, and its rows read again from the shelf without ever lying readable on the disk."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from linli.base.exchange import Problem, names_of, read_below, sheet_names
from linli.base.exchange.guarding import suffix_of
from linli.base.exchange.headers import Column, Vocabulary, plain, recognise
from linli.base.exchange.heading import LOOKED_AT, SAMPLES, Heading, columns_of, find_heading
from linli.base.exchange.reading import tops
from linli.doors.intake.registers import blocks
from linli.doors.intake.registers.models import RegisterImport
from linli.doors.intake.sheet import shelf


@dataclass(frozen=True, slots=True)
class Head:
    """The top of a sheet, as it was found or as the user said. rows: (number, cells) of what stands below the header;
    alike: other pages of the workbook with the same header."""

    sheet: str | None
    sheets: list[str]
    row: int
    lines: int
    cells: list[str]
    parents: list[str]
    title: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return names_of(self.cells)

    @property
    def samples(self) -> list[list[str]]:
        return [cells for _number, cells in self.rows]

    def columns(self, words: Vocabulary) -> list[Column]:
        return recognise(self.cells, self.samples, words, self.parents)

    def shape(self) -> str:
        """The same for sheets with the same columns in the same order, whatever their spaces, widths and numbers."""
        said = [plain(parent) + "/" + plain(cell) for cell, parent in self._pairs()]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    def _pairs(self) -> list[tuple[str, str]]:
        parents = self.parents or [""] * len(self.cells)
        return list(zip(self.cells, parents, strict=True))


def find_head(path: Path, words: Vocabulary, sheet: str | None = None, header_row: int = 0) -> Head | None:
    """The top of a sheet; None when it is empty. header_row: where the user says the header is. Raises SheetError."""
    pages = tops(path, header_row + LOOKED_AT + SAMPLES, sheet)
    found = [(name, _said(rows, header_row) if header_row else find_heading(rows, words)) for name, rows in pages]
    heads = [(name, heading) for name, heading in found if heading is not None]
    if not heads:
        return None
    # Of several pages the one in which most is recognised: before it often stand a cover, notes, lists of choices.
    sheet, heading = max(heads, key=lambda one: _columns_known(one[1], words))
    rows = next(rows for name, rows in pages if name == sheet)
    last = heading.row + heading.lines - 1
    below = [(number, cells[: len(heading.cells)]) for number, cells in rows if number > last and any(cells)]
    return Head(
        sheet=sheet,
        sheets=[name for name in sheet_names(path) if name],
        alike=[name for name, one in heads if name and name != sheet and one.cells == heading.cells],
        row=heading.row,
        lines=heading.lines,
        cells=heading.cells,
        parents=heading.parents,
        title=heading.title[:200],
        rows=below[:SAMPLES],
    )


def _columns_known(heading: Heading, words: Vocabulary) -> int:
    return sum(bool(column.concept) for column in columns_of(heading, words)) if heading.samples else 0


def _said(rows: list[tuple[int, list[str]]], header_row: int) -> Heading | None:
    for place, (number, cells) in enumerate(rows):
        if number == header_row and any(cells):
            above = " ".join(cell for _n, line in rows[:place] for cell in line if cell)
            cells = list(cells)
            while cells and not cells[-1]:
                cells.pop()
            return Heading(number, 1, cells, [], above, [list(line) for _n, line in rows[place + 1 :][:SAMPLES]])
    return None


def keep_head(head: Head) -> str:
    """Put the top of a sheet on the shelf, sealed like the sheet itself: its rows are about people."""
    return shelf.put(json.dumps(asdict(head), ensure_ascii=False).encode("utf-8", "surrogatepass"))


def head_of(row: RegisterImport) -> Head:
    """The top of a staged sheet. Raises FileNotFoundError when it is no longer kept."""
    data: dict[str, Any] = json.loads(shelf.get(row.head_address).decode("utf-8", "surrogatepass"))
    data["rows"] = [(number, cells) for number, cells in data["rows"]]
    return Head(**data)


@contextmanager
def readable(content: bytes, file_name: str) -> Iterator[Path]:
    """The sheet as a file for as long as the block runs: in memory where the system can, so that a process that is
    killed leaves nothing readable behind. Raises SheetError for what is no sheet."""
    suffix = suffix_of(content, file_name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{suffix}"
        if hasattr(os, "memfd_create"):
            number = os.memfd_create("sheet", os.MFD_CLOEXEC)
            try:
                with os.fdopen(os.dup(number), "wb") as file:
                    file.write(content)
                path.symlink_to(f"/proc/{os.getpid()}/fd/{number}")
                yield path
            finally:
                os.close(number)
        else:
            path.write_bytes(content)
            yield path


def rows_of(
    path: Path, head: Head, places: dict[str, int], problems: list[Problem], of_blocks: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and values by field code, for every row below the header that can be read. of_blocks: see `blocks`."""
    fields = {place: name for name, place in places.items()}
    # The columns that nobody wants have no name here; no field is called so.
    names = [fields.get(place, f"#{place}") for place in range(len(head.cells))]
    rows = read_below(path, names, head.row, head.lines, head.sheet, problems, set(places))
    return blocks.followed(rows, problems) if of_blocks else rows
