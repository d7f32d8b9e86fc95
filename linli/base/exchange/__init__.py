"""Sheets in and out: CSV, XLSX, XLS and ODS are read by values only; CSV and XLSX are written without live formulas."""

from linli.base.exchange.reading import Problem, SheetError, first_rows, names_of, read_below, read_rows, sheet_names
from linli.base.exchange.workbook import write_xlsx, xlsx_bytes
from linli.base.exchange.writing import PROBLEM_HEADER, csv_bytes, problem_rows

__all__ = [
    "PROBLEM_HEADER",
    "Problem",
    "SheetError",
    "csv_bytes",
    "first_rows",
    "names_of",
    "problem_rows",
    "read_below",
    "read_rows",
    "sheet_names",
    "write_xlsx",
    "xlsx_bytes",
]
