"""Where the header of a sheet is: below which titles, in one line or in two. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linli.base.exchange.headers import Column, Vocabulary, recognise

LOOKED_AT = 15  # no form has more lines above its header
SAMPLES = 25


@dataclass(frozen=True, slots=True)
class Heading:
    """row: number of the header's first line; lines: one or two; cells: one text for each column; parents: the line
    above where there are two; title: what stands above; samples: some rows below."""

    row: int
    lines: int
    cells: list[str]
    parents: list[str]
    title: str
    samples: list[list[str]]


def find_heading(rows: Sequence[tuple[int, Sequence[str]]], words: Vocabulary) -> Heading | None:
    """The line in which most columns are recognised, and whether the next one belongs to it; None in an empty sheet.

    Where nothing is recognised, the first line with more than one filled cell, as `read_rows` takes it; in a sheet of
    one column its first line.
    """
    filled = [(place, row) for place, row in enumerate(rows[:LOOKED_AT]) if any(row[1])]
    if not filled:
        return None
    best, most = -1, 0.0
    for place, (_number, cells) in filled:
        # Half a point for a line of which nearly everything is recognised: data rows hold a 男 here and a 户主 there.
        points = _recognised(cells, words)
        if points > most:
            best, most = place, points
    if best < 0:
        best = next((place for place, (_n, cells) in filled if sum(map(bool, cells)) > 1), filled[0][0])
    return _with_second_line(rows, best, words)


def _recognised(cells: Sequence[str], words: Vocabulary) -> float:
    texts = [cell for cell in cells if cell]
    if not texts or max(map(len, texts)) > 60:
        return 0.0
    known = sum(column.score for column in recognise(texts, [], words) if column.concept)
    return known + known / len(texts) / 2


def _with_second_line(rows: Sequence[tuple[int, Sequence[str]]], place: int, words: Vocabulary) -> Heading:
    """The header with a line above or below it that belongs to it: groups over columns (监护人: 姓名, 电话)."""
    _number, cells = rows[place]
    one = _heading(rows, place, place, list(cells), [])
    best, most = one, _columns_known(one, words)
    for upper, lower in ((place, place + 1), (place - 1, place)):
        if not 0 <= upper < lower < len(rows) or rows[lower][0] != rows[upper][0] + 1:
            continue
        above, below = list(rows[upper][1]), list(rows[lower][1])
        if not _are_two_lines(above, below):
            continue
        width = max(len(above), len(below))
        above += [""] * (width - len(above))
        below += [""] * (width - len(below))
        parents = _spread(above, below)
        joined = [low or high for high, low in zip(above, below, strict=True)]
        two = _heading(rows, upper, lower, joined, parents)
        known = _columns_known(two, words)
        if known > most + 0.5:
            best, most = two, known
    return best


def _are_two_lines(above: Sequence[str], below: Sequence[str]) -> bool:
    """Groups above, columns below: something below stands under an empty cell that follows a group, no cell below is a
    number, and a column that has no second line is empty there."""
    gaps = [place for place, cell in enumerate(below) if cell and (place >= len(above) or not above[place])]
    if not gaps or sum(map(bool, above)) < 2:
        return False
    return not any(any(sign.isdigit() for sign in cell) and len(cell) > 6 for cell in below)


def _spread(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """The group of each column: a merged cell stands at its first column only, and reaches as far as cells follow below."""
    found, current = [], ""
    for high, low in zip(above, below, strict=True):
        current = high if high else (current if low else "")
        found.append(current if low else "")
    return found


def _heading(
    rows: Sequence[tuple[int, Sequence[str]]], first: int, last: int, cells: list[str], parents: list[str]
) -> Heading:
    while cells and not cells[-1]:
        cells.pop()
    title = " ".join(cell for _number, line in rows[:first] for cell in line if cell)
    samples = [list(line) for _number, line in rows[last + 1 : last + 1 + SAMPLES] if sum(map(bool, line)) > 1]
    single = [list(line) for _number, line in rows[last + 1 : last + 1 + SAMPLES] if any(line)]
    return Heading(rows[first][0], last - first + 1, cells, parents[: len(cells)], title, samples or single)


def _columns_known(heading: Heading, words: Vocabulary) -> float:
    return sum(column.score for column in columns_of(heading, words) if column.concept)


def columns_of(heading: Heading, words: Vocabulary) -> list[Column]:
    """What each column of the header is, by its words and the samples below."""
    return recognise(heading.cells, heading.samples, words, heading.parents)
