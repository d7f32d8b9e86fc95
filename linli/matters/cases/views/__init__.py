"""Pages of cases: fetch, call, render."""
