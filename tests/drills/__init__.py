"""Drills: longer exercises on real material, run by hand before a release (`python -m tests.drills.requests FILE`)."""
