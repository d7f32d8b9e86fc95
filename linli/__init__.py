"""Linli (邻里): the working platform of sub-districts and their communities."""

__version__ = "0.1.0"
