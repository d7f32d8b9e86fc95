"""Policies of this room register themselves when they are imported."""

from linli.matters.cases import routing  # noqa: F401
