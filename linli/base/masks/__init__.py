"""Masks: what may be shown of a personal value, and removing personal values from free text. Pure functions."""

from linli.base.masks.rules import address, id_number, name, phone, scrub

__all__ = ["address", "id_number", "name", "phone", "scrub"]
